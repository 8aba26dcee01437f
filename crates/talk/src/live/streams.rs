//! Streams, for sockets: who is in what, what a returning client missed, what a bus lost.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use kernel::event::Frame;
use kernel::live::{Boxed, Head, Hello, Membership, StreamReader};
use kernel::{Event, MembershipChange, Principal, Problem, Reach, Rev, RoomId, Seq, StreamId, TenantId, UserId};
use store::{StoreError, Tx};

use super::wire::{RoomBody, RoomPatch, ServerFrame, kept_event, kept_frame, message_event, own_event, room_event};
use crate::model::note::is_known_to;
use crate::model::room::{RoomKind, RoomRow};
use crate::model::{Message, Spans};
use crate::people;
use crate::service::describe::{Viewer, describe};
use crate::service::reads::{NAMED_READERS, counts};
use crate::service::{Talk, enter};
use crate::store::changes::{Change, What};
use crate::store::reads::Mine;
use crate::store::{albums, changes, members, messages, notes, reactions, reads, rooms};

/// A room that moved further than this is fetched afresh.
const MOST_MISSED: Rev = 200;
/// Lines of the log read at once to fill what a bus lost.
const MOST_FILLED: i64 = 1_000;
/// Messages on a screen, at most.
const ON_SCREEN: Seq = 200;

impl StreamReader for Talk {
    fn memberships<'a>(&'a self, principal: &'a Principal) -> Boxed<'a, Result<(Vec<Membership>, Rev), Problem>> {
        let db = self.db(principal.tenant);
        Box::pin(async move { Ok(members::memberships(&db, principal.user, principal.reader()).await?) })
    }

    fn catch_up<'a>(&'a self, principal: &'a Principal, hello: &'a Hello) -> Boxed<'a, Result<Vec<Bytes>, Problem>> {
        Box::pin(async move {
            // A full disk stops writing, not reading; they are named again at the next hello.
            if let Err(problem) = self.mark_many(principal, &hello.reads).await {
                tracing::warn!(detail = problem.detail.en, "the reads of a hello were not written");
            }
            let (viewer, asked) = (Viewer::from(principal), hello.clone());
            let read = async move |tx: &mut Tx<'_>| missed(tx, viewer, &asked).await;
            let frames = self.db(principal.tenant).read(read).await?;
            Ok(frames.iter().map(Frame::encode).collect())
        })
    }

    fn heads<'a>(&'a self, tenant: TenantId, streams: &'a [StreamId]) -> Boxed<'a, Result<HashMap<StreamId, Head>, Problem>> {
        let streams = streams.to_vec();
        let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(heads(tx, &streams).await?) };
        Box::pin(async move { self.db(tenant).read(read).await })
    }

    fn events_after<'a>(&'a self, tenant: TenantId, stream: StreamId, after: Rev) -> Boxed<'a, Result<Vec<Event>, Problem>> {
        let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let log = changes::since(tx, stream, after, MOST_FILLED).await?;
            match stream {
                StreamId::Room(room) => Ok(room_events(tx, room, &log).await?),
                StreamId::User(user) => own_events(tx, user, &log).await,
            }
        };
        Box::pin(async move { self.db(tenant).read(read).await })
    }

    fn subscribed<'a>(&'a self, principal: &'a Principal, room: RoomId, from: Seq, to: Seq) -> Boxed<'a, Result<Bytes, Problem>> {
        let user = principal.user;
        let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let (row, spans) = enter(tx, room, user).await?;
            let (mut cursors, mut counted) = (None, None);
            if row.member_count <= NAMED_READERS {
                let all = reads::readers(tx, room, 0).await?;
                cursors = Some(all.into_iter().map(|reader| (reader.user, reader.read_seq)).collect::<BTreeMap<_, _>>());
            } else {
                let range = (from.max(1), to.min(row.last_seq));
                let mut seqs = reads::senders(tx, room, range, ON_SCREEN).await?;
                seqs.retain(|(seq, _)| spans.see(*seq));
                counted = Some(counts(tx, room, &seqs).await?);
            }
            Ok(ServerFrame::Cursors { room_id: room, cursors, counts: counted }.encode())
        };
        Box::pin(async move { self.db(principal.tenant).read(read).await })
    }
}

async fn heads(tx: &mut Tx<'_>, streams: &[StreamId]) -> Result<HashMap<StreamId, Head>, StoreError> {
    let rooms = streams.iter().filter_map(|stream| if let StreamId::Room(room) = stream { Some(*room) } else { None }).collect();
    let users = streams.iter().filter_map(|stream| if let StreamId::User(user) = stream { Some(*user) } else { None }).collect();
    let mut heads: HashMap<StreamId, Head> = HashMap::with_capacity(streams.len());
    for (room, rev, last_seq) in changes::room_heads(tx, rooms).await? {
        heads.insert(StreamId::Room(room), Head { rev, last_seq });
    }
    for (user, rev) in changes::user_heads(tx, users).await? {
        heads.insert(StreamId::User(user), Head { rev, last_seq: 0 });
    }
    Ok(heads)
}

/// What a returning client missed. Messages come before the summary of their room, whose counts then stand.
async fn missed(tx: &mut Tx<'_>, viewer: Viewer, hello: &Hello) -> Result<Vec<ServerFrame>, Problem> {
    let (mine, me) = reads::my_rooms_and_rev(tx, viewer.user, viewer.reader).await?;
    let present: HashSet<RoomId> = mine.iter().map(|mine| mine.room).collect();
    // Nobody has heard all of their own stream before the last frame: the line may break.
    let told = me.min(hello.me);
    let named: BTreeSet<RoomId> = hello.rooms.keys().chain(hello.revs.keys()).copied().collect();
    let gone = named.iter().filter(|room| !present.contains(room));
    let mut frames: Vec<ServerFrame> =
        gone.map(|room| ServerFrame::Room { rev: None, me: Some(told), room: RoomBody::Patch(RoomPatch::gone(*room)) }).collect();
    let own = own_changes(tx, viewer.user, hello.me, me).await?;
    let mut summaries: Vec<Mine> = Vec::new();
    for mine in &mine {
        let held = hello.revs.get(&mine.room).copied();
        if let Some(held) = held.filter(|held| *held != mine.rev) {
            frames.extend(missed_in_room(tx, viewer.user, mine.room, (held, mine.rev)).await?);
        }
        if held != Some(mine.rev) || own.as_ref().is_none_or(|own| own.rooms.contains(&mine.room)) {
            summaries.push(*mine);
        }
    }
    for room in describe(tx, viewer, &summaries).await? {
        frames.push(ServerFrame::Room { rev: Some(room.rev), me: Some(told), room: RoomBody::Full(Box::new(room)) });
    }
    // Whoever missed too much fetches all of it.
    let own = own.unwrap_or(OwnChanges { scheduled: true, reminders: true, ..OwnChanges::default() });
    for (room, seq) in own.nudges {
        frames.extend(nudge(tx, &mine, (room, seq), told).await?);
    }
    frames.extend(own.scheduled.then_some(ServerFrame::Scheduled { me: told }));
    frames.extend(own.reminders.then_some(ServerFrame::Reminders { me: told }));
    match frames.last_mut() {
        Some(ServerFrame::Room { me: last, .. }) => *last = Some(me),
        Some(ServerFrame::Nudge { me: last, .. } | ServerFrame::Scheduled { me: last } | ServerFrame::Reminders { me: last }) => {
            *last = me;
        }
        _ => {}
    }
    Ok(frames)
}

/// What changed on one's own stream.
#[derive(Default)]
struct OwnChanges {
    rooms: HashSet<RoomId>,
    nudges: Vec<(RoomId, Seq)>,
    scheduled: bool,
    reminders: bool,
}

/// `None`: too much, or what the client holds is not ours; everything is told afresh.
async fn own_changes(tx: &mut Tx<'_>, user: UserId, held: Rev, now: Rev) -> Result<Option<OwnChanges>, StoreError> {
    if held > now || now.saturating_sub(held) > MOST_MISSED {
        return Ok(None);
    }
    let mut own = OwnChanges::default();
    if held == now {
        return Ok(Some(own));
    }
    for change in changes::since(tx, StreamId::User(user), held, MOST_MISSED).await? {
        match change.what {
            What::MyRoom(room) => {
                own.rooms.insert(room);
            }
            What::Nudge(room, seq) => own.nudges.push((room, seq)),
            What::Scheduled => own.scheduled = true,
            What::Reminders => own.reminders = true,
            What::Message(_) | What::Room | What::Members | What::Note(_) | What::Album(_) => {}
        }
    }
    Ok(Some(own))
}

/// The messages of one room that changed between two revs, or `reset`.
async fn missed_in_room(
    tx: &mut Tx<'_>,
    user: UserId,
    room: RoomId,
    (held, now): (Rev, Rev),
) -> Result<Vec<ServerFrame>, StoreError> {
    if held > now || now.saturating_sub(held) > MOST_MISSED {
        return Ok(vec![ServerFrame::Reset { room_id: room }]);
    }
    let spans = members::spans_of(tx, room, user).await?;
    let log = changes::since(tx, StreamId::Room(room), held, MOST_MISSED).await?;
    let mut messages: Vec<Message> = changed_messages(tx, room, &log, |seq| spans.see(seq)).await?.into_values().collect();
    // The line may break after any of them, and the client then holds all up to the rev of the last.
    messages.sort_unstable_by_key(|message| message.rev);
    let framed = |message: Message| (message.rev, ServerFrame::Message { rev: message.rev, message: Box::new(message) });
    let mut frames: Vec<(Rev, ServerFrame)> = messages.into_iter().map(framed).collect();
    frames.extend(kept_changes(tx, room, &spans, &log).await?);
    frames.sort_by_key(|(rev, _)| *rev);
    Ok(frames.into_iter().map(|(_, frame)| frame).collect())
}

/// The notes and albums that these lines of the log name, each once, where `spans` lets one see them.
async fn kept_changes(
    tx: &mut Tx<'_>,
    room: RoomId,
    spans: &Spans,
    log: &[Change],
) -> Result<Vec<(Rev, ServerFrame)>, StoreError> {
    let made_at = made_at(tx, room, log).await?;
    if made_at.is_empty() {
        return Ok(Vec::new());
    }
    let Some(row) = rooms::find(tx, room).await? else { return Ok(Vec::new()) };
    let last: BTreeMap<What, Rev> = log.iter().map(|change| (change.what, change.rev)).collect();
    let seen = |(what, rev): (What, Rev)| {
        made_at.get(&what).filter(|at_seq| is_known_to(&row, spans, **at_seq))?;
        Some((rev, kept_frame(room, rev, what)?))
    };
    Ok(last.into_iter().filter_map(seen).collect())
}

/// When in the room's conversation the notes and albums were made that these lines of the log name.
async fn made_at(tx: &mut Tx<'_>, room: RoomId, log: &[Change]) -> Result<HashMap<What, Seq>, StoreError> {
    let no_of_note = |change: &Change| if let What::Note(no) = change.what { Some(no) } else { None };
    let no_of_album = |change: &Change| if let What::Album(no) = change.what { Some(no) } else { None };
    let named = |no_of: &dyn Fn(&Change) -> Option<i64>| Vec::from_iter(log.iter().filter_map(no_of).collect::<BTreeSet<i64>>());
    let (of_notes, of_albums) = (named(&no_of_note), named(&no_of_album));
    let mut made_at = HashMap::new();
    if !of_notes.is_empty() {
        made_at.extend(notes::at_seqs(tx, room, of_notes).await?.into_iter().map(|(no, seq)| (What::Note(no), seq)));
    }
    if !of_albums.is_empty() {
        made_at.extend(albums::at_seqs(tx, room, of_albums).await?.into_iter().map(|(no, seq)| (What::Album(no), seq)));
    }
    Ok(made_at)
}

/// The messages that these lines of the log name, as they now stand.
async fn changed_messages(
    tx: &mut Tx<'_>,
    room: RoomId,
    log: &[Change],
    wanted: impl Fn(Seq) -> bool,
) -> Result<BTreeMap<Seq, Message>, StoreError> {
    let seq = |change: &Change| if let What::Message(seq) = change.what { Some(seq) } else { None };
    let seqs: BTreeSet<Seq> = log.iter().filter_map(seq).filter(|seq| wanted(*seq)).collect();
    let mut found = messages::by_seq(tx, room, seqs.into_iter().collect()).await?;
    reactions::fill(tx, room, &mut found).await?;
    Ok(found.into_iter().map(|message| (message.seq, message)).collect())
}

/// A nudge that one has not followed yet. Only a message's sender nudges.
async fn nudge(tx: &mut Tx<'_>, mine: &[Mine], (room, seq): (RoomId, Seq), me: Rev) -> Result<Option<ServerFrame>, StoreError> {
    if !mine.iter().any(|mine| mine.room == room && mine.read_seq < seq) {
        return Ok(None);
    }
    let sender = messages::find(tx, room, seq).await?.and_then(|message| message.sender_id);
    Ok(sender.map(|user_id| ServerFrame::Nudge { me, room_id: room, seq, user_id }))
}

/// A room's events, made again from the log: each message once, at its newest rev.
async fn room_events(tx: &mut Tx<'_>, room: RoomId, log: &[Change]) -> Result<Vec<Event>, StoreError> {
    let tenant = tx.tenant();
    let messages = changed_messages(tx, room, log, |_| true).await?;
    let Some(row) = rooms::find(tx, room).await? else { return Ok(Vec::new()) };
    let title = shared_title(tx, &row).await?;
    let made_at = made_at(tx, room, log).await?;
    let event = |change: &Change| match change.what {
        What::Message(seq) => {
            let message = messages.get(&seq)?;
            // A later line of the log, here or in the next reading, brings it.
            if message.rev > change.rev {
                Some(silent(tenant, room, change.rev))
            } else {
                Some(message_event(tenant, message, false))
            }
        }
        What::Room | What::Members => {
            let patch = RoomPatch {
                kind: Some(row.kind),
                title: title.clone(),
                member_count: Some(row.member_count),
                include_children: row.org_unit_id.map(|_| row.include_children),
                incident: Some(row.incident),
                notice_seq: Some(row.notice_seq),
                ..RoomPatch::of(room)
            };
            Some(room_event(tenant, change.rev, patch))
        }
        what @ (What::Note(_) | What::Album(_)) => {
            made_at.get(&what).and_then(|at_seq| kept_event(tenant, &row, *at_seq, change.rev, what))
        }
        What::MyRoom(_) | What::Nudge(..) | What::Scheduled | What::Reminders => None,
    };
    Ok(log.iter().filter_map(event).collect())
}

/// What a room is called by all in it; a direct one is called otherwise by each.
async fn shared_title(tx: &mut Tx<'_>, row: &RoomRow) -> Result<Option<String>, StoreError> {
    match row.org_unit_id {
        _ if row.kind == RoomKind::Direct => Ok(None),
        _ if !row.title.is_empty() => Ok(Some(row.title.clone())),
        Some(unit) => Ok(people::tree(tx).await?.name(unit).map(str::to_owned)),
        None => Ok(None),
    }
}

/// A rev that needs no frame, but must be seen to have passed.
fn silent(tenant: TenantId, room: RoomId, rev: Rev) -> Event {
    Event { tenant, reach: Reach::Room { room, seq: None, new: false }, rev, membership: Vec::new(), frame: None }
}

/// A user's own events, made again from the log.
async fn own_events(tx: &mut Tx<'_>, user: UserId, log: &[Change]) -> Result<Vec<Event>, Problem> {
    let tenant = tx.tenant();
    // As the account, not as one of its people: whoever holds it merges the shared settings.
    let mine = reads::my_rooms(tx, user, user.0).await?;
    let mut events = Vec::with_capacity(log.len());
    for change in log {
        let rev = change.rev;
        match change.what {
            What::MyRoom(room) => {
                let spans = members::spans_of(tx, room, user).await?;
                let Some(row) = rooms::find(tx, room).await? else { continue };
                let membership = MembershipChange { room, user, spans: spans.pairs(), head: (row.rev, row.last_seq) };
                let mine = mine.iter().find(|mine| mine.room == room);
                let patch = mine.map_or_else(
                    || RoomPatch::gone(room),
                    |mine| RoomPatch {
                        visible_from_seq: spans.visible_from(),
                        muted: Some(mine.muted),
                        hidden: Some(row.last_seq < mine.hidden_until_seq),
                        pinned: Some(mine.pinned),
                        ..RoomPatch::of(room)
                    },
                );
                let frame = ServerFrame::Room { rev: None, me: Some(rev), room: RoomBody::Patch(patch) };
                events.push(own_event(tenant, user, rev, vec![membership], frame));
            }
            What::Nudge(room, seq) => {
                let frame = nudge(tx, &mine, (room, seq), rev).await?.map(|frame| -> Arc<dyn Frame> { Arc::new(frame) });
                events.push(Event { tenant, reach: Reach::User(user), rev, membership: Vec::new(), frame });
            }
            What::Scheduled => events.push(own_event(tenant, user, rev, Vec::new(), ServerFrame::Scheduled { me: rev })),
            What::Reminders => events.push(own_event(tenant, user, rev, Vec::new(), ServerFrame::Reminders { me: rev })),
            What::Message(_) | What::Room | What::Members | What::Note(_) | What::Album(_) => {}
        }
    }
    Ok(events)
}
