//! Coming and going: spans, the rooms' counts, everybody's own streams and what the room says of it, at once.

use std::collections::HashMap;

use kernel::{ClientId, Event, MembershipChange, Reach, Rev, RoomId, Seq, StreamId, UserId};
use store::{StoreError, Tx};

use super::Deed;
use super::append::append_one;
use crate::live::wire::{RoomBody, RoomPatch, ServerFrame, own_event, room_event};
use crate::model::message::{Detail, MessageKind};
use crate::model::room::RoomRow;
use crate::model::{Spans, SystemNote, SystemType};
use crate::store::changes::{Change, What};
use crate::store::messages::NewMessage;
use crate::store::{changes, members, rooms};

/// Who comes (and from where they may see) and who goes.
#[derive(Clone, Debug, Default)]
pub struct Shift {
    /// Who comes, and the first seq that they see.
    pub enter: Vec<(UserId, Seq)>,
    /// Who goes.
    pub leave: Vec<UserId>,
}

/// Makes a shift so in a locked room. `said`: the room says so, to all who are in it then.
pub(crate) async fn shift(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, shift: Shift, said: bool) -> Result<(), StoreError> {
    let before = members::spans_of_some(
        tx,
        room.id,
        shift.enter.iter().map(|(user, _)| *user).chain(shift.leave.iter().copied()).collect(),
    )
    .await?;
    let spans = |user: &UserId| before.get(user).cloned().unwrap_or_default();
    let entered = shift.enter.iter().filter(|(user, _)| !spans(user).is_present());
    let left = shift.leave.iter().filter(|user| spans(user).is_present());
    let mut after: Vec<(UserId, Spans)> = entered
        .map(|(user, from)| (*user, spans(user).opened_at(*from)))
        .chain(left.map(|user| (*user, spans(user).closed_at(room.last_seq))))
        .collect();
    if after.is_empty() {
        return Ok(());
    }
    after.sort_unstable_by_key(|(user, _)| *user);
    members::write_spans(tx, room.id, &before, &after).await?;
    rooms::count_members(tx, room).await?;
    let rev = log_room(tx, room, What::Members).await?;
    tell_members(tx, room, &after).await?;
    let patch = RoomPatch { member_count: Some(room.member_count), kind: Some(room.kind), ..RoomPatch::of(room.id) };
    let tenant = tx.tenant();
    tx.emit(room_event(tenant, rev, patch));
    if said {
        let (came, went): (Vec<_>, Vec<_>) = after.iter().partition(|(_, spans)| spans.is_present());
        for (kind, who) in [(SystemType::Joined, came), (SystemType::Left, went)] {
            let user_ids: Vec<UserId> = who.iter().map(|(user, _)| *user).collect();
            if !user_ids.is_empty() {
                say(tx, deed, room, SystemNote { user_ids, ..SystemNote::of(kind) }).await?;
            }
        }
    }
    Ok(())
}

/// Takes the room's next rev and logs what changed.
pub(crate) async fn log_room(tx: &mut Tx<'_>, room: &mut RoomRow, what: What) -> Result<Rev, StoreError> {
    let rev = rooms::next_rev(tx, room).await?;
    changes::append(tx, &[Change { stream: StreamId::Room(room.id), rev, what }]).await?;
    Ok(rev)
}

/// Tells each of these on their own stream that the room came, went, or shows more; the hub hears of it first.
pub(crate) async fn tell_members(tx: &mut Tx<'_>, room: &RoomRow, after: &[(UserId, Spans)]) -> Result<(), StoreError> {
    let users: Vec<UserId> = after.iter().map(|(user, _)| *user).collect();
    let revs = log_own(tx, &users, What::MyRoom(room.id)).await?;
    let tenant = tx.tenant();
    for (user, spans) in after {
        let me = revs.get(user).copied().unwrap_or_default();
        let patch = match spans.visible_from() {
            Some(from) => RoomPatch { visible_from_seq: Some(from), ..RoomPatch::of(room.id) },
            None => RoomPatch::gone(room.id),
        };
        let change = MembershipChange { room: room.id, user: *user, spans: spans.pairs(), head: (room.rev, room.last_seq) };
        let frame = ServerFrame::Room { rev: None, me: Some(me), room: RoomBody::Patch(patch) };
        tx.emit(own_event(tenant, *user, me, vec![change], frame));
    }
    Ok(())
}

/// Takes the next rev of each user's own stream and logs what changed.
pub(crate) async fn log_own(tx: &mut Tx<'_>, users: &[UserId], what: What) -> Result<HashMap<UserId, Rev>, StoreError> {
    let revs = changes::next_user_revs(tx, users).await?;
    let log: Vec<Change> = revs.iter().map(|(user, rev)| Change { stream: StreamId::User(*user), rev: *rev, what }).collect();
    changes::append(tx, &log).await?;
    Ok(revs)
}

/// The room itself says something; it takes a seq as any message does.
pub(crate) async fn say(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, note: SystemNote) -> Result<(), StoreError> {
    let message = NewMessage {
        room: room.id,
        client_id: ClientId(deed.random.new_id(deed.now)),
        kind: MessageKind::System,
        sender: deed.doer,
        actor: None,
        text: String::new(),
        mentions: Vec::new(),
        reply_to: None,
        detail: Detail { system: Some(note), ..Detail::default() },
    };
    append_one(tx, room, message, deed.now).await.map(drop)
}

/// A change that the room's members see and that is no message.
pub(crate) async fn tell_room(tx: &mut Tx<'_>, room: &mut RoomRow, patch: RoomPatch) -> Result<(), StoreError> {
    let rev = log_room(tx, room, What::Room).await?;
    let tenant = tx.tenant();
    tx.emit(room_event(tenant, rev, patch));
    Ok(())
}

/// Where a room's members hear something that is not kept.
pub(crate) fn watchers(room: RoomId, only: Option<Vec<UserId>>) -> Reach {
    Reach::Watchers { room, only }
}

/// Hands on an event that belongs to no transaction.
pub(crate) fn pass(talk: &super::Talk, event: Event) {
    talk.0.sink.committed(vec![event]);
}
