//! What whoever runs the machine may do without signing in: the command line, the set-up page, the demo, tests.

use kernel::{Problem, SessionId, TenantId, UserId};
use serde_json::json;
use store::{TenantRow, Tx, lock_structure, params};

use super::Directory;
use super::accounts::{Touched, add, alter, resume, set_password};
use super::authentication::token_hash;
use super::checks::check_text;
use crate::model::{NewOrgUnit, NewUser, OrgUnit, Role, UserUpdate, UserView, check_tenant_name};
use crate::store::audit::Doer;
use crate::store::users::{self, Creation};
use crate::store::{grants, sessions, units};

impl Directory {
    /// Makes a tenant.
    ///
    /// # Errors
    /// 409 when the name is taken, 422 naming the field.
    pub async fn create_tenant(&self, name: &str, title: &str) -> Result<TenantRow, Problem> {
        check_tenant_name(name)?;
        check_text("tenantTitle", title, 1, 100)?;
        let made = self.0.store.create_tenant(name, title).await.map_err(|error| {
            if error.is_taken() {
                Problem::conflict("この名前の組織はすでにあります。", "There is an organisation of this name.").field(
                    "tenantName",
                    "すでに使われています。",
                    "Already taken.",
                )
            } else {
                error.into()
            }
        })?;
        // The list of tenants is another database than the tenant's own trail, so this follows.
        let (change, detail) = (self.change(Doer::default()), json!({ "name": made.name, "title": made.title }));
        self.db(made.id).write(async move |tx: &mut Tx<'_>| change.note(tx, "createTenant", "", detail).await).await?;
        Ok(made)
    }

    /// Makes an account, and its password where none is given.
    ///
    /// # Errors
    /// 409, 422.
    pub async fn create_user_as_operator(&self, tenant: TenantId, new: NewUser) -> Result<(UserView, Option<String>), Problem> {
        let change = self.change(Doer::default());
        let (fresh, initial) = self.prepared(&new, Creation { at: Some(change.now), by: None, client_id: None }).await?;
        let write = async move |tx: &mut Tx<'_>| -> Result<UserView, Problem> {
            lock_structure(tx).await?;
            let mut touched = Touched::default();
            add(tx, &change, &fresh, &mut touched).await?;
            touched.settle(tx, &change).await?;
            users::find(tx, fresh.row.id).await?.ok_or_else(Problem::internal)
        };
        Ok((self.db(tenant).write(write).await?, initial))
    }

    /// Gives somebody a role.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn grant_as_operator(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        unit: Option<kernel::OrgUnitId>,
    ) -> Result<(), Problem> {
        let (id, change) = (self.new_id(), self.change(Doer::default()));
        let write = async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            lock_structure(tx).await?;
            tx.exec(&grants::INSERT_GRANT, &params![id, user, role.as_str(), unit]).await?;
            change.note(tx, "grantRole", user, json!({ "role": role, "orgUnitId": unit })).await
        };
        self.db(tenant).write(write).await?;
        self.forget(tenant);
        Ok(())
    }

    /// Makes an org unit.
    ///
    /// # Errors
    /// 422.
    pub async fn create_org_unit_as_operator(&self, tenant: TenantId, new: NewOrgUnit) -> Result<OrgUnit, Problem> {
        let (id, change) = (kernel::OrgUnitId(self.new_id()), self.change(Doer::default()));
        let write = async move |tx: &mut Tx<'_>| -> Result<OrgUnit, Problem> {
            lock_structure(tx).await?;
            super::units::insert(tx, &change, id, None, &new).await?;
            units::list(tx).await?.into_iter().find(|unit| unit.id == id).ok_or_else(Problem::internal)
        };
        self.db(tenant).write(write).await
    }

    /// Gives the account of this login id a new password, told once.
    ///
    /// # Errors
    /// 404 when there is no such account.
    pub async fn reset_password_as_operator(&self, tenant: TenantId, login_id: &str) -> Result<String, Problem> {
        let password = self.0.passwords.readable();
        let hash = self.0.passwords.hash(password.clone()).await?;
        let (login_id, change) = (login_id.to_owned(), self.change(Doer::default()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            lock_structure(tx).await?;
            let account = users::credentials(tx, &login_id, change.now).await?.ok_or_else(Problem::not_found)?;
            let mut touched = Touched::default();
            set_password(tx, &change, account.id, hash, &mut touched).await?;
            touched.settle(tx, &change).await
        };
        let ended = self.db(tenant).write(write).await?;
        self.end_sessions(tenant, ended);
        Ok(password)
    }

    /// Lets the account of this login id in again: switches it on, and lifts an end that has passed.
    ///
    /// # Errors
    /// 404 when there is no such account, 422 for a guest's whose end has passed: it needs another.
    pub async fn resume_as_operator(&self, tenant: TenantId, login_id: &str) -> Result<(), Problem> {
        let (login_id, change) = (login_id.to_owned(), self.change(Doer::default()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            lock_structure(tx).await?;
            let account = users::credentials(tx, &login_id, change.now).await?.ok_or_else(Problem::not_found)?;
            let user = users::find(tx, account.id).await?.ok_or_else(Problem::not_found)?;
            let mut touched = Touched::default();
            if user.suspended {
                resume(tx, &change, user.id, &mut touched).await?;
            }
            if user.expires_at.is_some_and(|at| at <= change.now) {
                let lifted = UserUpdate { expires_at: Some(None), ..UserUpdate::default() };
                alter(tx, &change, &user, &lifted, &mut touched).await?;
            }
            touched.settle(tx, &change).await
        };
        self.db(tenant).write(write).await?;
        self.forget(tenant);
        Ok(())
    }

    /// Opens a session for each of these accounts, for tools that stand in for many people; the tokens, in their order.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open_sessions_as_operator(&self, tenant: TenantId, accounts: Vec<UserId>) -> Result<Vec<String>, Problem> {
        let change = self.change(Doer::default());
        let opened: Vec<_> = accounts.iter().map(|user| (SessionId(self.new_id()), *user, self.0.random.new_token())).collect();
        let tokens = opened.iter().map(|(_, _, token)| token.clone()).collect();
        let write = async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            for (id, user, token) in opened {
                let params = params![id, &token_hash(&token)[..], user, "operator", "", change.now];
                tx.exec(&sessions::INSERT_SESSION, &params).await?;
            }
            change.note(tx, "openSessions", "", json!({ "accounts": accounts.len() })).await
        };
        self.db(tenant).write(write).await?;
        Ok(tokens)
    }

    /// An Argon2id hash, for loaders that give many accounts the same password.
    ///
    /// # Errors
    /// 500 when the machine gives no memory.
    pub async fn hash_password(&self, password: &str) -> Result<String, Problem> {
        self.0.passwords.hash(password.to_owned()).await
    }
}
