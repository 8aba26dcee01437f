//! What the demo is made of, before any of it is written: plain data, so that it can be checked.

use kernel::principal::UserKind;
use kernel::{ActorId, ClientId, OrgUnitId, RoomId, Seq, Time, UserId};

use super::names::Name;

/// An index into [`TenantPlan::people`].
pub type PersonAt = usize;
/// An index into [`TenantPlan::units`].
pub type UnitAt = usize;

/// One organisation.
#[derive(Debug, PartialEq)]
pub struct TenantPlan {
    /// Its name in paths.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Since when it is there.
    pub made_at: Time,
    /// The tree, parents first.
    pub units: Vec<Unit>,
    /// Everybody.
    pub people: Vec<Person>,
    /// Named sets of people outside the tree.
    pub groups: Vec<NamedGroup>,
    /// Where they talk.
    pub rooms: Vec<Room>,
}

/// A section.
#[derive(Debug, PartialEq)]
pub struct Unit {
    /// Its id.
    pub id: OrgUnitId,
    /// What it belongs to.
    pub parent: Option<UnitAt>,
    /// 防災課
    pub name: String,
    /// Building and floor.
    pub place: String,
    /// 内線.
    pub extension: String,
    /// Among its siblings.
    pub order: i64,
    /// What is talked about there; see `rooms.rs`.
    pub theme: &'static str,
}

/// An account.
#[derive(Debug, PartialEq)]
pub struct Person {
    /// Its id.
    pub id: UserId,
    /// What it signs in with.
    pub login: String,
    /// Its name.
    pub name: Name,
    /// What kind of account.
    pub kind: UserKind,
    /// Where it belongs; the first is the primary one.
    pub assignments: Vec<Post>,
    /// A mobile phone's number.
    pub mobile: Option<String>,
    /// 内線.
    pub extension: Option<String>,
    /// Until when a lent account may be used.
    pub expires_at: Option<Time>,
    /// The people inside a shared account.
    pub actors: Vec<(ActorId, Name)>,
    /// Administers the whole tenant.
    pub administers: bool,
}

impl Person {
    /// Heads a section.
    pub fn heads(&self) -> Option<UnitAt> {
        self.assignments.iter().find(|post| post.head).map(|post| post.unit)
    }

    /// The family name, as colleagues call each other; accounts of an institution keep theirs whole.
    pub fn called(&self) -> &str {
        if self.kind == UserKind::Person { self.name.name.split(' ').next().unwrap_or(&self.name.name) } else { &self.name.name }
    }
}

/// 所属・兼務.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// Where.
    pub unit: UnitAt,
    /// 課長, 主査…
    pub position: String,
    /// Heads the section.
    pub head: bool,
}

/// A named set of people.
#[derive(Debug, PartialEq)]
pub struct NamedGroup {
    /// What it is called.
    pub name: &'static str,
    /// Who.
    pub people: Vec<PersonAt>,
    /// And which sections whole.
    pub units: Vec<UnitAt>,
}

/// What kind of room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomKind {
    /// Two people.
    Direct,
    /// Whoever was added.
    Group,
    /// Follows a section.
    OrgUnit {
        /// Which.
        unit: UnitAt,
        /// With those below it.
        include_children: bool,
    },
}

/// A room and all that was said in it.
#[derive(Debug, PartialEq)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// What kind.
    pub kind: RoomKind,
    /// What it is called; direct rooms have no title.
    pub title: String,
    /// Since when.
    pub created_at: Time,
    /// Who made it.
    pub creator: PersonAt,
    /// Who is in it.
    pub members: Vec<Member>,
    /// In order: the first has seq 1.
    pub messages: Vec<Message>,
    /// The message pinned as the room's notice.
    pub notice_seq: Option<Seq>,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Who.
    pub person: PersonAt,
    /// Added by hand, not by belonging to the section.
    pub invited: bool,
    /// The first message that they may see.
    pub visible_from: Seq,
    /// How far they have read.
    pub read: Seq,
    /// No notifications wanted.
    pub muted: bool,
    /// Kept at the top of the list.
    pub pinned: bool,
}

/// Something said.
#[derive(Debug, PartialEq)]
pub struct Message {
    /// What its client called it.
    pub client_id: ClientId,
    /// By whom.
    pub sender: PersonAt,
    /// By which of the people in a shared account.
    pub actor: Option<ActorId>,
    /// When.
    pub sent_at: Time,
    /// What; empty when recalled.
    pub text: String,
    /// Which earlier message it answers.
    pub reply_to: Option<Seq>,
    /// Whom it names.
    pub mentions: Vec<Mention>,
    /// Who pressed what.
    pub reactions: Vec<(&'static str, Vec<PersonAt>)>,
    /// When it was last changed.
    pub edited_at: Option<Time>,
    /// When it was taken back.
    pub recalled_at: Option<Time>,
}

/// Somebody named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention {
    /// One account.
    Person(PersonAt),
    /// A section.
    Unit(UnitAt),
    /// Everybody in the room.
    All,
}
