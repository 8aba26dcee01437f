//! One file: opened at its first use, one writer, a few readers.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::TenantId;
use kernel::event::EventSink;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OnceCell, Semaphore};
use tokio::task::{block_in_place, spawn_blocking};
use tracing::Span;

use super::writer::{self, Writer};
use crate::measures::Measures;
use crate::migrate::Migration;
use crate::panics::panicked;
use crate::tx::{Asked, Conn};
use crate::{Dialect, Opening, Row, StoreError, Tx};

/// Statements kept prepared on each connection; there are fewer texts than this.
const STATEMENTS: usize = 512;
/// How long a connection waits for another that holds the file.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// What a commit must outlive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A loss of power, with all that was committed.
    Full,
    /// A loss of power, whole; the last commits may be missing.
    Whole,
}

/// Where a file lies, whose it is, and how it is opened.
#[derive(Clone)]
pub(crate) struct Laid {
    pub path: PathBuf,
    pub tenant: Option<TenantId>,
    pub migrations: &'static [Migration],
    pub opening: Opening,
    pub durability: Durability,
}

/// A database file.
pub(crate) struct SqliteFile {
    laid: Laid,
    sink: Arc<dyn EventSink>,
    measures: Arc<Measures>,
    readers: Arc<Readers>,
    writer: OnceCell<Writer>,
}

/// Idle reader connections, and how many may be out at once.
struct Readers {
    path: PathBuf,
    idle: Mutex<Idle>,
    permits: Arc<Semaphore>,
    measures: Arc<Measures>,
}

/// The last one used is the first taken, so what lies at the bottom is what nobody needs.
#[derive(Default)]
struct Idle {
    connections: Vec<Connection>,
    /// How many at the bottom have not been taken since the last sweep.
    unused: usize,
}

impl SqliteFile {
    pub fn new(laid: Laid, readers: usize, sink: Arc<dyn EventSink>, measures: Arc<Measures>) -> Self {
        let readers = Readers {
            path: laid.path.clone(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(readers)),
            measures: Arc::clone(&measures),
        };
        Self { laid, sink, measures, readers: Arc::new(readers), writer: OnceCell::new() }
    }

    /// Opens the file, once, and migrates it unless it is opened as it is.
    pub async fn ready(&self) -> Result<&Writer, StoreError> {
        let open = || async {
            let laid = self.laid.clone();
            let connection = spawn_blocking(move || open_for_writing(&laid)).await.map_err(StoreError::unavailable)??;
            let Laid { path, tenant, .. } = &self.laid;
            Writer::start(connection, path.clone(), *tenant, Arc::clone(&self.sink), Arc::clone(&self.measures))
        };
        self.writer.get_or_try_init(open).await
    }

    pub async fn write<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.ready().await?.write(work).await
    }

    pub async fn read<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.ready().await?;
        let place = self.measures.readers.join();
        let permit = Arc::clone(&self.readers.permits).acquire_owned().await.map_err(StoreError::unavailable)?;
        drop(place);
        let (readers, tenant, asked_by) = (Arc::clone(&self.readers), self.laid.tenant, Span::current());
        let reading = blocking(move || {
            // Held by the work itself, which goes on where its caller goes away.
            let _permit = permit;
            asked_by.in_scope(|| readers.read(tenant, work))
        });
        reading.await?
    }

    /// Asks on the caller's own thread: what it takes is less than handing it to another.
    pub async fn ask(&self, asked: &[Asked]) -> Result<Vec<Vec<Row>>, StoreError> {
        self.ready().await?;
        self.readers.read(self.laid.tenant, async |tx: &mut Tx<'_>| tx.query_all(asked).await)
    }

    /// Closes the readers that nobody has needed since the last call, and their caches with them.
    pub fn close_unused_readers(&self) {
        let unused: Vec<Connection> = {
            let mut idle = self.readers.idle();
            let unused = idle.unused;
            let closing = idle.connections.drain(..unused).collect();
            idle.unused = idle.connections.len();
            closing
        };
        drop(unused);
    }

    /// What SQLite's own check finds wrong.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.ready().await?;
        let readers = Arc::clone(&self.readers);
        let checking = spawn_blocking(move || {
            let connection = readers.take()?;
            let run = || -> Result<Vec<String>, rusqlite::Error> {
                let mut check = connection.prepare("PRAGMA quick_check(20)")?;
                let found = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
                Ok(found.into_iter().filter(|line| line != "ok").collect())
            };
            run().map_err(|error| StoreError::from_sqlite("quick_check", &error))
        });
        checking.await.map_err(StoreError::unavailable)?
    }
}

impl Readers {
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let taken = {
            let mut idle = self.idle();
            let taken = idle.connections.pop();
            idle.unused = idle.unused.min(idle.connections.len());
            taken
        };
        taken.map_or_else(|| open_for_reading(&self.path), Ok)
    }

    /// A connection that failed or panicked is not put back.
    fn read<R, E, F>(&self, tenant: Option<TenantId>, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E>,
        E: From<StoreError>,
    {
        let failed = |error: rusqlite::Error| StoreError::from_sqlite("read", &error);
        let mut connection = self.take()?;
        run(&connection, "BEGIN").map_err(failed)?;
        let mut tx = Tx::new(Conn::Sqlite(&mut connection), tenant, &self.measures);
        let answer = writer::poll_once(work(&mut tx));
        run(&connection, "ROLLBACK").map_err(failed)?;
        self.idle().connections.push(connection);
        answer?
    }
}

/// Does what may wait for the disk: on this thread, whose other tasks go on in another meanwhile. Handed to another itself, it
/// would wait twice for its turn on a busy machine. A runtime of a single thread has none to spare.
async fn blocking<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Result<R, StoreError> {
    if Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
        return catch_unwind(AssertUnwindSafe(|| block_in_place(work))).map_err(|panic| panicked(panic.as_ref()));
    }
    spawn_blocking(work).await.map_err(|error| StoreError::Panicked(error.to_string()))
}

fn run(connection: &Connection, text: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(text)?.raw_execute().map(drop)
}

fn open_for_writing(laid: &Laid) -> Result<Connection, StoreError> {
    let Laid { path, migrations, opening, durability, .. } = laid;
    if *opening == Opening::AsItIs && !path.is_file() {
        return Err(StoreError::Schema(format!("there is no {}", path.display())));
    }
    if let Some(folder) = path.parent() {
        // What people write is nobody else's on the machine.
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(StoreError::unavailable)?;
    }
    let open = || -> Result<Connection, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 16777216; PRAGMA temp_store = MEMORY;",
        )?;
        if *durability == Durability::Whole {
            connection.execute_batch("PRAGMA synchronous = NORMAL")?;
        }
        keep_prepared(&connection)?;
        Ok(connection)
    };
    let connection = open().map_err(|error| StoreError::from_sqlite("open", &error))?;
    migrate(&connection, migrations, *opening)?;
    Ok(connection)
}

fn open_for_reading(path: &Path) -> Result<Connection, StoreError> {
    let open = || -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;")?;
        keep_prepared(&connection)?;
        Ok(connection)
    };
    open().map_err(|error| StoreError::from_sqlite("open", &error))
}

/// Statements stay as they were prepared. SQLite would else prepare a statement anew whenever it is bound to other values,
/// in case another plan fits these better: two fifths of the work of a storm of returning clients (measured).
fn keep_prepared(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Brings a file to the newest schema, whole or not at all; one that is opened as it is must have it.
fn migrate(connection: &Connection, migrations: &[Migration], opening: Opening) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| StoreError::Schema(error.to_string());
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
    let newest = migrations.last().map_or(0, |migration| migration.number);
    if version > newest {
        return Err(StoreError::Schema(format!(
            "the data is of version {version}, this program knows {newest}: use a newer one"
        )));
    }
    if version < newest && opening == Opening::AsItIs {
        return Err(StoreError::Schema(format!(
            "the data is of version {version}, this program needs {newest}: 'irori serve' brings it there"
        )));
    }
    for migration in migrations.iter().filter(|migration| migration.number > version) {
        let text = migration.text(Dialect::Sqlite);
        let number = migration.number;
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE;\n{text}\n;PRAGMA user_version = {number};\nCOMMIT;"))
            .map_err(|error| StoreError::Schema(format!("{}: {error}", migration.name)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::event::NoSink;

    #[tokio::test]
    async fn readers_that_nobody_needs_are_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let measures = Arc::new(Measures::new(crate::SLOW));
        let (tenant, migrations) = (Some(TenantId(1)), crate::migrate::TENANT);
        let laid = Laid { path, tenant, migrations, opening: Opening::Made, durability: Durability::Full };
        let file = SqliteFile::new(laid, 8, Arc::new(NoSink), measures);
        file.ready().await.unwrap();
        let out: Vec<Connection> = (0..6).map(|_| file.readers.take().unwrap()).collect();
        file.readers.idle().connections.extend(out);
        file.close_unused_readers();
        assert_eq!(file.readers.idle().connections.len(), 6, "all were needed since the last look");
        file.read(async |_: &mut Tx<'_>| Ok::<_, StoreError>(())).await.unwrap();
        file.close_unused_readers();
        assert_eq!(file.readers.idle().connections.len(), 1, "one was");
    }
}
