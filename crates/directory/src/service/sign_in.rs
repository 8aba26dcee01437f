//! Signing in and out.

use std::net::IpAddr;
use std::time::Duration;

use kernel::{Principal, Problem, SessionId, TenantId};
use serde_json::json;
use store::{Tx, params};

use super::Directory;
use super::authentication::token_hash;
use crate::model::SignedIn;
use crate::store::audit::Doer;
use crate::store::{sessions, users};

/// The longest device name kept, in characters.
const DEVICE_NAME: usize = 100;

impl Directory {
    /// Opens a session. Which part was wrong is never told, neither in words nor in time.
    ///
    /// # Errors
    /// 401 when the two do not fit together, 429 after too many failures, 503 when the database is away.
    pub async fn sign_in(
        &self,
        tenant: TenantId,
        address: IpAddr,
        login_id: &str,
        password: &str,
        device: Option<String>,
    ) -> Result<SignedIn, Problem> {
        let now = self.now();
        let key = users::login_key(login_id);
        let (lookup, from) = (login_id.to_owned(), address.to_string());
        let (account, known) = self
            .db(tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let account = users::credentials(tx, &lookup, now).await?;
                let known = match &account {
                    Some(account) => tx.query_opt(&sessions::KNOWS_ADDRESS, &params![account.id, from]).await?.is_some(),
                    None => false,
                };
                Ok((account, known))
            })
            .await?;
        self.ensure_may_try(tenant, &key, address, known)?;

        let hash = account.as_ref().map(|account| account.hash.clone());
        let matches = self.0.passwords.verify(password.to_owned(), hash).await?;
        let Some(account) = account.filter(|account| matches && account.open) else {
            self.limiter().failed(tenant, &key, address, self.now());
            self.note_failure(tenant, address, &key).await?;
            return Err(Problem::new(
                401,
                "sign-in-failed",
                "ログインIDまたはパスワードが違います。",
                "The login id or the password is wrong.",
            ));
        };
        self.limiter().succeeded(tenant, &key, address);
        self.open_session(tenant, account.id, address, device).await
    }

    fn ensure_may_try(&self, tenant: TenantId, key: &str, address: IpAddr, known: bool) -> Result<(), Problem> {
        let (limiter, now) = (self.limiter(), self.now());
        let stranger = if known { Duration::ZERO } else { limiter.stranger_wait(address, now) };
        let wait = limiter.account_wait(tenant, key, address, now).max(stranger);
        if wait.is_zero() { Ok(()) } else { Err(Problem::too_many(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))) }
    }

    async fn note_failure(&self, tenant: TenantId, address: IpAddr, key: &str) -> Result<(), Problem> {
        // People type passwords into the wrong field, so what was typed is cut short.
        let tried: String = key.chars().take(64).collect();
        let change = self.change(Doer { address: Some(address.to_string()), ..Doer::default() });
        let note = async move |tx: &mut Tx<'_>| change.note(tx, "signInFailed", "", json!({ "loginId": tried })).await;
        self.db(tenant).write(note).await
    }

    /// A session for somebody whose password has been checked.
    async fn open_session(
        &self,
        tenant: TenantId,
        user: kernel::UserId,
        address: IpAddr,
        device: Option<String>,
    ) -> Result<SignedIn, Problem> {
        let token = self.0.random.new_token();
        let (id, hash, now) = (SessionId(self.new_id()), token_hash(&token), self.now());
        let device: String = device.unwrap_or_default().chars().filter(|c| !c.is_control()).take(DEVICE_NAME).collect();
        let from = address.to_string();
        let change = self.change(Doer { user: Some(user), actor: None, address: Some(from.clone()) });
        let view = self
            .db(tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                tx.exec(&sessions::INSERT_SESSION, &params![id, hash, user, &device, &from, now]).await?;
                tx.exec(&sessions::KNOW_ADDRESS, &params![user, &from, now]).await?;
                change.note(tx, "signIn", id, json!({ "device": device })).await?;
                users::find(tx, user).await?.ok_or_else(Problem::unauthenticated)
            })
            .await?;
        Ok(SignedIn { token, user: view })
    }

    /// Ends the caller's own session.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn sign_out(&self, principal: &Principal) -> Result<(), Problem> {
        self.revoke_session(principal, principal.session).await
    }
}
