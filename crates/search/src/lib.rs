//! Search: everything written is found again by any two characters of it, however they are typed.
//!
//! A text is folded and cut into pairs of characters ([`words`]); a tenant's index holds which texts hold which pairs
//! ([`store`]). A question ([`Query`]) is folded and cut alike, and the index names what holds all of its pairs, newest first
//! ([`Search::candidates`]). Those are candidates and no more: whoever asks looks each up where it is kept, which is where rights
//! are judged, and holds its text against the question ([`excerpt`]). So both databases find the same.
//!
//! The index is fed from the rooms' logs, woken by commits and looking for what it missed ([`feed`]); what stands in a log is told
//! by whoever keeps it, through [`::store::ports::Documents`].
//!
//! To let another kind of thing be found: a variant of [`::store::ports::DocumentKind`], told of through that trait.

pub mod excerpt;
mod feed;
mod find;
mod places;
mod query;
pub mod store;
mod wakes;
mod words;

pub use feed::Search;
pub use find::{Ask, Candidate};
pub use query::{QUERY_CHARS, Query, day};
pub use wakes::Wakes;
