//! Feeds the index from the rooms' logs. A commit wakes it; what it missed (a crash, another node's commits) it finds by comparing
//! where each log stands with how far it has read. How far it has read is written together with what it read.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use kernel::{Clock, Rev, RoomId, TenantId};
use store::ports::Documents;
use store::{Store, StoreError, Tx};

use crate::store::{self as rows, Batch};
use crate::wakes::{Next, Wakes};

/// Whoever writes at the same time is read together: freshness for work.
const GATHER: Duration = Duration::from_millis(15);
/// After each part it rests as long as that took, but not for longer than a while: where there is much to read, the machine is first
/// of all for those who write.
const WHILE: Duration = Duration::from_millis(100);
/// After a failure.
const PAUSE: Duration = Duration::from_secs(1);
/// Changes that one transaction takes: a few ten milliseconds.
const TOGETHER: i64 = 1_000;
/// All logs are compared this often, where somebody searches.
const COMPARE_EVERY: Duration = Duration::from_secs(60);
/// So many changes behind is worth telling.
const MUCH: Rev = 200;
/// How long the first search waits for what was written before the server started.
const PATIENCE: Duration = Duration::from_millis(300);

/// The index of all tenants; cheap to clone.
#[derive(Clone)]
pub struct Search(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub store: Store,
    documents: Arc<dyn Documents>,
    wakes: Arc<Wakes>,
    clock: Arc<dyn Clock>,
}

impl Search {
    /// Over `store`, fed from what `documents` tells whenever `wakes` hears of a commit, until the last handle is dropped.
    #[must_use]
    pub fn start(store: Store, documents: Arc<dyn Documents>, wakes: Arc<Wakes>, clock: Arc<dyn Clock>) -> Self {
        let inner = Arc::new(Inner { store, documents, wakes: Arc::clone(&wakes), clock });
        tokio::spawn(dispatch(wakes, Arc::downgrade(&inner)));
        Self(inner)
    }

    /// Sees to it that a tenant's index misses nothing; whether much of what was written long ago is not in it yet.
    pub async fn keep_current(&self, tenant: TenantId) -> bool {
        let look = || self.0.wakes.look_at(tenant, self.0.clock.now(), COMPARE_EVERY);
        let idle = look().idle;
        let waiting = idle.notified();
        let state = look();
        if state.was_compared {
            return state.is_catching_up;
        }
        // Whether it is all done or not, the answer is what there is.
        let _ = tokio::time::timeout(PATIENCE, waiting).await;
        let state = look();
        !state.was_compared || state.is_catching_up
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.wakes.woken.notify_one();
    }
}

/// Gives each tenant that is woken a reader, for as long as there is something to read.
async fn dispatch(wakes: Arc<Wakes>, search: Weak<Inner>) {
    loop {
        wakes.woken.notified().await;
        let Some(inner) = search.upgrade() else { return };
        for tenant in wakes.take_tenants() {
            tokio::spawn(read(Arc::clone(&inner), tenant));
        }
    }
}

/// An idle tenant is let go: nobody holds its files open.
async fn read(inner: Arc<Inner>, tenant: TenantId) {
    let mut rest = GATHER;
    loop {
        tokio::time::sleep(rest).await;
        let since = Instant::now();
        let Some(Next { compare, rooms }) = inner.wakes.next(tenant) else { return };
        if compare && let Err(error) = inner.compare(tenant).await {
            tracing::warn!(%error, tenant = tenant.0, "what the index lacks could not be found out");
            inner.wakes.compare_again(tenant);
            tokio::time::sleep(PAUSE).await;
        }
        if let Err(error) = inner.advance(tenant, &rooms).await {
            tracing::warn!(%error, tenant = tenant.0, "the index could not be brought up to date; it is tried again");
            inner.wakes.put_back(tenant, rooms);
            tokio::time::sleep(PAUSE).await;
        }
        rest = since.elapsed().clamp(GATHER, WHILE);
    }
}

impl Inner {
    /// Reads the next part of these rooms' logs into the index.
    async fn advance(&self, tenant: TenantId, rooms: &[RoomId]) -> Result<(), StoreError> {
        if rooms.is_empty() {
            return Ok(());
        }
        let after = self.positions(tenant, rooms).await?;
        let most = (TOGETHER / i64::try_from(rooms.len()).unwrap_or(TOGETHER)).max(1);
        let (documents, asked) = (Arc::clone(&self.documents), after.clone());
        let changed =
            self.store.tenant(tenant).read(async move |tx: &mut Tx<'_>| documents.changed(tx, &asked, most).await).await?;
        let go_on: Vec<RoomId> = changed.iter().filter(|room| room.more).map(|room| room.room).collect();
        let from = move |room: RoomId| after.iter().find(|(id, _)| *id == room).map_or(0, |(_, rev)| *rev);
        let prepare = move || changed.into_iter().map(|room| Batch::prepare(from(room.room), room)).collect::<Vec<Batch>>();
        let batches = tokio::task::spawn_blocking(prepare).await.map_err(|error| StoreError::Panicked(error.to_string()))?;
        let write = async move |tx: &mut Tx<'_>| rows::write(tx, &batches).await;
        let overtaken = self.store.search(tenant).write(write).await?;
        self.wakes.put_back(tenant, go_on.into_iter().chain(overtaken));
        Ok(())
    }

    /// How far these rooms' logs have been read.
    async fn positions(&self, tenant: TenantId, rooms: &[RoomId]) -> Result<Vec<(RoomId, Rev)>, StoreError> {
        let ids = rooms.to_vec();
        let known = self.store.search(tenant).read(async move |tx: &mut Tx<'_>| rows::rooms(tx, ids).await).await?;
        Ok(rooms.iter().map(|room| (*room, known.get(room).map_or(0, |known| known.rev))).collect())
    }

    /// Finds the rooms whose logs have grown. One whose log is shorter than what was read of it was put back from a copy: it is
    /// forgotten, and read anew.
    async fn compare(&self, tenant: TenantId) -> Result<(), StoreError> {
        let now = self.clock.now();
        let documents = Arc::clone(&self.documents);
        // The index first: a log that grows in between is found to have grown.
        let read = self.store.search(tenant).read(async |tx: &mut Tx<'_>| rows::room_revs(tx).await).await?;
        let heads = self.store.tenant(tenant).read(async move |tx: &mut Tx<'_>| documents.heads(tx).await).await?;
        let behind = |room: &RoomId, rev: Rev| rev - read.get(room).copied().unwrap_or(0);
        for (room, _) in heads.iter().filter(|(room, rev)| behind(room, *rev) < 0) {
            let room = *room;
            self.store.search(tenant).write(async move |tx: &mut Tx<'_>| rows::forget(tx, room).await).await?;
        }
        let lacking: Vec<(RoomId, Rev)> =
            heads.iter().map(|(room, rev)| (*room, behind(room, *rev))).filter(|(_, behind)| *behind != 0).collect();
        let is_much = lacking.iter().map(|(_, behind)| behind.abs()).sum::<Rev>() > MUCH;
        self.wakes.compared(tenant, now, lacking.into_iter().map(|(room, _)| room).collect(), is_much);
        Ok(())
    }
}
