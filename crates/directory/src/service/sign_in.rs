//! Signing in and out.

use std::net::IpAddr;

use kernel::http::to_the_end;
use kernel::{Principal, Problem, SessionId, TenantId, UserId};
use serde_json::json;
use store::{Tx, params};
use uuid::Uuid;

use super::Directory;
use super::authentication::token_hash;
use crate::limiter::{Attempt, Secret, network};
use crate::model::SignedIn;
use crate::password::Place;
use crate::store::audit::Doer;
use crate::store::users::{self, Credentials};
use crate::store::{credentials, sessions};

/// The longest device name kept, in characters.
const DEVICE_NAME: usize = 100;
/// The longest login id of an account, in bytes as compared.
const LOGIN_ID: usize = 64;

/// Who wants in: what they are called, and from where.
#[derive(Clone)]
struct Visitor {
    tenant: TenantId,
    address: IpAddr,
    key: String,
    device: String,
}

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
        let device = device.unwrap_or_default().chars().filter(|c| !c.is_control()).take(DEVICE_NAME).collect();
        let visitor = Visitor { tenant, address, key: sign_in_key(login_id), device };
        let (account, known) = self.look_up(&visitor).await?;
        let attempt = Attempt::new(tenant, Secret::SignIn(visitor.key.clone()), address, known);
        let place = self.place_for(&attempt).await?;
        let (directory, password) = (self.clone(), password.to_owned());
        to_the_end(async move { directory.admit(place, visitor, attempt, account, password).await }).await
    }

    /// The account of that name, and whether it has signed in from there before. The same is asked where there is none.
    async fn look_up(&self, visitor: &Visitor) -> Result<(Option<Credentials>, bool), Problem> {
        let (key, from, now) = (visitor.key.clone(), network(visitor.address).to_string(), self.now());
        let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let account = users::credentials(tx, &key, now).await?;
            let user = account.as_ref().map_or(UserId(Uuid::nil()), |account| account.id);
            let known = tx.query_opt(&sessions::KNOWS_ADDRESS, &params![user, from]).await?.is_some();
            Ok((account, known))
        };
        self.db(visitor.tenant).read(read).await
    }

    async fn admit(
        &self,
        place: Place,
        visitor: Visitor,
        attempt: Attempt,
        account: Option<Credentials>,
        password: String,
    ) -> Result<SignedIn, Problem> {
        let account = account.filter(|account| account.open);
        let hash = account.as_ref().map(|account| account.hash.clone());
        let matches = self.try_password(place, &attempt, password, hash).await?;
        let Some(account) = account.filter(|_| matches) else {
            self.note_failure(visitor).await?;
            return Err(wrong());
        };
        self.open_session(visitor, account).await
    }

    async fn note_failure(&self, visitor: Visitor) -> Result<(), Problem> {
        let change = self.change(Doer { address: Some(visitor.address.to_string()), ..Doer::default() });
        let note = async move |tx: &mut Tx<'_>| change.note(tx, "signInFailed", "", json!({ "loginId": visitor.key })).await;
        self.db(visitor.tenant).write(note).await
    }

    /// A session for somebody whose password has been checked, unless it is another by now, or the account shut.
    async fn open_session(&self, visitor: Visitor, account: Credentials) -> Result<SignedIn, Problem> {
        let (user, token) = (account.id, self.0.random.new_token());
        let (id, hash) = (SessionId(self.new_id()), token_hash(&token));
        let (from, place) = (visitor.address.to_string(), network(visitor.address).to_string());
        let change = self.change(Doer { user: Some(user), actor: None, address: Some(from.clone()) });
        let (now, device) = (change.now, visitor.device);
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            if !credentials::open_still(tx, user, &account.hash, now).await? {
                return Err(wrong());
            }
            tx.exec(&sessions::INSERT_SESSION, &params![id, &hash[..], user, &device, &from, now]).await?;
            tx.exec(&sessions::KNOW_ADDRESS, &params![user, &place, now]).await?;
            change.note(tx, "signIn", id, json!({ "device": device })).await?;
            users::find(tx, user).await?.ok_or_else(wrong)
        };
        let view = self.db(visitor.tenant).write(write).await?;
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

/// A login id as compared and counted. What is longer than any account's is as empty, which is nobody's either: people type
/// passwords, and machines anything, into that field.
fn sign_in_key(login_id: &str) -> String {
    if login_id.chars().nth(LOGIN_ID).is_some() {
        return String::new();
    }
    Some(users::login_key(login_id)).filter(|key| key.len() <= LOGIN_ID).unwrap_or_default()
}

fn wrong() -> Problem {
    Problem::new(401, "sign-in-failed", "ログインIDまたはパスワードが違います。", "The login id or the password is wrong.")
}

#[cfg(test)]
mod tests {
    use std::future::{Future as _, poll_fn};
    use std::sync::Arc;
    use std::task::Poll;
    use std::time::Duration;

    use kernel::chance::SystemRandom;
    use kernel::clock::ManualClock;
    use kernel::event::NoSink;
    use kernel::{Clock, Time};
    use store::{Database, Store, StoreConfig};
    use tempfile::TempDir;

    use super::*;

    const PASSWORD: &str = "囲炉裏のそばで話す";
    const HALL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    async fn city() -> (TempDir, Directory, TenantId) {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Time(1_760_000_000_000_000)));
        let config = StoreConfig::new(Database::Sqlite { folder: folder.path().to_owned() });
        let store = Store::open(config, Arc::clone(&clock), Arc::new(NoSink)).await.unwrap();
        let directory = Directory::new(store, clock, Arc::new(SystemRandom));
        let tenant = directory.create_tenant("city", "市役所").await.unwrap().id;
        directory.create_admin(tenant, "admin", "管理", "", PASSWORD).await.unwrap();
        (folder, directory, tenant)
    }

    #[tokio::test]
    async fn a_guess_counts_though_its_maker_hangs_up() {
        let (_folder, directory, tenant) = city().await;
        for _ in 0..5 {
            let mut guess = Box::pin(directory.sign_in(tenant, HALL, "admin", "wrong", None));
            while directory.limiter().under_way(HALL) == 0
                && poll_fn(|cx| Poll::Ready(guess.as_mut().poll(cx).is_pending())).await
            {
                tokio::task::yield_now().await;
            }
            drop(guess);
            let ended = async {
                while directory.limiter().under_way(HALL) > 0 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the try ends by itself");
        }
        let attempt = Attempt::new(tenant, Secret::SignIn("admin".to_owned()), HALL, false);
        assert_eq!(directory.limiter().wait(&attempt, directory.now()), Duration::from_secs(2));
    }

    #[tokio::test]
    async fn a_password_that_was_replaced_after_it_was_checked_opens_nothing() {
        let (_folder, directory, tenant) = city().await;
        let visitor = Visitor { tenant, address: HALL, key: "admin".to_owned(), device: String::new() };
        let account = directory.look_up(&visitor).await.unwrap().0.unwrap();
        assert!(directory.open_session(visitor.clone(), account.clone()).await.is_ok(), "as long as it is the password");
        directory.reset_password_as_operator(tenant, "admin").await.unwrap();
        assert_eq!(directory.open_session(visitor, account).await.unwrap_err().status, 401);
    }

    #[test]
    fn only_what_may_be_a_login_id_is_kept() {
        assert_eq!(sign_in_key("ＡＤＭＩＮ"), "admin");
        assert_eq!(sign_in_key(&"a".repeat(64)).len(), 64);
        assert_eq!(sign_in_key(&"a".repeat(65)), "");
        assert_eq!(sign_in_key(&"あ".repeat(64)), "", "64 characters, and more bytes than an account's");
    }
}
