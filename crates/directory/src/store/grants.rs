//! `grants`: who holds which role.

use kernel::{Time, UserId};
use store::{Row, StoreError, Tx, params};

use crate::model::{Role, RoleGrant};

store::statements! {
    pub INSERT_GRANT = "INSERT INTO grants (tenant_id, id, user_id, role, org_unit_id) VALUES ($1, $2, $3, $4, $5)";
    pub DELETE_GRANT = "DELETE FROM grants WHERE tenant_id = $1 AND id = $2";
    pub GRANTS_OF = "SELECT id, user_id, role, org_unit_id FROM grants WHERE tenant_id = $1 AND user_id = $2 ORDER BY id";
    pub LIST_GRANTS = "SELECT id, user_id, role, org_unit_id FROM grants WHERE tenant_id = $1 AND (CAST($2 AS BIGINT) = 0 OR id > $3) ORDER BY id LIMIT $4";
    pub FIND_GRANT = "SELECT id, user_id, role, org_unit_id FROM grants WHERE tenant_id = $1 AND id = $2";
    // Who can still sign in, so that one of them can always name another.
    pub ADMINS = "SELECT g.user_id FROM grants g JOIN users u ON u.tenant_id = $1 AND u.id = g.user_id
        WHERE g.tenant_id = $1 AND g.role = 'tenantAdmin' AND u.suspended_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > $2)";
}

/// A row of `grants`; none for a role of a later version.
#[must_use]
pub fn read(row: &Row) -> Option<RoleGrant> {
    let role = Role::parse(&row.get::<String>(2))?;
    Some(RoleGrant { id: row.get(0), user_id: row.get(1), role, org_unit_id: row.get(3) })
}

/// The roles that somebody holds.
///
/// # Errors
/// When the database is away.
pub async fn of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<RoleGrant>, StoreError> {
    Ok(tx.query(&GRANTS_OF, &params![user]).await?.iter().filter_map(read).collect())
}

/// The tenant's administrators who can sign in at `now`.
///
/// # Errors
/// When the database is away.
pub async fn admins(tx: &mut Tx<'_>, now: Time) -> Result<Vec<UserId>, StoreError> {
    Ok(tx.query(&ADMINS, &params![now]).await?.iter().map(|row| row.get(0)).collect())
}
