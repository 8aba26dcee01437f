//! The ground that a stage stands on: a folder of its own, and a database of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::clock::SystemClock;
use kernel::event::NoSink;
use store::postgres::prepare::{Role, prepare};
use store::{Database, Store, StoreConfig};
use tempfile::TempDir;

use crate::Outcome;
use crate::fill::new_id;
use crate::server::Server;

/// Which database is measured.
pub enum Measured {
    /// A folder.
    Sqlite,
    /// A database that is made for this, by its owner's address.
    Postgres(String),
}

impl Measured {
    /// As the table names it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// SQLite, and PostgreSQL where there is one.
pub fn databases(postgres: Option<&str>) -> impl Iterator<Item = Measured> {
    std::iter::once(Measured::Sqlite).chain(postgres.map(|url| Measured::Postgres(url.to_owned())))
}

/// Where the rows lie, for the floors.
pub enum Raw {
    /// The folder of the tenants' folders.
    Sqlite {
        /// Its path.
        tenants: PathBuf,
    },
    /// The owner's address of the measured database.
    Postgres {
        /// Its address.
        owner: String,
    },
}

/// Where the data lies, and how a server finds it.
pub struct Ground {
    measured: Measured,
    owner: Option<String>,
    arguments: Vec<String>,
    folder: TempDir,
}

impl Ground {
    /// Makes an empty one, and opens it to be filled.
    pub async fn lay(measured: Measured) -> Outcome<(Self, Store)> {
        let folder = tempfile::tempdir()?;
        let mut arguments = vec!["--data".to_owned(), folder.path().to_string_lossy().into_owned()];
        let (database, owner) = match &measured {
            Measured::Sqlite => (Database::Sqlite { folder: folder.path().to_owned() }, None),
            Measured::Postgres(owner) => {
                let (owned, served) = make_database(owner).await?;
                arguments.extend(["--database".to_owned(), served.clone()]);
                (Database::Postgres { url: served }, Some(owned))
            }
        };
        let store = Store::open(StoreConfig::new(database), Arc::new(SystemClock), Arc::new(NoSink)).await?;
        Ok((Self { measured, owner, arguments, folder }, store))
    }

    /// Starts a server on it.
    pub async fn serve(&self, binary: &Path) -> Outcome<Server> {
        Server::start(binary, &self.arguments).await
    }

    /// As the table names it.
    pub fn database(&self) -> &'static str {
        self.measured.name()
    }

    /// After rows in bulk: PostgreSQL looks at them now, as autovacuum would within a minute, rather than plan for empty tables.
    pub async fn settle(&self) -> Outcome<()> {
        let Some(owner) = &self.owner else { return Ok(()) };
        let (client, connection) = tokio_postgres::connect(owner, tokio_postgres::NoTls).await?;
        let driving = tokio::spawn(connection);
        for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
            client.batch_execute(statement).await?;
        }
        drop(client);
        Ok(driving.await??)
    }

    /// The database's own processes that serve this ground; SQLite has none. They are seen where it runs on this machine.
    pub async fn processes(&self) -> Outcome<Vec<i32>> {
        let Some(owner) = &self.owner else { return Ok(Vec::new()) };
        let (client, connection) = tokio_postgres::connect(owner, tokio_postgres::NoTls).await?;
        let driving = tokio::spawn(connection);
        let ask = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let processes = client.query(ask, &[]).await?.iter().map(|row| row.get(0)).collect();
        drop(client);
        driving.await??;
        Ok(processes)
    }

    /// How large the index of a tenant's texts is: its file, or on PostgreSQL its tables with their indexes.
    pub async fn index_mb(&self, tenant: i64) -> Outcome<f64> {
        let Some(owner) = &self.owner else {
            let path = self.folder.path().join("tenants").join(tenant.to_string()).join("search.db");
            return Ok(std::fs::metadata(path)?.len() as f64 / 1e6);
        };
        let (client, connection) = tokio_postgres::connect(owner, tokio_postgres::NoTls).await?;
        let driving = tokio::spawn(connection);
        let ask = "SELECT pg_total_relation_size('irori.search_documents') + pg_total_relation_size('irori.search_rooms')";
        let bytes: i64 = client.query_one(ask, &[]).await?.get(0);
        drop(client);
        driving.await??;
        Ok(bytes as f64 / 1e6)
    }

    /// Where the floors find the rows.
    pub fn raw(&self) -> Raw {
        match &self.owner {
            None => Raw::Sqlite { tenants: self.folder.path().join("tenants") },
            Some(owner) => Raw::Postgres { owner: owner.clone() },
        }
    }
}

/// A fresh database: its owner's address, and the one to serve with.
async fn make_database(owner: &str) -> Outcome<(String, String)> {
    let (server, _) = owner.rsplit_once('/').ok_or("the owner's address names a database")?;
    let name = format!("bench_{}", new_id().simple());
    let (client, connection) = tokio_postgres::connect(owner, tokio_postgres::NoTls).await?;
    let driving = tokio::spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    drop(client);
    driving.await??;
    let owned = format!("{server}/{name}");
    prepare(&owned, &Role { name: "irori_bench".to_owned(), password: Some("bench".to_owned()) }).await?;
    let (scheme, rest) = server.split_once("://").ok_or("the owner's address has a scheme")?;
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    Ok((owned, format!("{scheme}://irori_bench:bench@{host}/{name}")))
}
