//! A message that is to be sent later.

use std::time::Duration;

use files::File;
use kernel::{ActorId, Problem, RoomId, Seq, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Mention, Place};

/// Messages that one person has waiting, at most.
pub const MOST: usize = 100;
/// What is to be done later is to be done so soon at the earliest.
const SOONEST: Duration = Duration::from_secs(5);
/// And in a year at the latest, a leap year too.
const LATEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Checks a time at which something is to be done.
///
/// # Errors
/// 422 naming `field` where it is not from 5 seconds to a year ahead.
pub fn ensure_timely(field: &'static str, at: Time, now: Time) -> Result<(), Problem> {
    if at < now.plus(SOONEST) {
        return Err(Problem::invalid(field, "これから先の日時にしてください。", "Choose a time that is still to come."));
    }
    if at > now.plus(LATEST) {
        return Err(Problem::invalid(field, "1年以内の日時にしてください。", "Choose a time within a year."));
    }
    Ok(())
}

/// Why a message was not sent when its time came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ScheduleFailure {
    /// Its sender could not sign in then.
    Account,
    /// Its sender was not in the room any more.
    NotInRoom,
    /// Its sender could not name everybody any more.
    MentionAll,
}

impl ScheduleFailure {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::NotInRoom => "notInRoom",
            Self::MentionAll => "mentionAll",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "notInRoom" => Self::NotInRoom,
            "mentionAll" => Self::MentionAll,
            _ => Self::Account,
        }
    }

    /// What somebody is told who sends it at once.
    #[must_use]
    pub fn problem(self) -> Problem {
        match self {
            Self::Account => Problem::conflict(
                "書いた人のアカウントが使えないため、送信できません。",
                "It can't be sent: its writer's account can't be used.",
            ),
            Self::NotInRoom => Problem::conflict(
                "このトークに参加していないため、送信できません。",
                "It can't be sent: you are not in that talk.",
            ),
            Self::MentionAll => Problem::conflict(
                "全員へのメンションをする権限がないため、送信できません。",
                "It can't be sent: you may not mention everyone in that talk.",
            ),
        }
    }
}

/// A message that is to be sent later. Its writer alone knows of it; once sent it is gone from here.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledMessage {
    /// Its id, while it waits.
    pub id: Uuid,
    /// Where to.
    pub room_id: RoomId,
    /// When.
    pub send_at: Time,
    /// When it was written.
    pub created_at: Time,
    /// Which person of a shared account wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<ActorId>,
    /// That person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// What was written.
    pub text: String,
    /// Whom it names.
    pub mentions: Vec<Mention>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_seq: Option<Seq>,
    /// Files that it shows.
    pub attachments: Vec<File>,
    /// Where it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// A sticker instead of words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticker_id: Option<String>,
    /// Whether it goes without a sound.
    pub silent: bool,
    /// Why it was not sent when its time came; it stays until it is given another time, sent, or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<ScheduleFailure>,
}
