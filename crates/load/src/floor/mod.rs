//! The floors: the same bytes to the same number of sockets, and the same rows, with nothing else in the way.

mod rows;
mod sockets;

pub use rows::{commits, latest};
pub use sockets::{broadcast, connects, fan_out, paced};
