//! What one capability asks of another inside its own transaction: the asker calls, the owner fulfils, and `irori` hands
//! the one to the other.

use kernel::live::Boxed;
use kernel::{GroupId, OrgUnitId, Problem, Rev, RoomId, Seq, Time, UserId};

use crate::{StoreError, Tx};

/// What changed about who belongs where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignmentChange {
    /// These users' org units changed, or they came, were suspended, or came back.
    Users(Vec<UserId>),
    /// An org unit was made or renamed.
    Unit(OrgUnitId),
    /// The tree changed: units lie under others than before.
    Tree,
    /// Who is in this group changed.
    Group(GroupId),
}

/// Told of such changes in the transaction that makes them: rooms follow org units. `talk` fulfils it.
pub trait AssignmentWatcher: Send + Sync {
    /// Brings what depends on it up to date; an error undoes the whole change.
    fn assignments_changed<'a>(&'a self, tx: &'a mut Tx<'_>, change: &'a AssignmentChange) -> Boxed<'a, Result<(), Problem>>;
}

/// What kind of thing is found by its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A message in a room.
    Message,
    /// The files of a message: what they are called, and what they say.
    Files,
    /// A note of a room; its place there is its number.
    Note,
}

/// Something that is found by its text, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its place in its room.
    pub seq: Seq,
    /// When it was written.
    pub at: Time,
    /// When its text was last changed: to other than it was when this is other.
    pub edited_at: Option<Time>,
    /// Who wrote it.
    pub author: Option<UserId>,
    /// What it says; none: it is found no more.
    pub text: Option<String>,
}

/// What changed in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomDocuments {
    /// Which room.
    pub room: RoomId,
    /// How far its log has been read for this.
    pub rev: Rev,
    /// Whether the log goes on.
    pub more: bool,
    /// Each once.
    pub documents: Vec<Document>,
}

/// Tells the index of what is written, from the rooms' logs. `talk` fulfils it.
pub trait Documents: Send + Sync {
    /// Where each room's log stands.
    fn heads<'a>(&'a self, tx: &'a mut Tx<'_>) -> Boxed<'a, Result<Vec<(RoomId, Rev)>, StoreError>>;

    /// What changed in these rooms after these revs, at most `most` changes in each.
    fn changed<'a>(
        &'a self,
        tx: &'a mut Tx<'_>,
        after: &'a [(RoomId, Rev)],
        most: i64,
    ) -> Boxed<'a, Result<Vec<RoomDocuments>, StoreError>>;
}
