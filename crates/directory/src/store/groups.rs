//! `directory_groups` and `group_members`.

use kernel::{GroupId, OrgUnitId, UserId};
use store::{StoreError, Tx, params};

use crate::model::Group;

store::statements! {
    pub INSERT_GROUP = "INSERT INTO directory_groups (tenant_id, id, name, created_by, client_id) VALUES ($1, $2, $3, $4, $5)";
    pub RENAME_GROUP = "UPDATE directory_groups SET name = $3 WHERE tenant_id = $1 AND id = $2";
    pub DELETE_GROUP = "DELETE FROM directory_groups WHERE tenant_id = $1 AND id = $2";
    pub GROUP_BY_CLIENT_ID = "SELECT id, created_by FROM directory_groups WHERE tenant_id = $1 AND client_id = $2";
    pub FIND_GROUP = "SELECT name FROM directory_groups WHERE tenant_id = $1 AND id = $2";
    pub LIST_GROUPS = "SELECT id, name FROM directory_groups WHERE tenant_id = $1 AND (CAST($2 AS TEXT) IS NULL OR BYTES(name) > $2 OR (name = $2 AND id > $3))
        ORDER BY BYTES(name), id LIMIT $4";
    pub MEMBERS = "SELECT kind, member_id FROM group_members WHERE tenant_id = $1 AND group_id = $2 ORDER BY kind, member_id";
    pub CLEAR_MEMBERS = "DELETE FROM group_members WHERE tenant_id = $1 AND group_id = $2";
    pub INSERT_MEMBER = "INSERT INTO group_members (tenant_id, group_id, kind, member_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, group_id, kind, member_id) DO NOTHING";
}

/// Who is named in a group.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// People.
    pub user_ids: Vec<UserId>,
    /// Units, with all below.
    pub org_unit_ids: Vec<OrgUnitId>,
}

/// Who is named in a group; empty where there is none.
///
/// # Errors
/// When the database is away.
pub async fn members(tx: &mut Tx<'_>, group: GroupId) -> Result<Named, StoreError> {
    let mut named = Named::default();
    for row in tx.query(&MEMBERS, &params![group]).await? {
        if row.get::<String>(0) == "user" {
            named.user_ids.push(row.get(1));
        } else {
            named.org_unit_ids.push(row.get(1));
        }
    }
    Ok(named)
}

/// One group.
///
/// # Errors
/// When the database is away.
pub async fn find(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<Group>, StoreError> {
    let Some(row) = tx.query_opt(&FIND_GROUP, &params![id]).await? else { return Ok(None) };
    let named = members(tx, id).await?;
    Ok(Some(Group { id, name: row.get(0), user_ids: named.user_ids, org_unit_ids: named.org_unit_ids }))
}

/// Replaces who is named in a group.
///
/// # Errors
/// When the database is away.
pub async fn set_members(tx: &mut Tx<'_>, group: GroupId, users: &[UserId], units: &[OrgUnitId]) -> Result<(), StoreError> {
    tx.exec(&CLEAR_MEMBERS, &params![group]).await?;
    for user in users {
        tx.exec(&INSERT_MEMBER, &params![group, "user", user]).await?;
    }
    for unit in units {
        tx.exec(&INSERT_MEMBER, &params![group, "unit", unit]).await?;
    }
    Ok(())
}
