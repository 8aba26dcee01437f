//! What talk asks of the directory, inside its own transaction.

use std::collections::{BTreeSet, HashMap};

pub use directory::facts::Person;
use directory::facts::{self, Tree};
use directory::store::audit::{self, Doer};
use kernel::{ActorId, OrgUnitId, Principal, RoomId, Time, UserId};
use store::{StoreError, Tx};

/// These people; unknown ids are left out.
pub(crate) async fn find(tx: &mut Tx<'_>, ids: Vec<UserId>) -> Result<HashMap<UserId, Person>, StoreError> {
    facts::people(tx, &ids).await
}

/// Whether all of these are accounts that are not switched off.
pub(crate) async fn are_active(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<bool, StoreError> {
    let distinct: BTreeSet<UserId> = ids.iter().copied().collect();
    Ok(facts::active(tx, ids.to_vec()).await? == distinct)
}

/// Those of these who can sign in, and so read.
pub(crate) async fn usable(tx: &mut Tx<'_>, ids: Vec<UserId>, now: Time) -> Result<BTreeSet<UserId>, StoreError> {
    facts::usable(tx, ids, now).await
}

/// Those of these whose name, ふりがな or section matches.
pub(crate) async fn matching(tx: &mut Tx<'_>, q: &str, among: Vec<UserId>) -> Result<Vec<UserId>, StoreError> {
    facts::matching(tx, q.trim(), among).await
}

/// The name of the person who acts inside a shared account.
pub(crate) async fn actor_name(tx: &mut Tx<'_>, actor: ActorId) -> Result<Option<String>, StoreError> {
    Ok(facts::actor_names(tx, vec![actor]).await?.remove(&actor))
}

/// The org-unit tree.
pub(crate) async fn tree(tx: &mut Tx<'_>) -> Result<Tree, StoreError> {
    facts::tree(tx).await
}

/// What holds for the whole organisation.
pub(crate) async fn settings(tx: &mut Tx<'_>) -> Result<directory::TenantSettings, StoreError> {
    facts::settings(tx).await
}

/// The units that a user is assigned to.
pub(crate) async fn units_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<OrgUnitId>, StoreError> {
    facts::units_of(tx, user).await
}

/// Which units each of these is assigned to; those who are switched off belong nowhere.
pub(crate) async fn assignments(tx: &mut Tx<'_>, users: &[UserId]) -> Result<Vec<(UserId, OrgUnitId)>, StoreError> {
    let mut pairs = Vec::new();
    for user in facts::active(tx, users.to_vec()).await? {
        pairs.extend(units_of(tx, user).await?.into_iter().map(|unit| (user, unit)));
    }
    Ok(pairs)
}

/// Who is assigned to these very units.
pub(crate) async fn assigned_to(tx: &mut Tx<'_>, units: Vec<OrgUnitId>) -> Result<Vec<(UserId, OrgUnitId)>, StoreError> {
    facts::assigned(tx, units).await
}

/// Writes into the audit trail what was done to a room; `action` is the operation's name.
pub(crate) async fn note(
    tx: &mut Tx<'_>,
    principal: &Principal,
    at: Time,
    action: &'static str,
    room: RoomId,
    detail: serde_json::Value,
) -> Result<(), StoreError> {
    audit::note(tx, at, &Doer::from(principal), action, Some(room.to_string()), &detail).await
}
