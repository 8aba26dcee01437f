//! SQLite's own promises: a short log, no half transaction, and nothing held open for those who are away.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::clock::ManualClock;
use kernel::{TenantId, Time};
use store::{Database, Db, Group, Store, StoreConfig, StoreError, Tx, params};

use super::{Heard, INSERT, Insert, count, event, insert};

store::statements! {
    INSERT_PAGES = "INSERT INTO pages (tenant_id, bytes) VALUES ($1, $2)";
}

const TENANT: TenantId = TenantId(7);

struct Fixture {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    heard: Arc<Heard>,
    store: Store,
}

impl Fixture {
    async fn with(readers: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, heard) = (Arc::new(ManualClock::at(Time(0))), Arc::new(Heard::default()));
        let database = Database::Sqlite { folder: folder.path().to_owned() };
        let config = StoreConfig { connections: readers, ..StoreConfig::new(database) };
        let store = Store::open(config, clock.clone(), heard.clone()).await.unwrap();
        let it = Self { folder, clock, heard, store };
        it.db().read(async |_: &mut Tx<'_>| Ok::<_, StoreError>(())).await.unwrap();
        it.run(
            "CREATE TABLE numbers (tenant_id BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tenant_id, n));
             CREATE TABLE pages (tenant_id BIGINT NOT NULL, bytes BLOB NOT NULL)",
        );
        it
    }

    fn db(&self) -> Db {
        self.store.tenant(TENANT)
    }

    fn file(&self, end: &str) -> PathBuf {
        self.folder.path().join(format!("tenants/7/data.db{end}"))
    }

    /// Beside the store.
    fn run(&self, text: &str) {
        rusqlite::Connection::open(self.file("")).unwrap().execute_batch(text).unwrap();
    }

    /// How often this process has the tenant's file open.
    fn open_files(&self) -> usize {
        let path = self.file("");
        let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        open.filter(|file| std::fs::read_link(file.path()).is_ok_and(|to| to == path)).count()
    }

    /// The sweep runs in passing, when anything is asked.
    async fn later(&self, by: Duration) {
        self.clock.advance(by);
        assert_eq!(self.store.list_tenants().await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_short_however_long_the_load_lasts() {
    const WRITERS: usize = 4;
    const WRITES: usize = 500;
    const BYTES: usize = 32 * 1024;
    const BOUND: u64 = 24 << 20;
    let it = Fixture::with(4).await;
    let stop = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn({
        let (db, stop) = (it.db(), Arc::clone(&stop));
        async move {
            while !stop.load(Ordering::Relaxed) {
                count(&db).await;
            }
        }
    });
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (db, log) = (it.db(), it.file("-wal"));
            tokio::spawn(async move {
                let mut longest = 0;
                for _ in 0..WRITES {
                    let write = async |tx: &mut Tx<'_>| tx.exec(&INSERT_PAGES, &params![vec![7_u8; BYTES]]).await;
                    db.write(write).await.unwrap();
                    longest = longest.max(std::fs::metadata(&log).unwrap().len());
                }
                longest
            })
        })
        .collect();
    for writer in writers {
        let longest = writer.await.unwrap();
        assert!(longest < BOUND, "the log grew to {longest} bytes");
    }
    stop.store(true, Ordering::Relaxed);
    reading.await.unwrap();
    let written = std::fs::metadata(it.file("")).unwrap().len();
    assert!(written > 2 * BOUND, "much more was written than the log may hold: {written}");
}

#[tokio::test]
async fn a_transaction_that_the_database_gives_up_leaves_nothing_of_any_piece() {
    let it = Fixture::with(4).await;
    // As SQLite itself does when the disk is full.
    it.run("CREATE TRIGGER full BEFORE INSERT ON numbers WHEN NEW.n = 13 BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END");
    let (started, has_started) = tokio::sync::oneshot::channel();
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let db = it.db();
    // Holds the writer until all the others wait, so that they go together.
    let holding = tokio::spawn(async move {
        let hold = async move |_: &mut Tx<'_>| {
            started.send(()).unwrap();
            gate.recv().unwrap();
            Ok::<_, StoreError>(())
        };
        db.write(hold).await
    });
    has_started.await.unwrap();
    let db = it.db();
    let swallows = async |tx: &mut Tx<'_>| {
        tx.emit(event());
        let _ = tx.exec(&INSERT, &params![13_i64]).await;
        Ok::<_, StoreError>(())
    };
    let (before, failing, after, ()) =
        tokio::join!(insert(&db, 1), db.write(swallows), insert(&db, 2), async { open.send(()).unwrap() });
    holding.await.unwrap().unwrap();
    for outcome in [before.map(drop), failing, after.map(drop)] {
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(count(&db).await, 0, "what was refused is not there");
    assert_eq!(it.heard.0.lock().unwrap().len(), 0);
    insert(&db, 3).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn an_idle_tenant_is_closed_although_it_has_sent() {
    let it = Fixture::with(4).await;
    let group = Group::new(it.store.clone(), TENANT, Arc::new(Insert));
    assert_eq!(group.submit(1).await.unwrap(), Ok(1));
    it.later(Duration::from_secs(61)).await;
    assert!(it.open_files() > 0, "in use lately");
    it.later(Duration::from_secs(600)).await;
    let closed = async {
        while it.open_files() > 0 || it.file("-wal").exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("the file is closed");
    assert_eq!(group.submit(2).await.unwrap(), Ok(2), "and opened again at its next use");
    assert_eq!(count(&it.db()).await, 2);
}

#[tokio::test]
async fn a_read_whose_caller_went_away_keeps_its_place_until_it_ends() {
    let it = Fixture::with(1).await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let db = it.db();
    let abandoned = tokio::spawn(async move {
        let read = async move |_: &mut Tx<'_>| {
            begun.send(()).unwrap();
            gate.recv().unwrap();
            Ok::<_, StoreError>(())
        };
        db.read(read).await
    });
    has_begun.await.unwrap();
    abandoned.abort();
    assert!(abandoned.await.unwrap_err().is_cancelled());
    let db = it.db();
    let mut next = Box::pin(count(&db));
    let early = tokio::time::timeout(Duration::from_millis(100), &mut next).await;
    assert!(early.is_err(), "the only place is taken");
    open.send(()).unwrap();
    assert_eq!(next.await, 0);
}
