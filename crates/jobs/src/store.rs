//! `timers`: what is due when. Set and dropped inside the transactions of those whose they are.

use kernel::{Event, Reach, Time};
use store::{Row, Statement, StoreError, Tx, params};
use uuid::Uuid;

store::statements! {
    pub SET_TIMER = "INSERT INTO timers (tenant_id, kind, id, due_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, kind, id) DO UPDATE SET due_at = excluded.due_at";
    pub DROP_TIMER = "DELETE FROM timers WHERE tenant_id = $1 AND kind = $2 AND id = $3";
    pub TAKE_TIMER = "DELETE FROM timers WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND due_at <= $4";
    pub DUE_TIMERS = "SELECT kind, id FROM timers WHERE tenant_id = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3";
    pub NEXT_TIMER = "SELECT due_at FROM timers WHERE tenant_id = $1 AND due_at >= $2 ORDER BY due_at LIMIT 1";
}

/// Every statement of jobs, for the test that prepares each on both databases.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    ALL.to_vec()
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// What is to be done.
    pub kind: String,
    /// With what; the kind says what that is.
    pub id: Uuid,
}

fn read(row: &Row) -> Timer {
    Timer { kind: row.get(0), id: row.get(1) }
}

/// Sets a timer, or sets it to another time.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set(tx: &mut Tx<'_>, kind: &'static str, id: Uuid, due_at: Time) -> Result<(), StoreError> {
    tx.exec(&SET_TIMER, &params![kind, id, due_at]).await?;
    let tenant = tx.tenant();
    tx.emit(Event { tenant, reach: Reach::Timer(due_at), rev: 0, membership: Vec::new(), frame: None });
    Ok(())
}

/// Drops a timer, if there is one. Where it is being taken at this moment, this waits for what it does: so it comes first in a
/// transaction that changes what a timer is about.
///
/// # Errors
/// When the database refuses or is away.
pub async fn cancel(tx: &mut Tx<'_>, kind: &'static str, id: Uuid) -> Result<(), StoreError> {
    tx.exec(&DROP_TIMER, &params![kind, id]).await.map(drop)
}

/// Takes a timer that is due; false where somebody else has, or it was set to a later time.
pub(crate) async fn take(tx: &mut Tx<'_>, timer: &Timer, now: Time) -> Result<bool, StoreError> {
    Ok(tx.exec(&TAKE_TIMER, &params![&timer.kind, timer.id, now]).await? == 1)
}

/// What is due, the longest first.
pub(crate) async fn due(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<Timer>, StoreError> {
    Ok(tx.query(&DUE_TIMERS, &params![now, limit]).await?.iter().map(read).collect())
}
