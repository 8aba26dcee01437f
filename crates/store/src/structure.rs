//! One change at a time to who is in a tenant, where they belong and what they may do.
//!
//! Such changes read the tree, the roles and the assignments, judge by them, and write; two at once would each judge by what the
//! other is about to change. They are rare, so they go one after the other.

use crate::{StoreError, Tx};

mod sql {
    crate::statements! {
        // On SQLite the one writer does the same. Hashed with a word of its own, so that a tenant's other locks are others.
        pub LOCK_STRUCTURE = {
            sqlite: "SELECT 1 WHERE $1 = $1",
            postgres: "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('irori structure', $1))"
        };
    }
}
/// The store's own statements on a tenant's data.
pub use sql::ALL as STATEMENTS;

/// Holds the tenant's people and organisation until the transaction ends: whoever else asks waits. First thing in the transaction,
/// before a room is locked and before anything is read that the change is judged by.
///
/// # Errors
/// When the database is away, or others have held it for too long.
pub async fn lock_structure(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.query(&sql::LOCK_STRUCTURE, &[]).await.map(drop)
}
