//! Named sets of users and org units.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::{Page, PageQuery};
use kernel::{ClientId, GroupId, OrgUnitId, Problem, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{App, etag, if_match};
use crate::model::Group;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_groups, create_group)).routes(routes!(update_group, delete_group))
}

/// Groups by name.
#[utoipa::path(get, path = "/groups", operation_id = "listGroups", tag = "groups", params(PageQuery), responses((status = 200, body = Page<Group>)))]
async fn list_groups(
    State(app): State<App>,
    Caller(principal): Caller,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Group>>, Problem> {
    Ok(Json(app.directory.list_groups(&principal, &page).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGroup {
    #[serde(default)]
    client_id: Option<ClientId>,
    name: String,
    #[serde(default)]
    user_ids: Vec<UserId>,
    #[serde(default)]
    org_unit_ids: Vec<OrgUnitId>,
}

/// Makes a group.
#[utoipa::path(post, path = "/groups", operation_id = "createGroup", tag = "groups", request_body = NewGroup, responses((status = 201, body = Group)))]
async fn create_group(
    State(app): State<App>,
    Caller(principal): Caller,
    Body(body): Body<NewGroup>,
) -> Result<Response, Problem> {
    let group = app.directory.create_group(&principal, body.client_id, body.name, body.user_ids, body.org_unit_ids).await?;
    Ok((StatusCode::CREATED, etag(group.rev()), Json(group)).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GroupUpdate {
    name: Option<String>,
    user_ids: Option<Vec<UserId>>,
    org_unit_ids: Option<Vec<OrgUnitId>>,
}

/// Renames a group, or replaces who is in it.
#[utoipa::path(patch, path = "/groups/{id}", operation_id = "updateGroup", tag = "groups", params(("id" = GroupId, Path)), request_body = GroupUpdate,
    responses((status = 200, body = Group), (status = 412, description = "changed meanwhile; carries `current`")))]
async fn update_group(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<GroupId>,
    headers: HeaderMap,
    Body(body): Body<GroupUpdate>,
) -> Result<Response, Problem> {
    let expected = if_match(&headers)?;
    let group = app.directory.update_group(&principal, id, body.name, body.user_ids, body.org_unit_ids, expected).await?;
    Ok((etag(group.rev()), Json(group)).into_response())
}

/// Takes a group away.
#[utoipa::path(delete, path = "/groups/{id}", operation_id = "deleteGroup", tag = "groups", params(("id" = GroupId, Path)), responses((status = 204)))]
async fn delete_group(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<GroupId>,
) -> Result<StatusCode, Problem> {
    app.directory.delete_group(&principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
