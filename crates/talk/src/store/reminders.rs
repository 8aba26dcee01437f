//! `reminders`: what people want to be reminded of.

use kernel::{RoomId, Seq, Time, UserId};
use store::{Row, StoreError, Tx, params};
use uuid::Uuid;

store::statements! {
    pub SET_REMINDER = "INSERT INTO reminders (tenant_id, id, user_id, room_id, seq, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant_id, user_id, room_id, seq) DO UPDATE SET at = excluded.at RETURNING id";
    pub REMINDERS_OF = "SELECT id, user_id, room_id, seq, at FROM reminders WHERE tenant_id = $1 AND user_id = $2 LIMIT 1000";
    pub REMINDER = "SELECT id, user_id, room_id, seq, at FROM reminders WHERE tenant_id = $1 AND id = $2";
    pub REMINDER_ABOUT = "SELECT id, user_id, room_id, seq, at FROM reminders WHERE tenant_id = $1 AND user_id = $2 AND room_id = $3 AND seq = $4";
    pub DELETE_REMINDER = "DELETE FROM reminders WHERE tenant_id = $1 AND user_id = $2 AND room_id = $3 AND seq = $4";
}

/// The timers' kind.
pub const TIMER: &str = "reminder";

/// A row of `reminders`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReminderRow {
    /// The timer's id.
    pub id: Uuid,
    /// Who is to be reminded.
    pub user: UserId,
    /// Where the message stands.
    pub room: RoomId,
    /// Which.
    pub seq: Seq,
    /// When.
    pub at: Time,
}

fn read(row: &Row) -> ReminderRow {
    ReminderRow { id: row.get(0), user: row.get(1), room: row.get(2), seq: row.get(3), at: row.get(4) }
}

/// Reminds somebody, or at another time; gives the timer's id: the first that was given.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set(tx: &mut Tx<'_>, row: ReminderRow) -> Result<Uuid, StoreError> {
    Ok(tx.query_one(&SET_REMINDER, &params![row.id, row.user, row.room, row.seq, row.at]).await?.get(0))
}

/// All of somebody's, in no promised order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<ReminderRow>, StoreError> {
    Ok(tx.query(&REMINDERS_OF, &params![user]).await?.iter().map(read).collect())
}

/// The one of this timer.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<ReminderRow>, StoreError> {
    Ok(tx.query_opt(&REMINDER, &params![id]).await?.as_ref().map(read))
}

/// The one about this message.
///
/// # Errors
/// When the database refuses or is away.
pub async fn about(tx: &mut Tx<'_>, user: UserId, room: RoomId, seq: Seq) -> Result<Option<ReminderRow>, StoreError> {
    Ok(tx.query_opt(&REMINDER_ABOUT, &params![user, room, seq]).await?.as_ref().map(read))
}

/// Somebody is not to be reminded of this any more.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, user: UserId, room: RoomId, seq: Seq) -> Result<(), StoreError> {
    tx.exec(&DELETE_REMINDER, &params![user, room, seq]).await.map(drop)
}
