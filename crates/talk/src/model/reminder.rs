//! A message that somebody wants to be reminded of.

use kernel::{RoomId, Seq, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;

/// Reminders of one person, at most.
pub const MOST: usize = 200;

/// A message that one wants to be reminded of; one a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reminder {
    /// Where it stands.
    pub room_id: RoomId,
    /// Which.
    pub seq: Seq,
    /// When.
    pub at: Time,
    /// Whether that is now, or was: it stays until one is done with it.
    pub due: bool,
    /// The message, as it stands now.
    pub message: Message,
}
