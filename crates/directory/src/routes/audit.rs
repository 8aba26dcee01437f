//! The audit trail.

use axum::Json;
use axum::extract::State;
use kernel::http::{Caller, Params};
use kernel::page::{Page, PageQuery};
use kernel::{Problem, Time};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::App;
use crate::service::{AuditEvent, AuditFilter};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_audit_events))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct ListAuditEvents {
    /// By this account, or by this person inside a shared one.
    actor_id: Option<Uuid>,
    /// Of this name.
    action: Option<String>,
    /// From this moment on.
    from: Option<Time>,
    /// Before this moment.
    to: Option<Time>,
    /// At most this many (1 to 200, 50 unless told).
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Who did what, newest first.
#[utoipa::path(get, path = "/auditEvents", operation_id = "listAuditEvents", tag = "audit", params(ListAuditEvents), responses((status = 200, body = Page<AuditEvent>)))]
async fn list_audit_events(
    State(app): State<App>,
    Caller(principal): Caller,
    Params(query): Params<ListAuditEvents>,
) -> Result<Json<Page<AuditEvent>>, Problem> {
    let filter = AuditFilter { actor_id: query.actor_id, action: query.action, from: query.from, to: query.to };
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    Ok(Json(app.directory.list_audit_events(&principal, filter, &page).await?))
}
