//! One function an operation.

mod fetch;
mod finish;
mod miniature;
mod receive;
mod sweep;
mod texts;
mod upload;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use kernel::live::Boxed;
use kernel::{Clock, FileId, Principal, Problem, Random, TenantId};
use store::{Db, Store, Tx};
use tokio::sync::Semaphore;

pub use fetch::Content;
pub use texts::{text_states, texts_of};
pub use upload::NewFile;

use crate::converters::Converters;
use crate::objects::Objects;
use crate::scanner::Scanner;
use crate::store::FileRow;
use crate::thumbnails::Thumbnails;

/// Pictures held whole at once, while what tells on people is taken out of them.
const WHOLE_AT_ONCE: usize = 2;
/// What pieces under way may take together, in bytes.
const ROOM_BYTES: usize = 64 * 1024 * 1024;

/// Says who may see a file, and shows it: a capability whose things refer to files.
pub trait Refers: Send + Sync {
    /// Whether the principal may see something that refers to it.
    fn may_see<'a>(&'a self, tx: &'a mut Tx<'_>, principal: &'a Principal, file: FileId) -> Boxed<'a, Result<bool, Problem>>;

    /// What a file says is known now: what shows it is found by that too. It may be told again.
    fn text_came(&self, tenant: TenantId, file: FileId) -> Boxed<'_, Result<(), Problem>>;
}

/// How files are kept.
#[derive(Clone, Debug)]
pub struct FilesConfig {
    /// Where.
    pub objects: Objects,
    /// The largest file, in bytes.
    pub most_bytes: i64,
    /// What every file must pass before it is there.
    pub scanner: Option<Scanner>,
    /// What opens documents.
    pub converters: Converters,
}

/// The largest file unless told: 1 GB.
pub const MOST_BYTES: i64 = 1024 * 1024 * 1024;

impl FilesConfig {
    /// As usual, over this store; no document is opened.
    #[must_use]
    pub fn new(objects: Objects) -> Self {
        Self { objects, most_bytes: MOST_BYTES, scanner: None, converters: Converters::default() }
    }
}

/// Files' handle; cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<Inner>);

struct Inner {
    store: Store,
    config: FilesConfig,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    refer: RwLock<Vec<Arc<dyn Refers>>>,
    thumbnails: Thumbnails,
    /// Whose document is read, and whose first page is drawn.
    reading: Semaphore,
    drawing: Semaphore,
    whole: Semaphore,
    room: Arc<Semaphore>,
    finishing: Mutex<HashMap<FileId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Files {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store, config: FilesConfig, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self(Arc::new(Inner {
            store,
            config,
            clock,
            random,
            refer: RwLock::default(),
            thumbnails: Thumbnails::start(),
            reading: Semaphore::new(1),
            drawing: Semaphore::new(1),
            whole: Semaphore::new(WHOLE_AT_ONCE),
            room: Arc::new(Semaphore::new(ROOM_BYTES)),
            finishing: Mutex::default(),
        }))
    }

    /// From here on these are asked too who may see a file.
    pub fn referred_to_by(&self, refers: Arc<dyn Refers>) {
        self.0.refer.write().unwrap_or_else(PoisonError::into_inner).push(refers);
    }

    /// The largest file, in bytes.
    #[must_use]
    pub fn most_bytes(&self) -> i64 {
        self.0.config.most_bytes
    }

    /// With what can be said of it only here: whether a picture of its first page can be made.
    #[must_use]
    pub fn described(&self, file: crate::File) -> crate::File {
        let has_picture = self.0.config.converters.picture(&file.content_type);
        crate::File { has_picture, ..file }
    }

    fn db(&self, tenant: TenantId) -> Db {
        self.0.store.tenant(tenant)
    }

    /// Where bytes lie, for a capability that keeps some of its own there.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.0.config.objects
    }

    /// Whoever finishes a file is alone with it, here at least; elsewhere the database decides.
    fn finishing(&self, id: FileId) -> Arc<tokio::sync::Mutex<()>> {
        let mut finishing = self.0.finishing.lock().unwrap_or_else(PoisonError::into_inner);
        finishing.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(finishing.entry(id).or_default())
    }

    fn referring(&self) -> Vec<Arc<dyn Refers>> {
        self.0.refer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rule of who may see a file: whoever may see what refers to it; while nothing does, whoever brought it.
    pub(crate) async fn ensure_may_see(&self, tx: &mut Tx<'_>, principal: &Principal, row: &FileRow) -> Result<(), Problem> {
        if row.uses == 0 && row.uploaded_by == principal.user {
            return Ok(());
        }
        for refers in self.referring() {
            if refers.may_see(tx, principal, row.upload.file.id).await? {
                return Ok(());
            }
        }
        Err(Problem::not_found())
    }

    /// Files that the principal may put into something of theirs: there, and theirs to see. In the order of `ids`.
    ///
    /// # Errors
    /// 422 naming `field` where one is not there, not yet whole, or not theirs to see.
    pub async fn attachable(
        &self,
        tx: &mut Tx<'_>,
        principal: &Principal,
        field: &'static str,
        ids: &[FileId],
    ) -> Result<Vec<crate::File>, Problem> {
        let missing = || {
            Problem::invalid(
                field,
                "ファイルが見つかりません。もう一度添付してください。",
                "There is no such file. Please attach it again.",
            )
        };
        let mut files = Vec::with_capacity(ids.len());
        for id in ids {
            let row = crate::store::find(tx, *id).await?.filter(|row| row.upload.is_there()).ok_or_else(missing)?;
            self.ensure_may_see(tx, principal, &row)
                .await
                .map_err(|problem| if problem.status == 404 { missing() } else { problem })?;
            files.push(self.described(row.upload.file));
        }
        Ok(files)
    }
}

/// Where a tenant's objects lie: beside its data where both are kept in one folder.
fn folder(tenant: TenantId) -> String {
    format!("tenants/{}/files", tenant.0)
}
