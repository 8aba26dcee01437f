//! `org_units` and `assignments`.

use kernel::{OrgUnitId, UserId};
use store::{StoreError, Tx, params};

use crate::model::{AssignmentInput, OrgUnit};

store::statements! {
    pub INSERT_UNIT = "INSERT INTO org_units (tenant_id, id, parent_id, name, ord, place, extension, rev, created_by, client_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)";
    pub UPDATE_UNIT = "UPDATE org_units SET parent_id = $3, name = $4, ord = $5, place = $6, extension = $7, rev = rev + 1 WHERE tenant_id = $1 AND id = $2";
    pub UNIT_BY_CLIENT_ID = "SELECT id, created_by FROM org_units WHERE tenant_id = $1 AND client_id = $2";
    pub LIST_UNITS = "SELECT id, parent_id, name, ord, place, extension, rev FROM org_units WHERE tenant_id = $1 ORDER BY ord, BYTES(name), id";
    pub TREE = "SELECT id, parent_id, name FROM org_units WHERE tenant_id = $1";
    pub HEADS = "SELECT org_unit_id, user_id FROM assignments WHERE tenant_id = $1 AND is_head = 1";
    pub HEADCOUNT = "SELECT a.org_unit_id, a.user_id FROM assignments a JOIN users u ON u.tenant_id = $1 AND u.id = a.user_id
        WHERE a.tenant_id = $1 AND u.suspended_at IS NULL";
    pub UNITS_OF_USER = "SELECT org_unit_id FROM assignments WHERE tenant_id = $1 AND user_id = $2 ORDER BY is_primary DESC, ord";
    pub ASSIGNED = "SELECT a.user_id, a.org_unit_id FROM assignments a JOIN users u ON u.tenant_id = $1 AND u.id = a.user_id
        WHERE a.tenant_id = $1 AND a.org_unit_id = ANY_ID($2) AND u.suspended_at IS NULL";
    pub ASSIGNED_AT_ALL = "SELECT DISTINCT user_id FROM assignments WHERE tenant_id = $1 AND org_unit_id = $2";
    pub ASSIGNMENTS_OF = "SELECT a.user_id, a.org_unit_id, o.name, a.position, a.is_primary, a.is_head FROM assignments a
        JOIN org_units o ON o.tenant_id = $1 AND o.id = a.org_unit_id
        WHERE a.tenant_id = $1 AND a.user_id = ANY_ID($2) ORDER BY a.user_id, a.is_primary DESC, a.ord";
    pub CLEAR_ASSIGNMENTS = "DELETE FROM assignments WHERE tenant_id = $1 AND user_id = $2";
    pub INSERT_ASSIGNMENT = "INSERT INTO assignments (tenant_id, user_id, org_unit_id, position, is_primary, is_head, ord) VALUES ($1, $2, $3, $4, $5, $6, $7)";
}

/// Replaces where somebody belongs. Exactly one is primary: the named one, else the first.
///
/// # Errors
/// When the database is away.
pub async fn assign(tx: &mut Tx<'_>, user: UserId, assignments: &[AssignmentInput]) -> Result<(), StoreError> {
    tx.exec(&CLEAR_ASSIGNMENTS, &params![user]).await?;
    let primary = assignments.iter().position(|assignment| assignment.primary).unwrap_or(0);
    for (index, assignment) in assignments.iter().enumerate() {
        let order = i64::try_from(index).unwrap_or(i64::MAX);
        let params = params![user, assignment.org_unit_id, &assignment.position, index == primary, assignment.head, order];
        tx.exec(&INSERT_ASSIGNMENT, &params).await?;
    }
    Ok(())
}

/// All units, siblings in their order, with heads; counts are zero still.
///
/// # Errors
/// When the database is away.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<OrgUnit>, StoreError> {
    let rows = tx.query(&LIST_UNITS, &[]).await?;
    let mut units: Vec<OrgUnit> = rows
        .iter()
        .map(|row| OrgUnit {
            id: row.get(0),
            parent_id: row.get(1),
            name: row.get(2),
            order: row.get(3),
            head_ids: Vec::new(),
            place: row.get(4),
            extension: row.get(5),
            member_count: 0,
            rev: row.get(6),
        })
        .collect();
    for row in tx.query(&HEADS, &[]).await? {
        let (unit, head): (OrgUnitId, UserId) = (row.get(0), row.get(1));
        if let Some(unit) = units.iter_mut().find(|found| found.id == unit) {
            unit.head_ids.push(head);
        }
    }
    Ok(units)
}
