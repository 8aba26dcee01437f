//! SQLite: the instance's file `irori.db`, and a folder a tenant with its `data.db`.

mod file;
mod writer;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::event::EventSink;
use kernel::{TenantId, Time};

pub(crate) use file::SqliteFile;

use crate::{Opening, StoreError, migrate};

/// A tenant's file is closed after this long without use.
const IDLE: Duration = Duration::from_secs(300);

/// The folder, and the files of it that are open.
pub(crate) struct Sqlite {
    folder: PathBuf,
    readers: usize,
    opening: Opening,
    sink: Arc<dyn EventSink>,
    instance: Arc<SqliteFile>,
    tenants: Mutex<Tenants>,
}

#[derive(Default)]
struct Tenants {
    open: HashMap<TenantId, (Arc<SqliteFile>, Time)>,
    swept: Option<Time>,
}

impl Sqlite {
    pub async fn open(folder: PathBuf, readers: usize, opening: Opening, sink: Arc<dyn EventSink>) -> Result<Self, StoreError> {
        let instance = SqliteFile::new(folder.join("irori.db"), None, migrate::INSTANCE, readers, opening, Arc::clone(&sink));
        let instance = Arc::new(instance);
        instance.ready().await?;
        Ok(Self { folder, readers, opening, sink, instance, tenants: Mutex::default() })
    }

    pub fn instance(&self) -> Arc<SqliteFile> {
        Arc::clone(&self.instance)
    }

    pub fn tenant(&self, id: TenantId, now: Time) -> Arc<SqliteFile> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.close_idle(now);
        let (file, used) = tenants.open.entry(id).or_insert_with(|| {
            let path = self.folder.join("tenants").join(id.0.to_string()).join("data.db");
            let file = SqliteFile::new(path, Some(id), migrate::TENANT, self.readers, self.opening, Arc::clone(&self.sink));
            (Arc::new(file), now)
        });
        *used = now;
        Arc::clone(file)
    }
}

impl Tenants {
    /// At most once a minute: drops the files that nobody holds and nobody has used for a while.
    fn close_idle(&mut self, now: Time) {
        if self.swept.is_some_and(|swept| now.since(swept) < Duration::from_secs(60)) {
            return;
        }
        self.swept = Some(now);
        self.open.retain(|_, (file, used)| Arc::strong_count(file) > 1 || now.since(*used) < IDLE);
    }
}
