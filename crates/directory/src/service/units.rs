//! The tree of org units.

use std::collections::{BTreeSet, HashMap};

use kernel::{OrgUnitId, Principal, Problem, Right, UserId};
use serde_json::json;
use store::ports::AssignmentChange;
use store::{Tx, lock_structure, params};

use super::checks::{check_text, ours, unchanged};
use super::{Change, Directory};
use crate::facts;
use crate::model::{NewOrgUnit, OrgUnit, OrgUnitUpdate};
use crate::policy;
use crate::store::{units, users};

impl Directory {
    /// The whole tree, siblings in their order; guests see their own units and what these lie under, and of heads and counts only
    /// the people of their own.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn list_org_units(&self, principal: &Principal) -> Result<Vec<OrgUnit>, Problem> {
        let (tenant, principal) = (principal.tenant, principal.clone());
        let read = async move |tx: &mut Tx<'_>| -> Result<Vec<OrgUnit>, Problem> {
            if policy::sees_everyone(&principal) {
                return counted(tx, None).await;
            }
            let tree = facts::tree(tx).await?;
            let own: BTreeSet<OrgUnitId> = facts::units_of(tx, principal.user).await?.into_iter().collect();
            let seen: BTreeSet<OrgUnitId> = own.iter().flat_map(|unit| tree.path(*unit)).collect();
            let mut units = counted(tx, Some(&own)).await?;
            units.retain(|unit| seen.contains(&unit.id));
            Ok(units)
        };
        self.db(tenant).read(read).await
    }

    /// Makes a unit.
    ///
    /// # Errors
    /// 403, 409, 422 naming the field.
    pub async fn create_org_unit(&self, principal: &Principal, new: NewOrgUnit) -> Result<OrgUnit, Problem> {
        policy::require(principal, Right::ManageOrgUnits)?;
        let (id, by, change) = (OrgUnitId(self.new_id()), principal.user, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<OrgUnit, Problem> {
            lock_structure(tx).await?;
            if let Some(client_id) = new.client_id
                && let Some(found) = tx.query_opt(&units::UNIT_BY_CLIENT_ID, &params![client_id]).await?
            {
                return find(tx, OrgUnitId(ours(found.get(0), found.get(1), by)?)).await;
            }
            insert(tx, &change, id, Some(by), &new).await?;
            find(tx, id).await
        };
        self.db(principal.tenant).write(write).await
    }

    /// Changes a unit: its name, its place in the tree, and the rest; `expected` is the `If-Match`.
    ///
    /// # Errors
    /// 403, 404, 412 with the current state, 422 when it would lie under itself.
    pub async fn update_org_unit(
        &self,
        principal: &Principal,
        id: OrgUnitId,
        update: OrgUnitUpdate,
        expected: Option<i64>,
    ) -> Result<OrgUnit, Problem> {
        policy::require(principal, Right::ManageOrgUnits)?;
        let change = self.change(principal.into());
        let write = async move |tx: &mut Tx<'_>| -> Result<OrgUnit, Problem> {
            lock_structure(tx).await?;
            let old = find(tx, id).await?;
            unchanged(expected, old.rev, || &old)?;
            alter(tx, &change, &old, update).await?;
            find(tx, id).await
        };
        let unit = self.db(principal.tenant).write(write).await?;
        // Rights reach to what lies below a unit.
        self.forget(principal.tenant);
        Ok(unit)
    }
}

fn check(name: &str, place: Option<&str>, extension: Option<&str>) -> Result<(), Problem> {
    check_text("name", name, 1, 100)?;
    check_text("place", place.unwrap_or_default(), 0, 100)?;
    check_text("extension", extension.unwrap_or_default(), 0, 40)
}

async fn check_parent(tx: &mut Tx<'_>, id: OrgUnitId, parent: Option<OrgUnitId>) -> Result<(), Problem> {
    let Some(parent) = parent else { return Ok(()) };
    let tree = facts::tree(tx).await?;
    if !tree.has(parent) {
        return Err(Problem::invalid("parentId", "上位の部署がありません。", "No such org unit."));
    }
    if tree.path(parent).contains(&id) {
        return Err(Problem::invalid("parentId", "自分の下には置けません。", "A unit can't lie under itself."));
    }
    Ok(())
}

/// Stores a new unit with its audit row.
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    change: &Change,
    id: OrgUnitId,
    by: Option<UserId>,
    new: &NewOrgUnit,
) -> Result<(), Problem> {
    check(&new.name, new.place.as_deref(), new.extension.as_deref())?;
    check_parent(tx, id, new.parent_id).await?;
    let params = params![id, new.parent_id, &new.name, new.order, new.place.clone(), new.extension.clone(), by, new.client_id];
    tx.exec(&units::INSERT_UNIT, &params).await?;
    change.note(tx, "createOrgUnit", id, json!({ "name": new.name, "parentId": new.parent_id })).await?;
    change.assignments(tx, AssignmentChange::Unit(id)).await?;
    // A room that takes in child units takes in this one.
    change.assignments(tx, AssignmentChange::Tree).await
}

/// Writes what an update names over what is there.
async fn alter(tx: &mut Tx<'_>, change: &Change, old: &OrgUnit, update: OrgUnitUpdate) -> Result<(), Problem> {
    let parent = update.parent_id.unwrap_or(old.parent_id);
    let name = update.name.unwrap_or_else(|| old.name.clone());
    let order = update.order.unwrap_or(old.order);
    let place = update.place.unwrap_or_else(|| old.place.clone());
    let extension = update.extension.unwrap_or_else(|| old.extension.clone());
    check(&name, place.as_deref(), extension.as_deref())?;
    check_parent(tx, old.id, parent).await?;
    tx.exec(&units::UPDATE_UNIT, &params![old.id, parent, &name, order, place, extension]).await?;
    change.note(tx, "updateOrgUnit", old.id, json!({ "name": name, "parentId": parent })).await?;
    if old.name != name {
        let rows = tx.query(&units::ASSIGNED_AT_ALL, &params![old.id]).await?;
        let people: Vec<UserId> = rows.iter().map(|row| row.get(0)).collect();
        users::refresh_search(tx, &people).await?;
        change.assignments(tx, AssignmentChange::Unit(old.id)).await?;
    }
    if old.parent_id != parent {
        change.assignments(tx, AssignmentChange::Tree).await?;
    }
    Ok(())
}

async fn find(tx: &mut Tx<'_>, id: OrgUnitId) -> Result<OrgUnit, Problem> {
    counted(tx, None).await?.into_iter().find(|unit| unit.id == id).ok_or_else(Problem::not_found)
}

/// All units with their heads and head counts: each person once in a unit and in each above it. With `own`, only the people of
/// these very units are told of: a count never reveals who is hidden.
async fn counted(tx: &mut Tx<'_>, own: Option<&BTreeSet<OrgUnitId>>) -> Result<Vec<OrgUnit>, Problem> {
    let shown = |unit: OrgUnitId| own.is_none_or(|own| own.contains(&unit));
    let mut all = units::list(tx).await?;
    let tree = facts::tree(tx).await?;
    let mut people: HashMap<OrgUnitId, BTreeSet<UserId>> = HashMap::new();
    for row in tx.query(&units::HEADCOUNT, &[]).await? {
        let (unit, user): (OrgUnitId, UserId) = (row.get(0), row.get(1));
        if !shown(unit) {
            continue;
        }
        for above in tree.path(unit) {
            people.entry(above).or_default().insert(user);
        }
    }
    for unit in &mut all {
        unit.member_count = people.get(&unit.id).map_or(0, |people| i64::try_from(people.len()).unwrap_or(i64::MAX));
        if !shown(unit.id) {
            unit.head_ids.clear();
        }
    }
    Ok(all)
}
