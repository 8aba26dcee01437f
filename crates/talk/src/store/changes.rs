//! `changes` and `user_streams`: the log that clients resume from and the bus is checked against.

use std::collections::{BTreeSet, HashMap};

use kernel::{Rev, RoomId, Seq, StreamId, UserId};
use store::{Asked, Dialect, Row, StoreError, Tx, params};

use super::batch::{Each, exec_each};
use crate::model::album::AlbumNo;
use crate::model::note::NoteNo;

store::statements! {
    pub INSERT_CHANGE = {
        sqlite: "INSERT INTO changes (tenant_id, stream, rev, kind, seq, id) VALUES ($1, $2, $3, $4, $5, $6)",
        postgres: "INSERT INTO changes (tenant_id, stream, rev, kind, seq, id)
            SELECT CAST($1 AS BIGINT), w.* FROM UNNEST($2::bytea[], $3::bigint[], $4::text[], $5::bigint[], $6::bytea[]) AS w"
    };
    // Users in key order, so that two transactions never wait for each other.
    pub NEXT_USER_REV = {
        sqlite: "INSERT INTO user_streams (tenant_id, user_id, rev) SELECT $1, unhex(value), 1 FROM json_each($2) WHERE true
            ON CONFLICT (tenant_id, user_id) DO UPDATE SET rev = user_streams.rev + 1 RETURNING user_id, rev",
        postgres: "INSERT INTO user_streams (tenant_id, user_id, rev) SELECT CAST($1 AS BIGINT), w, 1 FROM UNNEST($2::bytea[]) AS w
            ON CONFLICT (tenant_id, user_id) DO UPDATE SET rev = user_streams.rev + 1 RETURNING user_id, rev"
    };
    // Taking no rev; whoever has no stream yet gets one, for only what is there can be held.
    pub HOLD_USERS = {
        sqlite: "SELECT user_id FROM user_streams WHERE tenant_id = $1 AND user_id = ANY_ID($2)",
        postgres: "INSERT INTO user_streams (tenant_id, user_id, rev) SELECT CAST($1 AS BIGINT), w, 0 FROM UNNEST($2::bytea[]) AS w
            ON CONFLICT (tenant_id, user_id) DO UPDATE SET rev = user_streams.rev"
    };
    pub USER_REV = "SELECT rev FROM user_streams WHERE tenant_id = $1 AND user_id = $2";
    pub USER_HEADS = "SELECT user_id, rev FROM user_streams WHERE tenant_id = $1 AND user_id = ANY_ID($2)";
    pub ROOM_HEADS = "SELECT id, rev, last_seq FROM rooms WHERE tenant_id = $1 AND id = ANY_ID($2)";
    pub CHANGES_SINCE = "SELECT rev, kind, seq, id FROM changes WHERE tenant_id = $1 AND stream = $2 AND rev > $3 ORDER BY rev LIMIT $4";
    pub ROOM_LOG = "SELECT r.id, r.rev, CAST(COALESCE(MAX(c.rev), 0) AS BIGINT), COUNT(c.rev) FROM rooms r
        LEFT JOIN changes c ON c.tenant_id = $1 AND c.stream = r.id WHERE r.tenant_id = $1 GROUP BY r.id, r.rev";
    pub USER_LOG = "SELECT u.user_id, u.rev, CAST(COALESCE(MAX(c.rev), 0) AS BIGINT), COUNT(c.rev) FROM user_streams u
        LEFT JOIN changes c ON c.tenant_id = $1 AND c.stream = u.user_id WHERE u.tenant_id = $1 GROUP BY u.user_id, u.rev";
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// In a room: the message at this seq came or changed.
    Message(Seq),
    /// In a room: its title, notice, kind.
    Room,
    /// In a room: who is in it.
    Members,
    /// In a room: this note, or what was said about it.
    Note(NoteNo),
    /// In a room: this album.
    Album(AlbumNo),
    /// Of a user: this room came, went, or has other settings.
    MyRoom(RoomId),
    /// Of a user: somebody hopes that they read this.
    Nudge(RoomId, Seq),
    /// Of a user: what they have to be sent later.
    Scheduled,
    /// Of a user: what they want to be reminded of, or something of it fell due.
    Reminders,
}

/// One line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of which stream.
    pub stream: StreamId,
    /// Its place there.
    pub rev: Rev,
    /// What.
    pub what: What,
}

/// Appends to the log.
///
/// # Errors
/// When the database refuses or is away.
pub async fn append(tx: &mut Tx<'_>, changes: &[Change]) -> Result<(), StoreError> {
    exec_each(tx, &INSERT_CHANGE, &[], appending(changes).rows).await
}

/// Appends to the log, with other statements.
pub(super) fn appending(changes: &[Change]) -> Each {
    let row = |change: &Change| {
        let (kind, seq, id) = match change.what {
            What::Message(seq) => ("message", Some(seq), None),
            What::Room => ("room", None, None),
            What::Members => ("members", None, None),
            What::Note(no) => ("note", Some(no), None),
            What::Album(no) => ("album", Some(no), None),
            What::MyRoom(room) => ("room", None, Some(room)),
            What::Nudge(room, seq) => ("nudge", Some(seq), Some(room)),
            What::Scheduled => ("scheduled", None, None),
            What::Reminders => ("reminders", None, None),
        };
        Vec::from(params![change.stream.bytes(), change.rev, kind, seq, id])
    };
    Each { statement: &INSERT_CHANGE, rows: changes.iter().map(row).collect() }
}

/// Takes the next rev of each user's own stream.
///
/// # Errors
/// When the database refuses or is away.
pub async fn next_user_revs(tx: &mut Tx<'_>, users: &[UserId]) -> Result<HashMap<UserId, Rev>, StoreError> {
    let mut sorted = users.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    Ok(tx.query(&NEXT_USER_REV, &params![sorted]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Holds users' own streams until the transaction ends, in key order: before a transaction takes revs of them in several steps,
/// and after it has locked all its rooms. On SQLite the one writer holds everything.
///
/// # Errors
/// When the database refuses or is away.
pub async fn hold_users(tx: &mut Tx<'_>, users: impl IntoIterator<Item = UserId>) -> Result<(), StoreError> {
    let users: BTreeSet<UserId> = users.into_iter().collect();
    if tx.dialect() == Dialect::Postgres && !users.is_empty() {
        tx.exec(&HOLD_USERS, &params![Vec::from_iter(users)]).await?;
    }
    Ok(())
}

/// Where users' own streams stand.
///
/// # Errors
/// When the database refuses or is away.
pub async fn user_heads(tx: &mut Tx<'_>, users: Vec<UserId>) -> Result<Vec<(UserId, Rev)>, StoreError> {
    Ok(tx.query(&USER_HEADS, &params![users]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Where rooms stand: rev, last seq.
///
/// # Errors
/// When the database refuses or is away.
pub async fn room_heads(tx: &mut Tx<'_>, rooms: Vec<RoomId>) -> Result<Vec<(RoomId, Rev, Seq)>, StoreError> {
    Ok(tx.query(&ROOM_HEADS, &params![rooms]).await?.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}

/// What changed in a stream after `rev`: the first `limit`, in order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn since(tx: &mut Tx<'_>, stream: StreamId, rev: Rev, limit: i64) -> Result<Vec<Change>, StoreError> {
    let rows = tx.query(&CHANGES_SINCE, &params![stream.bytes(), rev, limit]).await?;
    Ok(rows.iter().filter_map(|row| read(stream, row)).collect())
}

/// A part of a stream's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// How far it has been read.
    pub rev: Rev,
    /// Whether it may go on.
    pub more: bool,
    /// In order.
    pub changes: Vec<Change>,
}

/// As [`since`], in several rooms, in the time of one question.
///
/// # Errors
/// When the database refuses or is away.
pub async fn since_each(tx: &mut Tx<'_>, after: &[(RoomId, Rev)], limit: i64) -> Result<Vec<Log>, StoreError> {
    let ask = |(room, rev): &(RoomId, Rev)| (&CHANGES_SINCE, params![room.bytes(), *rev, limit].into()) as Asked;
    let answers = tx.query_all(&after.iter().map(ask).collect::<Vec<Asked>>()).await?;
    let log = |((room, rev), rows): (&(RoomId, Rev), &Vec<Row>)| Log {
        rev: rows.last().map_or(*rev, |row| row.get(0)),
        more: i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit,
        changes: rows.iter().filter_map(|row| read(StreamId::Room(*room), row)).collect(),
    };
    Ok(after.iter().zip(&answers).map(log).collect())
}

fn read(stream: StreamId, row: &Row) -> Option<Change> {
    let kind: String = row.get(1);
    let what = match (kind.as_str(), row.get::<Option<Seq>>(2), row.get::<Option<RoomId>>(3)) {
        ("message", Some(seq), _) => What::Message(seq),
        ("room", _, Some(room)) => What::MyRoom(room),
        ("room", _, None) => What::Room,
        ("members", ..) => What::Members,
        ("note", Some(no), _) => What::Note(no),
        ("album", Some(no), _) => What::Album(no),
        ("nudge", Some(seq), Some(room)) => What::Nudge(room, seq),
        ("scheduled", ..) => What::Scheduled,
        ("reminders", ..) => What::Reminders,
        _ => return None,
    };
    Some(Change { stream, rev: row.get(0), what })
}
