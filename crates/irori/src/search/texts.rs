//! Messages and notes: candidates of the index, looked up in the rooms and held against the question.

use std::collections::{BTreeSet, HashMap};

use kernel::japanese::fold;
use kernel::{Principal, Problem, RoomId, Seq, page};
use search::{Ask, Candidate, excerpt};
use serde::{Deserialize, Serialize};
use store::ports::DocumentKind;

use super::found::Found;
use super::gather::Question;
use super::{Finder, Hit, SearchResults, Sort};

/// Candidates asked for at first, and at most: whoever has to go on has found little.
const FIRST: i64 = 100;
const MOST: i64 = 2_000;
/// Texts read at a time.
const READ: usize = 100;
/// What one search looks through: candidates, and texts.
const CANDIDATES: usize = 20_000;
const TEXTS: usize = 2_000;
/// So many hits are put in order together.
const BLOCK: usize = 200;

/// Where a page starts: below this place in the index, after so many of the block there.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Start(Option<i64>, usize);

/// A text that answers, and where it stands in the index.
struct Answer {
    n: i64,
    score: usize,
    found: Found,
}

/// Answers, newest first, and below which place there may be more.
struct Gathered {
    answers: Vec<Answer>,
    go_on: Option<i64>,
}

/// Where a text is kept.
type Place = (DocumentKind, RoomId, Seq);

/// What a search has looked through.
#[derive(Default)]
struct Looked {
    candidates: usize,
    texts: usize,
}

impl Looked {
    fn is_enough(&self) -> bool {
        self.candidates >= CANDIDATES || self.texts >= TEXTS
    }
}

impl Finder {
    /// A page of what answers.
    pub(super) async fn texts(&self, principal: &Principal, question: Question) -> Result<SearchResults, Problem> {
        let indexing = self.search.keep_current(principal.tenant).await;
        let Start(below, skip) = question.start;
        let (answers, next) = match question.sort {
            Sort::Newest => {
                let Gathered { answers, go_on } = self.gather(principal, &question, below, question.limit).await?;
                (answers, go_on.map(|below| Start(Some(below), 0)))
            }
            Sort::Best => {
                let Gathered { mut answers, go_on } = self.gather(principal, &question, below, BLOCK.max(question.limit)).await?;
                answers.sort_by_key(|answer| std::cmp::Reverse(answer.score));
                let rest = answers.len().saturating_sub(skip + question.limit);
                let page: Vec<Answer> = answers.into_iter().skip(skip).take(question.limit).collect();
                let after_block = go_on.map(|below| Start(Some(below), 0));
                (page, if rest > 0 { Some(Start(below, skip + question.limit)) } else { after_block })
            }
        };
        let items = self.described(principal, answers, &question.ask.terms).await?;
        Ok(SearchResults { items, people: Vec::new(), next_cursor: next.map(|next| page::cursor(&next)), indexing })
    }

    /// So many answers, or as many as a bounded look finds.
    async fn gather(
        &self,
        principal: &Principal,
        question: &Question,
        below: Option<i64>,
        count: usize,
    ) -> Result<Gathered, Problem> {
        let (mut answers, mut looked, mut below, mut most) = (Vec::new(), Looked::default(), below, FIRST);
        loop {
            let found = self.search.candidates(principal.tenant, &question.ask, below, most).await?;
            let is_last = i64::try_from(found.len()).unwrap_or(i64::MAX) < most;
            looked.candidates += found.len();
            let Some(lowest) = found.last().map(|candidate| candidate.n) else { return Ok(Gathered { answers, go_on: None }) };
            let visible: Vec<Candidate> = found.into_iter().filter(|candidate| question.may_be(candidate)).collect();
            for chunk in visible.chunks(READ) {
                looked.texts += chunk.len();
                answers.extend(self.answers(principal, &question.ask, chunk).await?);
                if answers.len() > count || looked.is_enough() {
                    let looked_at = chunk.last().map(|candidate| candidate.n);
                    return Ok(cut(answers, count, looked_at));
                }
            }
            if is_last || looked.is_enough() {
                return Ok(Gathered { answers, go_on: (!is_last).then_some(lowest) });
            }
            below = Some(lowest);
            most = (most * 4).min(MOST);
        }
    }

    /// Those of these candidates that answer.
    async fn answers(&self, principal: &Principal, ask: &Ask, candidates: &[Candidate]) -> Result<Vec<Answer>, Problem> {
        let mut by_place = self.read(principal, candidates).await?;
        let answer = |candidate: &Candidate| {
            let found = by_place.remove(&(candidate.kind, candidate.room, candidate.seq))?;
            let score = judge(ask, &found)?;
            Some(Answer { n: candidate.n, score, found })
        };
        Ok(candidates.iter().filter_map(answer).collect())
    }

    /// What stands in these places, where the caller may see it.
    async fn read(&self, principal: &Principal, candidates: &[Candidate]) -> Result<HashMap<Place, Found>, Problem> {
        let places = |kind: DocumentKind| {
            let of_kind = candidates.iter().filter(move |candidate| candidate.kind == kind);
            of_kind.map(|candidate| (candidate.room, candidate.seq)).collect::<Vec<_>>()
        };
        let (messages, notes) = (places(DocumentKind::Message), places(DocumentKind::Note));
        let mut read = HashMap::with_capacity(candidates.len());
        if !messages.is_empty() {
            let found = self.talk.read_found(principal, messages).await?.into_iter();
            read.extend(
                found.map(|message| ((DocumentKind::Message, message.room_id, message.seq), Found::Message(Box::new(message)))),
            );
        }
        if !notes.is_empty() {
            let found = self.talk.read_found_notes(principal, notes).await?.into_iter();
            read.extend(found.map(|note| ((DocumentKind::Note, note.room, note.note.no), Found::Note(Box::new(note)))));
        }
        Ok(read)
    }

    /// As they are shown; what the caller has lost sight of meanwhile is left out.
    async fn described(&self, principal: &Principal, answers: Vec<Answer>, terms: &[String]) -> Result<Vec<Hit>, Problem> {
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let rooms: BTreeSet<RoomId> = answers.iter().map(|answer| answer.found.room()).collect();
        let users = answers.iter().filter_map(|answer| answer.found.author()).collect();
        let names = self.talk.names_of_found(principal, rooms, users).await?;
        Ok(answers.iter().filter_map(|answer| answer.found.hit(&names, terms)).collect())
    }
}

/// How well a text answers; none: it does not.
fn judge(ask: &Ask, found: &Found) -> Option<usize> {
    let is_in_time = ask.after.is_none_or(|after| found.at() >= after) && ask.before.is_none_or(|before| found.at() < before);
    let is_by = ask.authors.as_ref().is_none_or(|authors| found.author().is_some_and(|author| authors.contains(&author)));
    if !is_in_time || !is_by {
        return None;
    }
    let folded = fold(&found.words());
    excerpt::holds(&folded, &ask.terms).then(|| excerpt::score(&folded, &ask.terms))
}

/// So many of the answers; the next page goes on behind the last of them, or behind what was looked at last.
fn cut(mut answers: Vec<Answer>, count: usize, looked_at: Option<i64>) -> Gathered {
    if answers.len() <= count {
        return Gathered { answers, go_on: looked_at };
    }
    answers.truncate(count);
    let go_on = answers.last().map(|answer| answer.n).or(looked_at);
    Gathered { answers, go_on }
}
