//! The tree of org units.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::http::{Body, Caller, Segments};
use kernel::{OrgUnitId, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{App, etag, if_match};
use crate::model::{NewOrgUnit, OrgUnit, OrgUnitUpdate};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_org_units, create_org_unit)).routes(routes!(update_org_unit))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrgUnits {
    items: Vec<OrgUnit>,
    /// Always null: the tree comes whole.
    next_cursor: Option<String>,
}

/// The whole tree, siblings in their order.
#[utoipa::path(get, path = "/orgUnits", operation_id = "listOrgUnits", tag = "orgUnits", responses((status = 200, body = OrgUnits)))]
async fn list_org_units(State(app): State<App>, Caller(principal): Caller) -> Result<Json<OrgUnits>, Problem> {
    Ok(Json(OrgUnits { items: app.directory.list_org_units(&principal).await?, next_cursor: None }))
}

/// Makes an org unit.
#[utoipa::path(post, path = "/orgUnits", operation_id = "createOrgUnit", tag = "orgUnits", request_body = NewOrgUnit, responses((status = 201, body = OrgUnit)))]
async fn create_org_unit(
    State(app): State<App>,
    Caller(principal): Caller,
    Body(body): Body<NewOrgUnit>,
) -> Result<Response, Problem> {
    let unit = app.directory.create_org_unit(&principal, body).await?;
    Ok((StatusCode::CREATED, etag(unit.rev), Json(unit)).into_response())
}

/// Changes an org unit; what is absent stays.
#[utoipa::path(patch, path = "/orgUnits/{id}", operation_id = "updateOrgUnit", tag = "orgUnits", params(("id" = OrgUnitId, Path)), request_body = OrgUnitUpdate,
    responses((status = 200, body = OrgUnit), (status = 412, description = "changed meanwhile; carries `current`")))]
async fn update_org_unit(
    State(app): State<App>,
    Caller(principal): Caller,
    Segments(id): Segments<OrgUnitId>,
    headers: HeaderMap,
    Body(body): Body<OrgUnitUpdate>,
) -> Result<Response, Problem> {
    let unit = app.directory.update_org_unit(&principal, id, body, if_match(&headers)?).await?;
    Ok((etag(unit.rev), Json(unit)).into_response())
}
