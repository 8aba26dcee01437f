//! A message, as on the wire and in the log.

use files::File;
use kernel::{ActorId, ClientId, OrgUnitId, Rev, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whom a message names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Mention {
    /// One member.
    User(MentionUser),
    /// A section.
    OrgUnit(MentionOrgUnit),
    /// Everybody in the room.
    All(MentionAll),
}

/// One member is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MentionUser {
    /// Whom.
    pub user_id: UserId,
}

/// A section is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MentionOrgUnit {
    /// Which.
    pub org_unit_id: OrgUnitId,
}

/// Everybody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MentionAll {
    /// Always true.
    pub all: bool,
}

impl Mention {
    /// The bytes by which `mentions` rows are found; everybody's are none.
    #[must_use]
    pub fn target(&self) -> Vec<u8> {
        match self {
            Self::User(user) => user.user_id.bytes(),
            Self::OrgUnit(unit) => unit.org_unit_id.bytes(),
            Self::All(_) => Vec::new(),
        }
    }
}

/// One emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    /// Which.
    pub emoji: String,
    /// How many.
    pub count: i64,
    /// The first 20 of them.
    pub user_ids: Vec<UserId>,
}

/// What the room itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SystemType {
    /// These came in.
    Joined,
    /// These went.
    Left,
    /// It has another title.
    Renamed,
    /// A message was pinned for all.
    NoticeSet,
    /// A note was made.
    NoteAdded,
    /// An album was made.
    AlbumAdded,
}

/// What the room itself says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SystemNote {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: SystemType,
    /// To whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub user_ids: Vec<UserId>,
    /// The room's new title; what a note or album was called when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Which note or album.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no: Option<i64>,
}

impl SystemNote {
    /// That this happened, and no more.
    #[must_use]
    pub fn of(kind: SystemType) -> Self {
        Self { kind, user_ids: Vec::new(), title: None, no: None }
    }
}

/// Where a forwarded message was first written: by whom and when, never in which room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Forwarded {
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<UserId>,
    /// When.
    pub sent_at: Time,
}

/// Whether somebody wrote it, or the room itself says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MessageKind {
    /// Somebody wrote it.
    Text,
    /// The room says it.
    System,
}

impl MessageKind {
    /// As stored and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::System => "system",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "system" { Self::System } else { Self::Text }
    }
}

/// Where a message was written, where its sender wants that known (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Place {
    /// In degrees, from -90 to 90.
    pub latitude: f64,
    /// In degrees, from -180 to 180.
    pub longitude: f64,
    /// How far off it may be, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_meters: Option<f64>,
}

/// What a message holds beside its text, as stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// What the room itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemNote>,
    /// Where a forwarded one comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<Forwarded>,
    /// Files that it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<File>,
    /// Where it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What was sent instead of words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticker_id: Option<String>,
    /// Whether it was sent without a sound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its room.
    pub room_id: RoomId,
    /// Its place there: 1, 2, 3… without gaps.
    pub seq: Seq,
    /// The room's rev at its last change.
    pub rev: Rev,
    /// What its sender's client named it by.
    pub client_id: ClientId,
    /// Text, or what the room itself says.
    pub kind: MessageKind,
    /// Who wrote it, or did what the room says; none when the tree of org units did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<UserId>,
    /// Which person of a shared account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<ActorId>,
    /// That person's name, as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// When it was stored.
    pub sent_at: Time,
    /// What was written, to the letter; empty once recalled.
    pub text: String,
    /// Whom it names.
    pub mentions: Vec<Mention>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_seq: Option<Seq>,
    /// When it was last edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Time>,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recalled_at: Option<Time>,
    /// Files that it shows.
    pub attachments: Vec<File>,
    /// Where it was written, where its sender wants that known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Emoji on it, in the order of their first.
    pub reactions: Vec<Reaction>,
    /// What the room itself says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemNote>,
    /// Where it was first written, if it was forwarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<Forwarded>,
    /// What was sent instead of words; gone once recalled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticker_id: Option<String>,
    /// Whether it was sent without a sound: whoever gets it is not notified, but finds it among the unread.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub silent: bool,
    /// 既読 N, on the caller's own messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_count: Option<i64>,
}

impl Message {
    /// What it is found by: what was written, and what its files are called, a line each.
    #[must_use]
    pub fn words(&self) -> String {
        let names = self.attachments.iter().map(|file| file.name.as_str());
        std::iter::once(self.text.as_str()).filter(|text| !text.is_empty()).chain(names).collect::<Vec<_>>().join("\n")
    }
}
