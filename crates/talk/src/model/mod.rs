//! Types and rules of talk, pure.

pub mod album;
pub mod links;
pub mod message;
pub mod note;
pub mod reminder;
pub mod room;
pub mod scheduled;
pub mod shelf;
pub mod spans;
pub mod stickers;
pub mod text;

pub use album::{Album, AlbumPhoto};
pub use message::{Forwarded, Mention, Message, Place, Reaction, SystemNote, SystemType};
pub use note::{Note, NoteComment, NoteSummary};
pub use reminder::Reminder;
pub use room::{Room, RoomKind, SourceKind};
pub use scheduled::{ScheduleFailure, ScheduledMessage};
pub use shelf::Shelf;
pub use spans::Spans;
