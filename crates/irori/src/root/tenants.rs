//! `/tenants`: the organisations of this installation, for the page at `/` where one chooses.

use axum::Json;
use axum::extract::State;
use kernel::Problem;
use serde::Serialize;
use store::Store;

/// An organisation, as everybody may know it.
#[derive(Debug, Serialize)]
pub struct PublicTenant {
    name: String,
    title: String,
}

/// All of them, oldest first.
pub async fn list(State(store): State<Store>) -> Result<Json<Vec<PublicTenant>>, Problem> {
    let tenants = store.list_tenants().await?;
    Ok(Json(tenants.into_iter().map(|tenant| PublicTenant { name: tenant.name, title: tenant.title }).collect()))
}
