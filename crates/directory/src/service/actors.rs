//! The people inside shared accounts.

use kernel::page::{self, Page, PageQuery};
use kernel::principal::UserKind;
use kernel::{ActorId, ClientId, Principal, Problem, SessionId, UserId};
use serde_json::json;
use store::{Tx, lock_structure, params};

use super::Directory;
use super::accounts::managed;
use super::checks::check_text;
use crate::model::Actor;
use crate::store::{creations, sessions, users};

impl Directory {
    /// The people inside a shared account by ふりがな, for itself and those who manage it; whose look from outside is noted.
    ///
    /// # Errors
    /// 403, 404, 422 for a limit or cursor out of bounds.
    pub async fn list_actors(&self, principal: &Principal, id: UserId, page: &PageQuery) -> Result<Page<Actor>, Problem> {
        let limit = page::limit(page.limit)?;
        let after: Option<(String, ActorId)> = page::read_cursor(page.cursor.as_deref())?;
        let (tenant, asks) = (principal.tenant, principal.clone());
        let read = async move |tx: &mut Tx<'_>| -> Result<Page<Actor>, Problem> {
            if id != asks.user {
                managed(tx, &asks, id).await?;
            }
            let found = users::list_actors(tx, id, after, limit).await?;
            Ok(Page::cut(found, limit, |actor| (actor.kana.clone(), actor.id)))
        };
        let found = self.db(tenant).read(read).await?;
        if id != principal.user {
            let change = self.change(principal.into());
            self.db(tenant).write(async move |tx: &mut Tx<'_>| change.note(tx, "listActors", id, json!({})).await).await?;
        }
        Ok(found)
    }

    /// Adds a person to a shared account.
    ///
    /// # Errors
    /// 403, 404, 409 for somebody else's `clientId`, 422 when it is not a shared account.
    pub async fn create_actor(
        &self,
        principal: &Principal,
        id: UserId,
        client_id: Option<ClientId>,
        name: String,
        kana: String,
    ) -> Result<Actor, Problem> {
        check_text("name", &name, 1, 100)?;
        check_text("kana", &kana, 0, 100)?;
        let actor = Actor { id: ActorId(self.new_id()), name, kana };
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<Actor, Problem> {
            lock_structure(tx).await?;
            if managed(tx, &principal, id).await?.kind != UserKind::Shared {
                return Err(Problem::invalid("id", "代表アカウントではありません。", "Not a shared account."));
            }
            if let Some(first) = creations::first(tx, "createActor", client_id, principal.user).await? {
                return Ok(first);
            }
            tx.exec(&users::INSERT_ACTOR, &params![actor.id, id, &actor.name, &actor.kana, change.now]).await?;
            creations::keep(tx, "createActor", client_id, principal.user, &actor).await?;
            change.note(tx, "createActor", id, json!(actor)).await?;
            Ok(actor)
        };
        self.db(tenant).write(write).await
    }

    /// Takes a person out of a shared account; sessions in which they act have to choose anew.
    ///
    /// # Errors
    /// 403, 404.
    pub async fn remove_actor(&self, principal: &Principal, id: UserId, actor: ActorId) -> Result<(), Problem> {
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<Vec<SessionId>, Problem> {
            lock_structure(tx).await?;
            managed(tx, &principal, id).await?;
            if tx.exec(&users::REMOVE_ACTOR, &params![id, actor, change.now]).await? == 0 {
                return Err(Problem::not_found());
            }
            let acting = tx.query(&sessions::DROP_ACTOR, &params![actor]).await?;
            change.note(tx, "removeActor", id, json!({ "actorId": actor })).await?;
            Ok(acting.iter().map(|row| row.get(0)).collect())
        };
        let acting = self.db(tenant).write(write).await?;
        self.renew_sessions(tenant, acting).await;
        Ok(())
    }
}
