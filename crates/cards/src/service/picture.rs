//! A card's picture: fetched when somebody first looks, made small, and served from our own origin.

use bytes::Bytes;
use kernel::{Problem, TenantId};
use store::Tx;
use tokio::time::timeout;

use super::Cards;
use crate::fetch::{Fetcher, PICTURE};
use crate::model::hash;
use crate::store as rows;

/// How long somebody waits for a picture: longer than one fetch.
const WAIT: std::time::Duration = std::time::Duration::from_secs(8);

impl Cards {
    /// The small JPEG of an address's card. Whoever asks may see the text that holds it.
    ///
    /// # Errors
    /// 404 where there is none; 503 where the store is away.
    pub async fn picture(&self, tenant: TenantId, url: String) -> Result<Bytes, Problem> {
        if !self.is_on() {
            return Err(Problem::not_found());
        }
        let (asked, key) = (vec![url.clone()], hash(&url));
        let known = self
            .db(tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::find(tx, &asked).await?) })
            .await?;
        let image = known.get(&key).and_then(|row| row.page.image.clone()).ok_or_else(Problem::not_found)?;
        let object = object(tenant, &image);
        if let Some(bytes) = self.0.files.objects().find(&object).await? {
            return Ok(bytes);
        }
        let (cards, key) = (self.clone(), (tenant, object.clone().into_bytes()));
        let fetching = self.0.once.begin(key, async move { cards.fetch_picture(tenant, url, image).await });
        let _ = timeout(WAIT, fetching.ok_or_else(Problem::unavailable)?).await;
        self.0.files.objects().find(&object).await?.ok_or_else(Problem::not_found)
    }

    async fn fetch_picture(&self, tenant: TenantId, url: String, image: String) {
        let Some(fetcher) = &self.0.fetcher else { return };
        // Another may have been done between the look that missed it and this.
        if matches!(self.0.files.objects().find(&object(tenant, &image)).await, Ok(Some(_))) {
            return;
        }
        let small = {
            let _turn = self.0.turns.acquire().await;
            self.small(fetcher, &image).await
        };
        let done = match small {
            Some(small) => self.0.files.objects().put(&object(tenant, &image), small.into()).await,
            // Not asked again until the page is.
            None => {
                let drop = async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::drop_image(tx, &url, &image).await?) };
                self.db(tenant).write(drop).await
            }
        };
        if let Err(problem) = done {
            tracing::warn!(kind = problem.kind, "a link card's picture could not be kept");
        }
    }

    async fn small(&self, fetcher: &Fetcher, image: &str) -> Option<Bytes> {
        let fetched = fetcher.fetch(image, PICTURE).await.ok()??;
        let kind = fetched.content_type.split(';').next().unwrap_or_default().trim().to_owned();
        self.0.files.miniature(fetched.bytes, &kind).await
    }
}

/// Where a picture lies, by where it came from: cards of the same one share it.
pub(super) fn object(tenant: TenantId, image: &str) -> String {
    format!("tenants/{}/cards/{}.jpg", tenant.0, store::hex(&hash(image)))
}
