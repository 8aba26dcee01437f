//! What sockets need of talk: frames out, frames in, and streams to resume from.

pub mod frames;
pub mod streams;
pub mod wire;

pub use wire::{RoomBody, RoomPatch, ServerFrame};
