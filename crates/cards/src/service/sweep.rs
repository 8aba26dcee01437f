//! What nobody has looked at for long is taken away.

use std::time::Duration;

use kernel::{Problem, TenantId, Time};
use store::Tx;

use super::Cards;
use super::picture::object;
use crate::store as rows;

/// A card's words stay known, for the shelf of links, long after they would be asked anew.
pub const KEPT: Duration = Duration::from_secs(365 * 24 * 3600);
/// As long as nothing was to be had.
pub const KEPT_FAILED: Duration = Duration::from_secs(24 * 3600);
/// Between two sweeps.
const EVERY: Duration = Duration::from_secs(3600);
/// Cards forgotten in one transaction: it must not hold the writer for long.
const TOGETHER: i64 = 200;

impl Cards {
    /// Takes away what is too old; gives how many cards that were.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sweep(&self, tenant: TenantId) -> Result<usize, Problem> {
        let mut swept = 0;
        for (failed, kept) in [(true, KEPT_FAILED), (false, KEPT)] {
            let before = Time(self.0.clock.now().0 - i64::try_from(kept.as_micros()).unwrap_or(0));
            loop {
                let forget =
                    async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::forget(tx, failed, before, TOGETHER).await?) };
                let (count, images) = self.db(tenant).write(forget).await?;
                // Another card may show the same picture: it is fetched again when somebody looks.
                let objects: Vec<String> = images.iter().map(|image| object(tenant, image)).collect();
                self.0.files.objects().remove(&objects).await;
                swept += count;
                if count == 0 {
                    break;
                }
            }
        }
        Ok(swept)
    }

    /// Sweeps every tenant, every hour, for as long as it is let.
    pub async fn keep_swept(self) {
        loop {
            match self.0.store.list_tenants().await {
                Ok(tenants) => {
                    for tenant in tenants {
                        if let Err(problem) = self.sweep(tenant.id).await {
                            tracing::warn!(
                                tenant_id = tenant.id.0,
                                kind = problem.kind,
                                "old link cards could not be taken away"
                            );
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "old link cards could not be looked for"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }
}
