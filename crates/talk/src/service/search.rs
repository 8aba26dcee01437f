//! What the common search asks of talk: what is to be found, and of what was found what the caller may see.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::japanese::fold;
use kernel::live::Boxed;
use kernel::{Principal, Problem, Rev, RoomId, Seq, UserId};
use store::ports::{Document, DocumentKind, Documents, RoomDocuments};
use store::{StoreError, Tx};

use super::describe::Titles;
use super::{Talk, found_texts};
use crate::model::message::MessageKind;
use crate::model::note::{NoteNo, NoteRow, is_known_to};
use crate::model::room::{RoomKind, RoomRow};
use crate::model::{Message, Spans};
use crate::people;
use crate::store::changes::{self, Log, What};
use crate::store::{members, messages, notes, rooms};

/// Where a message was said, as one of the room's members knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRoom {
    /// What the room is called.
    pub title: String,
    /// Its kind.
    pub kind: RoomKind,
}

/// A note that was found.
#[derive(Clone, Debug)]
pub struct FoundNote {
    /// Its room.
    pub room: RoomId,
    /// The note.
    pub note: NoteRow,
    /// What it is found by.
    pub words: String,
}

/// Names to show beside what was found.
#[derive(Clone, Debug, Default)]
pub struct FoundNames {
    /// Of rooms.
    pub rooms: HashMap<RoomId, FoundRoom>,
    /// Of people.
    pub users: HashMap<UserId, String>,
}

impl Talk {
    /// The rooms that the caller is in, with what they may see of each: all, or those with one of these in their title.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn rooms_to_search(&self, principal: &Principal, titles: Vec<String>) -> Result<HashMap<RoomId, Spans>, Problem> {
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let mut mine = members::spans_of_mine(tx, user).await?;
                if !titles.is_empty() {
                    let titled = titled(tx, user, mine.keys().copied().collect(), &titles).await?;
                    mine.retain(|room, _| titled.contains(room));
                }
                Ok(mine)
            })
            .await
    }

    /// What stands in these places, in no promised order: the messages that the caller may see and that were not taken back.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read_found(&self, principal: &Principal, places: Vec<(RoomId, Seq)>) -> Result<Vec<Message>, Problem> {
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let ids: HashSet<RoomId> = places.iter().map(|(room, _)| *room).collect();
                let spans = members::spans_in_rooms(tx, user, ids.into_iter().collect()).await?;
                let sees = |(room, seq): &(RoomId, Seq)| spans.get(room).is_some_and(|spans| spans.see(*seq));
                let places: Vec<(RoomId, Seq)> = places.into_iter().filter(sees).collect();
                let mut found = messages::find_each(tx, &places).await?;
                found.retain(is_found);
                Ok(found)
            })
            .await
    }

    /// The notes in these places that the caller may see, in no promised order.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read_found_notes(
        &self,
        principal: &Principal,
        places: Vec<(RoomId, NoteNo)>,
    ) -> Result<Vec<FoundNote>, Problem> {
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let ids: Vec<RoomId> = places.iter().map(|(room, _)| *room).collect::<HashSet<_>>().into_iter().collect();
                let spans = members::spans_in_rooms(tx, user, ids.clone()).await?;
                let rows: HashMap<RoomId, RoomRow> =
                    rooms::find_all(tx, ids).await?.into_iter().map(|row| (row.id, row)).collect();
                let files = notes::files_of(tx, &places).await?;
                let sees = |room: &RoomId, note: &NoteRow| {
                    let (row, spans) = (rows.get(room)?, spans.get(room)?);
                    (note.deleted_at.is_none() && is_known_to(row, spans, note.at_seq)).then_some(())
                };
                let found = |((room, no), note): ((RoomId, NoteNo), NoteRow)| {
                    sees(&room, &note)?;
                    let words = note.words(files.get(&(room, no)).map_or(&[][..], Vec::as_slice));
                    Some(FoundNote { room, note, words })
                };
                Ok(notes::find_each(tx, &places).await?.into_iter().filter_map(found).collect())
            })
            .await
    }

    /// What these rooms and people are called; of rooms that the caller has left meanwhile, nothing.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn names_of_found(
        &self,
        principal: &Principal,
        ids: BTreeSet<RoomId>,
        users: BTreeSet<UserId>,
    ) -> Result<FoundNames, Problem> {
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let mut rows = rooms::find_all(tx, ids.iter().copied().collect()).await?;
                let spans = members::spans_in_rooms(tx, user, ids.into_iter().collect()).await?;
                rows.retain(|row| spans.get(&row.id).is_some_and(Spans::is_present));
                let titles = Titles::of(tx, user, rows.iter()).await?;
                let named =
                    rows.iter().map(|row| (row.id, FoundRoom { title: titles.title(row, user), kind: row.kind })).collect();
                let people = people::find(tx, users.into_iter().collect()).await?;
                Ok(FoundNames { rooms: named, users: people.into_iter().map(|(id, person)| (id, person.name)).collect() })
            })
            .await
    }
}

/// Those of these rooms with one of these in their title.
async fn titled(tx: &mut Tx<'_>, user: UserId, ids: Vec<RoomId>, parts: &[String]) -> Result<HashSet<RoomId>, Problem> {
    let parts: Vec<String> = parts.iter().map(|part| fold(part)).collect();
    let rows = rooms::find_all(tx, ids).await?;
    let titles = Titles::of(tx, user, rows.iter()).await?;
    let is_titled = |title: &str| parts.iter().any(|part| title.contains(part));
    Ok(rows.iter().filter(|row| is_titled(&fold(&titles.title(row, user)))).map(|row| row.id).collect())
}

/// What the room itself says is not looked for, nor what was taken back.
pub(super) fn is_found(message: &Message) -> bool {
    message.kind == MessageKind::Text && message.recalled_at.is_none()
}

impl Documents for Talk {
    fn heads<'a>(&'a self, tx: &'a mut Tx<'_>) -> Boxed<'a, Result<Vec<(RoomId, Rev)>, StoreError>> {
        Box::pin(rooms::all_heads(tx))
    }

    fn changed<'a>(
        &'a self,
        tx: &'a mut Tx<'_>,
        after: &'a [(RoomId, Rev)],
        most: i64,
    ) -> Boxed<'a, Result<Vec<RoomDocuments>, StoreError>> {
        Box::pin(async move {
            let mut logs = changes::since_each(tx, after, most).await?;
            let places: BTreeSet<(RoomId, Seq)> =
                after.iter().zip(&logs).flat_map(|((room, _), log)| seqs(log).map(|seq| (*room, seq))).collect();
            let mut messages = messages::find_each(tx, &Vec::from_iter(places)).await?;
            let texts = found_texts::cut_and_find(tx, after, &mut logs, &mut messages).await?;
            let mut documents: BTreeMap<RoomId, Vec<Document>> = BTreeMap::new();
            for message in messages {
                let of_room = documents.entry(message.room_id).or_default();
                of_room.push(document(&message));
                of_room.extend(texts.document(&message));
            }
            let places: BTreeSet<(RoomId, NoteNo)> =
                after.iter().zip(&logs).flat_map(|((room, _), log)| nos(log).map(|no| (*room, no))).collect();
            for (room, document) in note_documents(tx, &Vec::from_iter(places)).await? {
                documents.entry(room).or_default().push(document);
            }
            let changed = |((room, _), log): (&(RoomId, Rev), &Log)| RoomDocuments {
                room: *room,
                rev: log.rev,
                more: log.more,
                documents: documents.remove(room).unwrap_or_default(),
            };
            Ok(after.iter().zip(&logs).map(changed).collect())
        })
    }
}

pub(super) fn seqs(log: &Log) -> impl Iterator<Item = Seq> {
    log.changes.iter().filter_map(|change| if let What::Message(seq) = change.what { Some(seq) } else { None })
}

fn nos(log: &Log) -> impl Iterator<Item = NoteNo> {
    log.changes.iter().filter_map(|change| if let What::Note(no) = change.what { Some(no) } else { None })
}

async fn note_documents(tx: &mut Tx<'_>, places: &[(RoomId, NoteNo)]) -> Result<Vec<(RoomId, Document)>, StoreError> {
    let files = notes::files_of(tx, places).await?;
    let document = |(place, note): ((RoomId, NoteNo), NoteRow)| {
        let files = files.get(&place).map_or(&[][..], Vec::as_slice);
        let document = Document {
            kind: DocumentKind::Note,
            seq: note.no,
            at: note.created_at,
            edited_at: note.edited_at(),
            author: Some(note.author_id),
            text: note.deleted_at.is_none().then(|| note.words(files)),
        };
        (place.0, document)
    };
    Ok(notes::find_each(tx, places).await?.into_iter().map(document).collect())
}

fn document(message: &Message) -> Document {
    let text = is_found(message).then(|| message.words());
    Document {
        kind: DocumentKind::Message,
        seq: message.seq,
        at: message.sent_at,
        edited_at: message.edited_at,
        author: message.sender_id,
        text,
    }
}
