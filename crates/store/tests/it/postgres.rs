//! PostgreSQL's own promises: preparing is repeatable, an owner is refused, and a tenant's rows are another's secret.
//! `IRORI_TEST_POSTGRES` names an owner's address; `scripts/with-postgres` sets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use kernel::TenantId;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use store::postgres::prepare::{Role, prepare};
use store::{Database, Store, StoreConfig, StoreError, Tx, params};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_postgres::NoTls;

store::statements! {
    INSERT = "INSERT INTO secrets (tenant_id, n) VALUES ($1, $2)";
    AS_THE_DATABASE_SORTS = "SELECT w FROM (VALUES ('b'), ('B'), ('a')) AS t(w) WHERE $1 = $1 + 0 ORDER BY w";
    BY_BYTES = "SELECT w FROM (VALUES ('b'), ('B'), ('a')) AS t(w) WHERE $1 = $1 + 0 ORDER BY BYTES(w)";
    COUNT_USERS = "SELECT COUNT(*) FROM users WHERE tenant_id = $1";
    INDEX = "INSERT INTO search_documents (tenant_id, n, kind, room, seq, edited_at, words) VALUES ($1, 7, 1, 1, 1, 0, CAST('x' AS TSVECTOR))";
    CANDIDATES_OF = "SELECT n FROM search_candidates($2, 'x', NULL, 0, 100, 10) WHERE $1 = $1 + 0";
    INDEXED = "SELECT n FROM search_documents WHERE CAST($1 AS BIGINT) > 0";
    ALL_ROWS = "SELECT n FROM secrets WHERE CAST($1 AS BIGINT) > 0 ORDER BY n";
}

pub fn owner_url() -> String {
    std::env::var("IRORI_TEST_POSTGRES").expect("IRORI_TEST_POSTGRES names an owner: run this under scripts/with-postgres")
}

/// The same address with another role and database.
pub fn address(owner: &str, role: Option<&str>, database: &str) -> String {
    let (scheme, rest) = owner.split_once("://").unwrap();
    let (user, host) = rest.split_once('@').unwrap();
    let host = host.split('/').next().unwrap();
    format!("{scheme}://{}@{host}/{database}", role.unwrap_or(user))
}

pub async fn run(url: &str, text: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let driving = tokio::spawn(connection);
    client.batch_execute(text).await.unwrap();
    drop(client);
    driving.await.unwrap().unwrap();
}

async fn open(url: String) -> Result<Store, StoreError> {
    Store::open(StoreConfig::new(Database::Postgres { url }), Arc::new(SystemClock), Arc::new(NoSink)).await
}

#[tokio::test]
async fn a_prepared_database_walls_tenants_off_and_refuses_its_owner() {
    let owner = owner_url();
    let database = format!("walls_{}", std::process::id());
    run(&owner, &format!("CREATE DATABASE {database}")).await;
    let owner = address(&owner, None, &database);
    run(&owner, "CREATE SCHEMA irori; CREATE TABLE irori.secrets (tenant_id BIGINT NOT NULL, n BIGINT NOT NULL)").await;
    let role = Role { name: "irori_walls".to_owned(), password: Some("it's".to_owned()) };
    assert!(!prepare(&owner, &role).await.unwrap().is_empty());
    assert!(prepare(&owner, &role).await.unwrap().is_empty(), "the second time there is nothing to do");

    let refused = open(owner.clone()).await.err().expect("an owner sees through policies");
    assert!(refused.to_string().contains("row-level security"), "{refused}");

    let store = open(address(&owner, Some("irori_walls:it%27s"), &database)).await.unwrap();
    for tenant in [1, 2] {
        let insert = async move |tx: &mut Tx<'_>| tx.exec(&INSERT, &params![tenant * 10]).await;
        store.tenant(TenantId(tenant)).write(insert).await.unwrap();
    }
    let seen: Vec<i64> = store
        .tenant(TenantId(1))
        .read(async |tx: &mut Tx<'_>| {
            // A statement that forgets its tenant still sees one tenant only.
            Ok::<_, StoreError>(tx.query(&ALL_ROWS, &[]).await?.iter().map(|row| row.get(0)).collect())
        })
        .await
        .unwrap();
    assert_eq!(seen, [10]);
    for _ in 0..20 {
        let failed = store.tenant(TenantId(1)).ask(&[(&super::BROKEN, Vec::new()), (&ALL_ROWS, Vec::new())]).await;
        assert!(matches!(failed, Err(StoreError::Statement { statement: "BROKEN", .. })));
        let answers = store.tenant(TenantId(2)).ask(&[(&ALL_ROWS, Vec::new()), (&ALL_ROWS, Vec::new())]).await.unwrap();
        assert!(answers.iter().all(|rows| rows.len() == 1 && rows[0].get::<i64>(0) == 20), "whoever used the connection before");
    }
    let panicking = async |_: &mut Tx<'_>| -> Result<(), StoreError> { panic!("as a test does") };
    let panicked = store.tenant(TenantId(1)).write(panicking).await;
    assert!(matches!(panicked, Err(StoreError::Panicked(message)) if message == "as a test does"));
    store.tenant(TenantId(1)).write(async |tx: &mut Tx<'_>| tx.exec(&INSERT, &params![11_i64]).await).await.unwrap();
}

/// An owner as careful operators make one: who is no superuser, and whom policies bind.
#[tokio::test]
async fn a_plain_owners_function_finds_what_is_the_tenants_own() {
    let superuser = owner_url();
    let database = format!("plain_{}", std::process::id());
    run(&superuser, &format!("CREATE ROLE owner_{database} LOGIN CREATEROLE PASSWORD 'owner'")).await;
    run(&superuser, &format!("CREATE DATABASE {database} OWNER owner_{database}")).await;
    let owner = address(&superuser, Some(&format!("owner_{database}:owner")), &database);
    let role = Role { name: format!("served_{database}"), password: Some("served".to_owned()) };
    prepare(&owner, &role).await.unwrap();
    let store = open(address(&superuser, Some(&format!("served_{database}:served")), &database)).await.unwrap();
    let index = async |tx: &mut Tx<'_>| -> Result<_, StoreError> { tx.exec(&INDEX, &[]).await };
    store.search(TenantId(1)).write(index).await.unwrap();
    store.search(TenantId(2)).write(index).await.unwrap();
    let asked = async |asking: i64, of: i64| {
        let ask =
            async move |tx: &mut Tx<'_>| -> Result<_, StoreError> { Ok(tx.query(&CANDIDATES_OF, &params![of]).await?.len()) };
        store.search(TenantId(asking)).read(ask).await.unwrap()
    };
    assert_eq!((asked(1, 1).await, asked(2, 2).await, asked(1, 2).await, asked(3, 3).await), (1, 1, 0, 0));
    let all = async |tx: &mut Tx<'_>| -> Result<_, StoreError> { Ok(tx.query(&INDEXED, &[]).await?.len()) };
    assert_eq!(store.search(TenantId(1)).read(all).await.unwrap(), 1, "whoever asks the table itself sees their own");
    drop(store);
    run(&superuser, &format!("DROP DATABASE {database} WITH (FORCE)")).await;
}

#[tokio::test]
async fn a_panic_in_a_group_fails_that_group_alone() {
    let owner = owner_url();
    let database = format!("groups_{}", std::process::id());
    run(&owner, &format!("CREATE DATABASE {database}")).await;
    let owner = address(&owner, None, &database);
    let table = "CREATE SCHEMA irori; CREATE TABLE irori.numbers (tenant_id BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tenant_id, n))";
    run(&owner, table).await;
    prepare(&owner, &Role { name: "irori_groups".to_owned(), password: Some("x".to_owned()) }).await.unwrap();
    let store = open(address(&owner, Some("irori_groups:x"), &database)).await.unwrap();
    super::groups_go_on_after_a_panic(store, TenantId(1)).await;
}

#[tokio::test]
async fn changes_of_a_tenants_structure_go_one_after_the_other() {
    let owner = owner_url();
    let database = format!("structure_{}", std::process::id());
    run(&owner, &format!("CREATE DATABASE {database}")).await;
    let owner = address(&owner, None, &database);
    prepare(&owner, &Role { name: "irori_structure".to_owned(), password: Some("x".to_owned()) }).await.unwrap();
    let store = open(address(&owner, Some("irori_structure:x"), &database)).await.unwrap();

    let inside = Arc::new(AtomicUsize::new(0));
    let changes: Vec<_> = (0..8)
        .map(|_| {
            let (db, inside) = (store.tenant(TenantId(1)), Arc::clone(&inside));
            tokio::spawn(async move {
                db.write(async move |tx: &mut Tx<'_>| {
                    store::lock_structure(tx).await?;
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "nobody else is inside");
                    // Others get their turn while this one is at the database.
                    tx.query(&COUNT_USERS, &[]).await?;
                    inside.fetch_sub(1, Ordering::SeqCst);
                    Ok::<_, StoreError>(())
                })
                .await
            })
        })
        .collect();
    for change in changes {
        change.await.unwrap().unwrap();
    }

    // Another tenant's are not held up: this would wait for itself.
    let other = store.tenant(TenantId(2));
    let across = async move |tx: &mut Tx<'_>| {
        store::lock_structure(tx).await?;
        other.write(async |tx: &mut Tx<'_>| store::lock_structure(tx).await).await
    };
    store.tenant(TenantId(1)).write(across).await.unwrap();
}

#[tokio::test]
async fn text_sorts_alike_in_a_database_of_any_language() {
    let owner = owner_url();
    let database = format!("sorted_{}", std::process::id());
    let language = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'ja'";
    run(&owner, &format!("CREATE DATABASE {database} {language}")).await;
    let owner = address(&owner, None, &database);
    prepare(&owner, &Role { name: "irori_sorted".to_owned(), password: Some("x".to_owned()) }).await.unwrap();
    let store = open(address(&owner, Some("irori_sorted:x"), &database)).await.unwrap();
    let read = async |tx: &mut Tx<'_>| {
        let sorted: Vec<String> = tx.query(&AS_THE_DATABASE_SORTS, &[]).await?.iter().map(|row| row.get(0)).collect();
        let by_bytes: Vec<String> = tx.query(&BY_BYTES, &[]).await?.iter().map(|row| row.get(0)).collect();
        Ok::<_, StoreError>((sorted, by_bytes))
    };
    let (sorted, by_bytes) = store.tenant(TenantId(1)).read(read).await.unwrap();
    assert_eq!(sorted, ["a", "b", "B"], "this database sorts otherwise");
    assert_eq!(by_bytes, ["B", "a", "b"]);
}

/// A line to a server that can go dead without a word, as when a machine or a switch is gone.
#[derive(Clone)]
struct Line {
    port: u16,
    dead: Arc<AtomicBool>,
}

impl Line {
    async fn to(address: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self { port: listener.local_addr().unwrap().port(), dead: Arc::default() };
        let laid = line.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&address).await.unwrap();
                let ((near_reads, near_writes), (far_reads, far_writes)) = (near.into_split(), far.into_split());
                tokio::spawn(laid.clone().carry(near_reads, far_writes));
                tokio::spawn(laid.clone().carry(far_reads, near_writes));
            }
        });
        line
    }

    async fn carry(self, mut from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf) {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut bytes).await {
            // What went in while it was dead is lost, and the connection with it; but nobody is told.
            if !self.dead.load(Ordering::SeqCst) && to.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_and_asked_again_on_a_new_line() {
    let owner = owner_url();
    let database = format!("silent_{}", std::process::id());
    run(&owner, &format!("CREATE DATABASE {database}")).await;
    let owner = address(&owner, None, &database);
    run(&owner, "CREATE SCHEMA irori; CREATE TABLE irori.secrets (tenant_id BIGINT NOT NULL, n BIGINT NOT NULL)").await;
    let role = Role { name: "irori_silent".to_owned(), password: Some("silent".to_owned()) };
    prepare(&owner, &role).await.unwrap();
    let direct = address(&owner, Some("irori_silent:silent"), &database);
    let host = direct.rsplit('@').next().unwrap().split('/').next().unwrap().to_owned();
    let line = Line::to(host.clone()).await;
    let url = direct.replace(&host, &format!("127.0.0.1:{}", line.port));
    let config =
        StoreConfig { connections: 1, patience: Duration::from_millis(500), ..StoreConfig::new(Database::Postgres { url }) };
    let store = Store::open(config, Arc::new(SystemClock), Arc::new(NoSink)).await.unwrap();
    let insert =
        async |n: i64| store.tenant(TenantId(1)).write(async move |tx: &mut Tx<'_>| tx.exec(&INSERT, &params![n]).await).await;
    insert(1).await.unwrap();
    line.dead.store(true, Ordering::SeqCst);
    assert!(matches!(insert(2).await, Err(StoreError::Unavailable(_))));
    line.dead.store(false, Ordering::SeqCst);
    insert(3).await.unwrap();
    let read = async |tx: &mut Tx<'_>| {
        Ok::<_, StoreError>(tx.query(&ALL_ROWS, &[]).await?.iter().map(|row| row.get(0)).collect::<Vec<i64>>())
    };
    assert_eq!(store.tenant(TenantId(1)).read(read).await.unwrap(), [1, 3]);
}
