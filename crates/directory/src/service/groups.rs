//! Named sets of users and org units.

use std::collections::HashSet;

use kernel::page::{self, Page, PageQuery};
use kernel::{ClientId, GroupId, OrgUnitId, Principal, Problem, Right, UserId};
use serde_json::json;
use store::ports::AssignmentChange;
use store::{Tx, lock_structure, params};

use super::checks::{check_text, ours, unchanged};
use super::{Change, Directory};
use crate::model::Group;
use crate::store::groups;
use crate::{facts, policy};

/// People and units in one group, at most.
const MOST: usize = 5_000;

impl Directory {
    /// Groups by name; none for guests.
    ///
    /// # Errors
    /// 422 for a limit or cursor out of bounds.
    pub async fn list_groups(&self, principal: &Principal, page: &PageQuery) -> Result<Page<Group>, Problem> {
        let limit = page::limit(page.limit)?;
        let (name, id) = page::read_cursor::<(String, GroupId)>(page.cursor.as_deref())?.unzip();
        if !policy::sees_everyone(principal) {
            return Ok(Page { items: Vec::new(), next_cursor: None });
        }
        let read = async move |tx: &mut Tx<'_>| -> Result<Page<Group>, Problem> {
            let rows = tx.query(&groups::LIST_GROUPS, &params![name, id, limit + 1]).await?;
            let mut found = Vec::new();
            for row in rows {
                found.extend(groups::find(tx, row.get(0)).await?);
            }
            Ok(Page::cut(found, limit, |group| (group.name.clone(), group.id)))
        };
        self.db(principal.tenant).read(read).await
    }

    /// Makes a group.
    ///
    /// # Errors
    /// 403, 409, 422 naming the field.
    pub async fn create_group(
        &self,
        principal: &Principal,
        client_id: Option<ClientId>,
        name: String,
        users: Vec<UserId>,
        units: Vec<OrgUnitId>,
    ) -> Result<Group, Problem> {
        policy::require(principal, Right::ManageOrgUnits)?;
        check_text("name", &name, 1, 100)?;
        let (id, by, change) = (GroupId(self.new_id()), principal.user, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<Group, Problem> {
            lock_structure(tx).await?;
            if let Some(client_id) = client_id
                && let Some(found) = tx.query_opt(&groups::GROUP_BY_CLIENT_ID, &params![client_id]).await?
            {
                let id = GroupId(ours(found.get(0), found.get(1), by)?);
                return groups::find(tx, id).await?.ok_or_else(Problem::not_found);
            }
            tx.exec(&groups::INSERT_GROUP, &params![id, &name, by, client_id]).await?;
            set_members(tx, &change, id, &users, &units).await?;
            let group = groups::find(tx, id).await?.ok_or_else(Problem::internal)?;
            let none = Group { user_ids: Vec::new(), org_unit_ids: Vec::new(), ..group.clone() };
            change.note(tx, "createGroup", id, difference(&none, &group)).await?;
            Ok(group)
        };
        self.db(principal.tenant).write(write).await
    }

    /// Renames a group, or replaces who is in it; `expected` is the `If-Match`.
    ///
    /// # Errors
    /// 403, 404, 412 with the current state, 422 naming the field.
    pub async fn update_group(
        &self,
        principal: &Principal,
        id: GroupId,
        name: Option<String>,
        users: Option<Vec<UserId>>,
        units: Option<Vec<OrgUnitId>>,
        expected: Option<i64>,
    ) -> Result<Group, Problem> {
        policy::require(principal, Right::ManageOrgUnits)?;
        name.as_ref().map_or(Ok(()), |name| check_text("name", name, 1, 100))?;
        let change = self.change(principal.into());
        let write = async move |tx: &mut Tx<'_>| -> Result<Group, Problem> {
            lock_structure(tx).await?;
            let old = groups::find(tx, id).await?.ok_or_else(Problem::not_found)?;
            unchanged(expected, old.rev(), || &old)?;
            if let Some(name) = &name {
                tx.exec(&groups::RENAME_GROUP, &params![id, name]).await?;
            }
            if users.is_some() || units.is_some() {
                let (users, units) = (users.as_ref().unwrap_or(&old.user_ids), units.as_ref().unwrap_or(&old.org_unit_ids));
                set_members(tx, &change, id, users, units).await?;
            }
            let group = groups::find(tx, id).await?.ok_or_else(Problem::internal)?;
            change.note(tx, "updateGroup", id, difference(&old, &group)).await?;
            Ok(group)
        };
        self.db(principal.tenant).write(write).await
    }

    /// Takes a group away; its people stay.
    ///
    /// # Errors
    /// 403, 404.
    pub async fn delete_group(&self, principal: &Principal, id: GroupId) -> Result<(), Problem> {
        policy::require(principal, Right::ManageOrgUnits)?;
        let change = self.change(principal.into());
        let write = async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            lock_structure(tx).await?;
            tx.exec(&groups::CLEAR_MEMBERS, &params![id]).await?;
            if tx.exec(&groups::DELETE_GROUP, &params![id]).await? == 0 {
                return Err(Problem::not_found());
            }
            change.note(tx, "deleteGroup", id, json!({})).await?;
            change.assignments(tx, AssignmentChange::Group(id)).await
        };
        self.db(principal.tenant).write(write).await
    }
}

/// What the audit trail says of a change: the name, and who was put in and taken out.
fn difference(old: &Group, new: &Group) -> serde_json::Value {
    fn without<T: Copy + Eq + std::hash::Hash>(of: &[T], others: &[T]) -> Vec<T> {
        let others: HashSet<T> = others.iter().copied().collect();
        of.iter().copied().filter(|one| !others.contains(one)).collect()
    }
    json!({
        "name": new.name,
        "addedUserIds": without(&new.user_ids, &old.user_ids),
        "removedUserIds": without(&old.user_ids, &new.user_ids),
        "addedOrgUnitIds": without(&new.org_unit_ids, &old.org_unit_ids),
        "removedOrgUnitIds": without(&old.org_unit_ids, &new.org_unit_ids),
    })
}

async fn set_members(
    tx: &mut Tx<'_>,
    change: &Change,
    id: GroupId,
    users: &[UserId],
    units: &[OrgUnitId],
) -> Result<(), Problem> {
    if users.len() + units.len() > MOST {
        return Err(Problem::invalid("userIds", "多すぎます。", "Too many."));
    }
    let known = facts::people(tx, users).await?;
    if users.iter().any(|user| !known.contains_key(user)) {
        return Err(Problem::invalid("userIds", "この組織にいない人が含まれています。", "Somebody is not in this organisation."));
    }
    let tree = facts::tree(tx).await?;
    if units.iter().any(|unit| !tree.has(*unit)) {
        return Err(Problem::invalid("orgUnitIds", "この部署はありません。", "No such org unit."));
    }
    groups::set_members(tx, id, users, units).await?;
    change.assignments(tx, AssignmentChange::Group(id)).await
}
