//! Signing in and out, sessions, and which person of a shared account acts.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::http::{Address, Body, Caller, Params, Segments, Tenant};
use kernel::page::{Page, PageQuery};
use kernel::{ActorId, Problem, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{App, SESSION_COOKIE};
use crate::model::{Session, UserView};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_tenant))
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(set_actor))
        .routes(routes!(list_sessions))
        .routes(routes!(revoke_session))
}

/// A tenant, as anyone may know it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TenantView {
    name: String,
    title: String,
    api_version: i64,
}

/// Which organisation this is.
#[utoipa::path(get, path = "/tenant", operation_id = "getTenant", tag = "session", security(()), responses((status = 200, body = TenantView)))]
async fn get_tenant(Tenant(tenant): Tenant) -> Json<TenantView> {
    Json(TenantView { name: tenant.name.to_string(), title: tenant.title.to_string(), api_version: 1 })
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignIn {
    login_id: String,
    password: String,
    /// For a second factor; none is asked for yet.
    #[serde(default)]
    otp: Option<String>,
    /// How the session shows in the list.
    #[serde(default)]
    device_name: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    /// For `Authorization: Bearer`; absent where the cookie was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    user: UserView,
}

/// Opens a session. Called with our own Origin it sets the cookie and answers no token.
#[utoipa::path(post, path = "/session", operation_id = "signIn", tag = "session", security(()), request_body = SignIn,
    responses((status = 200, body = SignedIn), (status = 401, description = "login id and password do not fit"), (status = 429, description = "too many failures")))]
async fn sign_in(
    State(app): State<App>,
    Tenant(tenant): Tenant,
    Address(address): Address,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Result<Response, Problem> {
    if body.otp.is_some_and(|otp| !otp.is_empty()) {
        return Err(Problem::invalid("otp", "ワンタイムパスワードはまだ使えません。", "One-time passwords are not in use yet."));
    }
    let signed_in = app.directory.sign_in(tenant.id, address, &body.login_id, &body.password, body.device_name).await?;
    // The edge has refused an Origin that is not ours.
    if headers.contains_key(header::ORIGIN) {
        let cookie = cookie(&tenant.name, &signed_in.token, 90 * 24 * 60 * 60);
        return Ok(([(header::SET_COOKIE, cookie)], Json(SignedIn { token: None, user: signed_in.user })).into_response());
    }
    Ok(Json(SignedIn { token: Some(signed_in.token), user: signed_in.user }).into_response())
}

/// The edge adds `Secure` where people come from another machine.
fn cookie(tenant: &str, token: &str, seconds: u32) -> HeaderValue {
    let text = format!("{SESSION_COOKIE}={token}; Path=/{tenant}/; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Ends this session.
#[utoipa::path(delete, path = "/session", operation_id = "signOut", tag = "session", responses((status = 204)))]
async fn sign_out(State(app): State<App>, Tenant(tenant): Tenant, Caller(principal): Caller) -> Result<Response, Problem> {
    app.directory.sign_out(&principal).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&tenant.name, "", 0))]).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetActor {
    /// Null: nobody acts; the account may only read.
    actor_id: Option<ActorId>,
}

/// Says which person inside the shared account acts.
#[utoipa::path(put, path = "/session/actor", operation_id = "setActor", tag = "session", request_body = SetActor, responses((status = 204)))]
async fn set_actor(State(app): State<App>, Caller(principal): Caller, Body(body): Body<SetActor>) -> Result<StatusCode, Problem> {
    app.directory.set_actor(&principal, body.actor_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own signed-in devices, the last used first.
#[utoipa::path(get, path = "/sessions", operation_id = "listSessions", tag = "session", params(PageQuery), responses((status = 200, body = Page<Session>)))]
async fn list_sessions(
    State(app): State<App>,
    Caller(principal): Caller,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Session>>, Problem> {
    Ok(Json(app.directory.list_sessions(&principal, &page).await?))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/sessions/{id}", operation_id = "revokeSession", tag = "session", params(("id" = SessionId, Path)), responses((status = 204)))]
async fn revoke_session(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<SessionId>,
) -> Result<StatusCode, Problem> {
    app.directory.revoke_session(&principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
