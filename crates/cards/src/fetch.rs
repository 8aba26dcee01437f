//! One fetch: bounded in time, size and redirects, and telling the other side nothing but that a link was seen.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use reqwest_of_object_store as reqwest;
use tokio::time::timeout;

use crate::outside::{Checked, Outside, may_ask};

/// Redirects followed, each looked at as the first address was.
const REDIRECTS: usize = 5;
/// What a page's owner sees in their log.
const USER_AGENT: &str = concat!("Irori/", env!("CARGO_PKG_VERSION"), " (link card)");

/// What is wanted of an address.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The kinds that are taken.
    pub kinds: &'static [&'static str],
    /// How much of it is read, in bytes.
    pub most: usize,
    /// Whether its beginning is of use.
    pub part: bool,
}

/// A page; what matters of it stands at its beginning.
pub const PAGE: Wanted = Wanted { kinds: &["text/html", "application/xhtml+xml"], most: 512 * 1024, part: true };
/// A picture.
pub const PICTURE: Wanted =
    Wanted { kinds: &["image/jpeg", "image/png", "image/gif", "image/webp"], most: 2 * 1024 * 1024, part: false };

/// What came.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where from, redirects followed.
    pub url: Url,
    /// As its sender says it.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// Nothing came. Why is of no use to whoever wrote the link, and would tell them what can be reached from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was not to be had")]
pub struct NotHad;

/// Fetches.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    outside: Arc<dyn Outside>,
    /// How long one fetch may take, redirects and all.
    patience: Duration,
}

impl Fetcher {
    /// By that way out.
    ///
    /// # Errors
    /// When this machine knows no certificates.
    pub fn new(outside: Arc<dyn Outside>, patience: Duration) -> Result<Self, reqwest::Error> {
        // Whoever was first has chosen; there is one choice.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .dns_resolver(Arc::new(Checked(Arc::clone(&outside))))
            .redirect(Policy::none())
            .referer(false)
            // A proxy would look names up by itself.
            .no_proxy()
            // What is small on its way and large here is refused, not unpacked.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(patience)
            .build()?;
        Ok(Self { client, outside, patience })
    }

    /// What lies there; none where it is of another kind.
    ///
    /// # Errors
    /// Where it may not be asked for, is away, slow, or too large.
    pub async fn fetch(&self, url: &str, wanted: Wanted) -> Result<Option<Fetched>, NotHad> {
        let url = Url::parse(url).map_err(|_| NotHad)?;
        timeout(self.patience, self.follow(url, wanted)).await.unwrap_or(Err(NotHad))
    }

    async fn follow(&self, mut url: Url, wanted: Wanted) -> Result<Option<Fetched>, NotHad> {
        for _ in 0..=REDIRECTS {
            let response = self.ask(&url, wanted).await?;
            if !response.status().is_redirection() {
                return receive(response, url, wanted).await;
            }
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).ok_or(NotHad)?;
            url = url.join(to).map_err(|_| NotHad)?;
        }
        Err(NotHad)
    }

    async fn ask(&self, url: &Url, wanted: Wanted) -> Result<Response, NotHad> {
        if !may_ask(&*self.outside, url) {
            return Err(NotHad);
        }
        let request = self
            .client
            .get(url.clone())
            .header(ACCEPT, wanted.kinds.join(", "))
            .header(ACCEPT_ENCODING, "identity")
            .header(ACCEPT_LANGUAGE, "ja, en;q=0.5");
        request.send().await.map_err(|_| NotHad)
    }
}

async fn receive(mut response: Response, url: Url, wanted: Wanted) -> Result<Option<Fetched>, NotHad> {
    if !response.status().is_success() {
        return Err(NotHad);
    }
    let said = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let content_type = said(CONTENT_TYPE);
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if !wanted.kinds.contains(&kind) || !matches!(&*said(CONTENT_ENCODING), "" | "identity") {
        return Ok(None);
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| NotHad)? {
        let room = wanted.most - bytes.len();
        if chunk.len() > room && !wanted.part {
            return Err(NotHad);
        }
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if bytes.len() == wanted.most && wanted.part {
            break;
        }
    }
    Ok(Some(Fetched { url, content_type, bytes: bytes.freeze() }))
}
