//! Link cards: what a page says of itself, fetched by the server, so that a reader's browser talks to nobody but us.
//!
//! Whoever may see a message may see the cards of its links: that is asked of whoever holds the text (talk); this crate knows
//! addresses and pages. A page is fetched when somebody first looks, once for all of an organisation, and kept for a week
//! ([`service`]). What is fetched is chosen by whoever writes, so nothing of what may be reached from here is reached for
//! them: [`address`] says which addresses are the whole world's, [`outside`] asks for no others, [`fetch`] bounds time,
//! size and redirects, [`page`] reads a page as the hostile text that it may be.

pub mod address;
pub mod fetch;
pub mod model;
pub mod outside;
pub mod page;
pub mod service;
pub mod store;

pub use model::Card;
pub use service::{Cards, CardsConfig};
