//! What a group of sends asks of the database, in as few questions as can be: on PostgreSQL each costs a way there and back.

use kernel::{ClientId, RoomId, StreamId, UserId};
use store::{StoreError, Tx, Value, params};

use super::batch::{self, Each};
use super::changes::{Change, What};
use super::{changes, files, links, mentions, messages, rooms};
use crate::model::Message;
use crate::model::room::RoomRow;

/// What must be known before messages are placed.
#[derive(Debug)]
pub struct Ground {
    /// The rooms, held until the transaction ends.
    pub rooms: Vec<RoomRow>,
    /// Messages that bear one of the client ids already.
    pub known: Vec<Message>,
    /// Those of the pairs who are in the room.
    pub present: Vec<(RoomId, UserId)>,
}

/// Locks the rooms, in key order; under the locks looks for repeats, and for who is there.
///
/// # Errors
/// When the database refuses or is away.
pub async fn ground(
    tx: &mut Tx<'_>,
    ids: Vec<RoomId>,
    client_ids: &[ClientId],
    pairs: &[(RoomId, UserId)],
) -> Result<Ground, StoreError> {
    let lock = (&rooms::LOCK_ROOMS, params![ids].into());
    let looks = vec![messages::looking_for(client_ids), messages::looking_who_is_in(pairs)];
    let mut answers = batch::all(tx, vec![lock], looks).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    Ok(Ground {
        rooms: next().iter().map(rooms::read).collect(),
        known: next().iter().map(messages::read).collect(),
        present: next().iter().map(|row| (row.get(0), row.get(1))).collect(),
    })
}

/// Writes placed messages, the counters of their rooms, and the log.
///
/// # Errors
/// When the database refuses or is away.
pub async fn write<'a>(tx: &mut Tx<'_>, rooms: impl Iterator<Item = &'a RoomRow>, placed: &[Message]) -> Result<(), StoreError> {
    let counters = |room: &RoomRow| {
        vec![Value::from(room.id), Value::from(room.last_seq), Value::from(room.rev), Value::from(room.active_at)]
    };
    let advancing = Each { statement: &rooms::ADVANCE, rows: rooms.map(counters).collect() };
    let line = |message: &Message| Change {
        stream: StreamId::Room(message.room_id),
        rev: message.rev,
        what: What::Message(message.seq),
    };
    let log: Vec<Change> = placed.iter().map(line).collect();
    let sets = vec![
        advancing,
        messages::inserting(placed),
        changes::appending(&log),
        mentions::inserting(placed),
        files::inserting(placed),
        links::inserting(placed),
    ];
    batch::all(tx, Vec::new(), sets).await.map(drop)
}
