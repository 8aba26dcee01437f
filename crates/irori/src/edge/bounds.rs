//! Bounds on what requests may take: how many at once, how long, how large.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use kernel::Problem;
use tokio::sync::Semaphore;

/// Requests worked on at once, at most; more wait briefly, then are told to come back.
const AT_ONCE: usize = 4096;
/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(5);
/// How long an answer may take. Sockets and event streams answer at once and then go on by themselves.
const ANSWER: Duration = Duration::from_secs(30);
/// An import hashes a password for each new account.
const IMPORT: Duration = Duration::from_secs(600);
/// The largest body of all, an import's; handlers of other operations have tighter bounds.
const BODY_BYTES: usize = 8 * 1024 * 1024;

/// Who is being served.
#[derive(Clone, Debug)]
pub struct Bounds(Arc<Semaphore>);

impl Default for Bounds {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Keeps a request within bounds.
pub async fn keep(State(Bounds(turns)): State<Bounds>, request: Request, next: Next) -> Response {
    let Ok(Ok(_turn)) = tokio::time::timeout(TURN, turns.acquire()).await else {
        return Problem::unavailable().into_response();
    };
    let limit = if request.uri().path().ends_with("/users/import") { IMPORT } else { ANSWER };
    let request = request.map(|body| Body::new(Limited::new(body, BODY_BYTES)));
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        Problem::new(
            503,
            "timeout",
            "時間内に終わりませんでした。もう一度お試しください。",
            "It took too long. Please try again.",
        )
        .into_response()
    })
}
