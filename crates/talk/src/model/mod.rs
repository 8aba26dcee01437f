//! Types and rules of talk, pure.

pub mod message;
pub mod room;
pub mod spans;
pub mod stickers;
pub mod text;

pub use message::{Forwarded, Mention, Message, Reaction, SystemNote, SystemType};
pub use room::{Room, RoomKind, SourceKind};
pub use spans::Spans;
