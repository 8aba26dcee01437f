//! One function an operation: check, write in one transaction with its audit row, answer.

mod accounts;
mod actors;
mod attempts;
mod audit;
mod authentication;
mod checks;
mod founding;
mod grants;
mod groups;
mod import;
mod me;
mod operator;
mod recent;
mod seen;
mod sessions;
mod sign_in;
mod tenant_settings;
mod units;
mod users;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use kernel::live::Boxed;
use kernel::{Clock, Problem, Random, SessionId, TenantId, Time};
use store::ports::{AssignmentChange, AssignmentWatcher};
use store::{Db, Store, Tx};

use crate::limiter::Limiter;
use crate::password::Passwords;
use crate::store::audit::{self as audit_rows, Doer};

pub use audit::{AuditEvent, AuditFilter};
pub(crate) use authentication::rights;
pub use users::UserFilter;

/// Called when a session ends, so that its sockets are closed.
type SignedOut = Arc<dyn Fn(TenantId, SessionId) + Send + Sync>;

/// Called when another person acts in a session, so that its sockets know; what changed it is answered only then.
type Renewed = Arc<dyn Fn(TenantId, SessionId) -> Boxed<'static, ()> + Send + Sync>;

/// The directory's handle; cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    passwords: Passwords,
    limiter: Mutex<Limiter>,
    recent: recent::Recent,
    seen: seen::SeenLine,
    watcher: OnceLock<Arc<dyn AssignmentWatcher>>,
    signed_out: OnceLock<SignedOut>,
    renewed: OnceLock<Renewed>,
}

impl Directory {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            passwords: Passwords::new(Arc::clone(&random)),
            random,
            limiter: Mutex::default(),
            recent: recent::Recent::default(),
            seen: seen::SeenLine::default(),
            watcher: OnceLock::new(),
            signed_out: OnceLock::new(),
            renewed: OnceLock::new(),
        }))
    }

    /// Names who is told of changed assignments, in their transaction. Once, at assembly.
    pub fn watch(&self, watcher: Arc<dyn AssignmentWatcher>) {
        let _ = self.0.watcher.set(watcher);
    }

    /// Names who is told of ended sessions. Once, at assembly.
    pub fn on_sign_out(&self, told: Arc<dyn Fn(TenantId, SessionId) + Send + Sync>) {
        let _ = self.0.signed_out.set(told);
    }

    /// Names who is told of sessions in which another person acts than before. Once, at assembly.
    pub fn on_renewal(&self, told: Arc<dyn Fn(TenantId, SessionId) -> Boxed<'static, ()> + Send + Sync>) {
        let _ = self.0.renewed.set(told);
    }

    fn db(&self, tenant: TenantId) -> Db {
        self.0.store.tenant(tenant)
    }

    fn now(&self) -> Time {
        self.0.clock.now()
    }

    fn new_id(&self) -> uuid::Uuid {
        self.0.random.new_id(self.now())
    }

    /// What a change needs to carry into its transaction.
    fn change(&self, doer: Doer) -> Change {
        Change { now: self.now(), doer, watcher: self.0.watcher.get().cloned() }
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.0.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets cached principals of a tenant, after anything that changes who may do what there.
    fn forget(&self, tenant: TenantId) {
        self.0.recent.forget(tenant);
    }

    /// Another person acts in these sessions than before, or none.
    async fn renew_sessions(&self, tenant: TenantId, sessions: impl IntoIterator<Item = SessionId>) {
        self.forget(tenant);
        for session in sessions {
            if let Some(told) = self.0.renewed.get() {
                told(tenant, session).await;
            }
        }
    }

    fn end_sessions(&self, tenant: TenantId, sessions: impl IntoIterator<Item = SessionId>) {
        self.forget(tenant);
        for session in sessions {
            if let Some(told) = self.0.signed_out.get() {
                told(tenant, session);
            }
        }
    }
}

/// Who changes something, when, and who is told inside the transaction.
#[derive(Clone)]
struct Change {
    now: Time,
    doer: Doer,
    watcher: Option<Arc<dyn AssignmentWatcher>>,
}

impl Change {
    async fn note(
        &self,
        tx: &mut Tx<'_>,
        action: &'static str,
        subject: impl ToString,
        detail: serde_json::Value,
    ) -> Result<(), Problem> {
        let subject = Some(subject.to_string()).filter(|subject| !subject.is_empty());
        Ok(audit_rows::note(tx, self.now, &self.doer, action, subject, &detail).await?)
    }

    async fn assignments(&self, tx: &mut Tx<'_>, change: AssignmentChange) -> Result<(), Problem> {
        match &self.watcher {
            Some(watcher) => watcher.assignments_changed(tx, &change).await,
            None => Ok(()),
        }
    }
}
