//! `link_cards`: what pages said of themselves, by their addresses' hashes.

use std::collections::HashMap;

use kernel::Time;
use store::{Row, Statement, StoreError, Tx, Value, params};

use crate::model::{Card, hash, id};
use crate::page::Page;

store::statements! {
    pub FIND_CARDS = "SELECT url_hash, title, description, site, lang, image, fetched_at, failed FROM link_cards WHERE tenant_id = $1 AND url_hash = ANY_ID($2)";
    pub PUT_CARD = "INSERT INTO link_cards (tenant_id, url_hash, title, description, site, lang, image, fetched_at, failed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (tenant_id, url_hash) DO UPDATE SET title = excluded.title, description = excluded.description, site = excluded.site, lang = excluded.lang,
            image = excluded.image, fetched_at = excluded.fetched_at, failed = excluded.failed";
    pub DROP_IMAGE = "UPDATE link_cards SET image = NULL WHERE tenant_id = $1 AND url_hash = $2 AND image = $3";
    pub OLD_CARDS = "SELECT url_hash, image FROM link_cards WHERE tenant_id = $1 AND failed = $2 AND fetched_at < $3 ORDER BY fetched_at LIMIT $4";
    pub FORGET_CARDS = "DELETE FROM link_cards WHERE tenant_id = $1 AND url_hash = ANY_ID($2)";
}

/// Every statement of this crate.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    ALL.to_vec()
}

/// What is known of an address.
#[derive(Clone, Debug)]
pub struct CardRow {
    /// What its page said.
    pub page: Page,
    /// When it was asked.
    pub fetched_at: Time,
    /// It was not to be had.
    pub failed: bool,
}

impl CardRow {
    /// As it is shown; none where there is nothing to show.
    #[must_use]
    pub fn card(&self, url: &str) -> Option<Card> {
        let Page { title, description, site, lang, image } = self.page.clone();
        Some(Card { id: id(url), url: url.to_owned(), title: title?, description, site, lang, has_image: image.is_some() })
    }
}

fn hashes(urls: &[String]) -> Value {
    Value::BytesList(urls.iter().map(|url| Some(hash(url))).collect())
}

/// What is known of these addresses, by their hashes.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, urls: &[String]) -> Result<HashMap<Vec<u8>, CardRow>, StoreError> {
    if urls.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(tx.query(&FIND_CARDS, &[hashes(urls)]).await?.iter().map(|row| (row.get(0), read(row))).collect())
}

fn read(row: &Row) -> CardRow {
    let page = Page { title: row.get(1), description: row.get(2), site: row.get(3), lang: row.get(4), image: row.get(5) };
    CardRow { page, fetched_at: row.get(6), failed: row.get::<i64>(7) != 0 }
}

/// Keeps what became of asking.
///
/// # Errors
/// When the database refuses or is away.
pub async fn put(tx: &mut Tx<'_>, url: &str, row: CardRow) -> Result<(), StoreError> {
    let Page { title, description, site, lang, image } = row.page;
    tx.exec(&PUT_CARD, &params![hash(url), title, description, site, lang, image, row.fetched_at, row.failed]).await.map(drop)
}

/// That picture was not to be had.
///
/// # Errors
/// When the database refuses or is away.
pub async fn drop_image(tx: &mut Tx<'_>, url: &str, image: &str) -> Result<(), StoreError> {
    tx.exec(&DROP_IMAGE, &params![hash(url), image]).await.map(drop)
}

/// Forgets those that were asked before that moment, some at a time; gives how many, and where their pictures came from.
///
/// # Errors
/// When the database refuses or is away.
pub async fn forget(tx: &mut Tx<'_>, failed: bool, before: Time, limit: i64) -> Result<(usize, Vec<String>), StoreError> {
    let old = tx.query(&OLD_CARDS, &params![failed, before, limit]).await?;
    if !old.is_empty() {
        let hashes = Value::BytesList(old.iter().map(|row| Some(row.get(0))).collect());
        tx.exec(&FORGET_CARDS, &[hashes]).await?;
    }
    Ok((old.len(), old.iter().filter_map(|row| row.get(1)).collect()))
}
