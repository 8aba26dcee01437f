//! What holds for the whole organisation.

use axum::Json;
use axum::extract::State;
use kernel::Problem;
use kernel::http::{Body, Caller};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use crate::model::{TenantSettings, UpdateTenantSettings};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_tenant_settings, update_tenant_settings))
}

/// What the organisation's administrators chose for all of it.
#[utoipa::path(get, path = "/tenant/settings", operation_id = "getTenantSettings", tag = "settings", responses((status = 200, body = TenantSettings)))]
async fn get_tenant_settings(State(app): State<App>, Caller(principal): Caller) -> Result<Json<TenantSettings>, Problem> {
    Ok(Json(app.directory.tenant_settings(&principal).await?))
}

/// Changes what holds for the whole organisation; what is absent stays.
#[utoipa::path(patch, path = "/tenant/settings", operation_id = "updateTenantSettings", tag = "settings", request_body = UpdateTenantSettings, responses((status = 200, body = TenantSettings)))]
async fn update_tenant_settings(
    State(app): State<App>,
    Caller(principal): Caller,
    Body(body): Body<UpdateTenantSettings>,
) -> Result<Json<TenantSettings>, Problem> {
    Ok(Json(app.directory.update_tenant_settings(&principal, body).await?))
}
