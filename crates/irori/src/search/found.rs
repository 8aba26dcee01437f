//! What a candidate of the index turns out to be, and how it is shown.

use kernel::{RoomId, Time, UserId};
use search::excerpt;
use talk::model::Message;
use talk::service::search::{FoundNames, FoundNote};

use super::{Highlight, Hit, MessageHit, NoteHit};

/// A text that the caller may see.
pub(super) enum Found {
    /// A message.
    Message(Box<Message>),
    /// A note.
    Note(Box<FoundNote>),
}

impl Found {
    /// Where it stands.
    pub(super) fn room(&self) -> RoomId {
        match self {
            Self::Message(message) => message.room_id,
            Self::Note(found) => found.room,
        }
    }

    /// Who wrote it.
    pub(super) fn author(&self) -> Option<UserId> {
        match self {
            Self::Message(message) => message.sender_id,
            Self::Note(found) => Some(found.note.author_id),
        }
    }

    /// When it was written.
    pub(super) fn at(&self) -> Time {
        match self {
            Self::Message(message) => message.sent_at,
            Self::Note(found) => found.note.created_at,
        }
    }

    /// What it is found by.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Message(message) => message.words(),
            Self::Note(found) => found.words.clone(),
        }
    }

    /// As it is shown; none where the caller has left its room.
    pub(super) fn hit(&self, names: &FoundNames, terms: &[String]) -> Option<Hit> {
        let room_id = self.room();
        let room = names.rooms.get(&room_id)?;
        let shown = excerpt::excerpt(&self.words(), terms);
        let (room_title, room_kind, text) = (room.title.clone(), room.kind, shown.text);
        let highlights = shown.marks.iter().map(|mark| Highlight { start: mark.start, length: mark.length }).collect();
        let (sender_id, sent_at) = (self.author(), self.at());
        let sender_name = sender_id.and_then(|sender| names.users.get(&sender).cloned());
        Some(match self {
            Self::Message(message) => {
                let seq = message.seq;
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
            Self::Note(found) => {
                let no = found.note.no;
                Hit::Note(NoteHit { room_id, room_title, room_kind, no, sender_id, sender_name, sent_at, text, highlights })
            }
        })
    }
}
