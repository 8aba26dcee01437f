//! Accounts.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::{Page, PageQuery};
use kernel::{ActorId, ClientId, GroupId, OrgUnitId, Problem, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{App, etag, if_match};
use crate::model::{Actor, ImportReport, NewUser, UserUpdate, UserView};
use crate::service::UserFilter;

/// The largest table that is imported, in bytes.
const IMPORT_BYTES: usize = 8 << 20;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(import_users))
        .routes(routes!(get_user, update_user))
        .routes(routes!(reset_password))
        .routes(routes!(suspend_user, resume_user))
        .routes(routes!(list_actors, create_actor))
        .routes(routes!(remove_actor))
        .layer(DefaultBodyLimit::max(IMPORT_BYTES))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct ListUsers {
    /// Part of a name, ふりがな, romaji, login id, section or number.
    q: Option<String>,
    /// In this unit.
    org_unit_id: Option<OrgUnitId>,
    /// And in all below it.
    include_children: Option<bool>,
    /// In this group.
    group_id: Option<GroupId>,
    /// Among these, separated by commas; at most 200.
    ids: Option<String>,
    /// At most this many (1 to 200, 50 unless told).
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// People by ふりがな.
#[utoipa::path(get, path = "/users", operation_id = "listUsers", tag = "users", params(ListUsers), responses((status = 200, body = Page<UserView>)))]
async fn list_users(
    State(app): State<App>,
    Caller(principal): Caller,
    Params(query): Params<ListUsers>,
) -> Result<Json<Page<UserView>>, Problem> {
    if query.q.as_ref().is_some_and(|q| q.chars().count() > 100) {
        return Err(Problem::invalid("q", "100文字までで探してください。", "At most 100 characters."));
    }
    let filter = UserFilter {
        q: query.q,
        org_unit_id: query.org_unit_id,
        include_children: query.include_children.unwrap_or(false),
        group_id: query.group_id,
        ids: query.ids.as_deref().map(read_ids).transpose()?,
    };
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    Ok(Json(app.directory.list_users(&principal, filter, &page).await?))
}

fn read_ids(text: &str) -> Result<Vec<UserId>, Problem> {
    let ids: Result<Vec<UserId>, _> = text.split(',').filter(|id| !id.is_empty()).map(str::parse).collect();
    let ids = ids.map_err(|_| Problem::malformed("ids", "IDをカンマで区切ってください。", "Ids, separated by commas."))?;
    if ids.len() > 200 { Err(Problem::invalid("ids", "200件までです。", "At most 200.")) } else { Ok(ids) }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CreatedUser {
    #[serde(flatten)]
    user: UserView,
    /// The password that was made, told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_password: Option<String>,
}

/// Makes an account.
#[utoipa::path(post, path = "/users", operation_id = "createUser", tag = "users", request_body = NewUser, responses((status = 201, body = CreatedUser)))]
async fn create_user(State(app): State<App>, Caller(principal): Caller, Body(body): Body<NewUser>) -> Result<Response, Problem> {
    let (user, initial_password) = app.directory.create_user(&principal, body).await?;
    Ok((StatusCode::CREATED, etag(user.rev), Json(CreatedUser { user, initial_password })).into_response())
}

/// One person.
#[utoipa::path(get, path = "/users/{id}", operation_id = "getUser", tag = "users", params(("id" = UserId, Path)), responses((status = 200, body = UserView)))]
async fn get_user(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<UserId>,
) -> Result<Response, Problem> {
    let user = app.directory.get_user(&principal, id).await?;
    Ok((etag(user.rev), Json(user)).into_response())
}

/// Changes an account; what is absent stays.
#[utoipa::path(patch, path = "/users/{id}", operation_id = "updateUser", tag = "users", params(("id" = UserId, Path)), request_body = UserUpdate,
    responses((status = 200, body = UserView), (status = 412, description = "changed meanwhile; carries `current`")))]
async fn update_user(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<UserId>,
    headers: HeaderMap,
    Body(body): Body<UserUpdate>,
) -> Result<Response, Problem> {
    let user = app.directory.update_user(&principal, id, body, if_match(&headers)?).await?;
    Ok((etag(user.rev), Json(user)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct ImportUsers {
    /// Only tells what would happen.
    dry_run: Option<bool>,
}

/// Makes and changes accounts from a CSV: all lines or none.
#[utoipa::path(post, path = "/users/import", operation_id = "importUsers", tag = "users", params(ImportUsers),
    request_body(content = String, content_type = "text/csv"), responses((status = 200, body = ImportReport)))]
async fn import_users(
    State(app): State<App>,
    Caller(principal): Caller,
    Params(query): Params<ImportUsers>,
    request: axum::extract::Request,
) -> Result<Json<ImportReport>, Problem> {
    let bytes = axum::body::to_bytes(request.into_body(), IMPORT_BYTES).await.map_err(|_| {
        Problem::new(413, "too-large", "ファイルが大きすぎます（8MBまで）。", "The file is too large (8 MB at most).")
    })?;
    Ok(Json(app.directory.import_users(&principal, &bytes, query.dry_run.unwrap_or(false)).await?))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewPassword {
    /// Told once.
    initial_password: String,
}

/// Gives an account a new password and ends its sessions.
#[utoipa::path(post, path = "/users/{id}/password", operation_id = "resetPassword", tag = "users", params(("id" = UserId, Path)), responses((status = 200, body = NewPassword)))]
async fn reset_password(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<UserId>,
) -> Result<Json<NewPassword>, Problem> {
    Ok(Json(NewPassword { initial_password: app.directory.reset_password(&principal, id).await? }))
}

/// Switches an account off.
#[utoipa::path(put, path = "/users/{id}/suspension", operation_id = "suspendUser", tag = "users", params(("id" = UserId, Path)), responses((status = 204)))]
async fn suspend_user(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<UserId>,
) -> Result<StatusCode, Problem> {
    app.directory.suspend_user(&principal, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switches an account on again.
#[utoipa::path(delete, path = "/users/{id}/suspension", operation_id = "resumeUser", tag = "users", params(("id" = UserId, Path)), responses((status = 204)))]
async fn resume_user(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<UserId>,
) -> Result<StatusCode, Problem> {
    app.directory.suspend_user(&principal, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The people inside a shared account, by ふりがな.
#[utoipa::path(get, path = "/users/{id}/actors", operation_id = "listActors", tag = "users", params(("id" = UserId, Path), PageQuery),
    responses((status = 200, body = Page<Actor>)))]
async fn list_actors(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<UserId>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Actor>>, Problem> {
    Ok(Json(app.directory.list_actors(&principal, id, &page).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewActor {
    /// Makes repeating safe.
    #[serde(default)]
    client_id: Option<ClientId>,
    name: String,
    #[serde(default)]
    kana: String,
}

/// Adds a person to a shared account.
#[utoipa::path(post, path = "/users/{id}/actors", operation_id = "createActor", tag = "users", params(("id" = UserId, Path)), request_body = NewActor,
    responses((status = 201, body = Actor)))]
async fn create_actor(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<UserId>,
    Body(body): Body<NewActor>,
) -> Result<Response, Problem> {
    let actor = app.directory.create_actor(&principal, id, body.client_id, body.name, body.kana).await?;
    Ok((StatusCode::CREATED, Json(actor)).into_response())
}

/// Takes a person out of a shared account.
#[utoipa::path(delete, path = "/users/{id}/actors/{actorId}", operation_id = "removeActor", tag = "users",
    params(("id" = UserId, Path), ("actorId" = ActorId, Path)), responses((status = 204)))]
async fn remove_actor(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments((id, actor)): Segments<(UserId, ActorId)>,
) -> Result<StatusCode, Problem> {
    app.directory.remove_actor(&principal, id, actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
