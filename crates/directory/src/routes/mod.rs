//! The directory over HTTP: shapes only, no rules.

mod audit;
mod grants;
mod groups;
mod me;
mod session;
mod tenant_settings;
mod units;
mod users;

use kernel::http::{etag, if_match};
use utoipa_axum::router::OpenApiRouter;

use crate::Directory;

/// The cookie that carries a browser's session.
pub const SESSION_COOKIE: &str = "irori_session";

/// What the handlers share.
#[derive(Clone)]
struct App {
    directory: Directory,
}

/// All routes, relative to `/{tenant}/api/v1`.
pub fn routes(directory: Directory) -> OpenApiRouter {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(me::routes())
        .merge(users::routes())
        .merge(units::routes())
        .merge(groups::routes())
        .merge(grants::routes())
        .merge(audit::routes())
        .merge(tenant_settings::routes())
        .with_state(App { directory })
}
