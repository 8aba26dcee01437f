//! When sessions were last used: noted in groups, behind the requests that used them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kernel::{SessionId, TenantId};
use store::{StoreError, Tx, params};

use super::Directory;
use crate::store::sessions;

/// How long a note may wait for others. It tells to the minute: one that is lost with the process is made at the next use.
const EVERY: Duration = Duration::from_secs(1);
/// Sessions noted in one statement, at most.
const TOGETHER: usize = 1_000;

/// Sessions whose use waits to be noted.
#[derive(Default)]
pub(super) struct SeenLine(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    sessions: HashMap<TenantId, HashSet<SessionId>>,
    running: bool,
}

impl SeenLine {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True where nobody is about to write it.
    fn join(&self, tenant: TenantId, session: SessionId) -> bool {
        let mut line = self.lock();
        line.sessions.entry(tenant).or_default().insert(session);
        !std::mem::replace(&mut line.running, true)
    }

    /// All that waits; the writer goes where nothing does.
    fn take(&self) -> HashMap<TenantId, HashSet<SessionId>> {
        let mut line = self.lock();
        line.running = !line.sessions.is_empty();
        std::mem::take(&mut line.sessions)
    }
}

impl Directory {
    /// This session is used now: written soon.
    pub(super) fn note_seen(&self, tenant: TenantId, session: SessionId) {
        if !self.0.seen.join(tenant, session) {
            return;
        }
        let directory = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                let waiting = directory.0.seen.take();
                if waiting.is_empty() {
                    return;
                }
                for (tenant, sessions) in waiting {
                    directory.write_seen(tenant, sessions.into_iter().collect()).await;
                }
            }
        });
    }

    async fn write_seen(&self, tenant: TenantId, seen: Vec<SessionId>) {
        for chunk in seen.chunks(TOGETHER) {
            let (now, chunk) = (self.now(), chunk.to_vec());
            let note = async move |tx: &mut Tx<'_>| tx.exec(&sessions::SEEN, &params![now, chunk]).await;
            // A full disk stops writing, not reading.
            let noted: Result<u64, StoreError> = self.db(tenant).write(note).await;
            if let Err(error) = noted {
                tracing::warn!(%error, "when sessions were last used could not be written");
            }
        }
    }
}
