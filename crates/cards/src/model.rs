//! A card, and how its page is known.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// What a page says of itself. Of a stranger's making: shown as text, and trusted in nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LinkCard)]
pub struct Card {
    /// Names it among a message's cards.
    pub id: String,
    /// Where the link leads.
    pub url: String,
    /// What the page is called; at most 200 characters.
    pub title: String,
    /// What it is about; at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The language that it is in (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Whether it has a picture.
    pub has_image: bool,
}

/// How an address is known: its SHA-256.
#[must_use]
pub fn hash(url: &str) -> Vec<u8> {
    Sha256::digest(url.as_bytes()).to_vec()
}

/// [`Card::id`] of an address.
#[must_use]
pub fn id(url: &str) -> String {
    store::hex(&hash(url))
}
