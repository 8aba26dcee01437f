//! One handle over both databases.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::event::EventSink;
use kernel::{Clock, TenantId};
use prometheus_client::registry::Registry;

use crate::measures::Measures;
use crate::postgres::Postgres;
use crate::sqlite::{Sqlite, SqliteFile};
use crate::tx::Asked;
use crate::{Row, StoreError, Tx};

/// Where the data lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A folder; made where it is missing.
    Sqlite {
        /// Its path.
        folder: PathBuf,
    },
    /// A server that `irori database prepare` has prepared.
    Postgres {
        /// `postgres://role:password@host:port/database`, of a role that owns no table.
        url: String,
    },
}

/// What is done to data that is not as this program needs it. Of SQLite only: a PostgreSQL database is never touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// What is missing is made, and what is old is migrated.
    Made,
    /// Nothing: it is an error.
    AsItIs,
}

/// How the store is opened.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// Where the data lies.
    pub database: Database,
    /// PostgreSQL connections, or SQLite readers a tenant, at most.
    pub connections: usize,
    /// A transaction on PostgreSQL that takes longer is given up, and its connection with it.
    pub patience: Duration,
    /// A statement, or a hold of a SQLite writer, that takes as long is logged.
    pub slow: Duration,
    /// What is done where the data is not ready.
    pub opening: Opening,
}

/// What is slow unless told.
pub const SLOW: Duration = Duration::from_millis(200);

impl StoreConfig {
    /// With the usual number of connections; what is missing is made.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, connections: 16, patience: Duration::from_secs(25), slow: SLOW, opening: Opening::Made }
    }

    /// The same, but nothing is made or migrated.
    #[must_use]
    pub fn as_it_is(self) -> Self {
        Self { opening: Opening::AsItIs, ..self }
    }
}

/// The whole installation's data: the instance's own tables and each tenant's.
#[derive(Clone)]
pub struct Store {
    pub(crate) backend: Backend,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) measures: Arc<Measures>,
}

#[derive(Clone)]
pub(crate) enum Backend {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Store {
    /// Opens the data. SQLite migrates itself unless it is opened as it is; PostgreSQL's schema version is compared only.
    ///
    /// # Errors
    /// When the folder can't be made, the server is away, its schema is another, or its role could see through the
    /// tenants' walls.
    pub async fn open(config: StoreConfig, clock: Arc<dyn Clock>, sink: Arc<dyn EventSink>) -> Result<Self, StoreError> {
        let StoreConfig { database, connections, patience, slow, opening } = config;
        let measures = Arc::new(Measures::new(slow));
        let own = Arc::clone(&measures);
        let backend = match database {
            Database::Sqlite { folder } => {
                Backend::Sqlite(Arc::new(Sqlite::open(folder, connections, opening, sink, own).await?))
            }
            Database::Postgres { url } => {
                Backend::Postgres(Arc::new(Postgres::open(&url, connections, patience, sink, own).await?))
            }
        };
        Ok(Self { backend, clock, measures })
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite(_) => "sqlite",
            Backend::Postgres(_) => "postgres",
        }
    }

    /// Whether other nodes may write to the same data.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.backend, Backend::Postgres(_))
    }

    /// Names what is measured here, for a scrape.
    pub fn register(&self, registry: &mut Registry) {
        self.measures.register(registry);
    }

    /// The instance's own tables, which belong to no tenant; parameters start at `$1`.
    #[must_use]
    pub fn instance(&self) -> Db {
        Db(match &self.backend {
            Backend::Sqlite(sqlite) => Handle::Sqlite(sqlite.instance(self.clock.now())),
            Backend::Postgres(postgres) => Handle::Postgres(Arc::clone(postgres), None),
        })
    }

    /// A tenant's data; `$1` is bound to its number. Cheap: the file is opened at its first use.
    #[must_use]
    pub fn tenant(&self, id: TenantId) -> Db {
        Db(match &self.backend {
            Backend::Sqlite(sqlite) => Handle::Sqlite(sqlite.tenant(id, self.clock.now())),
            Backend::Postgres(postgres) => Handle::Postgres(Arc::clone(postgres), Some(id)),
        })
    }

    /// The index that a tenant's texts are found by; `$1` is bound to the tenant's number. On SQLite a file of its own, with a writer
    /// of its own: what it does holds up nobody who writes. On PostgreSQL it lies beside the tenant's other tables.
    #[must_use]
    pub fn search(&self, id: TenantId) -> Db {
        match &self.backend {
            Backend::Sqlite(sqlite) => Db(Handle::Sqlite(sqlite.search(id, self.clock.now()))),
            Backend::Postgres(_) => self.tenant(id),
        }
    }

    /// Whether the data is whole as far as the database itself can tell; what is wrong, in its words.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn check(&self, tenant: TenantId) -> Result<Vec<String>, StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.tenant(tenant, self.clock.now()).check().await,
            Backend::Postgres(postgres) => postgres.check().await.map(|()| Vec::new()),
        }
    }
}

/// One database: a tenant's, or the instance's.
#[derive(Clone)]
pub struct Db(Handle);

#[derive(Clone)]
enum Handle {
    Sqlite(Arc<SqliteFile>),
    Postgres(Arc<Postgres>, Option<TenantId>),
}

impl Db {
    /// Runs `work` in a transaction that sees one moment and writes nothing.
    ///
    /// # Errors
    /// What `work` says, or that the database is away.
    pub async fn read<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.0 {
            Handle::Sqlite(file) => file.read(work).await,
            Handle::Postgres(postgres, tenant) => postgres.transact(*tenant, true, work).await,
        }
    }

    /// The rows of each of these statements, all of one moment. For a few rows found by their keys: SQLite finds them on the
    /// caller's own thread, in some 10 µs, and whatever takes longer holds up all else there; PostgreSQL in one way there and back.
    ///
    /// # Errors
    /// When the database refuses or is away.
    pub async fn ask(&self, asked: &[Asked]) -> Result<Vec<Vec<Row>>, StoreError> {
        match &self.0 {
            Handle::Sqlite(file) => file.ask(asked).await,
            Handle::Postgres(postgres, tenant) => postgres.ask(*tenant, asked).await,
        }
    }

    /// Runs `work` in a transaction of its own; returns once it is durable. `Err` and panics leave nothing behind.
    ///
    /// # Errors
    /// What `work` says, or that the database is away.
    pub async fn write<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.0 {
            Handle::Sqlite(file) => file.write(work).await,
            Handle::Postgres(postgres, tenant) => postgres.transact(*tenant, false, work).await,
        }
    }
}
