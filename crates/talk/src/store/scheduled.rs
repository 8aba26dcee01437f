//! `scheduled_messages` and `scheduled_files`: what is to be sent later.

use kernel::{ActorId, ClientId, FileId, Time, UserId};
use store::{Row, StoreError, Tx, params};
use uuid::Uuid;

use super::messages::{NewMessage, json, mentions_json};
use crate::model::message::MessageKind;
use crate::model::{ScheduleFailure, ScheduledMessage};

store::statements! {
    pub INSERT_SCHEDULED = "INSERT INTO scheduled_messages (tenant_id, id, user_id, actor_id, actor_name, room_id, send_at, text, mentions, reply_to_seq, detail, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    pub SCHEDULED_BY = "SELECT id, user_id, actor_id, actor_name, room_id, send_at, text, mentions, reply_to_seq, detail, failure, created_at
        FROM scheduled_messages WHERE tenant_id = $1 AND user_id = $2 ORDER BY send_at, id LIMIT 1000";
    pub LOCK_SCHEDULED = {
        sqlite: "SELECT id, user_id, actor_id, actor_name, room_id, send_at, text, mentions, reply_to_seq, detail, failure, created_at
            FROM scheduled_messages WHERE tenant_id = $1 AND id = $2",
        postgres: "SELECT id, user_id, actor_id, actor_name, room_id, send_at, text, mentions, reply_to_seq, detail, failure, created_at
            FROM scheduled_messages WHERE tenant_id = $1 AND id = $2 FOR UPDATE"
    };
    pub CHANGE_SCHEDULED = "UPDATE scheduled_messages SET send_at = $3, text = $4, mentions = $5, detail = $6, failure = $7 WHERE tenant_id = $1 AND id = $2";
    pub DELETE_SCHEDULED = "DELETE FROM scheduled_messages WHERE tenant_id = $1 AND id = $2";
    pub INSERT_SCHEDULED_FILE = "INSERT INTO scheduled_files (tenant_id, file_id, scheduled_id) VALUES ($1, $2, $3)";
    pub DELETE_SCHEDULED_FILES = "DELETE FROM scheduled_files WHERE tenant_id = $1 AND scheduled_id = $2";
    pub SCHEDULED_SHOWS = "SELECT 1 FROM scheduled_files f JOIN scheduled_messages s ON s.tenant_id = $1 AND s.id = f.scheduled_id AND s.user_id = $3
        WHERE f.tenant_id = $1 AND f.file_id = $2 LIMIT 1";
}

/// The timers' kind.
pub const TIMER: &str = "scheduledMessage";

/// A message that is to be sent later.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// Its id.
    pub id: Uuid,
    /// Who wrote it.
    pub user: UserId,
    /// When it is to be sent.
    pub send_at: Time,
    /// When it was written.
    pub created_at: Time,
    /// Why it was not sent.
    pub failure: Option<ScheduleFailure>,
    /// What is to be sent.
    pub message: NewMessage,
}

impl From<Scheduled> for ScheduledMessage {
    fn from(scheduled: Scheduled) -> Self {
        let Scheduled { id, send_at, created_at, failure, message, user: _ } = scheduled;
        let (actor_id, actor_name) = message.actor.unzip();
        Self {
            id,
            room_id: message.room,
            send_at,
            created_at,
            actor_id,
            actor_name,
            text: message.text,
            mentions: message.mentions,
            reply_to_seq: message.reply_to,
            attachments: message.detail.attachments,
            place: message.detail.place,
            sticker_id: message.detail.sticker_id,
            silent: message.detail.silent,
            failure,
        }
    }
}

fn read(row: &Row) -> Scheduled {
    let parsed = |at: usize| row.get::<Option<String>>(at);
    let (id, user): (Uuid, UserId) = (row.get(0), row.get(1));
    Scheduled {
        id,
        user,
        send_at: row.get(5),
        created_at: row.get(11),
        failure: parsed(10).map(|text| ScheduleFailure::parse(&text)),
        message: NewMessage {
            room: row.get(4),
            // It has one of its own only once it is sent.
            client_id: ClientId(id),
            kind: MessageKind::Text,
            sender: Some(user),
            actor: row.get::<Option<ActorId>>(2).zip(parsed(3)),
            text: row.get(6),
            mentions: parsed(7).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            reply_to: row.get(8),
            detail: parsed(9).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        },
    }
}

/// Keeps a message until it is to be sent. The uses of its files are counted by whoever calls.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, scheduled: &Scheduled) -> Result<(), StoreError> {
    let message = &scheduled.message;
    let (actor, actor_name) = message.actor.clone().unzip();
    let values = params![
        scheduled.id,
        scheduled.user,
        actor,
        actor_name,
        message.room,
        scheduled.send_at,
        &message.text,
        mentions_json(&message.mentions),
        message.reply_to,
        json(&message.detail),
        scheduled.created_at
    ];
    tx.exec(&INSERT_SCHEDULED, &values).await?;
    for file in &message.detail.attachments {
        tx.exec(&INSERT_SCHEDULED_FILE, &params![file.id, scheduled.id]).await?;
    }
    Ok(())
}

/// What somebody has waiting, what is sent first first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Scheduled>, StoreError> {
    Ok(tx.query(&SCHEDULED_BY, &params![user]).await?.iter().map(read).collect())
}

/// One of them, held until the transaction ends.
///
/// # Errors
/// When the database refuses or is away.
pub async fn lock(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Scheduled>, StoreError> {
    Ok(tx.query_opt(&LOCK_SCHEDULED, &params![id]).await?.as_ref().map(read))
}

/// Writes what is changed of it.
///
/// # Errors
/// When the database refuses or is away.
pub async fn change(tx: &mut Tx<'_>, scheduled: &Scheduled) -> Result<(), StoreError> {
    let message = &scheduled.message;
    let values = params![
        scheduled.id,
        scheduled.send_at,
        &message.text,
        mentions_json(&message.mentions),
        json(&message.detail),
        scheduled.failure.map(ScheduleFailure::as_str)
    ];
    tx.exec(&CHANGE_SCHEDULED, &values).await.map(drop)
}

/// It waits no more.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {
    tx.exec(&DELETE_SCHEDULED_FILES, &params![id]).await?;
    tx.exec(&DELETE_SCHEDULED, &params![id]).await.map(drop)
}

/// Whether a message that `user` has waiting will show the file.
///
/// # Errors
/// When the database refuses or is away.
pub async fn will_show(tx: &mut Tx<'_>, file: FileId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&SCHEDULED_SHOWS, &params![file, user]).await?.is_some())
}
