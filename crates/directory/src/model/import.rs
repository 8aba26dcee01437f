//! What an import says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is wrong with one line of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportError {
    /// Counted as an editor does, the heading being line 1.
    pub line: u64,
    /// Which column.
    pub field: String,
    /// What is wrong, in Japanese.
    pub message: String,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// New accounts.
    pub created: i64,
    /// Changed ones.
    pub updated: i64,
    /// Switched off.
    pub suspended: i64,
    /// With any of these, nothing was done.
    pub errors: Vec<ImportError>,
    /// The passwords made for new accounts, once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passwords: Vec<ImportedPassword>,
}

/// A password made at import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedPassword {
    /// Of which account.
    pub login_id: String,
    /// Told once.
    pub initial_password: String,
}
