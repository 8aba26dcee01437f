//! Who holds which role.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::{Page, PageQuery};
use kernel::{ClientId, OrgUnitId, Problem, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::App;
use crate::model::{Role, RoleGrant};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_grants, grant_role)).routes(routes!(revoke_role))
}

/// All roles held.
#[utoipa::path(get, path = "/grants", operation_id = "listGrants", tag = "grants", params(PageQuery), responses((status = 200, body = Page<RoleGrant>)))]
async fn list_grants(
    State(app): State<App>,
    Caller(principal): Caller,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<RoleGrant>>, Problem> {
    Ok(Json(app.directory.list_grants(&principal, &page).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGrant {
    /// Makes repeating safe.
    #[serde(default)]
    client_id: Option<ClientId>,
    user_id: UserId,
    role: Role,
    /// Over which unit and below; none for the whole tenant.
    #[serde(default)]
    org_unit_id: Option<OrgUnitId>,
}

/// Gives somebody a role; repeating it changes nothing.
#[utoipa::path(post, path = "/grants", operation_id = "grantRole", tag = "grants", request_body = NewGrant, responses((status = 201, body = RoleGrant)))]
async fn grant_role(State(app): State<App>, Caller(principal): Caller, Body(body): Body<NewGrant>) -> Result<Response, Problem> {
    let grant = app.directory.grant_role(&principal, body.client_id, body.user_id, body.role, body.org_unit_id).await?;
    Ok((StatusCode::CREATED, Json(grant)).into_response())
}

/// Takes a role back.
#[utoipa::path(delete, path = "/grants/{id}", operation_id = "revokeRole", tag = "grants", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn revoke_role(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<Uuid>,
) -> Result<StatusCode, Problem> {
    app.directory.revoke_role(&principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
