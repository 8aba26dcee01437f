//! Messages, and files that they show: candidates of the index, looked up in the rooms and held against the question.

use std::collections::{BTreeSet, HashMap};

use kernel::japanese::fold;
use kernel::{Principal, Problem, RoomId, Seq, page};
use search::excerpt::{self, Mark};
use search::{Ask, Candidate};
use serde::{Deserialize, Serialize};
use store::ports::DocumentKind;
use talk::model::Message;

use super::files_found::{Found, is_named};
use super::gather::Question;
use super::{Among, FileHit, Finder, Highlight, Hit, MessageHit, SearchResults, Sort};

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

/// A message that answers by itself or by a file, and where it stands in the index.
struct Answer {
    n: i64,
    score: usize,
    message: Message,
    found: Option<Found>,
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
    /// A page of messages.
    pub(super) async fn messages(&self, principal: &Principal, question: Question) -> Result<SearchResults, Problem> {
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
            let sees = |candidate: &Candidate| question.spans.get(&candidate.room).is_some_and(|spans| spans.see(candidate.seq));
            let visible: Vec<Candidate> = found.into_iter().filter(sees).collect();
            let read = if question.among == Among::Files { READ_FILES } else { READ };
            for chunk in visible.chunks(read) {
                looked.texts +=
                    chunk.iter().map(|one| if one.kind == DocumentKind::Files { TEXTS_OF_FILES } else { 1 }).sum::<usize>();
                answers.extend(self.answers(principal, question, chunk).await?);
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

    /// Those of these candidates that answer. Among all, a message and its files are one answer.
    async fn answers(
        &self,
        principal: &Principal,
        question: &Question,
        candidates: &[Candidate],
    ) -> Result<Vec<Answer>, Problem> {
        let (ask, among) = (&question.ask, question.among);
        let is_asked = |candidate: &&Candidate| match candidate.kind {
            DocumentKind::Message => among != Among::Files,
            DocumentKind::Files => among != Among::Messages,
        };
        let candidates: Vec<&Candidate> = candidates.iter().filter(is_asked).collect();
        let places = candidates.iter().map(|candidate| (candidate.room, candidate.seq)).collect();
        let mut messages = self.talk.read_found(principal, places).await?;
        messages.retain(|message| is_meant(ask, message));
        let by_place: HashMap<Place, &Message> =
            messages.iter().map(|message| ((message.room_id, message.seq), message)).collect();
        let told = |candidate: &Candidate| {
            let message = *by_place.get(&(candidate.room, candidate.seq))?;
            let score = judge(message, &ask.terms, among)?;
            Some(Answer { n: candidate.n, score, message: message.clone(), found: None })
        };
        let (of_files, of_messages): (Vec<&Candidate>, Vec<&Candidate>) =
            candidates.iter().partition(|candidate| candidate.kind == DocumentKind::Files);
        let mut answers: Vec<Answer> = of_messages.into_iter().filter_map(told).collect();
        let shows = |candidate: &&Candidate| {
            let message = *by_place.get(&(candidate.room, candidate.seq))?;
            let is_new = among == Among::Files || judge(message, &ask.terms, among).is_none();
            is_new.then_some((candidate.n, message))
        };
        let (places, shown): (Vec<i64>, Vec<&Message>) = of_files.iter().filter_map(shows).unzip();
        let found = self.found_files(principal, &shown, &ask.terms).await?;
        let by_file = |((n, message), found): ((i64, &Message), Option<Found>)| {
            let found = found?;
            Some(Answer { n, score: found.score, message: message.clone(), found: Some(found) })
        };
        answers.extend(places.into_iter().zip(shown).zip(found).filter_map(by_file));
        answers.sort_unstable_by_key(|answer| std::cmp::Reverse(answer.n));
        Ok(answers)
    }

    /// As they are shown; what the caller has lost sight of meanwhile is left out.
    async fn described(&self, principal: &Principal, answers: Vec<Answer>, terms: &[String]) -> Result<Vec<Hit>, Problem> {
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let rooms: BTreeSet<RoomId> = answers.iter().map(|answer| answer.message.room_id).collect();
        let users = answers.iter().filter_map(|answer| answer.message.sender_id).collect();
        let names = self.talk.names_of_found(principal, rooms, users).await?;
        let hit = |Answer { message, found, .. }: Answer| {
            let room = names.rooms.get(&message.room_id)?;
            let sender_name = message.sender_id.and_then(|sender| names.users.get(&sender).cloned());
            if let Some(Found { file, name, inside, .. }) = found {
                let (text, marks) = inside.map(|inside| (inside.text, inside.marks)).unwrap_or_default();
                return Some(Hit::File(FileHit {
                    room_id: message.room_id,
                    room_title: room.title.clone(),
                    room_kind: room.kind,
                    seq: message.seq,
                    sender_id: message.sender_id,
                    sender_name,
                    sent_at: message.sent_at,
                    file,
                    name_highlights: highlights(name.marks),
                    text,
                    highlights: highlights(marks),
                }));
            }
            let shown = excerpt::excerpt(&message.words(), terms);
            Some(Hit::Message(MessageHit {
                room_id: message.room_id,
                room_title: room.title.clone(),
                room_kind: room.kind,
                seq: message.seq,
                sender_id: message.sender_id,
                sender_name,
                sent_at: message.sent_at,
                text: shown.text,
                highlights: highlights(shown.marks),
            }))
        };
        Ok(answers.into_iter().filter_map(hit).collect())
    }
}

fn highlights(marks: Vec<Mark>) -> Vec<Highlight> {
    marks.into_iter().map(|mark| Highlight { start: mark.start, length: mark.length }).collect()
}

/// Whether a message is by whom, and of when, it is asked for.
fn is_meant(ask: &Ask, message: &Message) -> bool {
    let is_in_time =
        ask.after.is_none_or(|after| message.sent_at >= after) && ask.before.is_none_or(|before| message.sent_at < before);
    is_in_time && ask.authors.as_ref().is_none_or(|authors| message.sender_id.is_some_and(|sender| authors.contains(&sender)))
}

/// How well a message answers by its own words and the names of its files; none: it does not. Among all, what a file's name says by
/// itself is the file's answer.
fn judge(message: &Message, terms: &[String], among: Among) -> Option<usize> {
    let folded = fold(&message.words());
    let is_the_files = || among == Among::All && is_named(message, terms) && !excerpt::holds(&fold(&message.text), terms);
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
