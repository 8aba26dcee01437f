//! Types and rules of talk, pure.

pub mod links;
pub mod message;
pub mod room;
pub mod shelf;
pub mod spans;
pub mod stickers;
pub mod text;

pub use message::{Forwarded, Mention, Message, Place, Reaction, SystemNote, SystemType};
pub use room::{Room, RoomKind, SourceKind};
pub use shelf::Shelf;
pub use spans::Spans;
