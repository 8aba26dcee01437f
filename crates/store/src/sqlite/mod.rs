//! SQLite: the instance's file `irori.db`, and a folder a tenant with its `data.db` and the index of its texts, `search.db`.

mod checkpoints;
mod file;
mod writer;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::event::EventSink;
use kernel::{TenantId, Time};

pub(crate) use file::SqliteFile;
use file::{Durability, Laid};

use crate::measures::Measures;
use crate::migrate::Migration;
use crate::{Opening, StoreError, migrate};

/// A tenant's file is closed after this long without use.
const IDLE: Duration = Duration::from_secs(300);
/// What is unused is looked for this often.
const SWEEP: Duration = Duration::from_secs(60);

/// The folder, and the files of it that are open.
pub(crate) struct Sqlite {
    folder: PathBuf,
    readers: usize,
    opening: Opening,
    sink: Arc<dyn EventSink>,
    measures: Arc<Measures>,
    instance: Arc<SqliteFile>,
    tenants: Mutex<Tenants>,
}

/// Which of a tenant's files.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Data,
    Search,
}

impl Part {
    fn kind(self) -> Kind {
        match self {
            Self::Data => Kind { name: "data.db", migrations: migrate::TENANT, durability: Durability::Full },
            // What a lost power takes of it is read again from the data.
            Self::Search => Kind { name: "search.db", migrations: migrate::SEARCH, durability: Durability::Whole },
        }
    }
}

struct Kind {
    name: &'static str,
    migrations: &'static [Migration],
    durability: Durability,
}

#[derive(Default)]
struct Tenants {
    open: HashMap<(TenantId, Part), (Arc<SqliteFile>, Time)>,
    swept: Option<Time>,
}

impl Sqlite {
    pub async fn open(
        folder: PathBuf,
        readers: usize,
        opening: Opening,
        sink: Arc<dyn EventSink>,
        measures: Arc<Measures>,
    ) -> Result<Self, StoreError> {
        let laid = Laid {
            path: folder.join("irori.db"),
            tenant: None,
            migrations: migrate::INSTANCE,
            opening,
            durability: Durability::Full,
        };
        let instance = Arc::new(SqliteFile::new(laid, readers, Arc::clone(&sink), Arc::clone(&measures)));
        instance.ready().await?;
        Ok(Self { folder, readers, opening, sink, measures, instance, tenants: Mutex::default() })
    }

    pub fn instance(&self, now: Time) -> Arc<SqliteFile> {
        self.sweep(&mut self.tenants(), now);
        Arc::clone(&self.instance)
    }

    pub fn tenant(&self, id: TenantId, now: Time) -> Arc<SqliteFile> {
        self.file(id, Part::Data, now)
    }

    pub fn search(&self, id: TenantId, now: Time) -> Arc<SqliteFile> {
        self.file(id, Part::Search, now)
    }

    fn file(&self, id: TenantId, part: Part, now: Time) -> Arc<SqliteFile> {
        let mut tenants = self.tenants();
        self.sweep(&mut tenants, now);
        let (file, used) = tenants.open.entry((id, part)).or_insert_with(|| {
            let Kind { name, migrations, durability } = part.kind();
            let path = self.folder.join("tenants").join(id.0.to_string()).join(name);
            let laid = Laid { path, tenant: Some(id), migrations, opening: self.opening, durability };
            let file = SqliteFile::new(laid, self.readers, Arc::clone(&self.sink), Arc::clone(&self.measures));
            (Arc::new(file), now)
        });
        *used = now;
        Arc::clone(file)
    }

    fn tenants(&self) -> MutexGuard<'_, Tenants> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the files that nobody holds and nobody has used for a while, and everywhere the readers that nobody needs.
    fn sweep(&self, tenants: &mut Tenants, now: Time) {
        if tenants.swept.is_some_and(|swept| now.is_within(SWEEP, swept)) {
            return;
        }
        tenants.swept = Some(now);
        tenants.open.retain(|_, (file, used)| Arc::strong_count(file) > 1 || now.since(*used) < IDLE);
        for file in tenants.open.values().map(|(file, _)| file).chain([&self.instance]) {
            file.close_unused_readers();
        }
    }
}
