//! Many rows at once, with times of the caller's choosing: for the demo, which makes a year of talk. Nothing is
//! emitted; what is written is as if it had been said: gapless, logged, counted.

use std::collections::{BTreeMap, HashMap};

use kernel::{ActorId, ClientId, OrgUnitId, Rev, RoomId, Seq, StreamId, Time, UserId};
use store::{StoreError, Tx};

use crate::model::message::{Detail, Mention, MessageKind};
use crate::model::room::RoomKind;
use crate::model::{Message, SourceKind, Spans};
use crate::service::append::place;
use crate::store::changes::{Change, What};
use crate::store::members::Source;
use crate::store::messages::NewMessage;
use crate::store::reads;
use crate::store::rooms::NewRoom;
use crate::store::{appends, batch, changes, members, rooms};

/// A room.
#[derive(Clone, Debug)]
pub struct RoomSeed {
    /// Its id.
    pub id: RoomId,
    /// Its kind.
    pub kind: RoomKind,
    /// Its name; empty for a direct one, and for an org unit's that bears the unit's.
    pub title: String,
    /// Which org unit it follows.
    pub org_unit_id: Option<OrgUnitId>,
    /// Whether it takes in the units below.
    pub include_children: bool,
    /// The pair of a direct one.
    pub pair: Option<(UserId, UserId)>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Time,
}

/// Why somebody is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberSeed {
    /// Asked in.
    Invited(UserId),
    /// Assigned to the room's own unit.
    Unit(UserId, OrgUnitId),
    /// Assigned to a unit below it.
    ChildUnit(UserId, OrgUnitId),
}

/// A message.
#[derive(Clone, Debug)]
pub struct MessageSeed {
    /// What its sender's client would have named it by.
    pub client_id: ClientId,
    /// Who wrote it.
    pub sender: UserId,
    /// When; not before the one that precedes it in its room.
    pub sent_at: Time,
    /// What.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
    /// Whom it names.
    pub mentions: Vec<Mention>,
    /// Which person of a shared account, by id and name.
    pub actor: Option<(ActorId, String)>,
    /// When it was last changed.
    pub edited_at: Option<Time>,
    /// When it was taken back; its text is empty then.
    pub recalled_at: Option<Time>,
}

/// Makes a room with nobody in it.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert_room(tx: &mut Tx<'_>, seed: RoomSeed) -> Result<(), StoreError> {
    let RoomSeed { id, kind, title, org_unit_id, include_children, pair, created_by, created_at } = seed;
    rooms::insert(tx, &NewRoom { id, kind, title, org_unit_id, include_children, pair, created_by, created_at }).await.map(drop)
}

/// Lets people into a room, to see what is said from here on. Call it before the first message for all of it.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert_members(tx: &mut Tx<'_>, room: RoomId, seeds: &[MemberSeed]) -> Result<(), StoreError> {
    let Some(mut row) = rooms::lock(tx, room).await? else { return Ok(()) };
    let source = |seed: &MemberSeed| match *seed {
        MemberSeed::Invited(user) => Source::invited(user),
        MemberSeed::Unit(user, unit) => Source { user, kind: SourceKind::Unit, id: unit.bytes() },
        MemberSeed::ChildUnit(user, unit) => Source { user, kind: SourceKind::ChildUnit, id: unit.bytes() },
    };
    let sources: Vec<Source> = seeds.iter().map(source).collect();
    members::insert_sources(tx, room, &sources).await?;
    let mut users: Vec<UserId> = sources.iter().map(|source| source.user).collect();
    users.sort_unstable();
    users.dedup();
    let before = members::spans_of_some(tx, room, users.clone()).await?;
    let new = users.into_iter().filter(|user| before.get(user).is_none_or(|spans| !spans.is_present()));
    let after: Vec<(UserId, Spans)> =
        new.map(|user| (user, before.get(&user).cloned().unwrap_or_default().opened_at(row.last_seq + 1))).collect();
    if after.is_empty() {
        return Ok(());
    }
    members::write_spans(tx, room, &before, &after).await?;
    rooms::count_members(tx, &mut row).await?;
    let rev = rooms::next_rev(tx, &mut row).await?;
    // In order of ids: the same seeds make the same log.
    let revs: BTreeMap<UserId, Rev> =
        changes::next_user_revs(tx, &after.iter().map(|(user, _)| *user).collect::<Vec<_>>()).await?.into_iter().collect();
    let mut log = vec![Change { stream: StreamId::Room(room), rev, what: What::Members }];
    log.extend(revs.iter().map(|(user, rev)| Change { stream: StreamId::User(*user), rev: *rev, what: What::MyRoom(room) }));
    changes::append(tx, &log).await
}

/// Appends messages to a room, in this order; gives the seq of the first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert_messages(tx: &mut Tx<'_>, room: RoomId, seeds: Vec<MessageSeed>) -> Result<Option<Seq>, StoreError> {
    let Some(mut row) = rooms::lock(tx, room).await? else { return Ok(None) };
    let mut placed = Vec::with_capacity(seeds.len());
    for seed in seeds {
        let message = NewMessage {
            room,
            client_id: seed.client_id,
            kind: MessageKind::Text,
            sender: Some(seed.sender),
            actor: seed.actor,
            text: seed.text,
            mentions: seed.mentions,
            reply_to: seed.reply_to,
            detail: Detail::default(),
        };
        let message = place(&mut row, message, seed.sent_at);
        placed.push(Message { edited_at: seed.edited_at, recalled_at: seed.recalled_at, ..message });
    }
    appends::write(tx, std::iter::once(&row), &placed).await?;
    Ok(placed.first().map(|message| message.seq))
}

/// Puts emoji on messages that are there: (seq, emoji, who, when), each once. The messages' revs stay.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert_reactions(tx: &mut Tx<'_>, room: RoomId, seeds: &[(Seq, String, UserId, Time)]) -> Result<(), StoreError> {
    let rows = seeds.iter().map(|(seq, emoji, user, at)| store::params![*seq, emoji, *user, *at].to_vec());
    batch::exec_each(tx, &crate::store::reactions::INSERT_REACTIONS, &store::params![room], rows.collect()).await
}

/// Moves people's cursors on.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_cursors(tx: &mut Tx<'_>, room: RoomId, cursors: &HashMap<UserId, Seq>) -> Result<(), StoreError> {
    let mut moves: Vec<_> = cursors.iter().map(|(user, seq)| (room, *user, *seq)).collect();
    moves.sort_unstable();
    reads::move_cursors(tx, &moves).await
}

/// Moves the cursors of people inside shared accounts on.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_actor_cursors(tx: &mut Tx<'_>, room: RoomId, cursors: &HashMap<ActorId, Seq>) -> Result<(), StoreError> {
    let mut moves: Vec<_> = cursors.iter().map(|(actor, seq)| (room, *actor, *seq)).collect();
    moves.sort_unstable();
    reads::move_actor_cursors(tx, &moves).await
}

/// Pins a message to a room's notice.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_notice(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<(), StoreError> {
    rooms::set_notice(tx, room, Some(seq)).await
}

/// Pins a room at the top, or mutes it, for one of its members.
///
/// # Errors
/// When the database refuses or is away.
pub async fn set_settings(tx: &mut Tx<'_>, room: RoomId, user: UserId, muted: bool, pinned: bool) -> Result<(), StoreError> {
    let settings = members::Settings { muted: Some(muted), pinned: Some(pinned), hidden_until_seq: None };
    members::set(tx, room, user, settings).await
}
