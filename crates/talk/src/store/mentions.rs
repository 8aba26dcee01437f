//! `mentions`: whom messages name, for counting.

use kernel::{RoomId, Seq, UserId};
use store::{StoreError, Tx, Value, params};

use super::batch::{Each, exec_each};
use crate::model::{Mention, Message};

store::statements! {
    pub INSERT_MENTION = {
        sqlite: "INSERT INTO mentions (tenant_id, room_id, seq, target) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, room_id, seq, target) DO NOTHING",
        postgres: "INSERT INTO mentions (tenant_id, room_id, seq, target)
            SELECT CAST($1 AS BIGINT), w.* FROM UNNEST($2::bytea[], $3::bigint[], $4::bytea[]) AS w
            ON CONFLICT (tenant_id, room_id, seq, target) DO NOTHING"
    };
    pub DELETE_MENTIONS = "DELETE FROM mentions WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    // $2 the user, $3 the reader (the user, or the person inside a shared account), $4 whatever names them.
    pub COUNT_MENTIONS = "SELECT m.room_id, COUNT(DISTINCT x.seq) FROM members m
        JOIN mentions x ON x.tenant_id = $1 AND x.room_id = m.room_id AND x.target = ANY_ID($4)
            AND x.seq > CASE WHEN m.user_id = $3 THEN m.read_seq ELSE COALESCE((SELECT c.seq FROM actor_cursors c
                WHERE c.tenant_id = $1 AND c.room_id = m.room_id AND c.actor_id = $3 AND c.seq >= m.visible_from_seq), m.visible_from_seq - 1) END
        JOIN messages s ON s.tenant_id = $1 AND s.room_id = x.room_id AND s.seq = x.seq AND s.sender_id <> $2
        WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.present = 1 AND m.room_id = ANY_ID($5)
        GROUP BY m.room_id";
}

/// Writes whom messages name.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, messages: &[Message]) -> Result<(), StoreError> {
    exec_each(tx, &INSERT_MENTION, &[], inserting(messages).rows).await
}

/// Writes whom messages name, with other statements.
pub(super) fn inserting(messages: &[Message]) -> Each {
    let of_one = |message: &Message| {
        let (room, seq) = (message.room_id, message.seq);
        let row = move |mention: &Mention| vec![Value::from(room), Value::from(seq), Value::from(mention.target())];
        message.mentions.iter().map(row).collect::<Vec<_>>()
    };
    Each { statement: &INSERT_MENTION, rows: messages.iter().flat_map(of_one).collect() }
}

/// A message names nobody any more.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<(), StoreError> {
    tx.exec(&DELETE_MENTIONS, &params![room, seq]).await.map(drop)
}

/// Unread messages of others that name `user`, by one of `targets`, per room.
///
/// # Errors
/// When the database refuses or is away.
pub async fn count(
    tx: &mut Tx<'_>,
    user: UserId,
    reader: uuid::Uuid,
    targets: Vec<Vec<u8>>,
    rooms: Vec<RoomId>,
) -> Result<Vec<(RoomId, i64)>, StoreError> {
    let targets = Value::BytesList(targets.into_iter().map(Some).collect());
    let rows = tx.query(&COUNT_MENTIONS, &[Value::from(user), Value::from(reader), targets, Value::from(rooms)]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
