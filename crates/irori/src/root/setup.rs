//! The set-up link: how an installation in which nobody has an account gets its first organisation and its administrator. One
//! works at a time, once, and for a day; only its hash is kept.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use directory::Directory;
use kernel::http::{Body, to_the_end};
use kernel::{Clock, Problem, Random};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{Store, StoreError, TenantRow};
use tokio::sync::Mutex;

use super::assets::Assets;

/// How long a link works.
const OPEN: Duration = Duration::from_secs(24 * 60 * 60);

/// What set-up needs.
#[derive(Clone)]
pub struct Setup {
    store: Store,
    directory: Directory,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    assets: &'static Assets,
    /// One at a time: two people with the same link get one organisation.
    turn: Arc<Mutex<()>>,
}

/// The first organisation and its administrator.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Foundation {
    token: String,
    tenant_name: String,
    tenant_title: String,
    login_id: String,
    name: String,
    #[serde(default)]
    kana: String,
    password: String,
}

impl Setup {
    /// For this installation.
    #[must_use]
    pub fn new(store: Store, directory: Directory, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { store, directory, clock, random, assets: Assets::embedded(), turn: Arc::default() }
    }

    /// The token of a new link, while nobody has an account; links before it stop working.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn offer(&self) -> Result<Option<String>, StoreError> {
        if self.directory.has_accounts().await? {
            return Ok(None);
        }
        let token = self.random.new_token();
        self.store.offer_setup(token_hash(&token), self.clock.now().plus(OPEN)).await?;
        Ok(Some(token))
    }

    /// One organisation a link. A task does it to the end: a tab that is closed meanwhile leaves nothing half made; and what
    /// fails half-way, the same link may repeat.
    async fn make(&self, wanted: &Foundation) -> Result<TenantRow, Problem> {
        let _turn = self.turn.lock().await;
        let link = token_hash(&wanted.token);
        if self.directory.has_accounts().await? || !self.store.setup_is_open(link.clone()).await? {
            return Err(bad_link());
        }
        let Foundation { tenant_name, tenant_title, login_id, name, kana, password, .. } = wanted;
        let tenant = self.directory.found(tenant_name, tenant_title, login_id, name, kana, password).await?;
        if let Err(error) = self.store.use_setup(link).await {
            tracing::warn!(%error, "the set-up link could not be marked as used; it is shut, since somebody has an account now");
        }
        Ok(tenant)
    }
}

fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn bad_link() -> Problem {
    Problem::new(
        404,
        "bad-setup-link",
        "このリンクは使えません。サーバーを起動し直すと、新しいリンクが表示されます。",
        "This link does not work. Starting the server again prints a new one.",
    )
}

/// The page on which one fills this in. Once somebody has an account, whoever follows the link again comes to where one
/// signs in.
pub async fn page(State(setup): State<Setup>, request: Request) -> Result<Response, Problem> {
    if setup.directory.has_accounts().await? {
        return Ok(Redirect::to("/").into_response());
    }
    Ok(setup.assets.page(request.method(), request.headers()))
}

/// Makes the first organisation and its administrator, and uses the link up.
pub async fn make(State(setup): State<Setup>, Body(body): Body<Foundation>) -> Result<Response, Problem> {
    let tenant = to_the_end(async move { setup.make(&body).await }).await?;
    Ok((StatusCode::CREATED, Json(json!({ "tenantName": tenant.name, "tenantTitle": tenant.title }))).into_response())
}
