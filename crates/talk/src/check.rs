//! Whether talk's data is whole, for `irori check`.

use std::collections::BTreeSet;

use kernel::{Rev, RoomId, Seq, UserId};
use store::{Db, StoreError, Tx};

use crate::store::{changes, members, messages};

/// What is wrong, in words; nothing: all is well. In each room `seq` runs 1, 2, 3… up to its counter, and each stream's
/// log runs 1, 2, 3… up to its rev; whoever is in a room has one open span there and a reason.
///
/// # Errors
/// When the database is away.
pub async fn check(db: &Db) -> Result<Vec<String>, StoreError> {
    db.read(async |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let mut wrong = Vec::new();
        for row in tx.query(&messages::GAPS, &[]).await? {
            let (room, last, most, count): (RoomId, Seq, Seq, i64) = (row.get(0), row.get(1), row.get(2), row.get(3));
            if last != most || last != count {
                wrong.push(format!("room {room}: last_seq {last}, greatest seq {most}, {count} messages"));
            }
        }
        for row in tx.query(&changes::ROOM_LOG, &[]).await? {
            let (room, rev, most, count): (RoomId, Rev, Rev, i64) = (row.get(0), row.get(1), row.get(2), row.get(3));
            wrong.extend(log_fault("room", &room, rev, most, count));
        }
        for row in tx.query(&changes::USER_LOG, &[]).await? {
            let (user, rev, most, count): (UserId, Rev, Rev, i64) = (row.get(0), row.get(1), row.get(2), row.get(3));
            wrong.extend(log_fault("user", &user, rev, most, count));
        }
        let faults: BTreeSet<(RoomId, UserId)> =
            tx.query(&members::FAULTS, &[]).await?.iter().map(|row| (row.get(0), row.get(1))).collect();
        wrong.extend(
            faults.iter().map(|(room, user)| format!("room {room}: the membership of {user} contradicts its spans or sources")),
        );
        Ok(wrong)
    })
    .await
}

fn log_fault(what: &str, id: &dyn std::fmt::Display, rev: Rev, most: Rev, count: i64) -> Option<String> {
    (rev != most || rev != count).then(|| format!("{what} {id}: rev {rev}, greatest in the log {most}, {count} lines"))
}
