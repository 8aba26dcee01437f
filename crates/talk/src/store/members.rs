//! `members`, `spans` and `sources`: who is in a room, why, and what of it they may see.

use std::collections::HashMap;

use kernel::live::Membership;
use kernel::{Rev, RoomId, Seq, UserId};
use store::{Db, Dialect, Row, StoreError, Tx, Value, params};

use super::batch::exec_each;
use super::changes;
use crate::model::room::SourceKind;
use crate::model::spans::{Span, Spans};

store::statements! {
    pub SPANS_OF_ONE = "SELECT visible_from_seq, left_seq FROM spans WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3";
    pub SPANS_OF_SOME = "SELECT user_id, visible_from_seq, left_seq FROM spans WHERE tenant_id = $1 AND room_id = $2 AND user_id = ANY_ID($3)";
    pub SPANS_IN_ROOMS = "SELECT room_id, visible_from_seq, left_seq FROM spans WHERE tenant_id = $1 AND user_id = $2 AND room_id = ANY_ID($3)";
    pub SPANS_OF_MINE = "SELECT m.room_id, s.visible_from_seq, s.left_seq FROM members m
        JOIN spans s ON s.tenant_id = $1 AND s.room_id = m.room_id AND s.user_id = m.user_id
        WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.present = 1";
    pub DELETE_SPANS = "DELETE FROM spans WHERE tenant_id = $1 AND room_id = $2 AND user_id = ANY_ID($3)";
    pub INSERT_SPAN = {
        sqlite: "INSERT INTO spans (tenant_id, room_id, user_id, visible_from_seq, left_seq) VALUES ($1, $2, $3, $4, $5)",
        postgres: "INSERT INTO spans (tenant_id, room_id, user_id, visible_from_seq, left_seq)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), w.a, w.b, w.c FROM UNNEST($3::bytea[], $4::bigint[], $5::bigint[]) AS w(a, b, c)"
    };
    // Whoever comes back keeps muted and pinned. The cursor starts before the first message that they are here to read, or stays
    // where it was, if they have read all from there to it: not where they are let in before they were here the last time.
    pub ENTER = {
        sqlite: "INSERT INTO members (tenant_id, room_id, user_id, present, visible_from_seq, read_seq) VALUES ($1, $2, $3, 1, $4, $4 - 1)
            ON CONFLICT (tenant_id, room_id, user_id) DO UPDATE SET present = 1, visible_from_seq = excluded.visible_from_seq, hidden_until_seq = 0,
            read_seq = CASE WHEN members.read_seq > excluded.read_seq AND members.visible_from_seq <= excluded.visible_from_seq
                THEN members.read_seq ELSE excluded.read_seq END",
        postgres: "INSERT INTO members (tenant_id, room_id, user_id, present, visible_from_seq, read_seq)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), w.a, 1, w.b, w.b - 1 FROM UNNEST($3::bytea[], $4::bigint[]) AS w(a, b)
            ON CONFLICT (tenant_id, room_id, user_id) DO UPDATE SET present = 1, visible_from_seq = excluded.visible_from_seq, hidden_until_seq = 0,
            read_seq = CASE WHEN members.read_seq > excluded.read_seq AND members.visible_from_seq <= excluded.visible_from_seq
                THEN members.read_seq ELSE excluded.read_seq END"
    };
    pub EXIT = "UPDATE members SET present = 0 WHERE tenant_id = $1 AND room_id = $2 AND user_id = ANY_ID($3)";
    pub PRESENT_USERS = "SELECT user_id FROM members WHERE tenant_id = $1 AND room_id = $2 AND present = 1";
    pub PRESENT_AMONG = "SELECT user_id FROM members WHERE tenant_id = $1 AND room_id = $2 AND present = 1 AND user_id = ANY_ID($3)";
    // Before rows are changed in whatever order the database takes: reads of many rooms hold theirs in key order too.
    pub HOLD_MEMBERS = {
        sqlite: "SELECT user_id FROM members WHERE tenant_id = $1 AND room_id = $2 AND user_id = ANY_ID($3) ORDER BY user_id",
        postgres: "SELECT user_id FROM members WHERE tenant_id = $1 AND room_id = $2 AND user_id = ANY_ID($3) ORDER BY user_id FOR UPDATE"
    };
    pub MET = "SELECT DISTINCT o.user_id FROM members m JOIN members o ON o.tenant_id = $1 AND o.room_id = m.room_id AND o.present = 1
        WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.present = 1 AND o.user_id <> $2";
    pub ROOMS_SHARED = "SELECT DISTINCT m.room_id FROM members m JOIN members o ON o.tenant_id = $1 AND o.room_id = m.room_id AND o.present = 1 AND o.user_id = ANY_ID($3)
        WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.present = 1";
    // $3 is the reader.
    pub MEMBERSHIPS = "SELECT m.room_id, r.rev, r.last_seq, s.visible_from_seq, s.left_seq,
            CASE WHEN m.user_id = $3 THEN m.read_seq ELSE COALESCE((SELECT c.seq FROM actor_cursors c
                WHERE c.tenant_id = $1 AND c.room_id = m.room_id AND c.actor_id = $3 AND c.seq >= m.visible_from_seq), m.visible_from_seq - 1) END
        FROM members m
        JOIN rooms r ON r.tenant_id = $1 AND r.id = m.room_id
        JOIN spans s ON s.tenant_id = $1 AND s.room_id = m.room_id AND s.user_id = m.user_id
        WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.present = 1 ORDER BY m.room_id";
    pub INSERT_SOURCE = {
        sqlite: "INSERT INTO sources (tenant_id, room_id, user_id, kind, source_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, room_id, user_id, kind, source_id) DO NOTHING",
        postgres: "INSERT INTO sources (tenant_id, room_id, user_id, kind, source_id)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), w.a, w.b, w.c FROM UNNEST($3::bytea[], $4::text[], $5::bytea[]) AS w(a, b, c)
            ON CONFLICT (tenant_id, room_id, user_id, kind, source_id) DO NOTHING"
    };
    pub DELETE_SOURCE = {
        sqlite: "DELETE FROM sources WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3 AND kind = $4 AND source_id = $5",
        postgres: "DELETE FROM sources USING UNNEST($3::bytea[], $4::text[], $5::bytea[]) AS w(a, b, c)
            WHERE sources.tenant_id = $1 AND sources.room_id = $2 AND sources.user_id = w.a AND sources.kind = w.b AND sources.source_id = w.c"
    };
    pub SOURCES_OF_ROOM = "SELECT user_id, kind, source_id FROM sources WHERE tenant_id = $1 AND room_id = $2";
    pub SOURCES_OF_SOME = "SELECT user_id, kind, source_id FROM sources WHERE tenant_id = $1 AND room_id = $2 AND user_id = ANY_ID($3)";
    pub UNIT_ROOMS_OF = "SELECT DISTINCT s.room_id FROM members m JOIN sources s ON s.tenant_id = $1 AND s.room_id = m.room_id AND s.user_id = m.user_id
        WHERE m.tenant_id = $1 AND m.user_id = ANY_ID($2) AND s.kind <> 'invited'";
    // Present without one open span that begins where the row says, or without a source; or absent with either.
    pub FAULTS = "SELECT m.room_id, m.user_id FROM members m WHERE m.tenant_id = $1 AND (
        m.present <> (SELECT COUNT(*) FROM spans s WHERE s.tenant_id = $1 AND s.room_id = m.room_id AND s.user_id = m.user_id AND s.left_seq IS NULL
            AND s.visible_from_seq = CASE WHEN m.present = 1 THEN m.visible_from_seq ELSE s.visible_from_seq END)
        OR m.present <> CASE WHEN EXISTS (SELECT 1 FROM sources o WHERE o.tenant_id = $1 AND o.room_id = m.room_id AND o.user_id = m.user_id) THEN 1 ELSE 0 END)";
    pub SET_MUTED = "UPDATE members SET muted = $4 WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3";
    pub SET_PINNED = "UPDATE members SET pinned = $4 WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3";
    pub SET_HIDDEN = "UPDATE members SET hidden_until_seq = $4 WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3";
}

/// A reason to be in a room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// Who.
    pub user: UserId,
    /// Why.
    pub kind: SourceKind,
    /// The unit's bytes; empty for an invitation.
    pub id: Vec<u8>,
}

impl Source {
    /// Somebody asked them in.
    #[must_use]
    pub fn invited(user: UserId) -> Self {
        Self { user, kind: SourceKind::Invited, id: Vec::new() }
    }
}

/// What `user` may see of `room`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn spans_of(tx: &mut Tx<'_>, room: RoomId, user: UserId) -> Result<Spans, StoreError> {
    Ok(read_spans(&tx.query(&SPANS_OF_ONE, &params![room, user]).await?))
}

/// The rows of [`SPANS_OF_ONE`].
#[must_use]
pub fn read_spans(rows: &[Row]) -> Spans {
    Spans::new(&rows.iter().map(|row| Span { from: row.get(0), left: row.get(1) }).collect::<Vec<_>>())
}

/// What each of `users` may see of `room`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn spans_of_some(tx: &mut Tx<'_>, room: RoomId, users: Vec<UserId>) -> Result<HashMap<UserId, Spans>, StoreError> {
    let mut all: HashMap<UserId, Vec<Span>> = users.iter().map(|user| (*user, Vec::new())).collect();
    for row in tx.query(&SPANS_OF_SOME, &params![room, users]).await? {
        all.entry(row.get(0)).or_default().push(Span { from: row.get(1), left: row.get(2) });
    }
    Ok(all.into_iter().map(|(user, spans)| (user, Spans::new(&spans))).collect())
}

/// What `user` may see of these rooms.
///
/// # Errors
/// When the database refuses or is away.
pub async fn spans_in_rooms(tx: &mut Tx<'_>, user: UserId, rooms: Vec<RoomId>) -> Result<HashMap<RoomId, Spans>, StoreError> {
    Ok(spans_by_room(&tx.query(&SPANS_IN_ROOMS, &params![user, rooms]).await?))
}

/// What `user` may see of each room that they are in now.
///
/// # Errors
/// When the database refuses or is away.
pub async fn spans_of_mine(tx: &mut Tx<'_>, user: UserId) -> Result<HashMap<RoomId, Spans>, StoreError> {
    Ok(spans_by_room(&tx.query(&SPANS_OF_MINE, &params![user]).await?))
}

fn spans_by_room(rows: &[Row]) -> HashMap<RoomId, Spans> {
    let mut all: HashMap<RoomId, Vec<Span>> = HashMap::new();
    for row in rows {
        all.entry(row.get(0)).or_default().push(Span { from: row.get(1), left: row.get(2) });
    }
    all.into_iter().map(|(room, spans)| (room, Spans::new(&spans))).collect()
}

/// Writes spans anew, and the `members` rows that follow from them.
///
/// # Errors
/// When the database refuses or is away.
pub async fn write_spans(
    tx: &mut Tx<'_>,
    room: RoomId,
    before: &HashMap<UserId, Spans>,
    after: &[(UserId, Spans)],
) -> Result<(), StoreError> {
    if tx.dialect() == Dialect::Postgres {
        tx.query(&HOLD_MEMBERS, &params![room, after.iter().map(|(user, _)| *user).collect::<Vec<_>>()]).await?;
    }
    let was = |user: &UserId| before.get(user).is_some_and(Spans::is_present);
    let known: Vec<UserId> =
        after.iter().map(|(user, _)| *user).filter(|user| before.get(user) != Some(&Spans::default())).collect();
    if !known.is_empty() {
        tx.exec(&DELETE_SPANS, &params![room, known]).await?;
    }
    let rows = after.iter().flat_map(|(user, spans)| {
        spans.pairs().into_iter().map(|(from, left)| vec![Value::from(*user), Value::from(from), Value::from(left)])
    });
    exec_each(tx, &INSERT_SPAN, &params![room], rows.collect()).await?;
    let entered = after.iter().filter(|(user, _)| !was(user));
    let entered = entered.filter_map(|(user, spans)| Some(vec![Value::from(*user), Value::from(spans.here_from()?)]));
    exec_each(tx, &ENTER, &params![room], entered.collect()).await?;
    let gone: Vec<UserId> =
        after.iter().filter(|(user, spans)| was(user) && !spans.is_present()).map(|(user, _)| *user).collect();
    if !gone.is_empty() {
        tx.exec(&EXIT, &params![room, gone]).await?;
    }
    Ok(())
}

/// Everybody who is in `room` now.
///
/// # Errors
/// When the database refuses or is away.
pub async fn present(tx: &mut Tx<'_>, room: RoomId) -> Result<Vec<UserId>, StoreError> {
    Ok(tx.query(&PRESENT_USERS, &params![room]).await?.iter().map(|row| row.get(0)).collect())
}

/// Those of `users` who are in `room` now.
///
/// # Errors
/// When the database refuses or is away.
pub async fn present_among(tx: &mut Tx<'_>, room: RoomId, users: Vec<UserId>) -> Result<Vec<UserId>, StoreError> {
    Ok(tx.query(&PRESENT_AMONG, &params![room, users]).await?.iter().map(|row| row.get(0)).collect())
}

/// Everybody who is in a room with `user`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn met(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<UserId>, StoreError> {
    Ok(tx.query(&MET, &params![user]).await?.iter().map(|row| row.get(0)).collect())
}

/// The rooms that `user` is in together with one of `others`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn rooms_shared(tx: &mut Tx<'_>, user: UserId, others: Vec<UserId>) -> Result<Vec<RoomId>, StoreError> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx.query(&ROOMS_SHARED, &params![user, others]).await?.iter().map(|row| row.get(0)).collect())
}

/// The rooms that `user` is in now, what they may see of each, and how far `reader` has read it; where their own stream stands.
///
/// # Errors
/// When the database refuses or is away.
pub async fn memberships(db: &Db, user: UserId, reader: uuid::Uuid) -> Result<(Vec<Membership>, Rev), StoreError> {
    let asked = [(&MEMBERSHIPS, params![user, reader].into()), (&changes::USER_REV, params![user].into())];
    let answers = db.ask(&asked).await?;
    let spans = |rows: &[Row]| rows.iter().map(|row| Span { from: row.get(3), left: row.get(4) }).collect::<Vec<_>>();
    let membership = |rows: &[Row]| Membership {
        room: rows[0].get(0),
        rev: rows[0].get(1),
        last_seq: rows[0].get(2),
        read_seq: rows[0].get(5),
        spans: Spans::new(&spans(rows)).pairs(),
    };
    let rooms = answers[0].chunk_by(|a, b| a.get::<RoomId>(0) == b.get::<RoomId>(0)).map(membership).collect();
    Ok((rooms, answers[1].first().map_or(0, |row| row.get(0))))
}

fn source_rows(sources: &[Source]) -> Vec<Vec<Value>> {
    sources
        .iter()
        .map(|source| vec![Value::from(source.user), Value::from(source.kind.as_str()), Value::from(source.id.clone())])
        .collect()
}

/// Adds reasons; those already there stay.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert_sources(tx: &mut Tx<'_>, room: RoomId, sources: &[Source]) -> Result<(), StoreError> {
    exec_each(tx, &INSERT_SOURCE, &params![room], source_rows(sources)).await
}

/// Takes reasons away.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete_sources(tx: &mut Tx<'_>, room: RoomId, sources: &[Source]) -> Result<(), StoreError> {
    exec_each(tx, &DELETE_SOURCE, &params![room], source_rows(sources)).await
}

/// The reasons in a room, of all or of `users`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn sources(tx: &mut Tx<'_>, room: RoomId, users: Option<Vec<UserId>>) -> Result<Vec<Source>, StoreError> {
    let rows = match users {
        Some(users) => tx.query(&SOURCES_OF_SOME, &params![room, users]).await?,
        None => tx.query(&SOURCES_OF_ROOM, &params![room]).await?,
    };
    let kind = |text: String| match text.as_str() {
        "unit" => SourceKind::Unit,
        "childUnit" => SourceKind::ChildUnit,
        _ => SourceKind::Invited,
    };
    Ok(rows.iter().map(|row| Source { user: row.get(0), kind: kind(row.get(1)), id: row.get(2) }).collect())
}

/// Rooms that `users` are in by an org unit.
///
/// # Errors
/// When the database refuses or is away.
pub async fn unit_rooms_of(tx: &mut Tx<'_>, users: Vec<UserId>) -> Result<Vec<RoomId>, StoreError> {
    Ok(tx.query(&UNIT_ROOMS_OF, &params![users]).await?.iter().map(|row| row.get(0)).collect())
}

/// One's own settings of a room; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// No notifications.
    pub muted: Option<bool>,
    /// At the top.
    pub pinned: Option<bool>,
    /// Hidden until the room's last seq is no smaller; 0 shows it.
    pub hidden_until_seq: Option<Seq>,
}

/// Changes one's own settings.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set(tx: &mut Tx<'_>, room: RoomId, user: UserId, settings: Settings) -> Result<(), StoreError> {
    if let Some(muted) = settings.muted {
        tx.exec(&SET_MUTED, &params![room, user, muted]).await?;
    }
    if let Some(pinned) = settings.pinned {
        tx.exec(&SET_PINNED, &params![room, user, pinned]).await?;
    }
    if let Some(seq) = settings.hidden_until_seq {
        tx.exec(&SET_HIDDEN, &params![room, user, seq]).await?;
    }
    Ok(())
}
