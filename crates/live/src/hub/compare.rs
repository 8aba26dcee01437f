//! Once a second: what was published against what the database holds, gaps filled from the log; pings; sessions looked at
//! again; presence.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use kernel::{Problem, Rev, StreamId, TenantId};
use tokio::sync::mpsc;

use super::Hub;

/// Streams compared in one question.
const TOGETHER: usize = 500;

/// Starts the tasks; they end with the hub.
pub(super) fn start(hub: &Arc<Hub>, mut noticed: mpsc::UnboundedReceiver<(TenantId, StreamId)>) {
    let every = hub.config.compare_every;
    let beating: Weak<Hub> = Arc::downgrade(hub);
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(every);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beat.tick().await;
            let Some(hub) = beating.upgrade() else { return };
            hub.keep_connections();
            if let Err(problem) = hub.compare().await {
                tracing::warn!(detail = problem.detail.en, "the comparison could not be made");
            }
            hub.recheck_sessions().await;
            hub.tell_presence();
        }
    });
    let filling = Arc::downgrade(hub);
    tokio::spawn(async move {
        while let Some(first) = noticed.recv().await {
            let mut streams = HashSet::from([first]);
            while let Ok(next) = noticed.try_recv() {
                streams.insert(next);
            }
            let Some(hub) = filling.upgrade() else { return };
            for (tenant, stream) in streams {
                if let Err(problem) = hub.fill(tenant, stream).await {
                    tracing::warn!(detail = problem.detail.en, "a gap could not be filled; the comparison tries again");
                }
            }
        }
    });
}

impl Hub {
    /// Compares the revs of all streams that connections here hold with the database, and fills what is missing.
    ///
    /// # Errors
    /// 503 when the database is away; the next comparison tries again.
    pub async fn compare(&self) -> Result<(), Problem> {
        for (tenant, streams) in self.published() {
            let ids: Vec<StreamId> = streams.keys().copied().collect();
            for ids in ids.chunks(TOGETHER) {
                let heads = self.attached()?.reader.heads(tenant, ids).await?;
                for (stream, head) in heads {
                    if streams.get(&stream).is_some_and(|published| head.rev > *published) {
                        self.fill(tenant, stream).await?;
                    }
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

    /// Delivers what the log holds beyond what was published of a stream.
    async fn fill(&self, tenant: TenantId, stream: StreamId) -> Result<(), Problem> {
        let Some(published) = self.published_rev(tenant, stream) else { return Ok(()) };
        let events = self.attached()?.reader.events_after(tenant, stream, published).await?;
        if events.is_empty() {
            return Ok(());
        }
        self.counters.gaps.fetch_add(1, Ordering::Relaxed);
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
            if connection.unread_for().is_some_and(|unread| unread > self.config.stream_grace) {
                self.leave(&connection);
            }
            connection.keep_alive(self.config.ping_every);
        }
    }
}
