//! Cards as they are asked for: from what is kept, or fetched once for all who wait.

mod ask;
mod once;
mod picture;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use files::Files;
use kernel::{Clock, TenantId};
use store::{Db, Store};
use tokio::sync::Semaphore;

pub use ask::Known;

use crate::fetch::Fetcher;
use crate::outside::{Internet, Outside};
use once::Once;

/// How long one fetch may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Fetches at once.
const AT_ONCE: usize = 4;

/// Whether and how the outside is asked.
#[derive(Clone, Debug, Default)]
pub struct CardsConfig {
    way: Option<(Arc<dyn Outside>, Duration)>,
}

impl CardsConfig {
    /// No page is asked.
    #[must_use]
    pub fn off() -> Self {
        Self::default()
    }

    /// As usual.
    #[must_use]
    pub fn on() -> Self {
        Self::by(Arc::new(Internet), PATIENCE)
    }

    /// By another way out, with another patience: for tests.
    #[must_use]
    pub fn by(outside: Arc<dyn Outside>, patience: Duration) -> Self {
        Self { way: Some((outside, patience)) }
    }
}

/// Cards' handle; cheap to clone.
#[derive(Clone)]
pub struct Cards(Arc<Inner>);

struct Inner {
    store: Store,
    files: Files,
    clock: Arc<dyn Clock>,
    fetcher: Option<Fetcher>,
    turns: Semaphore,
    once: Once,
}

impl Cards {
    /// Over `store`; pictures lie where files do. Off as well where this machine knows no certificates.
    #[must_use]
    pub fn new(store: Store, files: Files, config: CardsConfig, clock: Arc<dyn Clock>) -> Self {
        let fetcher = config.way.and_then(|(outside, patience)| {
            let made = Fetcher::new(outside, patience);
            made.inspect_err(|error| tracing::warn!(%error, "there will be no link cards")).ok()
        });
        let (turns, once) = (Semaphore::new(AT_ONCE), Once::default());
        Self(Arc::new(Inner { store, files, clock, fetcher, turns, once }))
    }

    /// Whether there are cards at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.fetcher.is_some()
    }

    fn db(&self, tenant: TenantId) -> Db {
        self.0.store.tenant(tenant)
    }
}
