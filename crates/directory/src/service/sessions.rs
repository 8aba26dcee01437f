//! One's own signed-in devices, and which person of a shared account acts.

use kernel::page::{self, Page, PageQuery};
use kernel::{ActorId, Principal, Problem, SessionId, Time};
use serde_json::json;
use store::{Tx, params};

use super::Directory;
use super::authentication::idle_since;
use crate::model::Session;
use crate::store::{sessions, users};

impl Directory {
    /// The caller's open sessions, the last used first.
    ///
    /// # Errors
    /// 422 for a limit or cursor out of bounds, 503 when the database is away.
    pub async fn list_sessions(&self, principal: &Principal, page: &PageQuery) -> Result<Page<Session>, Problem> {
        let limit = page::limit(page.limit)?;
        let (before, after) = page::read_cursor::<(Time, SessionId)>(page.cursor.as_deref())?.unzip();
        let (user, current, now) = (principal.user, principal.session, self.now());
        let read = async move |tx: &mut Tx<'_>| -> Result<Page<Session>, Problem> {
            let params = params![user, idle_since(now), before, after, limit + 1];
            let rows = tx.query(&sessions::LIST_SESSIONS, &params).await?;
            let session = |row: &store::Row| Session {
                id: row.get(0),
                device_name: row.get(1),
                created_at: row.get(2),
                last_seen_at: row.get(3),
                address: row.get(4),
                current: row.get::<SessionId>(0) == current,
            };
            Ok(Page::cut(rows.iter().map(session).collect(), limit, |session| (session.last_seen_at, session.id)))
        };
        self.db(principal.tenant).read(read).await
    }

    /// Ends one of the caller's sessions. A shared account may do so before anybody acts in it: a device that was left
    /// signed in must not stay so for want of a name, and nothing is said or changed in anyone's.
    ///
    /// # Errors
    /// 404 when it is not there, not open, or not the caller's.
    pub async fn revoke_session(&self, principal: &Principal, session: SessionId) -> Result<(), Problem> {
        let (user, change) = (principal.user, self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            if tx.exec(&sessions::REVOKE, &params![session, user, change.now]).await? == 0 {
                return Err(Problem::not_found());
            }
            change.note(tx, "signOut", session, json!({})).await
        };
        self.db(principal.tenant).write(write).await?;
        self.end_sessions(principal.tenant, [session]);
        Ok(())
    }

    /// Says which person inside the shared account acts in this session, on its open sockets too.
    ///
    /// # Errors
    /// 422 when the account has no such person.
    pub async fn set_actor(&self, principal: &Principal, actor: Option<ActorId>) -> Result<(), Problem> {
        let (user, session) = (principal.user, principal.session);
        let change = self.change(principal.into());
        let write = async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            let known = users::actors(tx, user).await?;
            if actor.is_some_and(|actor| known.iter().all(|person| person.id != actor)) {
                return Err(Problem::invalid(
                    "actorId",
                    "この代表アカウントの人ではありません。",
                    "Not a person of this shared account.",
                ));
            }
            tx.exec(&sessions::SET_ACTOR, &params![session, actor]).await?;
            change.note(tx, "setActor", session, json!({ "actorId": actor })).await
        };
        self.db(principal.tenant).write(write).await?;
        self.renew_sessions(principal.tenant, [session]).await;
        Ok(())
    }
}
