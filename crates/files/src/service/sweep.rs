//! What nobody uses is taken away: files given up half-way, files that no message shows.

use std::time::Duration;

use kernel::{Problem, TenantId, Time};
use store::Tx;

use super::Files;
use super::fetch::thumbnail_object;
use crate::store::{self as rows, Forgotten};
use crate::thumbnails::SIDES;

/// How long a file may lie unused.
pub const KEPT_UNUSED: Duration = Duration::from_secs(24 * 3600);
/// Between two sweeps.
const EVERY: Duration = Duration::from_secs(3600);
/// Files forgotten in one transaction: it must not hold the writer for long.
const TOGETHER: i64 = 50;

impl Files {
    /// Takes away what has been unused for [`KEPT_UNUSED`]; gives how many files that were.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sweep(&self, tenant: TenantId) -> Result<usize, Problem> {
        let before = Time(self.0.clock.now().0 - i64::try_from(KEPT_UNUSED.as_micros()).unwrap_or(0));
        let mut swept = 0;
        loop {
            let forgotten = self.db(tenant).write(async move |tx: &mut Tx<'_>| forget_unused(tx, before).await).await?;
            if forgotten.is_empty() {
                return Ok(swept);
            }
            swept += forgotten.len();
            for forgotten in forgotten {
                self.remove(forgotten).await;
            }
        }
    }

    /// When what is touched now is taken away, if nothing uses it by then.
    #[must_use]
    pub fn kept_until(&self) -> Time {
        self.0.clock.now().plus(KEPT_UNUSED)
    }

    /// Sweeps every tenant, and reads what was left unread, every hour, for as long as it is let.
    pub async fn keep_swept(self) {
        loop {
            match self.0.store.list_tenants().await {
                Ok(tenants) => {
                    for tenant in tenants {
                        self.sweep_and_say(tenant.id).await;
                    }
                }
                Err(error) => tracing::warn!(%error, "unused files could not be looked for"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn sweep_and_say(&self, tenant: TenantId) {
        let tenant_id = tenant.0;
        if let Err(problem) = self.read_waiting(tenant).await {
            tracing::warn!(tenant_id, kind = problem.kind, "documents that wait could not be read");
        }
        match self.sweep(tenant).await {
            Ok(0) => {}
            Ok(files) => tracing::info!(tenant_id, files, "unused files were taken away"),
            Err(problem) => tracing::warn!(tenant_id, kind = problem.kind, "unused files could not be taken away"),
        }
    }

    /// Takes away the objects of a forgotten file.
    pub(super) async fn remove(&self, forgotten: Forgotten) {
        let Forgotten { parts: mut needless, content } = forgotten;
        if let Some(content) = content {
            needless.extend(SIDES.iter().map(|side| thumbnail_object(&content, *side)));
            needless.push(content);
        }
        self.objects().remove(&needless).await;
    }
}

async fn forget_unused(tx: &mut Tx<'_>, before: Time) -> Result<Vec<Forgotten>, Problem> {
    let ids = rows::unused(tx, before, TOGETHER).await?;
    let mut forgotten = Vec::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(forgotten);
    }
    // Under the lock: a message may have taken one up since.
    for row in rows::lock_all(tx, ids).await?.iter().filter(|row| row.uses == 0) {
        forgotten.push(rows::forget(tx, row).await?);
    }
    Ok(forgotten)
}
