//! Whether the directory's data is whole, for `irori check`.

use std::collections::HashMap;

use kernel::{OrgUnitId, Time, UserId};
use store::{Db, StoreError, Tx, params};
use uuid::Uuid;

use crate::store::check;

/// What is wrong, in words; nothing: all is well. Units lie under one another without a ring; whoever belongs somewhere has one
/// primary unit; what a row names is there; and somebody can administer the organisation.
///
/// # Errors
/// When the database is away.
pub async fn check(db: &Db, now: Time) -> Result<Vec<String>, StoreError> {
    db.read(async move |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let units = tx.query(&check::UNITS, &[]).await?;
        let parents: HashMap<OrgUnitId, Option<OrgUnitId>> = units.iter().map(|row| (row.get(0), row.get(1))).collect();
        let lost = parents.keys().filter(|unit| !reaches_top(&parents, **unit));
        let mut wrong: Vec<String> = lost.map(|unit| format!("org unit {unit}: no way up to the top of the tree")).collect();
        wrong.sort();
        for row in tx.query(&check::PRIMARIES, &[]).await? {
            wrong.push(format!("user {}: {} primary assignments", row.get::<UserId>(0), row.get::<i64>(1)));
        }
        for row in tx.query(&check::DANGLING, &[]).await? {
            wrong.push(format!("{} of {}: names what is not there", row.get::<String>(0), row.get::<Uuid>(1)));
        }
        if tx.query_opt(&check::ACTIVE_ADMIN, &params![now]).await?.is_none() {
            wrong.push("有効な管理者がいません。irori user create --admin で作れます / no active administrator: 'irori user create --admin' makes one".to_owned());
        }
        Ok(wrong)
    })
    .await
}

fn reaches_top(parents: &HashMap<OrgUnitId, Option<OrgUnitId>>, unit: OrgUnitId) -> bool {
    let mut at = unit;
    // No way is longer than there are units, but in a ring.
    for _ in 0..parents.len() {
        match parents.get(&at) {
            Some(Some(parent)) => at = *parent,
            Some(None) => return true,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_and_missing_parents_are_found() {
        let unit = |n: u128| OrgUnitId(Uuid::from_u128(n));
        let parents = HashMap::from([
            (unit(1), None),
            (unit(2), Some(unit(1))),
            (unit(3), Some(unit(4))),
            (unit(4), Some(unit(3))),
            (unit(5), Some(unit(9))),
        ]);
        let lost: Vec<u128> = (1..=5).filter(|n| !reaches_top(&parents, unit(*n))).collect();
        assert_eq!(lost, [3, 4, 5]);
    }
}
