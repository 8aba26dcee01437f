//! What one capability asks of another inside its own transaction: the asker calls, the owner fulfils, and `irori` hands
//! the one to the other.

use kernel::live::Boxed;
use kernel::{GroupId, OrgUnitId, Problem, UserId};

use crate::Tx;

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
