//! Asks the index.

use kernel::{RoomId, TenantId, Time, UserId};
use store::ports::DocumentKind;
use store::{StoreError, Tx};

pub use crate::store::Candidate;
use crate::store::{self as rows, Span, Wanted};
use crate::{Search, places, words};

/// Up to so many rooms are asked for by their words; more are cheaper to leave out of what was found (measured: 3 quiet rooms
/// 1 ms against 40, 2,000 rooms 1 ms against 40 the other way round).
const ROOMS_AS_WORDS: usize = 50;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Folded texts that must all be there.
    pub terms: Vec<String>,
    /// One of these wrote it, where any are named.
    pub authors: Option<Vec<UserId>>,
    /// What it is, where that is named.
    pub kind: Option<DocumentKind>,
    /// It stands in one of these rooms.
    pub rooms: Vec<RoomId>,
    /// Not before this.
    pub after: Option<Time>,
    /// Before this.
    pub before: Option<Time>,
}

impl Ask {
    /// The words that an answer must have, in rooms of these numbers where they are few. None: the index can tell nothing apart, and
    /// each candidate is a text that has to be looked at.
    #[must_use]
    pub fn wanted(&self, numbers: Option<&[i64]>) -> Wanted {
        let kind = self.kind.and_then(words::of_kind);
        let all = self.terms.iter().flat_map(|term| words::pairs(term)).chain(kind).collect();
        let rooms = numbers.map(|numbers| numbers.iter().map(|no| words::of_room(*no)).collect());
        let authors = self.authors.as_ref().map(|authors| authors.iter().map(|author| words::of_author(*author)).collect());
        Wanted { all, any: rooms.into_iter().chain(authors).collect() }
    }

    fn span(&self, below: Option<i64>, most: i64) -> Span {
        let before = self.before.map_or(i64::MAX, places::below);
        Span { least: self.after.map_or(i64::MIN, places::least), below: below.unwrap_or(i64::MAX).min(before), most }
    }
}

impl Search {
    /// The newest documents that may be what is looked for, of those that stand below a place in the index. What is meant must be
    /// among them; they may be others as well, and whether the asker may see them is not known here.
    ///
    /// # Errors
    /// When the database refuses or is away.
    pub async fn candidates(
        &self,
        tenant: TenantId,
        ask: &Ask,
        below: Option<i64>,
        most: i64,
    ) -> Result<Vec<Candidate>, StoreError> {
        let (ask, span) = (ask.clone(), ask.span(below, most));
        if ask.rooms.is_empty() || ask.authors.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let read = async move |tx: &mut Tx<'_>| {
            let numbers: Vec<i64> = rows::rooms(tx, ask.rooms.clone()).await?.into_values().map(|room| room.no).collect();
            if numbers.is_empty() {
                return Ok(Vec::new());
            }
            if numbers.len() <= ROOMS_AS_WORDS {
                return rows::candidates(tx, tenant, &ask.wanted(Some(&numbers)), None, span).await;
            }
            rows::candidates(tx, tenant, &ask.wanted(None), Some(numbers), span).await
        };
        self.0.store.search(tenant).read(read).await
    }
}
