//! What a candidate of the index turns out to be, and how it is shown.

use kernel::{RoomId, Time, UserId};
use search::excerpt::{self, Excerpt, Mark};
use talk::model::Message;
use talk::service::search::{FoundNames, FoundNote};

use super::files_found::FoundFile;
use super::{FileHit, Highlight, Hit, MessageHit, NoteHit};

/// A text that the caller may see.
pub(super) enum Found {
    /// A message.
    Message(Box<Message>),
    /// A file, and the message that shows it.
    File(Box<Message>, Box<FoundFile>),
    /// A note.
    Note(Box<FoundNote>),
}

impl Found {
    /// Where it stands.
    pub(super) fn room(&self) -> RoomId {
        match self {
            Self::Message(message) | Self::File(message, _) => message.room_id,
            Self::Note(found) => found.room,
        }
    }

    /// Who wrote or sent it.
    pub(super) fn author(&self) -> Option<UserId> {
        match self {
            Self::Message(message) | Self::File(message, _) => message.sender_id,
            Self::Note(found) => Some(found.note.author_id),
        }
    }

    /// When.
    pub(super) fn at(&self) -> Time {
        match self {
            Self::Message(message) | Self::File(message, _) => message.sent_at,
            Self::Note(found) => found.note.created_at,
        }
    }

    /// As it is shown; none where the caller has left its room.
    pub(super) fn hit(self, names: &FoundNames, terms: &[String]) -> Option<Hit> {
        let (room_id, sender_id, sent_at) = (self.room(), self.author(), self.at());
        let room = names.rooms.get(&room_id)?;
        let (room_title, room_kind) = (room.title.clone(), room.kind);
        let sender_name = sender_id.and_then(|sender| names.users.get(&sender).cloned());
        Some(match self {
            Self::Message(message) => {
                let (seq, Excerpt { text, marks }) = (message.seq, excerpt::excerpt(&message.words(), terms));
                let highlights = highlights(marks);
                Hit::Message(MessageHit {
                    room_id,
                    room_title,
                    room_kind,
                    seq,
                    sender_id,
                    sender_name,
                    sent_at,
                    text,
                    highlights,
                })
            }
            Self::File(message, found) => {
                let FoundFile { file, name, inside, .. } = *found;
                let (text, marks) = inside.map(|inside| (inside.text, inside.marks)).unwrap_or_default();
                Hit::File(FileHit {
                    room_id,
                    room_title,
                    room_kind,
                    seq: message.seq,
                    sender_id,
                    sender_name,
                    sent_at,
                    file,
                    name_highlights: highlights(name.marks),
                    text,
                    highlights: highlights(marks),
                })
            }
            Self::Note(found) => {
                let (no, Excerpt { text, marks }) = (found.note.no, excerpt::excerpt(&found.words, terms));
                let highlights = highlights(marks);
                Hit::Note(NoteHit { room_id, room_title, room_kind, no, sender_id, sender_name, sent_at, text, highlights })
            }
        })
    }
}

fn highlights(marks: Vec<Mark>) -> Vec<Highlight> {
    marks.into_iter().map(|mark| Highlight { start: mark.start, length: mark.length }).collect()
}
