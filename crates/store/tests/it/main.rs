//! The store's promises, on SQLite; the capabilities' tests run the same handle on both databases through HTTP.

mod measures;
mod postgres;
mod sqlite;

use std::sync::{Arc, Mutex};

use kernel::clock::SystemClock;
use kernel::event::{Event, EventSink, Reach};
use kernel::live::Boxed;
use kernel::{TenantId, UserId};
use store::{Database, Db, Group, GroupWork, Store, StoreConfig, StoreError, Tx, Value, params};
use uuid::Uuid;

store::statements! {
    INSERT = "INSERT INTO numbers (tenant_id, n) VALUES ($1, $2)";
    COUNT = "SELECT COUNT(*) FROM numbers WHERE tenant_id = $1";
    AMONG = "SELECT n FROM numbers WHERE tenant_id = $1 AND n = ANY_INT($2) ORDER BY n";
    SWAPPED = "SELECT CAST($3 AS BIGINT), CAST($2 AS BIGINT) WHERE $1 = $1";
    BROKEN = "SELECT nothing FROM nowhere WHERE tenant_id = $1";
}

#[derive(Default)]
struct Heard(Mutex<Vec<Event>>);

impl EventSink for Heard {
    fn committed(&self, events: Vec<Event>) {
        self.0.lock().unwrap().extend(events);
    }
}

struct Fixture {
    _folder: tempfile::TempDir,
    heard: Arc<Heard>,
    store: Store,
    db: Db,
}

async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let heard = Arc::new(Heard::default());
    let database = Database::Sqlite { folder: folder.path().to_owned() };
    let store = Store::open(StoreConfig::new(database), Arc::new(SystemClock), heard.clone()).await.unwrap();
    let db = store.tenant(TenantId(7));
    // The first read opens and migrates the file; then it gets a table of the test's own.
    db.read(async |_: &mut Tx<'_>| Ok::<_, StoreError>(())).await.unwrap();
    let file = rusqlite::Connection::open(folder.path().join("tenants/7/data.db")).unwrap();
    file.execute_batch("CREATE TABLE numbers (tenant_id BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tenant_id, n))")
        .unwrap();
    Fixture { _folder: folder, heard, store, db }
}

fn event() -> Event {
    let reach = Reach::User(UserId(Uuid::nil()));
    Event { tenant: TenantId(7), reach, rev: 1, membership: Vec::new(), frame: None }
}

async fn insert(db: &Db, n: i64) -> Result<u64, StoreError> {
    db.write(async move |tx: &mut Tx<'_>| {
        tx.emit(event());
        tx.exec(&INSERT, &params![n]).await
    })
    .await
}

async fn count(db: &Db) -> i64 {
    db.read(async |tx: &mut Tx<'_>| Ok::<_, StoreError>(tx.query_one(&COUNT, &[]).await?.get(0))).await.unwrap()
}

#[tokio::test]
async fn writes_are_durable_when_acknowledged_and_their_events_leave_once() {
    let it = fixture().await;
    let writes: Vec<_> = (0..500)
        .map(|n| {
            tokio::spawn({
                let db = it.db.clone();
                async move { insert(&db, n).await }
            })
        })
        .collect();
    for write in writes {
        assert_eq!(write.await.unwrap().unwrap(), 1);
    }
    assert_eq!(count(&it.db).await, 500);
    assert_eq!(it.heard.0.lock().unwrap().len(), 500);
}

#[tokio::test]
async fn a_refused_write_leaves_nothing_and_says_nothing() {
    let it = fixture().await;
    insert(&it.db, 1).await.unwrap();
    assert!(insert(&it.db, 1).await.unwrap_err().is_taken());
    let half: Result<(), StoreError> = it
        .db
        .write(async |tx: &mut Tx<'_>| {
            tx.exec(&INSERT, &params![2_i64]).await?;
            tx.query(&BROKEN, &[]).await?;
            Ok(())
        })
        .await;
    assert!(matches!(half, Err(StoreError::Statement { statement: "BROKEN", .. })));
    assert_eq!(count(&it.db).await, 1);
    assert_eq!(it.heard.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_panic_inside_a_transaction_leaves_the_writer_alive() {
    let it = fixture().await;
    let panicked: Result<(), StoreError> = it
        .db
        .write(async |tx: &mut Tx<'_>| {
            tx.exec(&INSERT, &params![1_i64]).await?;
            panic!("as a test does")
        })
        .await;
    assert!(matches!(panicked, Err(StoreError::Panicked(message)) if message == "as a test does"));
    assert_eq!(count(&it.db).await, 0, "what the panicking work wrote is gone");
    insert(&it.db, 2).await.unwrap();
    assert_eq!(count(&it.db).await, 1);
}

/// On several threads, as the server runs: there a read stays on the thread that asks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_inside_a_read_is_that_reads_alone() {
    let it = fixture().await;
    let reading = async |_: &mut Tx<'_>| -> Result<(), StoreError> { panic!("as a test does") };
    // More often than there are readers: none is lost with it.
    for _ in 0..40 {
        assert!(matches!(it.db.read(reading).await, Err(StoreError::Panicked(message)) if message == "as a test does"));
    }
    assert_eq!(count(&it.db).await, 0);
}

#[tokio::test]
async fn what_is_asked_at_once_is_answered_in_order() {
    let it = fixture().await;
    insert(&it.db, 5).await.unwrap();
    let among: Vec<Value> = params![vec![5_i64, 6]].into();
    let answers = it.db.ask(&[(&COUNT, Vec::new()), (&AMONG, among)]).await.unwrap();
    assert_eq!(answers.iter().map(|rows| rows[0].get::<i64>(0)).collect::<Vec<_>>(), [1, 5]);
    let failed = it.db.ask(&[(&COUNT, Vec::new()), (&BROKEN, Vec::new())]).await;
    assert!(matches!(failed, Err(StoreError::Statement { statement: "BROKEN", .. })));
    assert_eq!(count(&it.db).await, 1);
}

#[tokio::test]
async fn numbers_and_lists_bind_where_they_are_named() {
    let it = fixture().await;
    for n in 1..=5 {
        insert(&it.db, n).await.unwrap();
    }
    let (swapped, among) = it
        .db
        .read(async |tx: &mut Tx<'_>| {
            let row = tx.query_one(&SWAPPED, &params![2_i64, 3_i64]).await?;
            let rows = tx.query(&AMONG, &params![vec![4_i64, 2, 9]]).await?;
            Ok::<_, StoreError>(((row.get::<i64>(0), row.get::<i64>(1)), rows.iter().map(|row| row.get(0)).collect::<Vec<i64>>()))
        })
        .await
        .unwrap();
    assert_eq!(swapped, (3, 2), "$3 then $2, although $3 is named first");
    assert_eq!(among, [2, 4]);
}

struct Insert;

impl GroupWork for Insert {
    type In = i64;
    type Out = Result<i64, &'static str>;
    fn run<'a>(&'a self, tx: &'a mut Tx<'_>, items: Vec<i64>) -> Boxed<'a, Result<Vec<Self::Out>, StoreError>> {
        Box::pin(async move {
            let mut answers = Vec::new();
            for n in items {
                if n % 10 == 0 {
                    answers.push(Err("no tens"));
                    continue;
                }
                tx.exec(&INSERT, &params![n]).await?;
                answers.push(Ok(n));
            }
            Ok(answers)
        })
    }
}

#[tokio::test]
async fn each_of_a_group_gets_its_own_answer() {
    let it = fixture().await;
    let group = Group::new(it.store.clone(), TenantId(7), Arc::new(Insert));
    let sends: Vec<_> = (1..=300)
        .map(|n| {
            (
                n,
                tokio::spawn({
                    let group = group.clone();
                    async move { group.submit(n).await }
                }),
            )
        })
        .collect();
    for (n, send) in sends {
        let answer = send.await.unwrap().unwrap();
        assert_eq!(answer, if n % 10 == 0 { Err("no tens") } else { Ok(n) });
    }
    assert_eq!(count(&it.db).await, 270);
}

struct Unlucky;

impl GroupWork for Unlucky {
    type In = i64;
    type Out = i64;
    fn run<'a>(&'a self, tx: &'a mut Tx<'_>, items: Vec<i64>) -> Boxed<'a, Result<Vec<i64>, StoreError>> {
        Box::pin(async move {
            for n in &items {
                tx.exec(&INSERT, &params![*n]).await?;
                assert_ne!(*n, 13, "as a test does");
            }
            Ok(items)
        })
    }
}

/// A panic fails its own group and no later one, and leaves nothing behind. The tenant has an empty table of numbers.
async fn groups_go_on_after_a_panic(store: Store, tenant: TenantId) {
    let db = store.tenant(tenant);
    let group = Group::new(store, tenant, Arc::new(Unlucky));
    assert_eq!(group.submit(1).await.unwrap(), 1);
    assert!(matches!(group.submit(13).await, Err(StoreError::Unavailable(_))), "its submitter is told");
    assert_eq!(group.submit(2).await.unwrap(), 2, "the line goes on");
    assert_eq!(count(&db).await, 2);
}

#[tokio::test]
async fn a_panic_in_a_group_fails_that_group_alone() {
    let it = fixture().await;
    groups_go_on_after_a_panic(it.store.clone(), TenantId(7)).await;
}

#[tokio::test]
async fn the_set_up_link_works_once_and_only_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite { folder: folder.path().to_owned() };
    let store = Store::open(StoreConfig::new(database), Arc::new(SystemClock), Arc::new(Heard::default())).await.unwrap();
    let later = kernel::Time(i64::MAX);
    store.offer_setup(vec![1], later).await.unwrap();
    store.offer_setup(vec![2], later).await.unwrap();
    assert!(!store.use_setup(vec![1]).await.unwrap(), "a newer link has replaced it");
    assert!(store.setup_is_open(vec![2]).await.unwrap());
    assert!(store.use_setup(vec![2]).await.unwrap());
    assert!(!store.use_setup(vec![2]).await.unwrap());
    assert!(store.create_tenant("city", "市役所").await.unwrap().id != store.create_tenant("desk", "市民相談").await.unwrap().id);
    assert!(store.create_tenant("city", "again").await.unwrap_err().is_taken());
    assert_eq!(store.find_tenant("city").await.unwrap().unwrap().title, "市役所");
}
