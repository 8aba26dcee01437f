//! A room, as one of its members sees it.

use kernel::{OrgUnitId, Rev, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Message;

/// What kind of room it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RoomKind {
    /// Between two, one a pair; or with oneself, for notes.
    Direct,
    /// Between those who were invited.
    Group,
    /// Its members follow an org unit; more may be invited.
    OrgUnit,
}

impl RoomKind {
    /// As stored and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
            Self::OrgUnit => "orgUnit",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "direct" => Self::Direct,
            "orgUnit" => Self::OrgUnit,
            _ => Self::Group,
        }
    }
}

/// Why somebody is in a room. One leaves when the last reason goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// Assigned to the room's org unit.
    Unit,
    /// Assigned to an org unit below it.
    ChildUnit,
    /// Asked in by somebody.
    Invited,
}

impl SourceKind {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::ChildUnit => "childUnit",
            Self::Invited => "invited",
        }
    }
}

/// A room, as the caller sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Direct, group or org unit.
    pub kind: RoomKind,
    /// Its name; a direct room's is the other's, a nameless group's its members'.
    pub title: String,
    /// Which org unit its members follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_unit_id: Option<OrgUnitId>,
    /// Whether the units below are in it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_children: Option<bool>,
    /// The newest message's seq.
    pub last_seq: Seq,
    /// Counts every change.
    pub rev: Rev,
    /// How far the caller has read.
    pub read_seq: Seq,
    /// From which seq the caller may see without a gap.
    pub visible_from_seq: Seq,
    /// Messages of others that the caller has not read. Above 1,000 it is the distance from the cursor to the newest message,
    /// one's own, recalled ones and the room's own lines included: nobody reads that number, and counting would take long.
    pub unread_count: i64,
    /// Those of them that name the caller.
    pub mention_count: i64,
    /// How many are in it.
    pub member_count: i64,
    /// Whether it deals with an incident: photos sent there bear their place unless their sender takes it off.
    pub incident: bool,
    /// Whether the caller wants no notifications from it.
    pub muted: bool,
    /// Whether the caller has put it away until somebody writes.
    pub hidden: bool,
    /// Whether the caller keeps it at the top.
    pub pinned: bool,
    /// The message pinned for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Message>,
    /// In a direct room, the other; none in the room that one has with oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_user_id: Option<UserId>,
    /// The newest message that the caller may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Message>,
    /// Whether the caller may write in it.
    pub can_post: bool,
    /// When it was made.
    pub created_at: Time,
    /// When somebody last wrote, else when it was made.
    pub active_at: Time,
}

/// The rows of `rooms`, as stored.
#[derive(Clone, Debug)]
pub struct RoomRow {
    /// Its id.
    pub id: RoomId,
    /// Its kind.
    pub kind: RoomKind,
    /// Its own title; empty for direct and nameless ones.
    pub title: String,
    /// Which org unit it follows.
    pub org_unit_id: Option<OrgUnitId>,
    /// Whether the units below are in it too.
    pub include_children: bool,
    /// The newest message's seq.
    pub last_seq: Seq,
    /// Counts every change.
    pub rev: Rev,
    /// How many are in it.
    pub member_count: i64,
    /// The message pinned for all.
    pub notice_seq: Option<Seq>,
    /// The pair of a room that is or was direct.
    pub direct_pair: Option<(UserId, UserId)>,
    /// Up to here it was between two.
    pub direct_until_seq: Seq,
    /// When it was made.
    pub created_at: Time,
    /// When somebody last wrote.
    pub active_at: Time,
    /// Whether it deals with an incident.
    pub incident: bool,
}

impl RoomRow {
    /// In a direct room, the other; none in the room that one has with oneself.
    #[must_use]
    pub fn other(&self, viewer: UserId) -> Option<UserId> {
        let (a, b) = self.direct_pair.filter(|_| self.kind == RoomKind::Direct)?;
        if a == viewer { Some(b).filter(|_| !self.is_memo()) } else { Some(a) }
    }

    /// Whether it is the room that somebody has with themselves.
    #[must_use]
    pub fn is_memo(&self) -> bool {
        self.kind == RoomKind::Direct && self.direct_pair.is_some_and(|(a, b)| a == b)
    }
}

/// The key of a pair: the same for both orders.
#[must_use]
pub fn pair_key(a: UserId, b: UserId) -> Vec<u8> {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    [low.bytes(), high.bytes()].concat()
}

/// Reads what [`pair_key`] made.
#[must_use]
pub fn read_pair(key: &[u8]) -> Option<(UserId, UserId)> {
    let (low, high) = key.split_at_checked(16)?;
    Some((UserId(uuid::Uuid::from_slice(low).ok()?), UserId(uuid::Uuid::from_slice(high).ok()?)))
}
