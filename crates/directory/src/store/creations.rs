//! `creations`: what a call with a `clientId` gave, for those whose rows don't keep it.

use kernel::{ClientId, Problem, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{StoreError, Tx, params};

store::statements! {
    pub FIND_CREATION = "SELECT user_id, result FROM creations WHERE tenant_id = $1 AND operation = $2 AND client_id = $3";
    pub INSERT_CREATION = "INSERT INTO creations (tenant_id, operation, client_id, user_id, result) VALUES ($1, $2, $3, $4, $5)";
}

/// What `user` was given the first time; none when it is the first.
///
/// # Errors
/// 409 when it was somebody else, or when the database is away.
pub async fn first<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    operation: &'static str,
    client_id: Option<ClientId>,
    user: UserId,
) -> Result<Option<T>, Problem> {
    let Some(client_id) = client_id else { return Ok(None) };
    let Some(row) = tx.query_opt(&FIND_CREATION, &params![operation, client_id]).await? else { return Ok(None) };
    if row.get::<UserId>(0) != user {
        return Err(client_id_taken());
    }
    serde_json::from_str(&row.get::<String>(1)).map(Some).map_err(|_| Problem::internal())
}

/// Keeps what `user` was given, to give it again.
///
/// # Errors
/// When the database is away.
pub async fn keep<T: Serialize>(
    tx: &mut Tx<'_>,
    operation: &'static str,
    client_id: Option<ClientId>,
    user: UserId,
    result: &T,
) -> Result<(), StoreError> {
    let Some(client_id) = client_id else { return Ok(()) };
    let result = serde_json::json!(result).to_string();
    tx.exec(&INSERT_CREATION, &params![operation, client_id, user, result]).await.map(drop)
}

/// 409: another has used this `clientId`.
#[must_use]
pub fn client_id_taken() -> Problem {
    Problem::conflict("このclientIdは別の人が使っています。", "This clientId is somebody else's.").field(
        "clientId",
        "使われています。",
        "Taken.",
    )
}
