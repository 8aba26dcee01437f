//! `message_files`: which messages show which files. What is known of a file is its own crate's; a message holds a copy.

use kernel::{FileId, RoomId, Seq, Time, UserId};
use store::{StoreError, Tx, Value, params};

use super::batch::Each;
use crate::model::{Message, Shelf};

store::statements! {
    pub INSERT_MESSAGE_FILES = {
        sqlite: "INSERT INTO message_files (tenant_id, room_id, seq, position, file_id, shelf) VALUES ($1, $2, $3, $4, $5, $6)",
        postgres: "INSERT INTO message_files (tenant_id, room_id, seq, position, file_id, shelf)
            SELECT CAST($1 AS BIGINT), w.* FROM UNNEST($2::bytea[], $3::bigint[], $4::bigint[], $5::bytea[], $6::text[]) AS w"
    };
    pub DELETE_MESSAGE_FILES = "DELETE FROM message_files WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub MESSAGE_SHOWS = "SELECT 1 FROM message_files f JOIN members m ON m.tenant_id = $1 AND m.room_id = f.room_id AND m.user_id = $3 AND m.present = 1
        JOIN spans s ON s.tenant_id = $1 AND s.room_id = f.room_id AND s.user_id = $3 AND s.visible_from_seq <= f.seq AND (s.left_seq IS NULL OR s.left_seq >= f.seq)
        WHERE f.tenant_id = $1 AND f.file_id = $2 LIMIT 1";
    pub SHOWING = "SELECT room_id, seq FROM message_files WHERE tenant_id = $1 AND file_id = $2
        AND (room_id > $3 OR (room_id = $3 AND seq > $4)) ORDER BY room_id, seq LIMIT $5";
    pub SHELF = "SELECT f.seq, f.position, f.file_id, m.sender_id, m.sent_at FROM message_files f
        JOIN messages m ON m.tenant_id = $1 AND m.room_id = $2 AND m.seq = f.seq
        WHERE f.tenant_id = $1 AND f.room_id = $2 AND f.shelf = $3 AND f.seq >= $4 AND (f.seq < $5 OR (f.seq = $5 AND f.position < $6))
        ORDER BY f.seq DESC, f.position DESC LIMIT $7";
}

/// A file on a shelf.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which message shows it.
    pub seq: Seq,
    /// Its place there.
    pub position: i64,
    /// Which file.
    pub file: FileId,
    /// Who sent it.
    pub sender: Option<UserId>,
    /// When.
    pub sent_at: Time,
}

/// Notes which files messages show.
pub(super) fn inserting(messages: &[Message]) -> Each {
    let row = |message: &Message, position: usize, file: &files::File| -> Vec<Value> {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        params![message.room_id, message.seq, position, file.id, Shelf::of(file).as_str()].into()
    };
    let rows = messages
        .iter()
        .flat_map(|message| message.attachments.iter().enumerate().map(move |(position, file)| row(message, position, file)));
    Each { statement: &INSERT_MESSAGE_FILES, rows: rows.collect() }
}

/// A message shows no files any more.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<(), StoreError> {
    tx.exec(&DELETE_MESSAGE_FILES, &params![room, seq]).await.map(drop)
}

/// Whether `user` may see a message that shows the file: the rule of [`crate::model::Spans`], in SQL.
///
/// # Errors
/// When the database refuses or is away.
pub async fn is_shown_to(tx: &mut Tx<'_>, file: FileId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&MESSAGE_SHOWS, &params![file, user]).await?.is_some())
}

/// The messages that show a file, in order, behind `after`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn showing(tx: &mut Tx<'_>, file: FileId, after: (RoomId, Seq), limit: i64) -> Result<Vec<(RoomId, Seq)>, StoreError> {
    let rows = tx.query(&SHOWING, &params![file, after.0, after.1, limit]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// What stands on a shelf between `from` and the place before `(seq, position)`, the newest first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn on_shelf(
    tx: &mut Tx<'_>,
    room: RoomId,
    shelf: Shelf,
    from: Seq,
    (seq, position): (Seq, i64),
    limit: i64,
) -> Result<Vec<Shown>, StoreError> {
    let rows = tx.query(&SHELF, &params![room, shelf.as_str(), from, seq, position, limit]).await?;
    let read = |row: &store::Row| Shown {
        seq: row.get(0),
        position: row.get(1),
        file: row.get(2),
        sender: row.get(3),
        sent_at: row.get(4),
    };
    Ok(rows.iter().map(read).collect())
}
