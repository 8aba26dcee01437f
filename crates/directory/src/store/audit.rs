//! `audit_events`: written in the transaction of what they tell of.

use kernel::{ActorId, Principal, Time, UserId};
use store::{StoreError, Tx, params};

store::statements! {
    pub INSERT_EVENT = "INSERT INTO audit_events (tenant_id, at, user_id, actor_id, action, subject, detail, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub LIST_EVENTS = "SELECT n, at, user_id, actor_id, action, subject, detail, address FROM audit_events WHERE tenant_id = $1
        AND (CAST($2 AS BIGINT) = 0 OR user_id = $3 OR actor_id = $3) AND (CAST($4 AS TEXT) IS NULL OR action = $4)
        AND at >= $5 AND at < $6 AND n < $7 ORDER BY n DESC LIMIT $8";
}

/// Who did something: as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Doer {
    /// Which account.
    pub user: Option<UserId>,
    /// Which person inside it.
    pub actor: Option<ActorId>,
    /// From where.
    pub address: Option<String>,
}

impl From<&Principal> for Doer {
    fn from(principal: &Principal) -> Self {
        Self { user: Some(principal.user), actor: principal.actor, address: Some(principal.address.to_string()) }
    }
}

/// Writes that `doer` did `action` to `subject`.
///
/// # Errors
/// When the database is away.
pub async fn note(
    tx: &mut Tx<'_>,
    at: Time,
    doer: &Doer,
    action: &'static str,
    subject: Option<String>,
    detail: &serde_json::Value,
) -> Result<(), StoreError> {
    let params = params![at, doer.user, doer.actor, action, subject, detail.to_string(), doer.address.clone()];
    tx.exec(&INSERT_EVENT, &params).await.map(drop)
}
