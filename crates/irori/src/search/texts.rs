//! Messages, files that they show, and notes: candidates of the index, looked up in the rooms and held against the question.

use std::collections::{BTreeSet, HashMap};

use kernel::japanese::fold;
use kernel::{Principal, Problem, RoomId, Seq, Time, UserId, page};
use search::{Ask, Candidate, excerpt};
use serde::{Deserialize, Serialize};
use store::ports::DocumentKind;
use talk::model::Message;
use talk::service::search::FoundNote;

use super::files_found::{FoundFile, is_named};
use super::found::Found;
use super::gather::Question;
use super::{Finder, Hit, SearchResults, Sort};

/// Candidates asked for at first, and at most: whoever has to go on has found little.
const FIRST: i64 = 100;
const MOST: i64 = 2_000;
/// Texts read at a time, and messages with files where these are looked through.
const READ: usize = 100;
const READ_FILES: usize = 12;
/// What a message's files say is so many texts.
const TEXTS_OF_FILES: usize = 20;
/// What one search looks through: candidates, and texts.
const CANDIDATES: usize = 20_000;
const TEXTS: usize = 2_000;
/// So many hits are put in order together.
const BLOCK: usize = 200;

/// Where a page starts: below this place in the index, after so many of the block there.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Start(Option<i64>, usize);

type Place = (RoomId, Seq);

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
            let read = if question.ask.kind == Some(DocumentKind::Files) { READ_FILES } else { READ };
            for chunk in visible.chunks(read) {
                looked.texts +=
                    chunk.iter().map(|one| if one.kind == DocumentKind::Files { TEXTS_OF_FILES } else { 1 }).sum::<usize>();
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

    /// Those of these candidates that answer, newest first.
    async fn answers(&self, principal: &Principal, ask: &Ask, candidates: &[Candidate]) -> Result<Vec<Answer>, Problem> {
        let (of_notes, of_messages): (Vec<&Candidate>, Vec<&Candidate>) =
            candidates.iter().partition(|candidate| candidate.kind == DocumentKind::Note);
        let mut answers = self.messages(principal, ask, &of_messages).await?;
        answers.extend(self.notes(principal, ask, &of_notes).await?);
        answers.sort_unstable_by_key(|answer| std::cmp::Reverse(answer.n));
        Ok(answers)
    }

    /// Messages and files that answer. Among all, a message and its files are one answer.
    async fn messages(&self, principal: &Principal, ask: &Ask, candidates: &[&Candidate]) -> Result<Vec<Answer>, Problem> {
        let places = candidates.iter().map(|candidate| (candidate.room, candidate.seq)).collect();
        let mut messages = self.talk.read_found(principal, places).await?;
        messages.retain(|message| is_meant(ask, message.sender_id, message.sent_at));
        let by_place: HashMap<Place, &Message> =
            messages.iter().map(|message| ((message.room_id, message.seq), message)).collect();
        let told = |candidate: &Candidate| {
            let message = *by_place.get(&(candidate.room, candidate.seq))?;
            let score = judge(message, ask)?;
            Some(Answer { n: candidate.n, score, found: Found::Message(Box::new(message.clone())) })
        };
        let (of_files, of_messages): (Vec<&Candidate>, Vec<&Candidate>) =
            candidates.iter().partition(|candidate| candidate.kind == DocumentKind::Files);
        let mut answers: Vec<Answer> = of_messages.into_iter().filter_map(told).collect();
        let shows = |candidate: &&Candidate| {
            let message = *by_place.get(&(candidate.room, candidate.seq))?;
            let is_new = ask.kind == Some(DocumentKind::Files) || judge(message, ask).is_none();
            is_new.then_some((candidate.n, message))
        };
        let (places, shown): (Vec<i64>, Vec<&Message>) = of_files.iter().filter_map(shows).unzip();
        let found = self.found_files(principal, &shown, &ask.terms).await?;
        let by_file = |((n, message), found): ((i64, &Message), Option<FoundFile>)| {
            let found = Box::new(found?);
            Some(Answer { n, score: found.score, found: Found::File(Box::new(message.clone()), found) })
        };
        answers.extend(places.into_iter().zip(shown).zip(found).filter_map(by_file));
        Ok(answers)
    }

    /// Notes that answer.
    async fn notes(&self, principal: &Principal, ask: &Ask, candidates: &[&Candidate]) -> Result<Vec<Answer>, Problem> {
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let places: HashMap<Place, i64> =
            candidates.iter().map(|candidate| ((candidate.room, candidate.seq), candidate.n)).collect();
        let notes = self.talk.read_found_notes(principal, places.keys().copied().collect()).await?;
        let answer = |found: FoundNote| {
            let n = *places.get(&(found.room, found.note.no))?;
            let folded = fold(&found.words);
            let answers = is_meant(ask, Some(found.note.author_id), found.note.created_at) && excerpt::holds(&folded, &ask.terms);
            answers.then(|| Answer { n, score: excerpt::score(&folded, &ask.terms), found: Found::Note(Box::new(found)) })
        };
        Ok(notes.into_iter().filter_map(answer).collect())
    }

    /// As they are shown; what the caller has lost sight of meanwhile is left out.
    async fn described(&self, principal: &Principal, answers: Vec<Answer>, terms: &[String]) -> Result<Vec<Hit>, Problem> {
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let rooms: BTreeSet<RoomId> = answers.iter().map(|answer| answer.found.room()).collect();
        let users = answers.iter().filter_map(|answer| answer.found.author()).collect();
        let names = self.talk.names_of_found(principal, rooms, users).await?;
        Ok(answers.into_iter().filter_map(|answer| answer.found.hit(&names, terms)).collect())
    }
}

/// Whether a text is by whom, and of when, it is asked for.
fn is_meant(ask: &Ask, author: Option<UserId>, at: Time) -> bool {
    let is_in_time = ask.after.is_none_or(|after| at >= after) && ask.before.is_none_or(|before| at < before);
    is_in_time && ask.authors.as_ref().is_none_or(|authors| author.is_some_and(|author| authors.contains(&author)))
}

/// How well a message answers by its own words and the names of its files; none: it does not. Among all, what a file's name says by
/// itself is the file's answer.
fn judge(message: &Message, ask: &Ask) -> Option<usize> {
    let (terms, folded) = (&ask.terms, fold(&message.words()));
    let is_the_files = || ask.kind.is_none() && is_named(message, terms) && !excerpt::holds(&fold(&message.text), terms);
    (excerpt::holds(&folded, terms) && !is_the_files()).then(|| excerpt::score(&folded, terms))
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
