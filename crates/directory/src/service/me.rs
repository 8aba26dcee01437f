//! Oneself.

use kernel::{Principal, Problem, Right};
use serde_json::json;
use store::{Tx, params};

use super::Directory;
use crate::model::{HeldRole, Me, Settings};
use crate::password::check_chosen;
use crate::store::{grants, sessions, users};

impl Directory {
    /// The caller, as the client needs to know them.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn me(&self, principal: &Principal) -> Result<Me, Problem> {
        let (tenant, principal) = (principal.tenant, principal.clone());
        let read = async move |tx: &mut Tx<'_>| -> Result<Me, Problem> {
            let user = users::find(tx, principal.user).await?.ok_or_else(Problem::unauthenticated)?;
            let settings = users::settings(tx, principal.user).await?;
            let actors = users::actors(tx, principal.user).await?;
            let held = grants::of(tx, principal.user).await?;
            let mut rights: Vec<Right> = principal.rights.iter().map(|grant| grant.right).collect();
            rights.sort_unstable();
            rights.dedup();
            Ok(Me {
                user,
                settings,
                roles: held.iter().map(|grant| HeldRole { role: grant.role, org_unit_id: grant.org_unit_id }).collect(),
                rights,
                actor_id: principal.actor,
                actors,
                session_id: principal.session,
            })
        };
        self.db(tenant).read(read).await
    }

    /// Changes what one chose.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn update_settings(&self, principal: &Principal, settings: Settings) -> Result<Me, Problem> {
        let (user, change) = (principal.user, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            let settings = users::settings(tx, user).await?.with(settings);
            users::set_settings(tx, user, &settings).await?;
            change.note(tx, "updateSettings", user, json!(settings)).await
        };
        self.db(principal.tenant).write(write).await?;
        self.me(principal).await
    }

    /// Changes the caller's password, and ends all other sessions.
    ///
    /// # Errors
    /// 422 when the old one is wrong or the new one too short, 429 after too many wrong ones.
    pub async fn change_password(&self, principal: &Principal, current: &str, new: &str) -> Result<(), Problem> {
        check_chosen("new", new)?;
        let user = principal.user;
        let key = format!("password:{user}");
        let wait = self.limiter().account_wait(principal.tenant, &key, principal.address, self.now());
        if !wait.is_zero() {
            return Err(Problem::too_many(wait.as_secs() + 1));
        }
        let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            Ok(tx.query_one(&users::SECRET, &params![user]).await?.get::<String>(0))
        };
        let hash = self.db(principal.tenant).read(read).await?;
        if !self.0.passwords.verify(current.to_owned(), Some(hash)).await? {
            self.limiter().failed(principal.tenant, &key, principal.address, self.now());
            return Err(Problem::invalid("current", "今のパスワードが違います。", "The current password is wrong."));
        }
        let hash = self.0.passwords.hash(new.to_owned()).await?;
        let (session, change) = (principal.session, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<Vec<kernel::SessionId>, Problem> {
            tx.exec(&users::SET_PASSWORD, &params![user, hash]).await?;
            let ended = tx.query(&sessions::REVOKE_OTHERS, &params![user, session, change.now]).await?;
            change.note(tx, "changePassword", user, json!({})).await?;
            Ok(ended.iter().map(|row| row.get(0)).collect())
        };
        let ended = self.db(principal.tenant).write(write).await?;
        self.end_sessions(principal.tenant, ended);
        Ok(())
    }
}
