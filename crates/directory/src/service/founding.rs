//! How an installation gets its first organisation, and an organisation its administrator.

use kernel::principal::UserKind;
use kernel::{Problem, TenantId};
use serde_json::json;
use store::{StoreError, TenantRow, Tx, lock_structure, params};

use super::Directory;
use super::accounts::{Fresh, Touched, add};
use super::checks::check_text;
use crate::model::{NewUser, Phones, Role, UserView, check_tenant_name};
use crate::store::audit::Doer;
use crate::store::users::{self, Creation};
use crate::store::{credentials, grants};

impl Directory {
    /// Whether anybody has an account here: until then the installation is not set up.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        for tenant in self.0.store.list_tenants().await? {
            let read = async |tx: &mut Tx<'_>| tx.query_opt(&credentials::ANYBODY, &[]).await;
            if self.db(tenant.id).read(read).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the first organisation and its administrator, where nobody has an account yet. It may be repeated after it
    /// failed half-way: an organisation without anybody is taken over.
    ///
    /// # Errors
    /// 422 naming the field, and then nothing was made.
    pub async fn found(
        &self,
        tenant_name: &str,
        tenant_title: &str,
        login_id: &str,
        name: &str,
        kana: &str,
        password: &str,
    ) -> Result<TenantRow, Problem> {
        check_tenant_name(tenant_name)?;
        check_text("tenantTitle", tenant_title, 1, 100)?;
        let fresh = self.prepared_admin(login_id, name, kana, password).await?;
        let begun = self.0.store.list_tenants().await?;
        let tenant = match begun.iter().find(|tenant| tenant.name == tenant_name).or(begun.first()) {
            Some(begun) => self.0.store.rename_tenant(begun.id, tenant_name, tenant_title).await?,
            None => self.create_tenant(tenant_name, tenant_title).await?,
        };
        self.insert_admin(tenant.id, fresh).await?;
        Ok(tenant)
    }

    /// Makes a tenant's administrator.
    ///
    /// # Errors
    /// 409, 422.
    pub async fn create_admin(
        &self,
        tenant: TenantId,
        login_id: &str,
        name: &str,
        kana: &str,
        password: &str,
    ) -> Result<UserView, Problem> {
        let fresh = self.prepared_admin(login_id, name, kana, password).await?;
        self.insert_admin(tenant, fresh).await
    }

    async fn prepared_admin(&self, login_id: &str, name: &str, kana: &str, password: &str) -> Result<Fresh, Problem> {
        let creation = Creation { at: Some(self.now()), by: None, client_id: None };
        let (fresh, _) = self.prepared(&admin(login_id, name, kana, password), creation).await?;
        Ok(fresh)
    }

    /// The account and its role, both or none.
    async fn insert_admin(&self, tenant: TenantId, fresh: Fresh) -> Result<UserView, Problem> {
        let (grant, change) = (self.new_id(), self.change(Doer::default()));
        let write = async move |tx: &mut Tx<'_>| -> Result<UserView, Problem> {
            lock_structure(tx).await?;
            let (mut touched, user, role) = (Touched::default(), fresh.row.id, Role::TenantAdmin);
            add(tx, &change, &fresh, &mut touched).await?;
            touched.settle(tx, &change).await?;
            tx.exec(&grants::INSERT_GRANT, &params![grant, user, role.as_str(), None::<kernel::OrgUnitId>]).await?;
            change.note(tx, "grantRole", user, json!({ "role": role, "orgUnitId": null })).await?;
            users::find(tx, user).await?.ok_or_else(Problem::internal)
        };
        self.db(tenant).write(write).await
    }
}

fn admin(login_id: &str, name: &str, kana: &str, password: &str) -> NewUser {
    NewUser {
        client_id: None,
        login_id: login_id.to_owned(),
        name: name.to_owned(),
        kana: kana.to_owned(),
        kind: UserKind::Person,
        assignments: Vec::new(),
        phones: Phones::default(),
        email: None,
        expires_at: None,
        password: Some(password.to_owned()),
    }
}
