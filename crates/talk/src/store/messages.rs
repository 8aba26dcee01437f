//! `messages`: appended, read back by seq, changed in place.

use kernel::{ActorId, ClientId, Rev, RoomId, Seq, Time, UserId};
use store::{Row, StoreError, Tx, Value, params};

use super::batch::{self, Each};
use crate::model::Message;
use crate::model::message::{Detail, Mention, MessageKind};

store::statements! {
    pub MESSAGES_BEFORE = "SELECT room_id, seq, rev, client_id, kind, sender_id, actor_id, actor_name, sent_at, text, mentions, reply_to_seq, detail, edited_at, recalled_at
        FROM messages WHERE tenant_id = $1 AND room_id = $2 AND seq >= $3 AND seq <= $4 ORDER BY seq DESC LIMIT $5";
    pub MESSAGES_AFTER = "SELECT room_id, seq, rev, client_id, kind, sender_id, actor_id, actor_name, sent_at, text, mentions, reply_to_seq, detail, edited_at, recalled_at
        FROM messages WHERE tenant_id = $1 AND room_id = $2 AND seq >= $3 AND seq <= $4 ORDER BY seq LIMIT $5";
    pub MESSAGES_BY_SEQ = "SELECT room_id, seq, rev, client_id, kind, sender_id, actor_id, actor_name, sent_at, text, mentions, reply_to_seq, detail, edited_at, recalled_at
        FROM messages WHERE tenant_id = $1 AND room_id = $2 AND seq = ANY_INT($3) ORDER BY seq";
    pub MESSAGE_EACH = {
        sqlite: "SELECT room_id, seq, rev, client_id, kind, sender_id, actor_id, actor_name, sent_at, text, mentions, reply_to_seq, detail, edited_at, recalled_at
            FROM messages WHERE tenant_id = $1 AND room_id = $2 AND seq = $3",
        postgres: "SELECT m.room_id, m.seq, m.rev, m.client_id, m.kind, m.sender_id, m.actor_id, m.actor_name, m.sent_at, m.text, m.mentions, m.reply_to_seq, m.detail, m.edited_at, m.recalled_at
            FROM UNNEST($2::bytea[], $3::bigint[]) AS w(room_id, seq) JOIN messages m ON m.tenant_id = $1 AND m.room_id = w.room_id AND m.seq = w.seq
            WHERE m.tenant_id = $1"
    };
    pub MESSAGE_OF_CLIENT = {
        sqlite: "SELECT room_id, seq, rev, client_id, kind, sender_id, actor_id, actor_name, sent_at, text, mentions, reply_to_seq, detail, edited_at, recalled_at
            FROM messages WHERE tenant_id = $1 AND client_id = $2",
        postgres: "SELECT m.room_id, m.seq, m.rev, m.client_id, m.kind, m.sender_id, m.actor_id, m.actor_name, m.sent_at, m.text, m.mentions, m.reply_to_seq, m.detail, m.edited_at, m.recalled_at
            FROM UNNEST($2::bytea[]) AS w(client_id) JOIN messages m ON m.tenant_id = $1 AND m.client_id = w.client_id
            WHERE m.tenant_id = $1"
    };
    pub SENDER_PRESENT = {
        sqlite: "SELECT room_id, user_id FROM members WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3 AND present = 1",
        postgres: "SELECT m.room_id, m.user_id FROM UNNEST($2::bytea[], $3::bytea[]) AS w(room_id, user_id)
            JOIN members m ON m.tenant_id = $1 AND m.room_id = w.room_id AND m.user_id = w.user_id WHERE m.tenant_id = $1 AND m.present = 1"
    };
    pub INSERT_MESSAGE = {
        sqlite: "INSERT INTO messages (tenant_id, room_id, seq, rev, client_id, kind, sender_id, actor_id, actor_name, sent_at, text, mentions, reply_to_seq, detail, edited_at, recalled_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        postgres: "INSERT INTO messages (tenant_id, room_id, seq, rev, client_id, kind, sender_id, actor_id, actor_name, sent_at, text, mentions, reply_to_seq, detail, edited_at, recalled_at)
            SELECT CAST($1 AS BIGINT), w.* FROM UNNEST($2::bytea[], $3::bigint[], $4::bigint[], $5::bytea[], $6::text[], $7::bytea[], $8::bytea[], $9::text[], $10::bigint[],
            $11::text[], $12::text[], $13::bigint[], $14::text[], $15::bigint[], $16::bigint[]) AS w"
    };
    pub EDIT = "UPDATE messages SET text = $4, mentions = $5, edited_at = $6, rev = $7 WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    // What was written is gone, from the disk's pages too once they are reused; the place and the name stay.
    pub RECALL = "UPDATE messages SET text = '', mentions = NULL, recalled_at = $4, rev = $5, detail = $6 WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub TOUCH = "UPDATE messages SET rev = $4 WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub SENT_AT = "SELECT sent_at FROM messages WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub LAST_NUDGE = "SELECT at FROM nudges WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub SET_NUDGE = "INSERT INTO nudges (tenant_id, room_id, seq, at) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, room_id, seq) DO UPDATE SET at = excluded.at";
    pub GAPS = "SELECT r.id, r.last_seq, CAST(COALESCE(MAX(m.seq), 0) AS BIGINT), COUNT(m.seq) FROM rooms r
        LEFT JOIN messages m ON m.tenant_id = $1 AND m.room_id = r.id WHERE r.tenant_id = $1 GROUP BY r.id, r.last_seq";
}

/// A message about to be appended; its seq and rev are given then.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its room.
    pub room: RoomId,
    /// What its sender's client named it by.
    pub client_id: ClientId,
    /// Text, or what the room itself says.
    pub kind: MessageKind,
    /// Who wrote it.
    pub sender: Option<UserId>,
    /// Which person of a shared account, by id and name.
    pub actor: Option<(ActorId, String)>,
    /// What was written.
    pub text: String,
    /// Whom it names.
    pub mentions: Vec<Mention>,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
    /// What else it holds.
    pub detail: Detail,
}

impl NewMessage {
    /// The message, at its place.
    #[must_use]
    pub fn placed(self, seq: Seq, rev: Rev, sent_at: Time) -> Message {
        let (actor_id, actor_name) = self.actor.unzip();
        Message {
            room_id: self.room,
            seq,
            rev,
            client_id: self.client_id,
            kind: self.kind,
            sender_id: self.sender,
            actor_id,
            actor_name,
            sent_at,
            text: self.text,
            mentions: self.mentions,
            reply_to_seq: self.reply_to,
            edited_at: None,
            recalled_at: None,
            attachments: self.detail.attachments,
            place: self.detail.place,
            reactions: Vec::new(),
            system: self.detail.system,
            forwarded_from: self.detail.forwarded_from,
            sticker_id: self.detail.sticker_id,
            silent: self.detail.silent,
            read_count: None,
        }
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Option<String> {
    serde_json::to_string(value).ok()
}

pub(super) fn mentions_json(mentions: &[Mention]) -> Option<String> {
    if mentions.is_empty() { None } else { json(&mentions) }
}

/// What a message holds beside its text; most hold nothing.
fn detail_json(message: &Message) -> Option<String> {
    let detail = Detail {
        system: message.system.clone(),
        forwarded_from: message.forwarded_from,
        attachments: message.attachments.clone(),
        place: message.place,
        sticker_id: message.sticker_id.clone(),
        silent: message.silent,
    };
    if detail == Detail::default() { None } else { json(&detail) }
}

pub(super) fn read(row: &Row) -> Message {
    // Both columns hold only what we wrote; should one not parse, the text still shows.
    let mentions = row.get::<Option<String>>(10).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let detail: Detail = row.get::<Option<String>>(12).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Message {
        room_id: row.get(0),
        seq: row.get(1),
        rev: row.get(2),
        client_id: row.get(3),
        kind: MessageKind::parse(&row.get::<String>(4)),
        sender_id: row.get(5),
        actor_id: row.get(6),
        actor_name: row.get(7),
        sent_at: row.get(8),
        text: row.get(9),
        mentions,
        reply_to_seq: row.get(11),
        edited_at: row.get(13),
        recalled_at: row.get(14),
        attachments: detail.attachments,
        place: detail.place,
        reactions: Vec::new(),
        system: detail.system,
        forwarded_from: detail.forwarded_from,
        sticker_id: detail.sticker_id,
        silent: detail.silent,
        read_count: None,
    }
}

/// Appends messages whose places are known. `changes` and the rooms' counters are another's.
pub(super) fn inserting(messages: &[Message]) -> Each {
    let row = |message: &Message| -> Vec<Value> {
        params![
            message.room_id,
            message.seq,
            message.rev,
            message.client_id,
            message.kind.as_str(),
            message.sender_id,
            message.actor_id,
            message.actor_name.clone(),
            message.sent_at,
            &message.text,
            mentions_json(&message.mentions),
            message.reply_to_seq,
            detail_json(message),
            message.edited_at,
            message.recalled_at
        ]
        .into()
    };
    Each { statement: &INSERT_MESSAGE, rows: messages.iter().map(row).collect() }
}

/// The newest `limit` of `from..=to`, in order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn newest(tx: &mut Tx<'_>, room: RoomId, (from, to): (Seq, Seq), limit: i64) -> Result<Vec<Message>, StoreError> {
    let rows = tx.query(&MESSAGES_BEFORE, &params![room, from, to, limit]).await?;
    Ok(rows.iter().rev().map(read).collect())
}

/// The oldest `limit` of `from..=to`, in order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn oldest(tx: &mut Tx<'_>, room: RoomId, (from, to): (Seq, Seq), limit: i64) -> Result<Vec<Message>, StoreError> {
    Ok(tx.query(&MESSAGES_AFTER, &params![room, from, to, limit]).await?.iter().map(read).collect())
}

/// The messages with these seqs, in order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn by_seq(tx: &mut Tx<'_>, room: RoomId, seqs: Vec<Seq>) -> Result<Vec<Message>, StoreError> {
    Ok(tx.query(&MESSAGES_BY_SEQ, &params![room, seqs]).await?.iter().map(read).collect())
}

/// One message.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<Option<Message>, StoreError> {
    Ok(by_seq(tx, room, vec![seq]).await?.pop())
}

/// Messages here and there.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find_each(tx: &mut Tx<'_>, places: &[(RoomId, Seq)]) -> Result<Vec<Message>, StoreError> {
    let keys = places.iter().map(|(room, seq)| vec![Value::from(*room), Value::from(*seq)]).collect();
    Ok(batch::query_each(tx, Each { statement: &MESSAGE_EACH, rows: keys }).await?.iter().map(read).collect())
}

/// Looks for the messages that clients named by these.
pub(super) fn looking_for(ids: &[ClientId]) -> Each {
    Each { statement: &MESSAGE_OF_CLIENT, rows: ids.iter().map(|id| vec![Value::from(*id)]).collect() }
}

/// Looks for those of the pairs who are in the room now.
pub(super) fn looking_who_is_in(pairs: &[(RoomId, UserId)]) -> Each {
    let keys = pairs.iter().map(|(room, user)| vec![Value::from(*room), Value::from(*user)]).collect();
    Each { statement: &SENDER_PRESENT, rows: keys }
}

/// Those of the pairs who are in the room now.
///
/// # Errors
/// When the database refuses or is away.
pub async fn present(tx: &mut Tx<'_>, pairs: &[(RoomId, UserId)]) -> Result<Vec<(RoomId, UserId)>, StoreError> {
    Ok(batch::query_each(tx, looking_who_is_in(pairs)).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Writes an edited text.
///
/// # Errors
/// When the database refuses or is away.
pub async fn edit(tx: &mut Tx<'_>, message: &Message) -> Result<(), StoreError> {
    let params =
        params![message.room_id, message.seq, &message.text, mentions_json(&message.mentions), message.edited_at, message.rev];
    tx.exec(&EDIT, &params).await.map(drop)
}

/// Takes a message back; of what it held beside its text, what is still in `message` stays.
///
/// # Errors
/// When the database refuses or is away.
pub async fn recall(tx: &mut Tx<'_>, message: &Message) -> Result<(), StoreError> {
    tx.exec(&RECALL, &params![message.room_id, message.seq, message.recalled_at, message.rev, detail_json(message)])
        .await
        .map(drop)
}

/// Something on it changed.
///
/// # Errors
/// When the database refuses or is away.
pub async fn touch(tx: &mut Tx<'_>, message: &Message) -> Result<(), StoreError> {
    tx.exec(&TOUCH, &params![message.room_id, message.seq, message.rev]).await.map(drop)
}

/// When the message at `seq` was stored.
///
/// # Errors
/// When the database refuses or is away.
pub async fn sent_at(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<Option<Time>, StoreError> {
    Ok(tx.query_opt(&SENT_AT, &params![room, seq]).await?.map(|row| row.get(0)))
}

/// When the unread were last nudged about a message.
///
/// # Errors
/// When the database refuses or is away.
pub async fn last_nudge(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<Option<Time>, StoreError> {
    Ok(tx.query_opt(&LAST_NUDGE, &params![room, seq]).await?.map(|row| row.get(0)))
}

/// Notes that they were nudged.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_nudge(tx: &mut Tx<'_>, room: RoomId, seq: Seq, at: Time) -> Result<(), StoreError> {
    tx.exec(&SET_NUDGE, &params![room, seq, at]).await.map(drop)
}
