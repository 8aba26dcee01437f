//! What holds for a whole organisation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an organisation's administrators choose for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TenantSettings {
    /// Whether links show cards, for which the server asks the pages that they lead to.
    pub link_cards: bool,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self { link_cards: true }
    }
}

/// What updateTenantSettings takes; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTenantSettings {
    /// Whether links show cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_cards: Option<bool>,
}

impl TenantSettings {
    /// These, with what `change` names replaced.
    #[must_use]
    pub fn with(self, change: UpdateTenantSettings) -> Self {
        Self { link_cards: change.link_cards.unwrap_or(self.link_cards) }
    }
}
