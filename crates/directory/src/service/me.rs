//! Oneself.

use kernel::http::to_the_end;
use kernel::{Principal, Problem, Right, SessionId};
use serde_json::json;
use store::{Tx, params};

use super::Directory;
use crate::limiter::{Attempt, Secret};
use crate::model::{HeldRole, Me, Settings};
use crate::password::check_chosen;
use crate::policy;
use crate::store::{credentials, grants, sessions, users};

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
    /// 403 for a shared account in which nobody acts, 503 when the database is away.
    pub async fn update_settings(&self, principal: &Principal, settings: Settings) -> Result<Me, Problem> {
        policy::acts(principal)?;
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
    /// 403 for a shared account in which nobody acts, 422 when the old one is wrong or the new one too short, 429 after too
    /// many wrong ones.
    pub async fn change_password(&self, principal: &Principal, current: &str, new: &str) -> Result<(), Problem> {
        policy::acts(principal)?;
        check_chosen("new", new)?;
        let user = principal.user;
        let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            Ok(tx.query_one(&users::SECRET, &params![user]).await?.get::<String>(0))
        };
        let old = self.db(principal.tenant).read(read).await?;
        let attempt = Attempt::new(principal.tenant, Secret::Current(user), principal.address, true);
        let place = self.place_for(&attempt).await?;
        let (directory, principal) = (self.clone(), principal.clone());
        let (current, new) = (current.to_owned(), new.to_owned());
        to_the_end(async move {
            if !directory.try_password(place, &attempt, current, Some(old.clone())).await? {
                return Err(wrong());
            }
            directory.replace_password(&principal, old, new).await
        })
        .await
    }

    async fn replace_password(&self, principal: &Principal, old: String, new: String) -> Result<(), Problem> {
        let hash = self.0.passwords.hash(new).await?;
        let (user, session, change) = (principal.user, principal.session, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<Vec<SessionId>, Problem> {
            if !credentials::replace(tx, user, &old, &hash).await? {
                return Err(wrong());
            }
            let ended = tx.query(&sessions::REVOKE_OTHERS, &params![user, session, change.now]).await?;
            change.note(tx, "changePassword", user, json!({})).await?;
            Ok(ended.iter().map(|row| row.get(0)).collect())
        };
        let ended = self.db(principal.tenant).write(write).await?;
        self.end_sessions(principal.tenant, ended);
        Ok(())
    }
}

fn wrong() -> Problem {
    Problem::invalid("current", "今のパスワードが違います。", "The current password is wrong.")
}
