//! The tree of org units.

use std::collections::{BTreeSet, HashMap};

use kernel::{OrgUnitId, Principal, Problem, Right, UserId};
use serde_json::json;
use store::ports::AssignmentChange;
use store::{Tx, params};

use super::users::{check_text, ours, stale};
use super::{Change, Directory};
use crate::facts;
use crate::model::{NewOrgUnit, OrgUnit};
use crate::policy;
use crate::store::{units, users};

impl Directory {
    /// The whole tree, siblings in their order; guests see their own units and what these lie under.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn list_org_units(&self, principal: &Principal) -> Result<Vec<OrgUnit>, Problem> {
        let (tenant, principal) = (principal.tenant, principal.clone());
        let read = async move |tx: &mut Tx<'_>| -> Result<Vec<OrgUnit>, Problem> {
            let mut all = counted(tx).await?;
            if !policy::sees_everyone(&principal) {
                let tree = facts::tree(tx).await?;
                let own = facts::units_of(tx, principal.user).await?;
                let seen: BTreeSet<OrgUnitId> = own.iter().flat_map(|unit| tree.path(*unit)).collect();
                all.retain(|unit| seen.contains(&unit.id));
            }
            Ok(all)
        };
        self.db(tenant).read(read).await
    }

    /// Makes a unit.
    ///
    /// # Errors
    /// 403, 409, 422 naming the field.
    pub async fn create_org_unit(&self, principal: &Principal, new: NewOrgUnit) -> Result<OrgUnit, Problem> {
        policy::require(principal, Right::ManageOrgUnits)?;
        check(&new)?;
        let (id, by, change) = (OrgUnitId(self.new_id()), principal.user, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<OrgUnit, Problem> {
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

    /// Changes a unit: its name, place in the tree, and the rest, all as given.
    ///
    /// # Errors
    /// 403, 404, 412 with the current state, 422 when it would lie under itself.
    pub async fn update_org_unit(
        &self,
        principal: &Principal,
        id: OrgUnitId,
        new: NewOrgUnit,
        expected: Option<i64>,
    ) -> Result<OrgUnit, Problem> {
        policy::require(principal, Right::ManageOrgUnits)?;
        check(&new)?;
        let change = self.change(principal.into());
        let write = async move |tx: &mut Tx<'_>| -> Result<OrgUnit, Problem> {
            let old = find(tx, id).await?;
            if expected.is_some_and(|rev| rev != old.rev) {
                return Err(stale(json!(old)));
            }
            update(tx, &change, &old, &new).await?;
            find(tx, id).await
        };
        let unit = self.db(principal.tenant).write(write).await?;
        // Rights reach to what lies below a unit.
        self.forget(principal.tenant);
        Ok(unit)
    }
}

fn check(new: &NewOrgUnit) -> Result<(), Problem> {
    check_text("name", &new.name, 1, 100)?;
    check_text("place", new.place.as_deref().unwrap_or_default(), 0, 100)?;
    check_text("extension", new.extension.as_deref().unwrap_or_default(), 0, 40)
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

pub(super) async fn insert(
    tx: &mut Tx<'_>,
    change: &Change,
    id: OrgUnitId,
    by: Option<UserId>,
    new: &NewOrgUnit,
) -> Result<(), Problem> {
    check_parent(tx, id, new.parent_id).await?;
    let params = params![id, new.parent_id, &new.name, new.order, new.place.clone(), new.extension.clone(), by, new.client_id];
    tx.exec(&units::INSERT_UNIT, &params).await?;
    change.note(tx, "createOrgUnit", id, json!({ "name": new.name, "parentId": new.parent_id })).await?;
    change.assignments(tx, AssignmentChange::Unit(id)).await?;
    // A room that takes in child units takes in this one.
    change.assignments(tx, AssignmentChange::Tree).await
}

async fn update(tx: &mut Tx<'_>, change: &Change, old: &OrgUnit, new: &NewOrgUnit) -> Result<(), Problem> {
    check_parent(tx, old.id, new.parent_id).await?;
    let params = params![old.id, new.parent_id, &new.name, new.order, new.place.clone(), new.extension.clone()];
    tx.exec(&units::UPDATE_UNIT, &params).await?;
    change.note(tx, "updateOrgUnit", old.id, json!({ "name": new.name, "parentId": new.parent_id })).await?;
    if old.name != new.name {
        let rows = tx.query(&units::ASSIGNED_AT_ALL, &params![old.id]).await?;
        let people: Vec<UserId> = rows.iter().map(|row| row.get(0)).collect();
        users::refresh_search(tx, &people).await?;
        change.assignments(tx, AssignmentChange::Unit(old.id)).await?;
    }
    if old.parent_id != new.parent_id {
        change.assignments(tx, AssignmentChange::Tree).await?;
    }
    Ok(())
}

async fn find(tx: &mut Tx<'_>, id: OrgUnitId) -> Result<OrgUnit, Problem> {
    counted(tx).await?.into_iter().find(|unit| unit.id == id).ok_or_else(Problem::not_found)
}

/// All units with their head counts: each person once in a unit and in each above it.
async fn counted(tx: &mut Tx<'_>) -> Result<Vec<OrgUnit>, Problem> {
    let mut all = units::list(tx).await?;
    let tree = facts::tree(tx).await?;
    let mut people: HashMap<OrgUnitId, BTreeSet<UserId>> = HashMap::new();
    for row in tx.query(&units::HEADCOUNT, &[]).await? {
        for unit in tree.path(row.get(0)) {
            people.entry(unit).or_default().insert(row.get(1));
        }
    }
    for unit in &mut all {
        unit.member_count = people.get(&unit.id).map_or(0, |people| i64::try_from(people.len()).unwrap_or(i64::MAX));
    }
    Ok(all)
}
