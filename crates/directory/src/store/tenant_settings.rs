//! `tenant_settings`: what holds for the whole organisation, in one row.

use store::{StoreError, Tx, params};

use crate::model::TenantSettings;

store::statements! {
    pub TENANT_SETTINGS = "SELECT settings FROM tenant_settings WHERE tenant_id = $1";
    pub SET_TENANT_SETTINGS = "INSERT INTO tenant_settings (tenant_id, settings) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET settings = excluded.settings";
}

/// As chosen, or as usual.
///
/// # Errors
/// When the database is away.
pub async fn find(tx: &mut Tx<'_>) -> Result<TenantSettings, StoreError> {
    let row = tx.query_opt(&TENANT_SETTINGS, &[]).await?;
    // The column holds only what we wrote.
    Ok(row.and_then(|row| serde_json::from_str(&row.get::<String>(0)).ok()).unwrap_or_default())
}

/// Keeps what was chosen.
///
/// # Errors
/// When the database is away.
pub async fn set(tx: &mut Tx<'_>, settings: TenantSettings) -> Result<(), StoreError> {
    tx.exec(&SET_TENANT_SETTINGS, &params![serde_json::json!(settings).to_string()]).await.map(drop)
}
