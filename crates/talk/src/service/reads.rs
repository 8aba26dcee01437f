//! markRead, and the line in which reads over sockets wait to be flushed together.
//!
//! A socket's reads are gathered by (room, reader) with the highest seq, and written in sorted chunks: the first at
//! once, then at most every [`EVERY`]. They are not acknowledged; a client names its positions again at hello. While the
//! database is away they wait, and when the server stops they are written last of all. Over HTTP a read is stored before
//! it is answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kernel::{ActorId, Principal, Problem, Reach, RoomId, Seq, TenantId, UserId};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::membership::watchers;
use super::{Talk, enter};
use crate::live::wire::{ServerFrame, passing_event};
use crate::policy;
use crate::store::reads::{self, Cursor, Mark};

/// How often what was read over sockets is written.
const EVERY: Duration = Duration::from_millis(50);
/// How soon it is tried again when the database was away.
const AGAIN: Duration = Duration::from_secs(1);
/// Reads that wait for a database that is away, at most; what is beyond is named again at hello.
const MOST_KEPT: usize = 100_000;
/// Cursors in one transaction, at most.
const CHUNK: usize = 1_000;
/// In larger rooms readers are told as counts, not by name.
pub const NAMED_READERS: i64 = 100;
/// In larger rooms, the newest messages whose counts are told as cursors pass over them.
const COUNTED: i64 = 50;

/// What markRead takes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkRead {
    /// Up to where.
    pub seq: Seq,
}

/// Reads that wait to be written.
#[derive(Default)]
pub(crate) struct ReadLine {
    waiting: Mutex<Waiting>,
    /// Held while they are written, so that whoever wants all written knows when it is so.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Waiting {
    marks: BTreeMap<(TenantId, RoomId, UserId, Option<ActorId>), Seq>,
    running: bool,
}

impl Talk {
    /// Moves the caller's cursor on; stored once this returns.
    ///
    /// # Errors
    /// 404 outside the room; 422 where there is no such message.
    pub async fn mark_read(&self, principal: &Principal, room: RoomId, seq: Seq) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let mark = Mark { room, user: principal.user, actor: principal.actor, seq };
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, _) = enter(tx, room, mark.user).await?;
                ensure_there(seq, row.last_seq)?;
                apply(tx, vec![mark]).await
            })
            .await
    }

    /// Moves many of the caller's cursors on: what a client names at hello, rooms in which it has read nothing among them.
    pub(crate) async fn mark_many(&self, principal: &Principal, reads: &HashMap<RoomId, Seq>) -> Result<(), Problem> {
        if reads.is_empty() || !principal.may_act() {
            return Ok(());
        }
        let mark = |(room, seq): (&RoomId, &Seq)| Mark { room: *room, user: principal.user, actor: principal.actor, seq: *seq };
        let marks: Vec<Mark> = reads.iter().filter(|(_, seq)| **seq > 0).map(mark).collect();
        self.db(principal.tenant).write(async move |tx: &mut Tx<'_>| apply(tx, marks).await).await
    }

    /// A read over a socket joins the line.
    ///
    /// # Errors
    /// 403 until it is known who acts; 422 where there can be no such message.
    pub(crate) fn read_soon(&self, principal: &Principal, room: RoomId, seq: Seq) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        // How far the room goes is looked at when it is written.
        ensure_there(seq, Seq::MAX)?;
        let start = {
            let mut line = self.0.reads.lock();
            let waiting = line.marks.entry((principal.tenant, room, principal.user, principal.actor)).or_insert(seq);
            *waiting = seq.max(*waiting);
            !std::mem::replace(&mut line.running, true)
        };
        if start {
            tokio::spawn(flush(self.clone()));
        }
        Ok(())
    }
}

fn ensure_there(seq: Seq, last_seq: Seq) -> Result<(), Problem> {
    if (1..=last_seq).contains(&seq) {
        return Ok(());
    }
    Err(Problem::invalid("seq", "メッセージが見つかりません。", "There is no such message."))
}

impl ReadLine {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything waits; else the flusher goes.
    fn goes_on(&self) -> bool {
        let mut line = self.lock();
        line.running = !line.marks.is_empty();
        line.running
    }

    /// What waits, by tenant.
    fn take(&self) -> BTreeMap<TenantId, Vec<Mark>> {
        let mut by_tenant: BTreeMap<TenantId, Vec<Mark>> = BTreeMap::new();
        for ((tenant, room, user, actor), seq) in std::mem::take(&mut self.lock().marks) {
            by_tenant.entry(tenant).or_default().push(Mark { room, user, actor, seq });
        }
        by_tenant
    }

    /// Back in the line, behind what has been read since.
    fn put_back(&self, tenant: TenantId, marks: Vec<Mark>) {
        let mut line = self.lock();
        for Mark { room, user, actor, seq } in marks {
            if line.marks.len() < MOST_KEPT {
                let waiting = line.marks.entry((tenant, room, user, actor)).or_insert(seq);
                *waiting = seq.max(*waiting);
            }
        }
    }
}

async fn flush(talk: Talk) {
    while talk.0.reads.goes_on() {
        let pause = if talk.write_reads().await { EVERY } else { AGAIN };
        tokio::time::sleep(pause).await;
    }
}

impl Talk {
    /// Writes the reads that wait; what a database that is away did not take waits on, and `false` then.
    pub async fn write_reads(&self) -> bool {
        let _writing = self.0.reads.writing.lock().await;
        let mut all = true;
        for (tenant, marks) in self.0.reads.take() {
            for chunk in marks.chunks(CHUNK) {
                let marks = chunk.to_vec();
                let written: Result<(), Problem> =
                    self.db(tenant).write(async move |tx: &mut Tx<'_>| apply(tx, marks).await).await;
                if let Err(problem) = written {
                    tracing::warn!(detail = problem.detail.en, "reads were not written");
                    // Another fault would come again and again; the clients name their positions again at hello.
                    if problem.status == 503 {
                        self.0.reads.put_back(tenant, chunk.to_vec());
                        all = false;
                    }
                }
            }
        }
        all
    }
}

/// Moves cursors on, of those who are in the rooms and as far as the rooms go, and tells who wants to know.
async fn apply(tx: &mut Tx<'_>, marks: Vec<Mark>) -> Result<(), Problem> {
    // In key order, so that two transactions never wait for each other.
    let mut pairs: Vec<(RoomId, UserId)> = marks.iter().map(|mark| (mark.room, mark.user)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let cursors: HashMap<(RoomId, UserId), Cursor> =
        reads::cursors_of(tx, &pairs).await?.into_iter().map(|cursor| ((cursor.room, cursor.user), cursor)).collect();
    let mut furthest: BTreeMap<(RoomId, UserId), Seq> = BTreeMap::new();
    let mut actors: BTreeMap<(RoomId, ActorId), Seq> = BTreeMap::new();
    for mark in marks {
        let Some(cursor) = cursors.get(&(mark.room, mark.user)) else { continue };
        let seq = mark.seq.min(cursor.last_seq);
        if seq > cursor.seq {
            let far = furthest.entry((mark.room, mark.user)).or_insert(seq);
            *far = seq.max(*far);
        }
        if let Some(actor) = mark.actor {
            let far = actors.entry((mark.room, actor)).or_insert(seq);
            *far = seq.max(*far);
        }
    }
    let actors: Vec<(RoomId, ActorId, Seq)> = actors.into_iter().map(|((room, actor), seq)| (room, actor, seq)).collect();
    reads::move_actor_cursors(tx, &actors).await?;
    let moves: Vec<(RoomId, UserId, Seq)> = furthest.into_iter().map(|((room, user), seq)| (room, user, seq)).collect();
    reads::move_cursors(tx, &moves).await?;
    tell(tx, &cursors, &moves).await
}

async fn tell(
    tx: &mut Tx<'_>,
    before: &HashMap<(RoomId, UserId), Cursor>,
    moves: &[(RoomId, UserId, Seq)],
) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let mut large: BTreeMap<RoomId, (Seq, Seq)> = BTreeMap::new();
    for (room, user, seq) in moves {
        let named = ServerFrame::Read { room_id: *room, user_id: Some(*user), seq: Some(*seq), counts: None };
        // One's other devices hear of it, whatever they show.
        tx.emit(passing_event(tenant, Reach::User(*user), named.clone()));
        let Some(cursor) = before.get(&(*room, *user)) else { continue };
        if cursor.member_count <= NAMED_READERS {
            tx.emit(passing_event(tenant, watchers(*room, None), named));
        } else {
            let range = large.entry(*room).or_insert((cursor.seq + 1, *seq));
            *range = (range.0.min(cursor.seq + 1), range.1.max(*seq));
        }
    }
    for (room, range) in large {
        let senders = reads::senders(tx, room, range, COUNTED).await?;
        let authors: BTreeSet<UserId> = senders.iter().map(|(_, sender)| *sender).collect();
        let counts = counts(tx, room, &senders).await?;
        if !counts.is_empty() {
            let frame = ServerFrame::Read { room_id: room, user_id: None, seq: None, counts: Some(counts) };
            tx.emit(passing_event(tenant, watchers(room, Some(authors.into_iter().collect())), frame));
        }
    }
    Ok(())
}

/// 既読 N of each of these messages.
pub(crate) async fn counts(tx: &mut Tx<'_>, room: RoomId, messages: &[(Seq, UserId)]) -> Result<BTreeMap<Seq, i64>, Problem> {
    let Some(least) = messages.iter().map(|(seq, _)| *seq).min() else { return Ok(BTreeMap::new()) };
    let writers: BTreeSet<UserId> = messages.iter().map(|(_, sender)| *sender).collect();
    let tally = reads::tally(tx, room, least, Vec::from_iter(writers)).await?;
    Ok(messages.iter().map(|(seq, sender)| (*seq, tally.of(*seq, Some(*sender)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn reads_that_were_not_written_wait_on_behind_what_has_been_read_since() {
        let (line, tenant) = (ReadLine::default(), TenantId(1));
        let mark = |room, seq| Mark { room: RoomId(Uuid::from_u128(room)), user: UserId(Uuid::nil()), actor: None, seq };
        line.put_back(tenant, vec![mark(1, 5), mark(2, 5)]);
        let taken = line.take().remove(&tenant).unwrap();
        assert!(line.take().is_empty());
        line.put_back(tenant, vec![mark(1, 9), mark(3, 1)]);
        line.put_back(tenant, taken);
        let seqs: Vec<Seq> = line.take().remove(&tenant).unwrap().iter().map(|mark| mark.seq).collect();
        assert_eq!(seqs, [9, 5, 1]);
        assert!(!line.goes_on());
    }
}
