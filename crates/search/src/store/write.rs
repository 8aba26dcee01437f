//! Brings the index up to what rooms' logs say.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{Rev, RoomId, Seq, TenantId, Time, UserId};
use store::ports::{Document, DocumentKind, RoomDocuments};
use store::{Asked, Dialect, StoreError, Tx, params};

use super::{ADD_ROOM, DELETE_DOCUMENT, KNOWN, Known, SET_REV, TAKEN, number, postgres, rooms, sqlite};
use crate::{places, words};

/// Statements sent in one go.
const TOGETHER: usize = 500;

/// What changed in a room, with the words of each document.
#[derive(Debug)]
pub struct Batch {
    room: RoomId,
    /// How far the log had been read before.
    from: Rev,
    to: Rev,
    documents: Vec<Prepared>,
}

impl Batch {
    /// Cuts texts into words: the work that needs no database.
    #[must_use]
    pub fn prepare(from: Rev, changed: RoomDocuments) -> Self {
        let documents = changed.documents.into_iter().map(Prepared::of).collect();
        Self { room: changed.room, from, to: changed.rev, documents }
    }
}

/// A document with its words.
#[derive(Debug)]
pub struct Prepared {
    kind: DocumentKind,
    seq: Seq,
    at: Time,
    edited_at: i64,
    author: Option<UserId>,
    /// None: it is found no more.
    pairs: Option<BTreeSet<String>>,
}

impl Prepared {
    fn of(document: Document) -> Self {
        let Document { kind, seq, at, edited_at, author, text } = document;
        let pairs = text.map(|text| words::pairs(&kernel::japanese::fold(&text)));
        Self { kind, seq, at, edited_at: edited_at.map_or(0, |at| at.0), author, pairs }
    }

    fn words(&self, room: i64, write: impl Fn(&str) -> String) -> String {
        let pairs = self.pairs.iter().flatten().map(String::as_str);
        let (room, author) = (words::of_room(room), self.author.map(words::of_author));
        // Messages are what most texts are: they bear no word for that.
        let kind = (self.kind == DocumentKind::Note).then_some(words::NOTE);
        let all = pairs.chain([room.as_str()]).chain(author.as_deref()).chain(kind);
        all.map(write).collect::<Vec<_>>().join(" ")
    }
}

/// Writes these batches, but those of rooms that others have written meanwhile: these are given back.
///
/// # Errors
/// When the database refuses or is away.
pub async fn write(tx: &mut Tx<'_>, batches: &[Batch]) -> Result<Vec<RoomId>, StoreError> {
    if tx.dialect() == Dialect::Postgres {
        tx.query(&postgres::LOCK, &[]).await?;
    }
    let known = known_rooms(tx, batches).await?;
    let is_current = |batch: &&Batch| known.get(&batch.room).is_some_and(|room| room.rev == batch.from);
    let current: Vec<(&Batch, i64)> = batches.iter().filter(is_current).map(|batch| (batch, known[&batch.room].no)).collect();
    let mut asked = Vec::new();
    let mut new: Vec<(&Prepared, i64)> = Vec::new();
    let before = known_documents(tx, &current).await?;
    let (tenant, dialect) = (tx.tenant(), tx.dialect());
    for (batch, room) in &current {
        for document in &batch.documents {
            match (before.get(&(*room, document.seq, number(document.kind))), &document.pairs) {
                (Some((n, _)), None) => asked.extend(deleting(dialect, *n)),
                (Some((n, edited_at)), Some(_)) if *edited_at != document.edited_at => {
                    asked.extend(changing(dialect, tenant, *n, *room, document));
                }
                (None, Some(_)) => new.push((document, *room)),
                // Its text is as it was; or it was never found.
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        asked.push((&SET_REV, params![batch.room, batch.to].into()));
    }
    new.sort_unstable_by_key(|(document, room)| (document.at, *room, document.seq));
    let wishes: Vec<i64> = new.iter().map(|(document, _)| places::wanted(document.at)).collect();
    let places = free_places(tx, &wishes).await?;
    asked.extend(new.iter().zip(places).flat_map(|((document, room), n)| inserting(dialect, tenant, n, *room, document)));
    for asked in asked.chunks(TOGETHER) {
        tx.query_all(asked).await?;
    }
    Ok(batches.iter().filter(|batch| !is_current(batch)).map(|batch| batch.room).collect())
}

/// The rooms of these batches, those that are new to the index among them.
async fn known_rooms(tx: &mut Tx<'_>, batches: &[Batch]) -> Result<HashMap<RoomId, Known>, StoreError> {
    let ids: Vec<RoomId> = batches.iter().map(|batch| batch.room).collect();
    let known = rooms(tx, ids.clone()).await?;
    let new: Vec<Asked> =
        ids.iter().filter(|id| !known.contains_key(id)).map(|id| (&ADD_ROOM, params![*id].into()) as Asked).collect();
    if new.is_empty() {
        return Ok(known);
    }
    tx.query_all(&new).await?;
    rooms(tx, ids).await
}

type Place = (i64, Seq, i64);

/// Where those documents stand that are in the index, and when they were edited.
async fn known_documents(tx: &mut Tx<'_>, batches: &[(&Batch, i64)]) -> Result<HashMap<Place, (i64, i64)>, StoreError> {
    let seqs = |batch: &Batch| batch.documents.iter().map(|document| document.seq).collect::<Vec<Seq>>();
    let some = batches.iter().filter(|(batch, _)| !batch.documents.is_empty());
    let (numbers, asked): (Vec<i64>, Vec<Asked>) =
        some.map(|(batch, room)| (*room, (&KNOWN, params![*room, seqs(batch)].into()) as Asked)).unzip();
    let answers = tx.query_all(&asked).await?;
    let found = numbers
        .iter()
        .zip(&answers)
        .flat_map(|(room, rows)| rows.iter().map(move |row| ((*room, row.get(0), row.get(1)), (row.get(2), row.get(3)))));
    Ok(found.collect())
}

/// Places for new documents, in the order of their wishes: where they wish to stand, or else a little behind those who stand there.
async fn free_places(tx: &mut Tx<'_>, wishes: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut places = places::in_a_row(wishes, i64::MIN);
    if wishes.is_empty() {
        return Ok(places);
    }
    loop {
        let stand = taken(tx, places.clone()).await?;
        let Some(first) = places.iter().position(|place| stand.contains(place)) else { return Ok(places) };
        let further: Vec<i64> = places::further(places[first]).collect();
        let stand = taken(tx, further.clone()).await?;
        let free = further.into_iter().find(|place| !stand.contains(place)).unwrap_or(i64::MAX);
        places.truncate(first);
        places.extend(places::in_a_row(&wishes[first..], free));
    }
}

/// Those of these places at which something stands.
async fn taken(tx: &mut Tx<'_>, places: Vec<i64>) -> Result<HashSet<i64>, StoreError> {
    Ok(tx.query(&TAKEN, &params![places]).await?.iter().map(|row| row.get(0)).collect())
}

fn inserting(dialect: Dialect, tenant: TenantId, n: i64, room: i64, document: &Prepared) -> Vec<Asked> {
    let mut row = Vec::from(params![n, number(document.kind), room, document.seq, document.edited_at]);
    match dialect {
        Dialect::Sqlite => {
            let words = document.words(room, str::to_owned);
            vec![(&sqlite::INSERT_DOCUMENT, row), (&sqlite::INSERT_WORDS, params![n, words].into())]
        }
        Dialect::Postgres => {
            row.push(document.words(room, |word| words::of_tenant(tenant, word)).into());
            vec![(&postgres::INSERT_DOCUMENT, row)]
        }
    }
}

fn changing(dialect: Dialect, tenant: TenantId, n: i64, room: i64, document: &Prepared) -> Vec<Asked> {
    match dialect {
        Dialect::Sqlite => vec![
            (&sqlite::SET_EDITED, params![n, document.edited_at].into()),
            (&sqlite::DELETE_WORDS, params![n].into()),
            (&sqlite::INSERT_WORDS, params![n, document.words(room, str::to_owned)].into()),
        ],
        Dialect::Postgres => {
            let words = document.words(room, |word| words::of_tenant(tenant, word));
            vec![(&postgres::CHANGE_DOCUMENT, params![n, document.edited_at, words].into())]
        }
    }
}

fn deleting(dialect: Dialect, n: i64) -> Vec<Asked> {
    let document: Asked = (&DELETE_DOCUMENT, params![n].into());
    match dialect {
        Dialect::Sqlite => vec![document, (&sqlite::DELETE_WORDS, params![n].into())],
        Dialect::Postgres => vec![document],
    }
}
