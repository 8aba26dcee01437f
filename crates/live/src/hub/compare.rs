//! Once a second: what was published against what the database holds, gaps filled from the log; pings; sessions looked at
//! again; presence.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt as _;
use kernel::{Problem, Rev, StreamId, TenantId};
use tokio::sync::mpsc;

use super::Hub;
use super::connection::Close;
use crate::measures::count;

/// Streams compared in one question.
const TOGETHER: usize = 500;

/// Starts the tasks; they end with the hub.
pub(super) fn start(hub: &Arc<Hub>, mut noticed: mpsc::UnboundedReceiver<(TenantId, StreamId)>) {
    let every = hub.config.compare_every;
    tokio::spawn(rounds(Arc::downgrade(hub), every, "the beat", async |hub: &Hub| hub.beat().await));
    // Beside the beat: a database that is slow to name sessions holds up no healing.
    tokio::spawn(rounds(Arc::downgrade(hub), every, "looking at sessions", async |hub: &Hub| hub.recheck_sessions().await));
    let filling = Arc::downgrade(hub);
    tokio::spawn(async move {
        while let Some(first) = noticed.recv().await {
            let mut streams = HashSet::from([first]);
            while let Ok(next) = noticed.try_recv() {
                streams.insert(next);
            }
            let Some(hub) = filling.upgrade() else { return };
            for (tenant, stream) in streams {
                survive("filling a gap", hub.fill_noticed(tenant, stream)).await;
            }
        }
    });
}

/// Does the same again and again, for as long as there is a hub.
async fn rounds<F>(hub: Weak<Hub>, every: Duration, what: &'static str, round: F)
where
    F: AsyncFn(&Hub),
{
    let mut beat = tokio::time::interval(every);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let Some(hub) = hub.upgrade() else { return };
        survive(what, round(&hub)).await;
    }
}

/// A panic ends this round alone.
async fn survive(what: &'static str, round: impl Future<Output = ()>) {
    if AssertUnwindSafe(round).catch_unwind().await.is_err() {
        tracing::error!(what, "a round panicked; the next one goes on");
    }
}

impl Hub {
    async fn beat(&self) {
        self.keep_connections();
        if let Err(problem) = self.compare().await {
            tracing::warn!(detail = problem.detail.en, "the comparison could not be made");
        }
        self.tell_presence();
    }

    /// Compares the revs of all streams that connections here hold with the database, and fills what is missing.
    ///
    /// # Errors
    /// 503 when a database is away; the others are compared all the same, and the next comparison tries again.
    pub async fn compare(&self) -> Result<(), Problem> {
        let mut outcome = Ok(());
        for (tenant, streams) in self.published() {
            if let Err(problem) = self.compare_tenant(tenant, &streams).await {
                outcome = Err(problem);
            }
        }
        outcome
    }

    async fn compare_tenant(&self, tenant: TenantId, streams: &HashMap<StreamId, Rev>) -> Result<(), Problem> {
        let ids: Vec<StreamId> = streams.keys().copied().collect();
        for ids in ids.chunks(TOGETHER) {
            let heads = self.attached()?.reader.heads(tenant, ids).await?;
            for (stream, head) in heads {
                if streams.get(&stream).is_some_and(|published| head.rev > *published) {
                    self.fill(tenant, stream).await?;
                }
            }
        }
        Ok(())
    }

    fn published(&self) -> HashMap<TenantId, HashMap<StreamId, Rev>> {
        let state = self.lock();
        let streams = state.tenants.iter().map(|(id, tenant)| {
            let rooms = tenant.rooms.iter().map(|(room, state)| (StreamId::Room(*room), state.rev));
            let users = tenant.users.iter().map(|(user, state)| (StreamId::User(*user), state.rev));
            (*id, rooms.chain(users).collect())
        });
        streams.collect()
    }

    fn published_rev(&self, tenant: TenantId, stream: StreamId) -> Option<Rev> {
        let state = self.lock();
        let tenant = state.tenants.get(&tenant)?;
        match stream {
            StreamId::Room(room) => tenant.rooms.get(&room).map(|state| state.rev),
            StreamId::User(user) => tenant.users.get(&user).map(|state| state.rev),
        }
    }

    async fn fill_noticed(&self, tenant: TenantId, stream: StreamId) {
        if let Err(problem) = self.fill(tenant, stream).await {
            tracing::warn!(detail = problem.detail.en, "a gap could not be filled; the comparison tries again");
        }
    }

    /// Delivers what the log holds beyond what was published of a stream.
    async fn fill(&self, tenant: TenantId, stream: StreamId) -> Result<(), Problem> {
        let Some(published) = self.published_rev(tenant, stream) else { return Ok(()) };
        let events = self.attached()?.reader.events_after(tenant, stream, published).await?;
        if events.is_empty() {
            return Ok(());
        }
        count(&self.counters.gaps);
        for event in events {
            // A message that changed twice stands in the log's answer once, with its last rev: what lies between is in it.
            self.skip_to(tenant, stream, event.rev - 1);
            self.deliver_all(vec![event]);
        }
        Ok(())
    }

    fn skip_to(&self, tenant: TenantId, stream: StreamId, rev: Rev) {
        self.with_tenant(tenant, |tenant| {
            let published = match stream {
                StreamId::Room(room) => tenant.rooms.get_mut(&room).map(|state| &mut state.rev),
                StreamId::User(user) => tenant.users.get_mut(&user).map(|state| &mut state.rev),
            };
            if let Some(published) = published {
                *published = rev.max(*published);
            }
        });
    }

    fn keep_connections(&self) {
        for connection in self.connections() {
            let mut silent = connection.keep_alive(self.config.ping_every);
            // A reader that comes at this very moment finds the stream closed.
            if connection.unread_for().is_some_and(|unread| unread > self.config.stream_grace) {
                silent |= connection.close(Close::Silent);
                self.leave(&connection);
            }
            if silent {
                count(&self.counters.silent);
            }
            // Its task is stuck in a write, or nobody polls it.
            if connection.closing_for().is_some_and(|closing| closing > self.config.stuck_after) {
                self.leave(&connection);
            }
        }
    }
}
