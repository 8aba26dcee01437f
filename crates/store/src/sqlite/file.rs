//! One file: opened at its first use, one writer, a few readers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::TenantId;
use kernel::event::EventSink;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{OnceCell, Semaphore};

use super::writer::{self, Writer};
use crate::migrate::Migration;
use crate::tx::Conn;
use crate::{Dialect, Opening, StoreError, Tx};

/// Statements kept prepared on each connection; there are fewer texts than this.
const STATEMENTS: usize = 512;

/// A database file.
pub(crate) struct SqliteFile {
    path: PathBuf,
    tenant: Option<TenantId>,
    migrations: &'static [Migration],
    opening: Opening,
    sink: Arc<dyn EventSink>,
    readers: Arc<Readers>,
    writer: OnceCell<Writer>,
}

/// Idle reader connections, and how many may be out at once.
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl SqliteFile {
    pub fn new(
        path: PathBuf,
        tenant: Option<TenantId>,
        migrations: &'static [Migration],
        readers: usize,
        opening: Opening,
        sink: Arc<dyn EventSink>,
    ) -> Self {
        let readers = Readers { path: path.clone(), idle: Mutex::default(), permits: Semaphore::new(readers) };
        Self { path, tenant, migrations, opening, sink, readers: Arc::new(readers), writer: OnceCell::new() }
    }

    /// Opens the file, once, and migrates it unless it is opened as it is.
    pub async fn ready(&self) -> Result<&Writer, StoreError> {
        let open = || async {
            let (path, migrations, opening) = (self.path.clone(), self.migrations, self.opening);
            let connection = tokio::task::spawn_blocking(move || open_for_writing(&path, migrations, opening))
                .await
                .map_err(StoreError::unavailable)??;
            Writer::start(connection, self.path.clone(), self.tenant, Arc::clone(&self.sink))
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
        let _permit = self.readers.permits.acquire().await.map_err(StoreError::unavailable)?;
        let (readers, tenant) = (Arc::clone(&self.readers), self.tenant);
        let reading = tokio::task::spawn_blocking(move || readers.read(tenant, work));
        reading.await.unwrap_or_else(|error| Err(StoreError::Panicked(error.to_string()).into()))
    }

    /// What SQLite's own check finds wrong.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.ready().await?;
        let readers = Arc::clone(&self.readers);
        let checking = tokio::task::spawn_blocking(move || {
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
    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| open_for_reading(&self.path), Ok)
    }

    /// A connection that failed or panicked is not put back.
    fn read<R, E, F>(&self, tenant: Option<TenantId>, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E>,
        E: From<StoreError>,
    {
        let failed = |error: rusqlite::Error| StoreError::from_sqlite("read", &error);
        let mut connection = self.take()?;
        connection.execute_batch("BEGIN").map_err(failed)?;
        let mut tx = Tx::new(Conn::Sqlite(&mut connection), tenant);
        let answer = writer::poll_once(work(&mut tx));
        connection.execute_batch("ROLLBACK").map_err(failed)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        answer?
    }
}

fn open_for_writing(path: &Path, migrations: &[Migration], opening: Opening) -> Result<Connection, StoreError> {
    if opening == Opening::AsItIs && !path.is_file() {
        return Err(StoreError::Schema(format!("there is no {}", path.display())));
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(StoreError::unavailable)?;
    }
    let open = || -> Result<Connection, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;",
        )?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    };
    let connection = open().map_err(|error| StoreError::from_sqlite("open", &error))?;
    migrate(&connection, migrations, opening)?;
    Ok(connection)
}

fn open_for_reading(path: &Path) -> Result<Connection, StoreError> {
    let open = || -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.execute_batch("PRAGMA busy_timeout = 10000; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;")?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    };
    open().map_err(|error| StoreError::from_sqlite("open", &error))
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
