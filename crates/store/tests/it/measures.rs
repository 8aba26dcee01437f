//! What a scrape is told: of statements, commits, groups and waits, and of what was slow.

use std::sync::Arc;
use std::time::Duration;

use kernel::TenantId;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;
use store::postgres::prepare::{Role, prepare};
use store::{Database, Group, Store, StoreConfig, StoreError};

use super::postgres::{address, owner_url, run};
use super::{Insert, count, insert};

const TENANT: TenantId = TenantId(7);
const TABLE: &str = "(tenant_id BIGINT NOT NULL, n BIGINT NOT NULL CHECK (n < 1000), PRIMARY KEY (tenant_id, n))";

/// A tenant with an empty table of small numbers, on each database.
async fn stores(name: &str, slow: Duration) -> (tempfile::TempDir, [Store; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let open = async |database| {
        let config = StoreConfig { slow, ..StoreConfig::new(database) };
        Store::open(config, Arc::new(SystemClock), Arc::new(NoSink)).await.unwrap()
    };
    let sqlite = open(Database::Sqlite { folder: folder.path().to_owned() }).await;
    sqlite.tenant(TENANT).read(async |_| Ok::<_, StoreError>(())).await.unwrap();
    let file = rusqlite::Connection::open(folder.path().join("tenants/7/data.db")).unwrap();
    file.execute_batch(&format!("CREATE TABLE numbers {TABLE}")).unwrap();

    let (owner, database) = (owner_url(), format!("{name}_{}", std::process::id()));
    run(&owner, &format!("CREATE DATABASE {database}")).await;
    let owner = address(&owner, None, &database);
    run(&owner, &format!("CREATE SCHEMA irori; CREATE TABLE irori.numbers {TABLE}")).await;
    prepare(&owner, &Role { name: format!("irori_{name}"), password: Some("x".to_owned()) }).await.unwrap();
    let url = address(&owner, Some(&format!("irori_{name}:x")), &database);
    (folder, [sqlite, open(Database::Postgres { url }).await])
}

/// One sample of a scrape, by its name and labels.
fn sample(store: &Store, name: &str) -> f64 {
    let (mut registry, mut text) = (Registry::with_prefix("irori"), String::new());
    store.register(&mut registry);
    prometheus_text::encode(&mut text, &registry).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn commits_groups_and_waits_are_counted() {
    let (_folder, [sqlite, postgres]) = stores("counted", Duration::from_secs(3600)).await;
    for (store, line) in [(sqlite, "writer"), (postgres, "connections")] {
        let db = store.tenant(TENANT);
        let (statements, commits) = ("irori_database_statement_seconds_count", "irori_database_commit_seconds_count");
        let before = (sample(&store, statements), sample(&store, commits));
        for n in 1..=3 {
            insert(&db, n).await.unwrap();
        }
        assert_eq!(count(&db).await, 3);
        Group::new(store.clone(), TENANT, Arc::new(Insert)).submit(4).await.unwrap().unwrap();
        assert_eq!(sample(&store, statements) - before.0, 5.0);
        assert_eq!(sample(&store, commits) - before.1, 4.0, "a read commits nothing");
        assert_eq!(sample(&store, "irori_database_group_size_sum"), 1.0);
        assert_eq!(sample(&store, "irori_database_group_waiting"), 0.0);
        assert!(sample(&store, &format!("irori_database_wait_seconds_count{{line=\"{line}\"}}")) >= 4.0);
        assert_eq!(sample(&store, &format!("irori_database_waiting{{line=\"{line}\"}}")), 0.0);
        assert_eq!(sample(&store, "irori_database_slow_statements_total"), 0.0, "nothing takes an hour");
        assert_eq!(sample(&store, "irori_database_failed_commits_total"), 0.0);
    }
}

#[tokio::test]
async fn what_takes_as_long_as_the_threshold_is_slow() {
    let (_folder, [sqlite, postgres]) = stores("slow", Duration::ZERO).await;
    for (store, holds) in [(sqlite, 1.0), (postgres, 0.0)] {
        let (slow, long) = ("irori_database_slow_statements_total", "irori_database_long_holds_total");
        let before = (sample(&store, slow), sample(&store, long));
        insert(&store.tenant(TENANT), 1).await.unwrap();
        assert!(insert(&store.tenant(TENANT), 1).await.unwrap_err().is_taken());
        assert_eq!(sample(&store, slow) - before.0, 2.0, "one that fails has taken its time too");
        assert_eq!(sample(&store, long) - before.1, 2.0 * holds, "only SQLite has a writer to hold");
    }
}

#[tokio::test]
async fn an_error_quotes_no_row() {
    let (_folder, stores) = stores("quoted", Duration::from_secs(3600)).await;
    for store in stores {
        let error = insert(&store.tenant(TENANT), 424_242).await.unwrap_err().to_string();
        assert!(error.contains("INSERT") && error.to_lowercase().contains("check"), "it names what was wrong: {error}");
        assert!(!error.contains("424242"), "{error}");
    }
}
