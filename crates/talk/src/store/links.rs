//! `message_links`: which messages hold which links.

use kernel::{RoomId, Seq, Time, UserId};
use store::{StoreError, Tx, Value, params};

use super::batch::{Each, exec_each};
use crate::model::Message;
use crate::model::links::links;

store::statements! {
    pub INSERT_MESSAGE_LINKS = {
        sqlite: "INSERT INTO message_links (tenant_id, room_id, seq, position, url) VALUES ($1, $2, $3, $4, $5)",
        postgres: "INSERT INTO message_links (tenant_id, room_id, seq, position, url)
            SELECT CAST($1 AS BIGINT), w.* FROM UNNEST($2::bytea[], $3::bigint[], $4::bigint[], $5::text[]) AS w"
    };
    pub DELETE_MESSAGE_LINKS = "DELETE FROM message_links WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub LINK_SHELF = "SELECT l.seq, l.position, l.url, m.sender_id, m.sent_at FROM message_links l
        JOIN messages m ON m.tenant_id = $1 AND m.room_id = $2 AND m.seq = l.seq
        WHERE l.tenant_id = $1 AND l.room_id = $2 AND l.seq >= $3 AND (l.seq < $4 OR (l.seq = $4 AND l.position < $5))
        ORDER BY l.seq DESC, l.position DESC LIMIT $6";
}

/// A link on the shelf.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which message holds it.
    pub seq: Seq,
    /// Its place there.
    pub position: i64,
    /// Where it leads.
    pub url: String,
    /// Who sent it.
    pub sender: Option<UserId>,
    /// When.
    pub sent_at: Time,
}

/// Notes which links messages hold.
pub(super) fn inserting(messages: &[Message]) -> Each {
    let of_one = |message: &Message| -> Vec<Vec<Value>> {
        let (room, seq) = (message.room_id, message.seq);
        (0_i64..).zip(links(&message.text)).map(|(position, url)| params![room, seq, position, url].into()).collect()
    };
    Each { statement: &INSERT_MESSAGE_LINKS, rows: messages.iter().flat_map(of_one).collect() }
}

/// A message's text is another now, or gone.
///
/// # Errors
/// When the database refuses or is away.
pub async fn replace(tx: &mut Tx<'_>, message: &Message) -> Result<(), StoreError> {
    tx.exec(&DELETE_MESSAGE_LINKS, &params![message.room_id, message.seq]).await?;
    exec_each(tx, &INSERT_MESSAGE_LINKS, &[], inserting(std::slice::from_ref(message)).rows).await
}

/// What lies between `from` and the place before `(seq, position)`, the newest first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn on_shelf(
    tx: &mut Tx<'_>,
    room: RoomId,
    from: Seq,
    (seq, position): (Seq, i64),
    limit: i64,
) -> Result<Vec<Held>, StoreError> {
    let rows = tx.query(&LINK_SHELF, &params![room, from, seq, position, limit]).await?;
    let read = |row: &store::Row| Held {
        seq: row.get(0),
        position: row.get(1),
        url: row.get(2),
        sender: row.get(3),
        sent_at: row.get(4),
    };
    Ok(rows.iter().map(read).collect())
}
