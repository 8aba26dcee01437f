//! Who holds which role.

use kernel::page::{self, Page, PageQuery};
use kernel::{ClientId, OrgUnitId, Principal, Problem, Right, UserId};
use serde_json::json;
use store::{Tx, lock_structure, params};
use uuid::Uuid;

use super::Directory;
use super::accounts::keep_an_admin;
use crate::facts::{self, Tree};
use crate::model::{Role, RoleGrant};
use crate::policy;
use crate::store::{creations, grants, users};

impl Directory {
    /// All roles held.
    ///
    /// # Errors
    /// 403, 422.
    pub async fn list_grants(&self, principal: &Principal, page: &PageQuery) -> Result<Page<RoleGrant>, Problem> {
        policy::require(principal, Right::ManageRights)?;
        let limit = page::limit(page.limit)?;
        let after: Option<Uuid> = page::read_cursor(page.cursor.as_deref())?;
        let read = async move |tx: &mut Tx<'_>| -> Result<Page<RoleGrant>, Problem> {
            let rows = tx.query(&grants::LIST_GRANTS, &params![after.is_some(), after, limit + 1]).await?;
            Ok(Page::cut(rows.iter().filter_map(grants::read).collect(), limit, |grant: &RoleGrant| grant.id))
        };
        self.db(principal.tenant).read(read).await
    }

    /// Gives somebody a role; one they hold already is given back as it is.
    ///
    /// # Errors
    /// 403, 409 for somebody else's `clientId`, 422 naming the field.
    pub async fn grant_role(
        &self,
        principal: &Principal,
        client_id: Option<ClientId>,
        user: UserId,
        role: Role,
        unit: Option<OrgUnitId>,
    ) -> Result<RoleGrant, Problem> {
        policy::require(principal, Right::ManageRights)?;
        let (id, by, change) = (self.new_id(), principal.user, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<RoleGrant, Problem> {
            lock_structure(tx).await?;
            if let Some(first) = creations::first(tx, "grantRole", client_id, by).await? {
                return Ok(first);
            }
            if users::find(tx, user).await?.is_none() {
                return Err(Problem::invalid("userId", "この組織にいない人です。", "Not in this organisation."));
            }
            check_scope(&facts::tree(tx).await?, role, unit)?;
            let held = grants::of(tx, user).await?.into_iter().find(|held| held.role == role && held.org_unit_id == unit);
            let grant = match held {
                Some(held) => held,
                None => {
                    tx.exec(&grants::INSERT_GRANT, &params![id, user, role.as_str(), unit]).await?;
                    change.note(tx, "grantRole", user, json!({ "role": role, "orgUnitId": unit })).await?;
                    RoleGrant { id, user_id: user, role, org_unit_id: unit }
                }
            };
            creations::keep(tx, "grantRole", client_id, by, &grant).await?;
            Ok(grant)
        };
        let grant = self.db(principal.tenant).write(write).await?;
        self.forget(principal.tenant);
        Ok(grant)
    }

    /// Takes a role back.
    ///
    /// # Errors
    /// 403, 404; 409 for the last administrator's.
    pub async fn revoke_role(&self, principal: &Principal, id: Uuid) -> Result<(), Problem> {
        policy::require(principal, Right::ManageRights)?;
        let change = self.change(principal.into());
        let write = async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            lock_structure(tx).await?;
            let row = tx.query_opt(&grants::FIND_GRANT, &params![id]).await?;
            let grant = row.as_ref().and_then(grants::read).ok_or_else(Problem::not_found)?;
            if grant.role == Role::TenantAdmin {
                keep_an_admin(tx, change.now, &[grant.user_id]).await?;
            }
            tx.exec(&grants::DELETE_GRANT, &params![id]).await?;
            change.note(tx, "revokeRole", grant.user_id, json!({ "role": grant.role, "orgUnitId": grant.org_unit_id })).await
        };
        self.db(principal.tenant).write(write).await?;
        self.forget(principal.tenant);
        Ok(())
    }
}

/// A section's administrator is one of a unit, a tenant's of the whole.
fn check_scope(tree: &Tree, role: Role, unit: Option<OrgUnitId>) -> Result<(), Problem> {
    match (role, unit) {
        (Role::SectionAdmin, None) => Err(Problem::invalid("orgUnitId", "部署を指定してください。", "Name the org unit.")),
        (Role::TenantAdmin, Some(_)) => {
            Err(Problem::invalid("orgUnitId", "組織全体の役割です。", "This role is for the whole organisation."))
        }
        (Role::SectionAdmin, Some(unit)) if !tree.has(unit) => {
            Err(Problem::invalid("orgUnitId", "この部署はありません。", "No such org unit."))
        }
        (Role::SectionAdmin, Some(_)) | (Role::TenantAdmin, None) => Ok(()),
    }
}
