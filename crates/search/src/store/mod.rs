//! The only place with SQL: `search_rooms`, how far each log is read, and `search_documents`, what can be found. How words are kept
//! and matched is each database's own ([`sqlite`], [`postgres`]).

pub mod postgres;
pub mod sqlite;
mod write;

use std::collections::HashMap;

use kernel::{Rev, RoomId, Seq, TenantId};
use store::ports::DocumentKind;
use store::{Asked, Dialect, Row, StoreError, Tx, params};

pub use write::{Batch, Prepared, write};

use crate::words;

store::statements! {
    pub ROOM_REVS = "SELECT id, rev FROM search_rooms WHERE tenant_id = $1";
    pub ROOMS = "SELECT id, no, rev FROM search_rooms WHERE tenant_id = $1 AND id = ANY_ID($2)";
    pub ADD_ROOM = "INSERT INTO search_rooms (tenant_id, id, rev) VALUES ($1, $2, 0) ON CONFLICT (tenant_id, id) DO NOTHING";
    pub SET_REV = "UPDATE search_rooms SET rev = $3 WHERE tenant_id = $1 AND id = $2";
    pub KNOWN = "SELECT seq, kind, n, edited_at FROM search_documents WHERE tenant_id = $1 AND room = $2 AND seq = ANY_INT($3)";
    pub TAKEN = "SELECT n FROM search_documents WHERE tenant_id = $1 AND n = ANY_INT($2)";
    pub DELETE_DOCUMENT = "DELETE FROM search_documents WHERE tenant_id = $1 AND n = $2";
    pub FORGET_ROOM = "DELETE FROM search_documents WHERE tenant_id = $1 AND room = $2";
    pub NEWEST = "SELECT d.n, r.id, d.seq, d.kind FROM search_documents d JOIN search_rooms r ON r.tenant_id = $1 AND r.no = d.room
        WHERE d.tenant_id = $1 AND d.n >= $2 AND d.n < $3 ORDER BY d.n DESC LIMIT $4";
}

/// Every statement that both databases share, for the test that prepares each.
#[must_use]
pub fn statements() -> Vec<&'static store::Statement> {
    ALL.to_vec()
}

/// Something that may be an answer: its place in the index, and where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its place in the index; newer ones stand higher.
    pub n: i64,
    /// Its room.
    pub room: RoomId,
    /// Its place there.
    pub seq: Seq,
    /// What it is.
    pub kind: DocumentKind,
}

/// Which part of the index is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// From this place on.
    pub least: i64,
    /// Up to this one, without it.
    pub below: i64,
    /// So many of the newest.
    pub most: i64,
}

/// As the index knows a room.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its number in words.
    pub no: i64,
    /// How far its log has been read.
    pub rev: Rev,
}

/// What must be among a document's words.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// All of these.
    pub all: Vec<String>,
    /// And of each of these, one.
    pub any: Vec<Vec<String>>,
}

impl Wanted {
    /// In SQLite's language of questions.
    #[must_use]
    pub fn for_sqlite(&self) -> String {
        self.written(|word| format!("\"{word}\""), " AND ", " OR ")
    }

    /// In PostgreSQL's.
    #[must_use]
    pub fn for_postgres(&self, tenant: TenantId) -> String {
        self.written(|word| format!("'{}'", words::of_tenant(tenant, word)), " & ", " | ")
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }

    fn written(&self, quote: impl Fn(&str) -> String, and: &str, or: &str) -> String {
        let any = |words: &Vec<String>| format!("({})", words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(or));
        let parts: Vec<String> = self.all.iter().map(|word| quote(word)).chain(self.any.iter().map(any)).collect();
        parts.join(and)
    }
}

/// The newest documents of a span that hold what is wanted, in these rooms where some are named by number.
///
/// # Errors
/// When the database refuses or is away.
pub async fn candidates(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    wanted: &Wanted,
    among: Option<Vec<i64>>,
    span: Span,
) -> Result<Vec<Candidate>, StoreError> {
    let Span { least, below, most } = span;
    let rows = match tx.dialect() {
        // Nothing that an index helps with: all there are, for their texts to be looked at.
        _ if wanted.is_empty() => tx.query(&NEWEST, &params![least, below, most]).await?,
        Dialect::Sqlite => tx.query(&sqlite::MATCHING, &params![wanted.for_sqlite(), least, below, among, most]).await?,
        Dialect::Postgres => {
            tx.query(&postgres::MATCHING, &params![wanted.for_postgres(tenant), least, below, among, most]).await?
        }
    };
    let candidate = |row: &Row| Some(Candidate { n: row.get(0), room: row.get(1), seq: row.get(2), kind: kind_of(row.get(3))? });
    Ok(rows.iter().filter_map(candidate).collect())
}

/// What the index knows of these rooms.
///
/// # Errors
/// When the database refuses or is away.
pub async fn rooms(tx: &mut Tx<'_>, rooms: Vec<RoomId>) -> Result<HashMap<RoomId, Known>, StoreError> {
    let known = |row: &Row| (row.get(0), Known { no: row.get(1), rev: row.get(2) });
    Ok(tx.query(&ROOMS, &params![rooms]).await?.iter().map(known).collect())
}

/// How far each room's log has been read.
///
/// # Errors
/// When the database refuses or is away.
pub async fn room_revs(tx: &mut Tx<'_>) -> Result<HashMap<RoomId, Rev>, StoreError> {
    Ok(tx.query(&ROOM_REVS, &[]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Forgets all of a room: its log is to be read from its beginning.
///
/// # Errors
/// When the database refuses or is away.
pub async fn forget(tx: &mut Tx<'_>, room: RoomId) -> Result<(), StoreError> {
    let Some(known) = rooms(tx, vec![room]).await?.remove(&room) else { return Ok(()) };
    let mut asked: Vec<Asked> = Vec::new();
    if tx.dialect() == Dialect::Sqlite {
        asked.push((&sqlite::FORGET_WORDS, params![known.no].into()));
    }
    asked.push((&FORGET_ROOM, params![known.no].into()));
    asked.push((&SET_REV, params![room, 0].into()));
    tx.query_all(&asked).await.map(drop)
}

/// As the index counts kinds.
pub(crate) fn number(kind: DocumentKind) -> i64 {
    match kind {
        DocumentKind::Message => 1,
        DocumentKind::Files => 2,
        DocumentKind::Note => 3,
    }
}

/// As [`number`] counts; none: a newer program wrote it.
fn kind_of(number: i64) -> Option<DocumentKind> {
    [DocumentKind::Message, DocumentKind::Files, DocumentKind::Note].into_iter().find(|kind| self::number(*kind) == number)
}
