//! A panic in a handler is that request's alone: it answers 500, and the server goes on.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use kernel::Problem;

/// Turns a panic into a 500.
pub async fn catch(request: Request, next: Next) -> Response {
    // Nothing of the request outlives the panic, so no half-changed state can be seen.
    AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|panic| {
        tracing::error!(said = kernel::panics::said(panic.as_ref()), "a handler panicked");
        Problem::internal().into_response()
    })
}
