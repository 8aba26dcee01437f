//! The hot path: what waits to be sent is data, and one transaction takes all of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use files::store as file_rows;
use kernel::live::Boxed;
use kernel::{ClientId, Clock, FileId, RoomId, Time, UserId};
use store::{GroupWork, StoreError, Tx};

use crate::live::wire::message_event;
use crate::model::Message;
use crate::model::room::RoomRow;
use crate::store::messages::NewMessage;
use crate::store::{appends, messages, reactions};

/// What became of a send.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is stored; or was before, and this is it.
    Stored(Box<Message>),
    /// The sender is not in the room.
    NotThere,
    /// Another user has used this client id.
    ClientIdTaken,
    /// A file that it was to show has been taken away meanwhile.
    FileGone,
}

/// Takes groups of sends.
pub struct Appends {
    pub(crate) clock: Arc<dyn Clock>,
}

impl GroupWork for Appends {
    type In = NewMessage;
    type Out = Outcome;

    fn run<'a>(&'a self, tx: &'a mut Tx<'_>, items: Vec<NewMessage>) -> Boxed<'a, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move { take(tx, items, self.clock.now()).await })
    }
}

/// Rooms are locked first, in key order; membership and repeats are looked at under the locks.
async fn take(tx: &mut Tx<'_>, items: Vec<NewMessage>, now: Time) -> Result<Vec<Outcome>, StoreError> {
    let ids: Vec<RoomId> = items.iter().map(|item| item.room).collect::<HashSet<_>>().into_iter().collect();
    let client_ids: HashSet<ClientId> = items.iter().map(|item| item.client_id).collect();
    let pairs: HashSet<(RoomId, UserId)> = items.iter().filter_map(|item| Some((item.room, item.sender?))).collect();
    let ground = appends::ground(tx, ids, &Vec::from_iter(client_ids), &Vec::from_iter(pairs)).await?;
    let mut rooms: HashMap<RoomId, RoomRow> = ground.rooms.into_iter().map(|room| (room.id, room)).collect();
    let mut present: HashSet<(RoomId, UserId)> = ground.present.into_iter().collect();
    let mut known: HashMap<ClientId, Message> = ground.known.into_iter().map(|message| (message.client_id, message)).collect();
    for message in known.values_mut() {
        reactions::fill(tx, message.room_id, std::slice::from_mut(message)).await?;
    }
    // A repeat may have been sent to another room.
    let elsewhere: Vec<(RoomId, UserId)> = known
        .values()
        .filter_map(|first| Some((first.room_id, first.sender_id?)))
        .filter(|pair| !present.contains(pair))
        .collect();
    if !elsewhere.is_empty() {
        present.extend(messages::present(tx, &elsewhere).await?);
    }
    let files = there(tx, &items).await?;
    let is_in = |room: RoomId, user: Option<UserId>| user.is_some_and(|user| present.contains(&(room, user)));

    let mut outcomes = Vec::with_capacity(items.len());
    let mut new = Vec::with_capacity(items.len());
    for item in items {
        let Some(room) = rooms.get_mut(&item.room).filter(|_| is_in(item.room, item.sender)) else {
            outcomes.push(Outcome::NotThere);
            continue;
        };
        if let Some(first) = known.get(&item.client_id) {
            // It may have been sent to another room, and its sender may have left that one.
            outcomes.push(match first.sender_id == item.sender {
                true if is_in(first.room_id, item.sender) => Outcome::Stored(Box::new(first.clone())),
                true => Outcome::NotThere,
                false => Outcome::ClientIdTaken,
            });
            continue;
        }
        if item.detail.attachments.iter().any(|file| !files.contains(&file.id)) {
            outcomes.push(Outcome::FileGone);
            continue;
        }
        let message = place(room, item, now);
        known.insert(message.client_id, message.clone());
        outcomes.push(Outcome::Stored(Box::new(message.clone())));
        new.push(message);
    }
    store_placed(tx, &rooms, &new, now).await?;
    Ok(outcomes)
}

/// Which of the files that these are to show are there; held, so that none is taken away before the messages stand.
async fn there(tx: &mut Tx<'_>, items: &[NewMessage]) -> Result<HashSet<FileId>, StoreError> {
    let ids: HashSet<FileId> = items.iter().flat_map(|item| item.detail.attachments.iter().map(|file| file.id)).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(file_rows::lock_all(tx, ids.into_iter().collect()).await?.into_iter().map(|row| row.upload.file.id).collect())
}

/// Gives a message its place; the room's row must be locked.
pub(crate) fn place(room: &mut RoomRow, message: NewMessage, now: Time) -> Message {
    room.last_seq += 1;
    room.rev += 1;
    // The clock may stand still or step back; a room's messages never do.
    room.active_at = room.active_at.max(now);
    let sent_at = room.active_at;
    message.placed(room.last_seq, room.rev, sent_at)
}

/// Writes placed messages, their rooms' counters and the log, and tells.
pub(crate) async fn store_placed(
    tx: &mut Tx<'_>,
    rooms: &HashMap<RoomId, RoomRow>,
    placed: &[Message],
    now: Time,
) -> Result<(), StoreError> {
    if placed.is_empty() {
        return Ok(());
    }
    let touched: BTreeMap<RoomId, &RoomRow> =
        placed.iter().filter_map(|message| Some((message.room_id, rooms.get(&message.room_id)?))).collect();
    appends::write(tx, touched.into_values(), placed).await?;
    let mut uses: BTreeMap<FileId, i64> = BTreeMap::new();
    for file in placed.iter().flat_map(|message| &message.attachments) {
        *uses.entry(file.id).or_default() += 1;
    }
    file_rows::count_uses(tx, &uses, now).await?;
    let tenant = tx.tenant();
    for message in placed {
        tx.emit(message_event(tenant, message, true));
    }
    Ok(())
}

/// Appends one message to a locked room.
pub(crate) async fn append_one(
    tx: &mut Tx<'_>,
    room: &mut RoomRow,
    message: NewMessage,
    now: Time,
) -> Result<Message, StoreError> {
    let message = place(room, message, now);
    let rooms = HashMap::from([(room.id, room.clone())]);
    store_placed(tx, &rooms, std::slice::from_ref(&message), now).await?;
    Ok(message)
}
