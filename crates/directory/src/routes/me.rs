//! Oneself.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::Problem;
use kernel::http::{Body, Caller};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use crate::model::{Me, Settings};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_me, update_me)).routes(routes!(change_password))
}

/// Oneself, with assignments, roles and settings.
#[utoipa::path(get, path = "/me", operation_id = "getMe", tag = "me", responses((status = 200, body = Me)))]
async fn get_me(State(app): State<App>, Caller(principal): Caller) -> Result<Json<Me>, Problem> {
    Ok(Json(app.directory.me(&principal).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UpdateMe {
    settings: Settings,
}

/// Changes what one chose; what is absent stays.
#[utoipa::path(patch, path = "/me", operation_id = "updateMe", tag = "me", request_body = UpdateMe, responses((status = 200, body = Me)))]
async fn update_me(State(app): State<App>, Caller(principal): Caller, Body(body): Body<UpdateMe>) -> Result<Json<Me>, Problem> {
    Ok(Json(app.directory.update_settings(&principal, body.settings).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangePassword {
    current: String,
    new: String,
}

/// Changes one's password; all other sessions end.
#[utoipa::path(post, path = "/me/password", operation_id = "changePassword", tag = "me", request_body = ChangePassword, responses((status = 204)))]
async fn change_password(
    State(app): State<App>,
    Caller(principal): Caller,
    Body(body): Body<ChangePassword>,
) -> Result<StatusCode, Problem> {
    app.directory.change_password(&principal, &body.current, &body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
