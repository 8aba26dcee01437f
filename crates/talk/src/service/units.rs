//! Org-unit rooms follow assignments, in the transaction that changes them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use directory::facts::Tree;
use kernel::live::Boxed;
use kernel::{OrgUnitId, Problem, RoomId, UserId};
use store::ports::{AssignmentChange, AssignmentWatcher};
use store::{StoreError, Tx};

use super::membership::{Shift, shift};
use super::{Deed, Talk};
use crate::model::room::{RoomRow, SourceKind};
use crate::people;
use crate::store::members::Source;
use crate::store::{members, rooms};

impl AssignmentWatcher for Talk {
    fn assignments_changed<'a>(&'a self, tx: &'a mut Tx<'_>, change: &'a AssignmentChange) -> Boxed<'a, Result<(), Problem>> {
        Box::pin(async move {
            let deed = Deed { now: self.0.clock.now(), doer: None, random: Arc::clone(&self.0.random) };
            match change {
                AssignmentChange::Users(users) => follow_users(tx, &deed, users).await?,
                AssignmentChange::Tree => {
                    for room in rooms::with_children(tx).await? {
                        follow_room(tx, &deed, room).await?;
                    }
                }
                // A unit's name is read when it is shown, and no room follows a group.
                AssignmentChange::Unit(_) | AssignmentChange::Group(_) => {}
            }
            Ok(())
        })
    }
}

/// Brings the org-unit rooms of these users up to date.
async fn follow_users(tx: &mut Tx<'_>, deed: &Deed, users: &[UserId]) -> Result<(), StoreError> {
    let assigned = people::assignments(tx, users).await?;
    let tree = people::tree(tx).await?;
    let units: BTreeSet<OrgUnitId> = assigned.iter().flat_map(|(_, unit)| tree.path(*unit)).collect();
    let mut ids: BTreeSet<RoomId> = rooms::of_units(tx, units.into_iter().collect()).await?.into_iter().collect();
    ids.extend(members::unit_rooms_of(tx, users.to_vec()).await?);
    for mut room in rooms::lock_all(tx, ids.into_iter().collect()).await? {
        let wanted = wanted(&room, &assigned, &tree);
        let held = members::sources(tx, room.id, Some(users.to_vec())).await?;
        apply(tx, deed, &mut room, &wanted, held, true).await?;
    }
    Ok(())
}

/// Brings one org-unit room up to date.
async fn follow_room(tx: &mut Tx<'_>, deed: &Deed, id: RoomId) -> Result<(), StoreError> {
    if let Some(mut room) = rooms::lock(tx, id).await? {
        follow_unit(tx, deed, &mut room, true).await?;
    }
    Ok(())
}

/// As [`follow_room`], for one that is already held.
pub(crate) async fn follow_unit(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, said: bool) -> Result<(), StoreError> {
    let Some(unit) = room.org_unit_id else { return Ok(()) };
    let tree = people::tree(tx).await?;
    let assigned = people::assigned_to(tx, tree.with_below(unit).into_iter().collect()).await?;
    let wanted = wanted(room, &assigned, &tree);
    let held = members::sources(tx, room.id, None).await?;
    apply(tx, deed, room, &wanted, held, said).await
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

/// Rewrites the reasons that come from units; invitations stay. Who has their first reason comes in, who loses the
/// last goes.
async fn apply(
    tx: &mut Tx<'_>,
    deed: &Deed,
    room: &mut RoomRow,
    wanted: &HashSet<Source>,
    held: Vec<Source>,
    said: bool,
) -> Result<(), StoreError> {
    let held: HashSet<Source> = held.into_iter().filter(|source| source.kind != SourceKind::Invited).collect();
    let add: Vec<Source> = wanted.difference(&held).cloned().collect();
    let remove: Vec<Source> = held.difference(wanted).cloned().collect();
    if add.is_empty() && remove.is_empty() {
        return Ok(());
    }
    members::insert_sources(tx, room.id, &add).await?;
    members::delete_sources(tx, room.id, &remove).await?;
    settle(tx, deed, room, add.iter().chain(&remove).map(|source| source.user), said).await
}

/// Lets those of `users` with a reason in, from now on, and those without one out.
pub(crate) async fn settle(
    tx: &mut Tx<'_>,
    deed: &Deed,
    room: &mut RoomRow,
    users: impl Iterator<Item = UserId>,
    said: bool,
) -> Result<(), StoreError> {
    let users: BTreeSet<UserId> = users.collect();
    let reasons: HashSet<UserId> = members::sources(tx, room.id, Some(users.iter().copied().collect()))
        .await?
        .into_iter()
        .map(|source| source.user)
        .collect();
    let next = room.last_seq + 1;
    let (enter, leave): (Vec<_>, Vec<_>) = users.into_iter().partition(|user| reasons.contains(user));
    let change = Shift { enter: enter.into_iter().map(|user| (user, next)).collect(), leave };
    shift(tx, deed, room, change, said).await
}
