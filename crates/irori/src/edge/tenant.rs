//! Which tenant a path names: its first segment, looked up in the instance's table.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::{Clock, TenantRef, Time};
use store::{Store, StoreError};

/// How long a tenant that was found is believed to be there.
const FRESH: Duration = Duration::from_secs(5);

/// The tenants, as of a few seconds ago.
#[derive(Clone)]
pub struct Tenants {
    store: Store,
    clock: Arc<dyn Clock>,
    known: Arc<Mutex<HashMap<String, (TenantRef, Time)>>>,
}

impl Tenants {
    /// Looks into `store`.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, known: Arc::default() }
    }

    /// The tenant of this name. Names that are none are never kept, so that guesses fill no memory.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find(&self, name: &str) -> Result<Option<TenantRef>, StoreError> {
        let now = self.clock.now();
        if let Some(known) = self.known(name, now) {
            return Ok(Some(known));
        }
        if !is_shaped(name) {
            return Ok(None);
        }
        let Some(row) = self.store.find_tenant(name).await? else { return Ok(None) };
        let tenant = TenantRef { id: row.id, name: row.name.into(), title: row.title.into() };
        self.lock().insert(name.to_owned(), (tenant.clone(), now));
        Ok(Some(tenant))
    }

    fn known(&self, name: &str, now: Time) -> Option<TenantRef> {
        let known = self.lock();
        known.get(name).filter(|(_, seen)| now.is_within(FRESH, *seen)).map(|(tenant, _)| tenant.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (TenantRef, Time)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_shaped(name: &str) -> bool {
    name.len() <= 63 && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
