//! Keeps the time.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join;
use futures_util::stream;
use kernel::live::Boxed;
use kernel::{Clock, Problem, TenantId, Time};
use store::{Store, StoreError, Tx, params};

use crate::Alarm;
use crate::store::{self as rows, NEXT_TIMER, Timer};

/// The clock is looked at this often at least: it may be set, and the machine may sleep.
const TICK: Duration = Duration::from_millis(500);
/// What other nodes have set is looked for this often.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After a failure.
const PAUSE: Duration = Duration::from_secs(30);
/// Timers of one tenant that are read together.
const TOGETHER: i64 = 200;
/// Timers of one tenant that are at work at once: what waits together is committed together.
const AT_ONCE: usize = 16;
/// Tenants that are at work at once.
const TENANTS_AT_ONCE: usize = 4;

/// Does what is due, for a capability.
pub trait Owner: Send + Sync {
    /// What kinds of timers are its own.
    fn kinds(&self) -> &'static [&'static str];

    /// Does it. The timer is taken in the same transaction: an error leaves it there, and it is tried again later.
    fn due<'a>(&'a self, tx: &'a mut Tx<'_>, timer: &'a Timer, now: Time) -> Boxed<'a, Result<(), Problem>>;
}

/// Keeps the time for all tenants; cheap to clone.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    store: Store,
    alarm: Arc<Alarm>,
    clock: Arc<dyn Clock>,
    owners: HashMap<&'static str, Arc<dyn Owner>>,
}

impl Jobs {
    /// Over `store`; `alarm` hears of its commits.
    #[must_use]
    pub fn new(store: Store, alarm: Arc<Alarm>, clock: Arc<dyn Clock>, owners: &[Arc<dyn Owner>]) -> Self {
        let kinds = |owner: &Arc<dyn Owner>| owner.kinds().iter().map(|kind| (*kind, Arc::clone(owner))).collect::<Vec<_>>();
        let owners = owners.iter().flat_map(kinds).collect();
        Self(Arc::new(Inner { store, alarm, clock, owners }))
    }

    /// Does what is due, for as long as it is let.
    pub async fn keep_time(self) {
        join(self.0.look_around(), self.0.keep_time()).await;
    }
}

impl Inner {
    /// Finds out what was set before this node listened, and what others set.
    async fn look_around(&self) {
        loop {
            let found = self.look().await;
            if let Err(error) = &found {
                tracing::warn!(%error, "what is due could not be looked for; it is tried again");
            }
            if found.is_ok() && !self.store.is_shared() {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        for tenant in self.store.list_tenants().await? {
            self.expect_next(tenant.id).await?;
        }
        Ok(())
    }

    async fn expect_next(&self, tenant: TenantId) -> Result<(), StoreError> {
        let answer = self.store.tenant(tenant).ask(&[(&NEXT_TIMER, params![0].into())]).await?;
        if let Some(row) = answer[0].first() {
            self.alarm.expect(tenant, row.get(0));
        }
        Ok(())
    }

    async fn keep_time(&self) {
        loop {
            let now = self.clock.now();
            stream::iter(self.alarm.take(now)).for_each_concurrent(TENANTS_AT_ONCE, |tenant| self.attend(tenant)).await;
            let until = self.alarm.next().map_or(TICK, |at| at.since(self.clock.now()).min(TICK));
            let _ = tokio::time::timeout(until, self.alarm.told.notified()).await;
        }
    }

    /// Does all that is due of one tenant, and finds out what comes next.
    async fn attend(&self, tenant: TenantId) {
        let attended = async {
            while self.do_some(tenant).await? {}
            self.expect_next(tenant).await
        };
        if let Err(error) = attended.await {
            tracing::warn!(%error, tenant = tenant.0, "what is due could not be done; it is tried again");
            self.alarm.expect(tenant, self.clock.now().plus(PAUSE));
        }
    }

    /// Does some of what is due; whether there may be more.
    async fn do_some(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let read = async move |tx: &mut Tx<'_>| rows::due(tx, now, TOGETHER).await;
        let due = self.store.tenant(tenant).read(read).await?;
        let more = !due.is_empty();
        let failed = AtomicBool::new(false);
        let attempt = async |timer: Timer| {
            if let Err(problem) = self.do_one(tenant, &timer, now).await {
                tracing::error!(kind = timer.kind, id = %timer.id, tenant = tenant.0, problem = problem.detail.en, "what is due failed");
                failed.store(true, Ordering::Relaxed);
            }
        };
        stream::iter(due).for_each_concurrent(AT_ONCE, attempt).await;
        if failed.into_inner() { Err(StoreError::Unavailable("something that was due failed".to_owned())) } else { Ok(more) }
    }

    async fn do_one(&self, tenant: TenantId, timer: &Timer, now: Time) -> Result<(), Problem> {
        let owner = self.owners.get(timer.kind.as_str()).cloned().ok_or_else(Problem::not_found)?;
        let timer = timer.clone();
        self.store
            .tenant(tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<(), Problem> {
                if rows::take(tx, &timer, now).await? { owner.due(tx, &timer, now).await } else { Ok(()) }
            })
            .await
    }
}
