//! Cards of addresses: kept, or fetched now.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use kernel::live::Boxed;
use kernel::{Problem, TenantId, Time};
use store::Tx;
use tokio::time::timeout;

use super::Cards;
use super::picture::object;
use crate::fetch::{Fetcher, PAGE};
use crate::model::{Card, hash};
use crate::page::{self, Page};
use crate::store::{self as rows, CardRow};

/// How long a page's word is taken for.
pub const FRESH: Duration = Duration::from_secs(7 * 24 * 3600);
/// When one that was not to be had is asked again.
pub const AGAIN: Duration = Duration::from_secs(3600);
/// How long somebody waits for cards: longer than one fetch.
const WAIT: Duration = Duration::from_secs(6);

/// What is known of a message's links.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// In the order asked; those without anything to show are left out.
    pub cards: Vec<Card>,
    /// Some are still being asked: it is worth asking again later.
    pub pending: bool,
}

impl Cards {
    /// Cards of these addresses; what is not known yet is fetched, for a few seconds. Whoever asks may see the text that holds them.
    ///
    /// # Errors
    /// When the database is away. What can't be fetched is no error.
    pub async fn of(&self, tenant: TenantId, urls: Vec<String>) -> Result<Known, Problem> {
        if urls.is_empty() || !self.is_on() {
            return Ok(Known::default());
        }
        let mut known = self.known(tenant, &urls).await?;
        let unknown = |known: &HashMap<_, _>, now: Time| -> Vec<String> {
            urls.iter().filter(|url| !known.get(&hash(url)).is_some_and(|row| is_current(row, now))).cloned().collect()
        };
        let missing = unknown(&known, self.0.clock.now());
        if !missing.is_empty() {
            let coming: Vec<_> = missing.into_iter().filter_map(|url| self.begin(tenant, url)).collect();
            // Goes on when nobody waits any more: who asks again finds it.
            let _ = timeout(WAIT, join_all(coming)).await;
            known = self.known(tenant, &urls).await?;
        }
        let pending = !unknown(&known, self.0.clock.now()).is_empty();
        Ok(Known { cards: urls.iter().filter_map(|url| known.get(&hash(url))?.card(url)).collect(), pending })
    }

    async fn known(&self, tenant: TenantId, urls: &[String]) -> Result<HashMap<Vec<u8>, CardRow>, Problem> {
        let urls = urls.to_vec();
        self.db(tenant).read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::find(tx, &urls).await?) }).await
    }

    fn begin(&self, tenant: TenantId, url: String) -> Option<Boxed<'static, ()>> {
        let (cards, key) = (self.clone(), (tenant, hash(&url)));
        self.0.once.begin(key, async move { cards.fetch_page(tenant, url).await })
    }

    async fn fetch_page(&self, tenant: TenantId, url: String) {
        let Some(fetcher) = &self.0.fetcher else { return };
        // Another may have been done between the look that missed it and this.
        if let Ok(known) = self.known(tenant, std::slice::from_ref(&url)).await
            && known.into_values().any(|row| is_current(&row, self.0.clock.now()))
        {
            return;
        }
        let asked = {
            let _turn = self.0.turns.acquire().await;
            ask(fetcher, &url).await
        };
        let row = CardRow { failed: asked.is_none(), page: asked.unwrap_or_default(), fetched_at: self.0.clock.now() };
        let image = row.page.image.clone();
        let keep = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let before = rows::find(tx, std::slice::from_ref(&url)).await?;
            rows::put(tx, &url, row).await?;
            Ok(before.into_values().find_map(|row| row.page.image))
        };
        match self.db(tenant).write(keep).await {
            Ok(before) if before != image => {
                let needless: Vec<String> = before.iter().map(|image| object(tenant, image)).collect();
                self.0.files.objects().remove(&needless).await;
            }
            Ok(_) => {}
            Err(problem) => tracing::warn!(kind = problem.kind, "a link card could not be kept"),
        }
    }
}

/// What the page says; none where it was not to be had, nothing in it where it is no page.
async fn ask(fetcher: &Fetcher, url: &str) -> Option<Page> {
    let Some(fetched) = fetcher.fetch(url, PAGE).await.ok()? else { return Some(Page::default()) };
    // Half a megabyte takes a while to read.
    tokio::task::spawn_blocking(move || page::read(&fetched.bytes, &fetched.content_type, &fetched.url)).await.ok()
}

fn is_current(row: &CardRow, now: Time) -> bool {
    now.is_within(if row.failed { AGAIN } else { FRESH }, row.fetched_at)
}
