//! Reads a question, and asks whom it concerns.

use std::collections::HashMap;

use directory::{UserFilter, UserView};
use kernel::page::{self, Page, PageQuery};
use kernel::{Principal, Problem, RoomId, Time, UserId};
use search::{Ask, Candidate, QUERY_CHARS, Query, day};
use store::ports::DocumentKind;
use talk::model::Spans;

use super::texts::Start;
use super::{Among, Finder, SearchQuery, SearchResults, Sort};

/// People shown beside messages.
const FEW_PEOPLE: i64 = 5;
/// People that a part of a name may mean.
const NAMESAKES: i64 = 200;

/// A question, read and held against what the caller may see.
pub(super) struct Question {
    /// What the index is asked.
    pub ask: Ask,
    /// What the caller may see of the rooms that are asked for.
    pub spans: HashMap<RoomId, Spans>,
    /// Which comes first.
    pub sort: Sort,
    /// How many.
    pub limit: usize,
    /// Where the page before ended.
    pub start: Start,
}

impl Question {
    /// Whether a candidate is of the kind asked for, in a place where the caller may see something. Of a note only talk knows more.
    pub(super) fn may_be(&self, candidate: &Candidate) -> bool {
        let is_of_kind = self.ask.kind.is_none_or(|kind| kind == candidate.kind);
        let sees = |spans: &Spans| candidate.kind == DocumentKind::Note || spans.see(candidate.seq);
        is_of_kind && self.spans.get(&candidate.room).is_some_and(sees)
    }
}

impl Finder {
    /// What answers.
    ///
    /// # Errors
    /// 422 naming the parameter; 404 for a room that the caller is not in.
    pub(super) async fn find(&self, principal: &Principal, asked: SearchQuery) -> Result<SearchResults, Problem> {
        let among = asked.among.unwrap_or_default();
        let words = Query::parse(asked.q.as_deref().unwrap_or_default())?;
        let limit = page::limit(asked.limit)?;
        let is_narrowed = words.is_narrowed()
            || asked.from.is_some()
            || asked.room_id.is_some()
            || asked.after.is_some()
            || asked.before.is_some();
        if words.terms.is_empty() && !is_narrowed {
            return Err(Problem::invalid("q", "探す言葉を入力してください。", "What are you looking for?"));
        }
        if among == Among::People {
            let people = self.people(principal, &words, is_narrowed, limit, asked.cursor).await?;
            return Ok(SearchResults { people: people.items, next_cursor: people.next_cursor, ..SearchResults::default() });
        }
        let is_first = asked.cursor.is_none();
        let question = self.question(principal, &words, asked, limit).await?;
        let found = self.texts(principal, question).await?;
        if among == Among::All && is_first {
            let people = self.people(principal, &words, is_narrowed, FEW_PEOPLE, None).await?.items;
            return Ok(SearchResults { people, ..found });
        }
        Ok(found)
    }

    async fn question(&self, principal: &Principal, words: &Query, asked: SearchQuery, limit: i64) -> Result<Question, Problem> {
        let sort = asked.sort.unwrap_or_default();
        let start = page::read_cursor(asked.cursor.as_deref())?.unwrap_or_default();
        let on = |field: &'static str, text: Option<String>| text.map(|text| day(field, &text)).transpose();
        let (after, before) = (on("after", asked.after)?, on("before", asked.before)?);
        let mut spans = self.talk.rooms_to_search(principal, words.rooms.clone()).await?;
        if let Some(room) = asked.room_id {
            // Of a room that is left out by its title nothing is found; of one that the caller is not in nothing is known.
            if !spans.contains_key(&room) && !self.talk.rooms_to_search(principal, Vec::new()).await?.contains_key(&room) {
                return Err(Problem::not_found());
            }
            spans.retain(|id, _| *id == room);
        }
        let ask = Ask {
            terms: words.terms.clone(),
            authors: self.authors(principal, words, asked.from).await?,
            kind: match asked.among {
                Some(Among::Messages) => Some(DocumentKind::Message),
                Some(Among::Files) => Some(DocumentKind::Files),
                Some(Among::Notes) => Some(DocumentKind::Note),
                Some(Among::All | Among::People) | None => None,
            },
            rooms: spans.keys().copied().collect(),
            after: words.after.max(after),
            before: earlier(words.before, before),
        };
        Ok(Question { ask, spans, sort, limit: usize::try_from(limit).unwrap_or(0), start })
    }

    /// Who may have written it; none: anybody.
    async fn authors(&self, principal: &Principal, words: &Query, from: Option<UserId>) -> Result<Option<Vec<UserId>>, Problem> {
        if words.from.is_empty() {
            return Ok(from.map(|user| vec![user]));
        }
        let mut named = Vec::new();
        for name in &words.from {
            let filter = UserFilter { q: Some(name.clone()), ..UserFilter::default() };
            let page = PageQuery { limit: Some(NAMESAKES), cursor: None };
            named.extend(self.directory.list_users(principal, filter, &page).await?.items.iter().map(|user| user.id));
        }
        named.retain(|user| from.is_none_or(|from| from == *user));
        Ok(Some(named))
    }

    /// People by the words alone; a question that narrows down where, when or by whom asks for none.
    async fn people(
        &self,
        principal: &Principal,
        words: &Query,
        is_narrowed: bool,
        limit: i64,
        cursor: Option<String>,
    ) -> Result<Page<UserView>, Problem> {
        if words.terms.is_empty() || is_narrowed {
            return Ok(Page { items: Vec::new(), next_cursor: None });
        }
        debug_assert!(words.typed.chars().count() <= QUERY_CHARS, "a part of what was asked");
        let filter = UserFilter { q: Some(words.typed.clone()), ..UserFilter::default() };
        self.directory.list_users(principal, filter, &PageQuery { limit: Some(limit), cursor }).await
    }
}

fn earlier(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    [one, other].into_iter().flatten().min()
}
