//! A PostgreSQL for tests: one cluster a test binary at most, and a database a test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use store::postgres::prepare::{Role, prepare};
use tokio_postgres::NoTls;
use uuid::Uuid;

/// The role that servers in tests sign in as: as in earnest, one that owns nothing.
const ROLE: &str = "irori_test";

/// A cluster that ends with this process: its keeper waits for the end of its standard input, which we hold open.
struct Cluster {
    owner: String,
    _keeper: Option<Child>,
}

/// The owner's address, with `postgres` as its database.
fn owner() -> &'static str {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    &CLUSTER
        .get_or_init(|| match std::env::var("IRORI_TEST_POSTGRES") {
            Ok(owner) => Cluster { owner, _keeper: None },
            Err(_) => start(),
        })
        .owner
}

fn start() -> Cluster {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/with-postgres");
    let mut keeper = Command::new(script)
        .args(["sh", "-c", "echo \"$IRORI_TEST_POSTGRES\"; exec cat >/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("scripts/with-postgres starts");
    let mut owner = String::new();
    BufReader::new(keeper.stdout.take().expect("piped")).read_line(&mut owner).expect("it tells the address");
    let owner = owner.trim().to_owned();
    assert!(!owner.is_empty(), "scripts/with-postgres started no server: is PostgreSQL installed?");
    Cluster { owner, _keeper: Some(keeper) }
}

/// The same server, another database and perhaps another role.
fn address(database: &str, role: Option<&str>) -> String {
    let owner = owner();
    let (server, _) = owner.rsplit_once('/').expect("an address names a database");
    match role {
        None => format!("{server}/{database}"),
        Some(role) => {
            let (_, host) = server.rsplit_once('@').expect("an address names its user");
            format!("postgres://{role}:{role}@{host}/{database}")
        }
    }
}

async fn run(database: &str, statement: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&address(database, None), NoTls).await?;
    let driving = tokio::spawn(connection);
    let outcome = client.batch_execute(statement).await;
    drop(client);
    let _ = driving.await;
    outcome
}

fn new_name() -> String {
    format!("irori_test_{}", Uuid::new_v4().simple())
}

/// A prepared database without rows; its name.
pub async fn prepared() -> String {
    let name = new_name();
    run("postgres", &format!("CREATE DATABASE {name}")).await.expect("the owner makes a database");
    let role = Role { name: ROLE.to_owned(), password: Some(ROLE.to_owned()) };
    // Test binaries that share a cluster make the role at once now and then; one of them is asked to try again.
    for _ in 0..5 {
        if prepare(&address(&name, None), &role).await.is_ok() {
            return name;
        }
    }
    prepare(&address(&name, None), &role).await.expect("a new database can be prepared");
    name
}

/// A copy of a database to which nobody is connected.
pub async fn copy_of(template: &str) -> String {
    let name = new_name();
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
    for _ in 0..50 {
        match run("postgres", &statement).await {
            Ok(()) => return name,
            // The template's last connection is still being closed.
            Err(error) if error.code() == Some(&tokio_postgres::error::SqlState::OBJECT_IN_USE) => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Err(error) => panic!("copying {template}: {error}"),
        }
    }
    panic!("{template} stays in use");
}

/// How the server signs in there.
pub fn served(name: &str) -> String {
    address(name, Some(ROLE))
}

/// How the owner does.
pub fn owned(name: &str) -> String {
    address(name, None)
}

/// Drops the database, whoever is connected, from a thread of its own: tests end in and out of a runtime.
pub fn drop_database(name: String) {
    let dropping = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            // Best effort: the whole cluster is thrown away in the end.
            let _ = runtime.block_on(run("postgres", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        }
    });
    let _ = dropping.join();
}
