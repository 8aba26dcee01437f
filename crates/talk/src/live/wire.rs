//! The frames that talk sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Event, MembershipChange, Reach, Rev, RoomId, Seq, TenantId, UserId};
use serde::Serialize;

use crate::model::album::AlbumNo;
use crate::model::note::NoteNo;
use crate::model::room::RoomRow;
use crate::model::{Message, Room};
use crate::store::changes::What;

/// A frame from the server.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerFrame {
    /// A message came or changed.
    Message {
        /// The room's rev with it.
        rev: Rev,
        /// All of it.
        message: Box<Message>,
    },
    /// A room appeared, changed, or left the caller's view.
    Room {
        /// The room's rev, where the room changed for all.
        #[serde(skip_serializing_if = "Option::is_none")]
        rev: Option<Rev>,
        /// The rev of one's own stream, where it changed for oneself.
        #[serde(skip_serializing_if = "Option::is_none")]
        me: Option<Rev>,
        /// To be merged into what is held.
        room: RoomBody,
    },
    /// A note, or what was said about it, came, changed or went; whoever looks at it fetches it.
    Note {
        /// The room's rev with it.
        rev: Rev,
        /// Where.
        room_id: RoomId,
        /// Which.
        no: NoteNo,
    },
    /// An album came, changed or went; whoever looks at it fetches it.
    Album {
        /// The room's rev with it.
        rev: Rev,
        /// Where.
        room_id: RoomId,
        /// Which.
        no: AlbumNo,
    },
    /// Somebody has read.
    Read {
        /// Where.
        room_id: RoomId,
        /// Who, in rooms of up to 100.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
        /// Up to where.
        #[serde(skip_serializing_if = "Option::is_none")]
        seq: Option<Seq>,
        /// 既読 N by seq, in larger ones.
        #[serde(skip_serializing_if = "Option::is_none")]
        counts: Option<BTreeMap<Seq, i64>>,
    },
    /// How far all have read, or counts.
    Cursors {
        /// Where.
        room_id: RoomId,
        /// Up to where, by user, in rooms of up to 100.
        #[serde(skip_serializing_if = "Option::is_none")]
        cursors: Option<BTreeMap<UserId, Seq>>,
        /// 既読 N by seq, in larger ones.
        #[serde(skip_serializing_if = "Option::is_none")]
        counts: Option<BTreeMap<Seq, i64>>,
    },
    /// Somebody writes.
    Typing {
        /// Where.
        room_id: RoomId,
        /// Who.
        user_id: UserId,
        /// By name.
        name: String,
    },
    /// Somebody hopes that one reads this.
    Nudge {
        /// The rev of one's own stream.
        me: Rev,
        /// Where.
        room_id: RoomId,
        /// What.
        seq: Seq,
        /// Who hopes.
        user_id: UserId,
    },
    /// What one has to be sent later is other than it was: fetch it afresh.
    Scheduled {
        /// The rev of one's own stream.
        me: Rev,
    },
    /// One's reminders are others than they were, or one fell due: fetch them afresh.
    Reminders {
        /// The rev of one's own stream.
        me: Rev,
    },
    /// The gap is too large, fetch afresh.
    Reset {
        /// Which room.
        room_id: RoomId,
    },
}

/// All of a room, or what changed.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum RoomBody {
    /// All of it, as its one reader sees it.
    Full(Box<Room>),
    /// What changed.
    Patch(RoomPatch),
}

/// What changed of a room; what is absent is as it was.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomPatch {
    /// Which.
    pub id: RoomId,
    /// One is no longer in it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<crate::model::RoomKind>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_count: Option<i64>,
    /// Whether the units below are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_children: Option<bool>,
    /// Whether it deals with an incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<bool>,
    /// Which message is pinned for all; `null`: none. Fetched by its seq, through the rule of who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_seq: Option<Option<Seq>>,
    /// From which seq one may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_from_seq: Option<Seq>,
    /// No notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// Put away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    /// At the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
}

impl RoomPatch {
    /// Nothing but its id: whoever does not hold it fetches it.
    #[must_use]
    pub fn of(id: RoomId) -> Self {
        Self {
            id,
            gone: false,
            kind: None,
            title: None,
            member_count: None,
            include_children: None,
            incident: None,
            notice_seq: None,
            visible_from_seq: None,
            muted: None,
            hidden: None,
            pinned: None,
        }
    }

    /// One is no longer in it.
    #[must_use]
    pub fn gone(id: RoomId) -> Self {
        Self { gone: true, ..Self::of(id) }
    }
}

/// A message came (`new`) or changed.
#[must_use]
pub fn message_event(tenant: TenantId, message: &Message, new: bool) -> Event {
    let frame = ServerFrame::Message { rev: message.rev, message: Box::new(message.clone()) };
    Event {
        tenant,
        reach: Reach::Room { room: message.room_id, seq: Some(message.seq), new },
        rev: message.rev,
        membership: Vec::new(),
        frame: Some(Arc::new(frame)),
    }
}

/// A room changed for all in it.
#[must_use]
pub fn room_event(tenant: TenantId, rev: Rev, patch: RoomPatch) -> Event {
    Event {
        tenant,
        reach: Reach::Room { room: patch.id, seq: None, new: false },
        rev,
        membership: Vec::new(),
        frame: Some(Arc::new(ServerFrame::Room { rev: Some(rev), me: None, room: RoomBody::Patch(patch) })),
    }
}

/// A note or an album changed that was made at `at_seq`: told to those who may see it.
#[must_use]
pub fn kept_event(tenant: TenantId, room: &RoomRow, at_seq: Seq, rev: Rev, what: What) -> Option<Event> {
    let frame = kept_frame(room.id, rev, what)?;
    // Only what was made between two is not known to all who are in the room.
    let seq = Some(at_seq).filter(|seq| *seq <= room.direct_until_seq);
    let reach = Reach::Room { room: room.id, seq, new: false };
    Some(Event { tenant, reach, rev, membership: Vec::new(), frame: Some(Arc::new(frame)) })
}

/// What is told of a note or an album; of nothing else.
#[must_use]
pub fn kept_frame(room_id: RoomId, rev: Rev, what: What) -> Option<ServerFrame> {
    match what {
        What::Note(no) => Some(ServerFrame::Note { rev, room_id, no }),
        What::Album(no) => Some(ServerFrame::Album { rev, room_id, no }),
        _ => None,
    }
}

/// Something on a user's own stream.
#[must_use]
pub fn own_event(tenant: TenantId, user: UserId, rev: Rev, membership: Vec<MembershipChange>, frame: ServerFrame) -> Event {
    Event { tenant, reach: Reach::User(user), rev, membership, frame: Some(Arc::new(frame)) }
}

/// Something that is not kept: a read, typing.
#[must_use]
pub fn passing_event(tenant: TenantId, reach: Reach, frame: ServerFrame) -> Event {
    Event { tenant, reach, rev: 0, membership: Vec::new(), frame: Some(Arc::new(frame)) }
}
