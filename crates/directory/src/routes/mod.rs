//! The directory over HTTP: shapes only, no rules.

mod audit;
mod grants;
mod groups;
mod me;
mod session;
mod units;
mod users;

use axum::http::{HeaderMap, HeaderValue, header};
use kernel::Problem;
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
        .with_state(App { directory })
}

/// An entity's rev as its `ETag` (RFC 9110 section 8.8.3).
fn etag(rev: i64) -> [(header::HeaderName, HeaderValue); 1] {
    [(header::ETAG, HeaderValue::from_str(&format!("\"{rev}\"")).unwrap_or(HeaderValue::from_static("\"0\"")))]
}

/// The rev that `If-Match` names, if it names one.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    if text == "*" {
        return Ok(None);
    }
    let rev = text.trim_matches('"').parse();
    rev.map(Some).map_err(|_| Problem::malformed("If-Match", "ETagの値ではありません。", "Not an ETag of ours."))
}
