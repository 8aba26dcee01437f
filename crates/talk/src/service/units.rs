//! Org-unit rooms follow assignments, in the transaction that changes them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use directory::facts::Tree;
use kernel::live::Boxed;
use kernel::{OrgUnitId, Problem, RoomId, UserId};
use store::ports::{AssignmentChange, AssignmentWatcher};
use store::{StoreError, Tx};

use super::membership::{Shift, shift, tell_room};
use super::{Deed, Talk};
use crate::live::RoomPatch;
use crate::model::room::{RoomRow, SourceKind};
use crate::people;
use crate::store::members::Source;
use crate::store::{changes, members, rooms};

impl AssignmentWatcher for Talk {
    fn assignments_changed<'a>(&'a self, tx: &'a mut Tx<'_>, change: &'a AssignmentChange) -> Boxed<'a, Result<(), Problem>> {
        Box::pin(async move {
            let deed = Deed { now: self.0.clock.now(), doer: None, random: Arc::clone(&self.0.random) };
            match change {
                AssignmentChange::Users(users) => follow_users(tx, &deed, users).await?,
                AssignmentChange::Tree => follow_tree(tx, &deed).await?,
                AssignmentChange::Unit(unit) => retitle(tx, *unit).await?,
                // No room follows a group.
                AssignmentChange::Group(_) => {}
            }
            Ok(())
        })
    }
}

/// Rooms without a name of their own bear the unit's: their members hear its new one.
async fn retitle(tx: &mut Tx<'_>, unit: OrgUnitId) -> Result<(), StoreError> {
    // A unit that is renamed may be moved in the same transaction: rooms are locked in key order, so all at once.
    let ids = [rooms::of_units(tx, vec![unit]).await?, rooms::with_children(tx).await?].concat();
    let tree = people::tree(tx).await?;
    for mut room in rooms::lock_all(tx, ids).await? {
        if room.org_unit_id == Some(unit) && room.title.is_empty() {
            let patch = RoomPatch { title: tree.name(unit).map(str::to_owned), ..RoomPatch::of(room.id) };
            tell_room(tx, &mut room, patch).await?;
        }
    }
    Ok(())
}

/// Brings the org-unit rooms of these users up to date.
async fn follow_users(tx: &mut Tx<'_>, deed: &Deed, users: &[UserId]) -> Result<(), StoreError> {
    let assigned = people::assignments(tx, users).await?;
    let tree = people::tree(tx).await?;
    let units: BTreeSet<OrgUnitId> = assigned.iter().flat_map(|(_, unit)| tree.path(*unit)).collect();
    let mut ids: BTreeSet<RoomId> = rooms::of_units(tx, units.into_iter().collect()).await?.into_iter().collect();
    ids.extend(members::unit_rooms_of(tx, users.to_vec()).await?);
    let mut rewrites = Vec::new();
    for room in rooms::lock_all(tx, ids.into_iter().collect()).await? {
        let wanted = wanted(&room, &assigned, &tree);
        let held = members::sources(tx, room.id, Some(users.to_vec())).await?;
        rewrites.push((room, Rewrite::of(&wanted, held)));
    }
    carry_out(tx, deed, rewrites).await
}

/// Brings the rooms that take in the units below theirs up to date.
async fn follow_tree(tx: &mut Tx<'_>, deed: &Deed) -> Result<(), StoreError> {
    let ids = rooms::with_children(tx).await?;
    let mut rewrites = Vec::new();
    for room in rooms::lock_all(tx, ids).await? {
        let rewrite = rewrite(tx, &room).await?;
        rewrites.push((room, rewrite));
    }
    carry_out(tx, deed, rewrites).await
}

/// Brings one room, which is held, up to date.
pub(crate) async fn follow_unit(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow) -> Result<(), StoreError> {
    let rewrite = rewrite(tx, room).await?;
    apply(tx, deed, room, rewrite).await
}

async fn rewrite(tx: &mut Tx<'_>, room: &RoomRow) -> Result<Rewrite, StoreError> {
    let wanted = reasons(tx, room).await?;
    Ok(Rewrite::of(&wanted, members::sources(tx, room.id, None).await?))
}

/// All reasons that assignments give to be in a room; none where it follows no unit.
pub(crate) async fn reasons(tx: &mut Tx<'_>, room: &RoomRow) -> Result<HashSet<Source>, StoreError> {
    let Some(unit) = room.org_unit_id else { return Ok(HashSet::new()) };
    let tree = people::tree(tx).await?;
    let assigned = people::assigned_to(tx, tree.with_below(unit).into_iter().collect()).await?;
    Ok(wanted(room, &assigned, &tree))
}

/// The reasons that assignments give to be in a room.
fn wanted(room: &RoomRow, assigned: &[(UserId, OrgUnitId)], tree: &Tree) -> HashSet<Source> {
    let Some(unit) = room.org_unit_id else { return HashSet::new() };
    let reason = |(user, of): &(UserId, OrgUnitId)| {
        let kind = if *of == unit {
            SourceKind::Unit
        } else if room.include_children && tree.path(*of).contains(&unit) {
            SourceKind::ChildUnit
        } else {
            return None;
        };
        Some(Source { user: *user, kind, id: of.bytes() })
    };
    assigned.iter().filter_map(reason).collect()
}

/// How a room's reasons change.
struct Rewrite {
    add: Vec<Source>,
    remove: Vec<Source>,
}

impl Rewrite {
    /// From those held to those wanted; invitations stay.
    fn of(wanted: &HashSet<Source>, held: Vec<Source>) -> Self {
        let held: HashSet<Source> = held.into_iter().filter(|source| source.kind != SourceKind::Invited).collect();
        Self { add: wanted.difference(&held).cloned().collect(), remove: held.difference(wanted).cloned().collect() }
    }

    fn users(&self) -> impl Iterator<Item = UserId> {
        self.add.iter().chain(&self.remove).map(|source| source.user)
    }
}

/// Rewrites several rooms, all of which are held: first everybody's stream is held, so that no two transactions wait for
/// each other's.
async fn carry_out(tx: &mut Tx<'_>, deed: &Deed, rewrites: Vec<(RoomRow, Rewrite)>) -> Result<(), StoreError> {
    changes::hold_users(tx, rewrites.iter().flat_map(|(_, rewrite)| rewrite.users())).await?;
    for (mut room, rewrite) in rewrites {
        apply(tx, deed, &mut room, rewrite).await?;
    }
    Ok(())
}

/// Who has their first reason comes in, who loses the last goes.
async fn apply(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, rewrite: Rewrite) -> Result<(), StoreError> {
    members::insert_sources(tx, room.id, &rewrite.add).await?;
    members::delete_sources(tx, room.id, &rewrite.remove).await?;
    settle(tx, deed, room, rewrite.users()).await
}

/// Lets those of `users` with a reason in, from now on, and those without one out; the room says so.
pub(crate) async fn settle(
    tx: &mut Tx<'_>,
    deed: &Deed,
    room: &mut RoomRow,
    users: impl Iterator<Item = UserId>,
) -> Result<(), StoreError> {
    let users: BTreeSet<UserId> = users.collect();
    if users.is_empty() {
        return Ok(());
    }
    let reasons: HashSet<UserId> = members::sources(tx, room.id, Some(users.iter().copied().collect()))
        .await?
        .into_iter()
        .map(|source| source.user)
        .collect();
    let next = room.last_seq + 1;
    let (enter, leave): (Vec<_>, Vec<_>) = users.into_iter().partition(|user| reasons.contains(user));
    let change = Shift { enter: enter.into_iter().map(|user| (user, next)).collect(), leave };
    shift(tx, deed, room, change, true).await
}
