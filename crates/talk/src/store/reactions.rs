//! `reactions`: who put which emoji on what.

use std::collections::HashMap;

use kernel::{RoomId, Seq, Time, UserId};
use store::{StoreError, Tx, Value, params};

use super::batch::{Each, query_each};
use crate::model::{Message, Reaction};

store::statements! {
    pub INSERT_REACTION = "INSERT INTO reactions (tenant_id, room_id, seq, emoji, user_id, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant_id, room_id, seq, emoji, user_id) DO NOTHING";
    pub INSERT_REACTIONS = {
        sqlite: "INSERT INTO reactions (tenant_id, room_id, seq, emoji, user_id, at) VALUES ($1, $2, $3, $4, $5, $6)",
        postgres: "INSERT INTO reactions (tenant_id, room_id, seq, emoji, user_id, at)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), w.* FROM UNNEST($3::bigint[], $4::text[], $5::bytea[], $6::bigint[]) AS w"
    };
    pub DELETE_REACTION = "DELETE FROM reactions WHERE tenant_id = $1 AND room_id = $2 AND seq = $3 AND emoji = $4 AND user_id = $5";
    pub DELETE_REACTIONS = "DELETE FROM reactions WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub REACTIONS_EACH = {
        sqlite: "SELECT room_id, emoji, user_id FROM reactions WHERE tenant_id = $1 AND room_id = $2 AND seq = $3 ORDER BY at, user_id",
        postgres: "SELECT x.room_id, x.emoji, x.user_id FROM UNNEST($2::bytea[], $3::bigint[]) AS w(room_id, seq)
            JOIN reactions x ON x.tenant_id = $1 AND x.room_id = w.room_id AND x.seq = w.seq WHERE x.tenant_id = $1 ORDER BY x.at, x.user_id"
    };
    pub REACTIONS = "SELECT seq, emoji, user_id FROM reactions WHERE tenant_id = $1 AND room_id = $2 AND seq >= $3 AND seq <= $4 ORDER BY seq, at, user_id";
}

/// People shown with an emoji.
const SHOWN: usize = 20;

/// Puts an emoji on a message; `false` when it was there.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, message: &Message, emoji: &str, user: UserId, at: Time) -> Result<bool, StoreError> {
    Ok(tx.exec(&INSERT_REACTION, &params![message.room_id, message.seq, emoji, user, at]).await? == 1)
}

/// Takes an emoji back; `false` when it wasn't there.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, message: &Message, emoji: &str, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.exec(&DELETE_REACTION, &params![message.room_id, message.seq, emoji, user]).await? == 1)
}

/// Takes all emoji off a message.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete_all(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<(), StoreError> {
    tx.exec(&DELETE_REACTIONS, &params![room, seq]).await.map(drop)
}

/// Fills in the reactions of one room's messages, in order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn fill(tx: &mut Tx<'_>, room: RoomId, messages: &mut [Message]) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    for row in tx.query(&REACTIONS, &params![room, first.seq, last.seq]).await? {
        let seq: Seq = row.get(0);
        let Ok(index) = messages.binary_search_by_key(&seq, |message| message.seq) else { continue };
        add(&mut messages[index].reactions, row.get(1), row.get(2));
    }
    Ok(())
}

/// Fills in the reactions of messages of which no two share a room.
///
/// # Errors
/// When the database refuses or is away.
pub async fn fill_each(tx: &mut Tx<'_>, messages: &mut HashMap<RoomId, Message>) -> Result<(), StoreError> {
    let keys = messages.values().map(|message| vec![Value::from(message.room_id), Value::from(message.seq)]).collect();
    for row in query_each(tx, Each { statement: &REACTIONS_EACH, rows: keys }).await? {
        if let Some(message) = messages.get_mut(&row.get::<RoomId>(0)) {
            add(&mut message.reactions, row.get(1), row.get(2));
        }
    }
    Ok(())
}

fn add(reactions: &mut Vec<Reaction>, emoji: String, user: UserId) {
    let at = reactions.iter().position(|reaction| reaction.emoji == emoji).unwrap_or_else(|| {
        reactions.push(Reaction { emoji, count: 0, user_ids: Vec::new() });
        reactions.len() - 1
    });
    let reaction = &mut reactions[at];
    reaction.count += 1;
    if reaction.user_ids.len() < SHOWN {
        reaction.user_ids.push(user);
    }
}
