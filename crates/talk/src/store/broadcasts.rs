//! `broadcasts`, `broadcast_messages`: one message sent to many rooms, for its sender.

use kernel::{BroadcastId, RoomId, Seq, Time, UserId};
use store::{Row, StoreError, Tx, Value, params};

use super::batch::exec_each;
use super::messages;
use crate::model::Message;

store::statements! {
    pub INSERT_BROADCAST = "INSERT INTO broadcasts (tenant_id, id, sender_id, sent_at, people_count) VALUES ($1, $2, $3, $4, $5)";
    pub INSERT_BROADCAST_MESSAGE = {
        sqlite: "INSERT INTO broadcast_messages (tenant_id, broadcast_id, room_id, seq) VALUES ($1, $2, $3, $4)",
        postgres: "INSERT INTO broadcast_messages (tenant_id, broadcast_id, room_id, seq)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), w.* FROM UNNEST($3::bytea[], $4::bigint[]) AS w"
    };
    pub BROADCASTS = "SELECT id, sent_at, people_count FROM broadcasts WHERE tenant_id = $1 AND sender_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    pub BROADCAST = "SELECT id, sent_at, people_count FROM broadcasts WHERE tenant_id = $1 AND id = $2 AND sender_id = $3";
    pub BROADCAST_PLACES = "SELECT broadcast_id, room_id, seq FROM broadcast_messages WHERE tenant_id = $1 AND broadcast_id = ANY_ID($2) ORDER BY broadcast_id, room_id";
    // 既読 N of each, as `reads::Reader::has_read` counts it.
    pub BROADCAST_READS = "SELECT b.room_id, COUNT(*) FROM broadcast_messages b
        JOIN members m ON m.tenant_id = $1 AND m.room_id = b.room_id AND m.present = 1 AND m.read_seq >= b.seq AND m.visible_from_seq <= b.seq AND m.user_id <> $3
        WHERE b.tenant_id = $1 AND b.broadcast_id = $2 GROUP BY b.room_id";
    pub BROADCAST_REPLY_COUNTS = "SELECT b.room_id, COUNT(*) FROM broadcast_messages b
        JOIN messages m ON m.tenant_id = $1 AND m.room_id = b.room_id AND m.reply_to_seq = b.seq AND m.recalled_at IS NULL
        WHERE b.tenant_id = $1 AND b.broadcast_id = $2 GROUP BY b.room_id";
    // What $3 may see of it: the rule of `Spans`, in SQL.
    pub BROADCAST_REPLIES = "SELECT m.room_id, m.seq, m.rev, m.client_id, m.kind, m.sender_id, m.actor_id, m.actor_name, m.sent_at, m.text, m.mentions, m.reply_to_seq, m.detail, m.edited_at, m.recalled_at
        FROM broadcast_messages b JOIN messages m ON m.tenant_id = $1 AND m.room_id = b.room_id AND m.reply_to_seq = b.seq AND m.recalled_at IS NULL
        JOIN members i ON i.tenant_id = $1 AND i.room_id = b.room_id AND i.user_id = $3 AND i.present = 1
        JOIN spans s ON s.tenant_id = $1 AND s.room_id = b.room_id AND s.user_id = $3 AND s.visible_from_seq <= m.seq AND (s.left_seq IS NULL OR s.left_seq >= m.seq)
        WHERE b.tenant_id = $1 AND b.broadcast_id = $2 AND (m.sent_at < $4 OR (m.sent_at = $4 AND m.room_id < $5) OR (m.sent_at = $4 AND m.room_id = $5 AND m.seq < $6))
        ORDER BY m.sent_at DESC, m.room_id DESC, m.seq DESC LIMIT $7";
    pub PEOPLE_IN_ROOMS = "SELECT DISTINCT user_id FROM members WHERE tenant_id = $1 AND room_id = ANY_ID($2) AND present = 1 AND user_id <> $3";
}

/// A broadcast, as its sender's list holds it.
#[derive(Clone, Copy, Debug)]
pub struct BroadcastRow {
    /// Which.
    pub id: BroadcastId,
    /// When it was sent.
    pub sent_at: Time,
    /// Whom it reached then, each once.
    pub people_count: i64,
}

/// Where the page of replies before ended: the last one's time and place.
pub type ReplyPlace = (Time, RoomId, Seq);

/// Keeps what was sent where.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, row: BroadcastRow, sender: UserId, placed: &[Message]) -> Result<(), StoreError> {
    tx.exec(&INSERT_BROADCAST, &params![row.id, sender, row.sent_at, row.people_count]).await?;
    let places = placed.iter().map(|message| vec![Value::from(message.room_id), Value::from(message.seq)]).collect();
    exec_each(tx, &INSERT_BROADCAST_MESSAGE, &params![row.id], places).await
}

/// What `sender` sent before `before`, the newest first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn list(tx: &mut Tx<'_>, sender: UserId, before: BroadcastId, limit: i64) -> Result<Vec<BroadcastRow>, StoreError> {
    Ok(tx.query(&BROADCASTS, &params![sender, before, limit]).await?.iter().map(read).collect())
}

/// One that `sender` sent.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, id: BroadcastId, sender: UserId) -> Result<Option<BroadcastRow>, StoreError> {
    Ok(tx.query_opt(&BROADCAST, &params![id, sender]).await?.as_ref().map(read))
}

/// Which messages these are.
///
/// # Errors
/// When the database refuses or is away.
pub async fn places(tx: &mut Tx<'_>, ids: Vec<BroadcastId>) -> Result<Vec<(BroadcastId, RoomId, Seq)>, StoreError> {
    let rows = tx.query(&BROADCAST_PLACES, &params![ids]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}

/// 既読 N, and how many replies, of each room's message.
///
/// # Errors
/// When the database refuses or is away.
pub async fn counts(tx: &mut Tx<'_>, id: BroadcastId, sender: UserId) -> Result<[Vec<(RoomId, i64)>; 2], StoreError> {
    let asked = [(&BROADCAST_READS, params![id, sender].into()), (&BROADCAST_REPLY_COUNTS, params![id].into())];
    let answers = tx.query_all(&asked).await?;
    Ok([0, 1].map(|at| answers[at].iter().map(|row| (row.get(0), row.get(1))).collect()))
}

/// Replies that `user` may see, in all rooms, before `before`, the newest first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn replies(
    tx: &mut Tx<'_>,
    id: BroadcastId,
    user: UserId,
    (at, room, seq): ReplyPlace,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    let rows = tx.query(&BROADCAST_REPLIES, &params![id, user, at, room, seq, limit]).await?;
    Ok(rows.iter().map(messages::read).collect())
}

/// Whoever is in these rooms beside `user`, each once.
///
/// # Errors
/// When the database refuses or is away.
pub async fn people(tx: &mut Tx<'_>, rooms: Vec<RoomId>, user: UserId) -> Result<Vec<UserId>, StoreError> {
    Ok(tx.query(&PEOPLE_IN_ROOMS, &params![rooms, user]).await?.iter().map(|row| row.get(0)).collect())
}

fn read(row: &Row) -> BroadcastRow {
    BroadcastRow { id: row.get(0), sent_at: row.get(1), people_count: row.get(2) }
}
