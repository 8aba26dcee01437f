//! What is due is done once, whole or not at all, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jobs::store::Timer;
use jobs::{Alarm, Jobs, Owner};
use kernel::live::Boxed;
use kernel::{Clock as _, Problem, Time};
use store::{Store, Tx};
use testkit::Server;
use tokio::sync::mpsc;
use uuid::Uuid;

const WATER: &str = "water";
const WROTE: &str = "wrote";
const MINUTE: Duration = Duration::from_secs(60);

/// Writes, and fails after it as often as it is told.
struct Gardener {
    fails: AtomicUsize,
    tried: mpsc::UnboundedSender<Uuid>,
}

impl Owner for Gardener {
    fn kinds(&self) -> &'static [&'static str] {
        &[WATER]
    }

    fn due<'a>(&'a self, tx: &'a mut Tx<'_>, timer: &'a Timer, now: Time) -> Boxed<'a, Result<(), Problem>> {
        Box::pin(async move {
            jobs::store::set(tx, WROTE, timer.id, now.plus(1_000 * MINUTE)).await?;
            let fails = self.fails.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            let _ = self.tried.send(timer.id);
            if fails { Err(Problem::internal()) } else { Ok(()) }
        })
    }
}

struct Garden {
    store: Store,
    tried: mpsc::UnboundedReceiver<Uuid>,
    keeping: tokio::task::JoinHandle<()>,
}

/// Keeps the time over the server's data, knowing only what stands there.
fn garden(server: &Server, fails: usize) -> Garden {
    let (tell, tried) = mpsc::unbounded_channel();
    let gardener: Arc<dyn Owner> = Arc::new(Gardener { fails: fails.into(), tried: tell });
    let store = server.app.store.clone();
    let jobs = Jobs::new(store.clone(), Arc::new(Alarm::default()), server.clock.clone(), &[gardener]);
    Garden { store, tried, keeping: tokio::spawn(jobs.keep_time()) }
}

async fn set(server: &Server, kind: &'static str, id: Uuid, at: Time) {
    let tenant = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
    let write = async move |tx: &mut Tx<'_>| jobs::store::set(tx, kind, id, at).await;
    server.app.store.tenant(tenant).write(write).await.unwrap();
}

/// How many timers of these kinds there are.
async fn timers(store: &Store) -> Vec<(String, Uuid)> {
    let tenant = store.find_tenant("city").await.unwrap().unwrap().id;
    let far = Time(i64::MAX);
    let read = async move |tx: &mut Tx<'_>| tx.query(&jobs::store::DUE_TIMERS, &store::params![far, 100]).await;
    let rows = store.tenant(tenant).read(read).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

testkit::both! {
    async fn what_was_set_before_is_found_and_done_in_time(server: Server) {
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let now = server.clock.now();
        set(&server, WATER, second, now.plus(3 * MINUTE)).await;
        set(&server, WATER, first, now.plus(2 * MINUTE)).await;
        let mut garden = garden(&server, 0);
        server.clock.advance(2 * MINUTE);
        assert_eq!(garden.tried.recv().await, Some(first));
        server.clock.advance(MINUTE);
        assert_eq!(garden.tried.recv().await, Some(second));
        garden.keeping.abort();
    }

    async fn what_fails_leaves_nothing_and_is_tried_again(server: Server) {
        let id = Uuid::from_u128(1);
        set(&server, WATER, id, server.clock.now().plus(MINUTE)).await;
        let mut garden = garden(&server, 1);
        server.clock.advance(MINUTE);
        assert_eq!(garden.tried.recv().await, Some(id));
        assert_eq!(timers(&garden.store).await, [(WATER.to_owned(), id)], "neither done nor forgotten");
        // How long it waits before it tries again is its own affair.
        let again = loop {
            server.clock.advance(MINUTE);
            if let Ok(again) = tokio::time::timeout(Duration::from_millis(100), garden.tried.recv()).await {
                break again;
            }
        };
        assert_eq!(again, Some(id));
        while timers(&garden.store).await != [(WROTE.to_owned(), id)] {
            tokio::task::yield_now().await;
        }
        garden.keeping.abort();
    }

    async fn what_is_set_anew_has_one_time(server: Server) {
        let (moved, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let now = server.clock.now();
        for at in [now.plus(MINUTE), now.plus(5 * MINUTE)] {
            set(&server, WATER, moved, at).await;
        }
        set(&server, WATER, other, now.plus(2 * MINUTE)).await;
        let mut garden = garden(&server, 0);
        server.clock.advance(2 * MINUTE);
        assert_eq!(garden.tried.recv().await, Some(other));
        server.clock.advance(3 * MINUTE);
        assert_eq!(garden.tried.recv().await, Some(moved));
        garden.keeping.abort();
    }
}
