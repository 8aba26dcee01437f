//! `rooms`: what all members share, and the counters that make `seq` and `rev` gapless.

use kernel::{OrgUnitId, Rev, RoomId, Seq, Time, UserId};
use store::{Row, StoreError, Tx, params};

use crate::model::room::{RoomKind, RoomRow, pair_key, read_pair};

store::statements! {
    pub INSERT_ROOM = "INSERT INTO rooms (tenant_id, id, kind, title, title_folded, org_unit_id, include_children, pair, direct_pair, created_by, created_at, active_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $10) ON CONFLICT (tenant_id, pair) DO NOTHING";
    pub FIND_ROOMS = "SELECT id, kind, title, org_unit_id, include_children, last_seq, rev, member_count, notice_seq, direct_pair, direct_until_seq, created_at, active_at, incident
        FROM rooms WHERE tenant_id = $1 AND id = ANY_ID($2)";
    // Always in key order, so that two transactions never wait for each other.
    pub LOCK_ROOMS = {
        sqlite: "SELECT id, kind, title, org_unit_id, include_children, last_seq, rev, member_count, notice_seq, direct_pair, direct_until_seq, created_at, active_at, incident
            FROM rooms WHERE tenant_id = $1 AND id = ANY_ID($2) ORDER BY id",
        postgres: "SELECT id, kind, title, org_unit_id, include_children, last_seq, rev, member_count, notice_seq, direct_pair, direct_until_seq, created_at, active_at, incident
            FROM rooms WHERE tenant_id = $1 AND id = ANY_ID($2) ORDER BY id FOR UPDATE"
    };
    pub ALL_HEADS = "SELECT id, rev FROM rooms WHERE tenant_id = $1";
    pub FIND_PAIR = "SELECT id FROM rooms WHERE tenant_id = $1 AND pair = $2";
    pub ROOMS_OF_UNITS = "SELECT id FROM rooms WHERE tenant_id = $1 AND org_unit_id = ANY_ID($2) ORDER BY id";
    pub ROOMS_WITH_CHILDREN = "SELECT id FROM rooms WHERE tenant_id = $1 AND org_unit_id IS NOT NULL AND include_children = 1 ORDER BY id";
    pub NEXT_REV = "UPDATE rooms SET rev = rev + 1 WHERE tenant_id = $1 AND id = $2 RETURNING rev";
    pub RENAME = "UPDATE rooms SET title = $3, title_folded = $4 WHERE tenant_id = $1 AND id = $2";
    pub SET_NOTICE = "UPDATE rooms SET notice_seq = $3 WHERE tenant_id = $1 AND id = $2";
    pub SET_INCLUDE_CHILDREN = "UPDATE rooms SET include_children = $3 WHERE tenant_id = $1 AND id = $2";
    pub SET_INCIDENT = "UPDATE rooms SET incident = $3 WHERE tenant_id = $1 AND id = $2";
    pub MAKE_GROUP = "UPDATE rooms SET kind = 'group', pair = NULL, direct_until_seq = last_seq WHERE tenant_id = $1 AND id = $2";
    pub COUNT_MEMBERS = "UPDATE rooms SET member_count = (SELECT COUNT(*) FROM members m WHERE m.tenant_id = $1 AND m.room_id = $2 AND m.present = 1)
        WHERE tenant_id = $1 AND id = $2 RETURNING member_count";
    pub ADVANCE = {
        sqlite: "UPDATE rooms SET last_seq = $3, rev = $4, active_at = $5 WHERE tenant_id = $1 AND id = $2",
        postgres: "UPDATE rooms SET last_seq = w.last_seq, rev = w.rev, active_at = w.active_at
            FROM UNNEST($2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[]) AS w(id, last_seq, rev, active_at)
            WHERE rooms.tenant_id = $1 AND rooms.id = w.id"
    };
    pub FIND_CREATION = "SELECT user_id, result FROM creations WHERE tenant_id = $1 AND operation = $2 AND client_id = $3";
    // Whoever comes second waits for the first, and then finds what it made.
    pub CLAIM_CREATION = "INSERT INTO creations (tenant_id, operation, client_id, user_id, result) VALUES ($1, $2, $3, $4, '')
        ON CONFLICT (tenant_id, operation, client_id) DO NOTHING";
    pub SETTLE_CREATION = "UPDATE creations SET result = $4 WHERE tenant_id = $1 AND operation = $2 AND client_id = $3";
}

/// A row of [`FIND_ROOMS`].
#[must_use]
pub fn read(row: &Row) -> RoomRow {
    RoomRow {
        id: row.get(0),
        kind: RoomKind::parse(&row.get::<String>(1)),
        title: row.get(2),
        org_unit_id: row.get(3),
        include_children: row.get(4),
        last_seq: row.get(5),
        rev: row.get(6),
        member_count: row.get(7),
        notice_seq: row.get(8),
        direct_pair: row.get::<Option<Vec<u8>>>(9).and_then(|key| read_pair(&key)),
        direct_until_seq: row.get(10),
        created_at: row.get(11),
        active_at: row.get(12),
        incident: row.get(13),
    }
}

/// A room to be made.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// Its id.
    pub id: RoomId,
    /// Its kind.
    pub kind: RoomKind,
    /// Its own title; empty for direct and nameless ones.
    pub title: String,
    /// Which org unit it follows.
    pub org_unit_id: Option<OrgUnitId>,
    /// Whether the units below are in it too.
    pub include_children: bool,
    /// The pair of a direct one.
    pub pair: Option<(UserId, UserId)>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Time,
}

/// Makes a room with nobody in it; `false` when the pair has one already.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, room: &NewRoom) -> Result<bool, StoreError> {
    let folded = kernel::japanese::fold(&room.title);
    let pair = room.pair.map(|(a, b)| pair_key(a, b));
    let params = params![
        room.id,
        room.kind.as_str(),
        &room.title,
        folded,
        room.org_unit_id,
        room.include_children,
        pair,
        room.created_by,
        room.created_at
    ];
    Ok(tx.exec(&INSERT_ROOM, &params).await? == 1)
}

/// One room.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, id: RoomId) -> Result<Option<RoomRow>, StoreError> {
    Ok(tx.query_opt(&FIND_ROOMS, &params![vec![id]]).await?.as_ref().map(read))
}

/// These rooms, in no promised order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find_all(tx: &mut Tx<'_>, ids: Vec<RoomId>) -> Result<Vec<RoomRow>, StoreError> {
    Ok(tx.query(&FIND_ROOMS, &params![ids]).await?.iter().map(read).collect())
}

/// One room, held until the transaction ends.
///
/// # Errors
/// When the database refuses or is away.
pub async fn lock(tx: &mut Tx<'_>, id: RoomId) -> Result<Option<RoomRow>, StoreError> {
    Ok(lock_all(tx, vec![id]).await?.pop())
}

/// These rooms, held until the transaction ends, in key order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn lock_all(tx: &mut Tx<'_>, ids: Vec<RoomId>) -> Result<Vec<RoomRow>, StoreError> {
    Ok(tx.query(&LOCK_ROOMS, &params![ids]).await?.iter().map(read).collect())
}

/// The pair's direct room.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find_direct(tx: &mut Tx<'_>, a: UserId, b: UserId) -> Result<Option<RoomId>, StoreError> {
    Ok(tx.query_opt(&FIND_PAIR, &params![pair_key(a, b)]).await?.map(|row| row.get(0)))
}

/// Ids of the rooms that follow these units.
///
/// # Errors
/// When the database refuses or is away.
pub async fn of_units(tx: &mut Tx<'_>, units: Vec<OrgUnitId>) -> Result<Vec<RoomId>, StoreError> {
    Ok(tx.query(&ROOMS_OF_UNITS, &params![units]).await?.iter().map(|row| row.get(0)).collect())
}

/// Ids of the rooms that take in the units below theirs.
///
/// # Errors
/// When the database refuses or is away.
pub async fn with_children(tx: &mut Tx<'_>) -> Result<Vec<RoomId>, StoreError> {
    Ok(tx.query(&ROOMS_WITH_CHILDREN, &params![]).await?.iter().map(|row| row.get(0)).collect())
}

/// Takes the next rev.
///
/// # Errors
/// When the database refuses or is away.
pub async fn next_rev(tx: &mut Tx<'_>, room: &mut RoomRow) -> Result<Rev, StoreError> {
    room.rev = tx.query_one(&NEXT_REV, &params![room.id]).await?.get(0);
    Ok(room.rev)
}

/// Gives it another title.
///
/// # Errors
/// When the database refuses or is away.
pub async fn rename(tx: &mut Tx<'_>, id: RoomId, title: &str) -> Result<(), StoreError> {
    tx.exec(&RENAME, &params![id, title, kernel::japanese::fold(title)]).await.map(drop)
}

/// Pins a message for all, or none.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_notice(tx: &mut Tx<'_>, id: RoomId, seq: Option<Seq>) -> Result<(), StoreError> {
    tx.exec(&SET_NOTICE, &params![id, seq]).await.map(drop)
}

/// It deals with an incident, or no longer.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_incident(tx: &mut Tx<'_>, room: &mut RoomRow, incident: bool) -> Result<(), StoreError> {
    room.incident = incident;
    tx.exec(&SET_INCIDENT, &params![room.id, incident]).await.map(drop)
}

/// Takes in the units below, or not.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_include_children(tx: &mut Tx<'_>, id: RoomId, include: bool) -> Result<(), StoreError> {
    tx.exec(&SET_INCLUDE_CHILDREN, &params![id, include]).await.map(drop)
}

/// A third comes in: what was said stays the pair's, and their next direct room is new.
///
/// # Errors
/// When the database refuses or is away.
pub async fn make_group(tx: &mut Tx<'_>, room: &mut RoomRow) -> Result<(), StoreError> {
    tx.exec(&MAKE_GROUP, &params![room.id]).await?;
    room.kind = RoomKind::Group;
    room.direct_until_seq = room.last_seq;
    Ok(())
}

/// Counts its members afresh.
///
/// # Errors
/// When the database refuses or is away.
pub async fn count_members(tx: &mut Tx<'_>, room: &mut RoomRow) -> Result<(), StoreError> {
    room.member_count = tx.query_one(&COUNT_MEMBERS, &params![room.id]).await?.get(0);
    Ok(())
}

/// Claims a creation's name for the transaction; what it gave, and to whom, where it is another's already.
///
/// # Errors
/// When the database refuses or is away.
pub async fn claim_creation(
    tx: &mut Tx<'_>,
    operation: &str,
    client_id: kernel::ClientId,
    user: UserId,
) -> Result<Option<(UserId, String)>, StoreError> {
    if tx.exec(&CLAIM_CREATION, &params![operation, client_id, user]).await? == 1 {
        return Ok(None);
    }
    let row = tx.query_one(&FIND_CREATION, &params![operation, client_id]).await?;
    Ok(Some((row.get(0), row.get(1))))
}

/// Keeps what a claimed creation gave.
///
/// # Errors
/// When the database refuses or is away.
pub async fn settle_creation(
    tx: &mut Tx<'_>,
    operation: &str,
    client_id: kernel::ClientId,
    result: &str,
) -> Result<(), StoreError> {
    tx.exec(&SETTLE_CREATION, &params![operation, client_id, result]).await.map(drop)
}

/// Where each room's log stands.
///
/// # Errors
/// When the database refuses or is away.
pub async fn all_heads(tx: &mut Tx<'_>) -> Result<Vec<(RoomId, Rev)>, StoreError> {
    Ok(tx.query(&ALL_HEADS, &[]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}
