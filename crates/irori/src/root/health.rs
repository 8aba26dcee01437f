//! `/healthz`: whether the server can serve.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use kernel::Problem;
use serde_json::{Value, json};
use store::Store;

/// The version that `welcome` and `/healthz` tell; a client sends only what it knows.
pub const API_VERSION: i64 = 1;

/// 200 once the database answers, else 503.
pub async fn healthz(State(store): State<Store>) -> Result<Json<Value>, Problem> {
    match tokio::time::timeout(Duration::from_secs(2), store.find_tenant("healthz")).await {
        Ok(Ok(_)) => Ok(Json(json!({ "status": "ok", "apiVersion": API_VERSION }))),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(Problem::unavailable()),
    }
}
