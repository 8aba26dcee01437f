//! Which password opens an account, asked again where something is done on its strength.

use kernel::{Time, UserId};
use store::{StoreError, Tx, params};

store::statements! {
    pub ANYBODY = "SELECT 1 FROM users WHERE tenant_id = $1 LIMIT 1";
    // Held where the database can, so that a new password waits for what is done on the old one's strength, or this for it.
    OPENS = {
        sqlite: "SELECT 1 FROM users WHERE tenant_id = $1 AND id = $2 AND password_hash = $3
            AND suspended_at IS NULL AND (expires_at IS NULL OR expires_at > $4)",
        postgres: "SELECT 1 FROM users WHERE tenant_id = $1 AND id = $2 AND password_hash = $3
            AND suspended_at IS NULL AND (expires_at IS NULL OR expires_at > $4) FOR SHARE"
    };
    REPLACE = "UPDATE users SET password_hash = $4, rev = rev + 1 WHERE tenant_id = $1 AND id = $2 AND password_hash = $3";
}

/// Whether the account is open, and its password the one of this hash, until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn open_still(tx: &mut Tx<'_>, user: UserId, hash: &str, now: Time) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&OPENS, &params![user, hash, now]).await?.is_some())
}

/// Gives a new password in the place of the one of hash `old`; false where it has another by now.
///
/// # Errors
/// When the database is away.
pub async fn replace(tx: &mut Tx<'_>, user: UserId, old: &str, new: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(&REPLACE, &params![user, old, new]).await? == 1)
}
