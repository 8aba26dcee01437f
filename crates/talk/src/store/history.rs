//! `history_requests` and `history_consents`: who asks to see what two people once said to each other.

use kernel::{RoomId, Seq, Time, UserId};
use store::{Row, StoreError, Tx, Value, params};
use uuid::Uuid;

use super::batch::exec_each;

store::statements! {
    pub INSERT_REQUEST = "INSERT INTO history_requests (tenant_id, id, room_id, requested_by, user_ids, from_seq, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub INSERT_CONSENT = {
        sqlite: "INSERT INTO history_consents (tenant_id, request_id, user_id) VALUES ($1, $2, $3)",
        postgres: "INSERT INTO history_consents (tenant_id, request_id, user_id)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), w FROM UNNEST($3::bytea[]) AS w"
    };
    // Only the one who asked and those who are asked know of it.
    pub OPEN_REQUESTS = "SELECT q.id, q.requested_by, q.user_ids, q.from_seq, q.created_at FROM history_requests q
        WHERE q.tenant_id = $1 AND q.room_id = $2 AND q.agreed IS NULL AND (q.requested_by = $3 OR EXISTS
            (SELECT 1 FROM history_consents c WHERE c.tenant_id = $1 AND c.request_id = q.id AND c.user_id = $3)) AND q.id > $4 ORDER BY q.id LIMIT $5";
    pub OPEN_REQUEST = "SELECT q.id, q.requested_by, q.user_ids, q.from_seq, q.created_at FROM history_requests q
        WHERE q.tenant_id = $1 AND q.room_id = $2 AND q.agreed IS NULL AND q.id = $4 AND (q.requested_by = $3 OR EXISTS
            (SELECT 1 FROM history_consents c WHERE c.tenant_id = $1 AND c.request_id = q.id AND c.user_id = $3))";
    pub CONSENTS = "SELECT user_id, agreed FROM history_consents WHERE tenant_id = $1 AND request_id = $2";
    pub ANSWER = "UPDATE history_consents SET agreed = $4 WHERE tenant_id = $1 AND request_id = $2 AND user_id = $3";
    pub SETTLE = "UPDATE history_requests SET agreed = $3 WHERE tenant_id = $1 AND id = $2";
}

/// A wish to see what was said between two.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// Who asks.
    pub requested_by: UserId,
    /// For whom.
    pub user_ids: Vec<UserId>,
    /// From which seq.
    pub from_seq: Seq,
    /// Since when.
    pub created_at: Time,
}

/// Writes down a wish and whom it waits for.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, room: RoomId, request: &Request, asked: &[UserId]) -> Result<(), StoreError> {
    let users = serde_json::to_string(&request.user_ids).unwrap_or_default();
    tx.exec(&INSERT_REQUEST, &params![request.id, room, request.requested_by, users, request.from_seq, request.created_at])
        .await?;
    exec_each(tx, &INSERT_CONSENT, &params![request.id], asked.iter().map(|user| vec![Value::from(*user)]).collect()).await
}

fn read(row: &Row) -> Request {
    Request {
        id: row.get(0),
        requested_by: row.get(1),
        user_ids: serde_json::from_str(&row.get::<String>(2)).unwrap_or_default(),
        from_seq: row.get(3),
        created_at: row.get(4),
    }
}

/// Open wishes in a room that concern `user`: the first `limit` after that one.
///
/// # Errors
/// When the database refuses or is away.
pub async fn open(tx: &mut Tx<'_>, room: RoomId, user: UserId, after: Uuid, limit: i64) -> Result<Vec<Request>, StoreError> {
    Ok(tx.query(&OPEN_REQUESTS, &params![room, user, after, limit]).await?.iter().map(read).collect())
}

/// This wish, if it is open and concerns `user`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find_open(tx: &mut Tx<'_>, room: RoomId, user: UserId, request: Uuid) -> Result<Option<Request>, StoreError> {
    Ok(tx.query_opt(&OPEN_REQUEST, &params![room, user, request]).await?.as_ref().map(read))
}

/// Who is asked, and what they said.
///
/// # Errors
/// When the database refuses or is away.
pub async fn consents(tx: &mut Tx<'_>, request: Uuid) -> Result<Vec<(UserId, Option<bool>)>, StoreError> {
    Ok(tx.query(&CONSENTS, &params![request]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// One of them says.
///
/// # Errors
/// When the database refuses or is away.
pub async fn answer(tx: &mut Tx<'_>, request: Uuid, user: UserId, agree: bool) -> Result<(), StoreError> {
    tx.exec(&ANSWER, &params![request, user, agree]).await.map(drop)
}

/// The wish is granted or not; either way it waits no more.
///
/// # Errors
/// When the database refuses or is away.
pub async fn settle(tx: &mut Tx<'_>, request: Uuid, agreed: bool) -> Result<(), StoreError> {
    tx.exec(&SETTLE, &params![request, agreed]).await.map(drop)
}
