//! The set-up link: how an empty installation gets its first organisation and its administrator. One works at a time,
//! once, and for a day; only its hash is kept.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use directory::Directory;
use kernel::http::Body;
use kernel::{Clock, Problem, Random};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{Store, StoreError};
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

    /// The token of a new link, where the installation is empty; links before it stop working.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn offer(&self) -> Result<Option<String>, StoreError> {
        if !self.is_empty().await? {
            return Ok(None);
        }
        let token = self.random.new_token();
        self.store.offer_setup(token_hash(&token), self.clock.now().plus(OPEN)).await?;
        Ok(Some(token))
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.store.list_tenants().await?.is_empty())
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

/// The page on which one fills this in; 404 once there is an organisation.
pub async fn page(State(setup): State<Setup>, request: Request) -> Result<Response, Problem> {
    if !setup.is_empty().await? {
        return Err(Problem::not_found());
    }
    Ok(setup.assets.page(request.method(), request.headers()))
}

/// Makes the first organisation and its administrator, and uses the link up.
pub async fn make(State(setup): State<Setup>, Body(body): Body<Foundation>) -> Result<Response, Problem> {
    let _turn = setup.turn.lock().await;
    if !setup.is_empty().await? || !setup.store.setup_is_open(token_hash(&body.token)).await? {
        return Err(bad_link());
    }
    // All that can be wrong is found before the link is used up.
    setup.directory.check_admin(&body.login_id, &body.name, &body.kana, &body.password)?;
    let tenant = setup.directory.create_tenant(&body.tenant_name, &body.tenant_title).await?;
    setup.directory.create_admin(tenant.id, &body.login_id, &body.name, &body.kana, &body.password).await?;
    setup.store.use_setup(token_hash(&body.token)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "tenantName": tenant.name, "tenantTitle": tenant.title }))).into_response())
}
