//! Who holds which role.

use kernel::page::{self, Page, PageQuery};
use kernel::{OrgUnitId, Principal, Problem, Right, UserId};
use serde_json::json;
use store::{Tx, params};
use uuid::Uuid;

use super::Directory;
use crate::facts;
use crate::model::{Role, RoleGrant};
use crate::policy;
use crate::store::{grants, users};

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
    /// 403, 422 naming the field.
    pub async fn grant_role(
        &self,
        principal: &Principal,
        user: UserId,
        role: Role,
        unit: Option<OrgUnitId>,
    ) -> Result<RoleGrant, Problem> {
        policy::require(principal, Right::ManageRights)?;
        let (id, change) = (self.new_id(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<RoleGrant, Problem> {
            if users::find(tx, user).await?.is_none() {
                return Err(Problem::invalid("userId", "この組織にいない人です。", "Not in this organisation."));
            }
            match (role, unit) {
                (Role::SectionAdmin, None) => {
                    return Err(Problem::invalid("orgUnitId", "部署を指定してください。", "Name the org unit."));
                }
                (Role::TenantAdmin, Some(_)) => {
                    return Err(Problem::invalid(
                        "orgUnitId",
                        "組織全体の役割です。",
                        "This role is for the whole organisation.",
                    ));
                }
                (_, Some(unit)) if !facts::tree(tx).await?.has(unit) => {
                    return Err(Problem::invalid("orgUnitId", "この部署はありません。", "No such org unit."));
                }
                _ => {}
            }
            if let Some(held) = grants::of(tx, user).await?.into_iter().find(|held| held.role == role && held.org_unit_id == unit)
            {
                return Ok(held);
            }
            tx.exec(&grants::INSERT_GRANT, &params![id, user, role.as_str(), unit]).await?;
            change.note(tx, "grantRole", user, json!({ "role": role, "orgUnitId": unit })).await?;
            Ok(RoleGrant { id, user_id: user, role, org_unit_id: unit })
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
            let row = tx.query_opt(&grants::FIND_GRANT, &params![id]).await?;
            let grant = row.as_ref().and_then(grants::read).ok_or_else(Problem::not_found)?;
            let admins = tx.query(&grants::ADMINS, &[]).await?;
            if grant.role == Role::TenantAdmin && admins.len() < 2 {
                return Err(Problem::conflict(
                    "最後の管理者です。先にほかの人を管理者にしてください。",
                    "This is the last administrator: name another first.",
                ));
            }
            tx.exec(&grants::DELETE_GRANT, &params![id]).await?;
            change.note(tx, "revokeRole", grant.user_id, json!({ "role": grant.role, "orgUnitId": grant.org_unit_id })).await
        };
        self.db(principal.tenant).write(write).await?;
        self.forget(principal.tenant);
        Ok(())
    }
}
