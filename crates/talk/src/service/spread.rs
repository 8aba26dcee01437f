//! The same into several rooms at once: all of them, or none.

use std::collections::HashMap;

use kernel::{ClientId, Principal, Problem, RoomId, UserId};
use store::{StoreError, Tx};

use super::Deed;
use super::append::{place, store_placed};
use super::send::actor_name;
use crate::model::Message;
use crate::model::message::{Detail, MessageKind};
use crate::model::room::RoomRow;
use crate::store::messages::NewMessage;
use crate::store::{messages, rooms};

/// These rooms, held in key order until the transaction ends.
pub(crate) async fn hold(tx: &mut Tx<'_>, to: &[RoomId]) -> Result<HashMap<RoomId, RoomRow>, StoreError> {
    Ok(rooms::lock_all(tx, to.to_vec()).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// Where `user` is not in one of these rooms, none of them is there for what is asked.
///
/// # Errors
/// 404 then.
pub(crate) async fn ensure_in_all(tx: &mut Tx<'_>, to: &[RoomId], user: UserId) -> Result<(), Problem> {
    let pairs: Vec<(RoomId, UserId)> = to.iter().map(|room| (*room, user)).collect();
    if messages::present(tx, &pairs).await?.len() == to.len() { Ok(()) } else { Err(Problem::not_found()) }
}

/// Writes all that is said into each of the rooms, which are held.
pub(crate) async fn spread(
    tx: &mut Tx<'_>,
    principal: &Principal,
    deed: &Deed,
    (to, mut rows): (&[RoomId], HashMap<RoomId, RoomRow>),
    said: &[(String, Detail)],
) -> Result<Vec<Message>, Problem> {
    let actor = principal.actor.zip(actor_name(tx, principal).await?);
    let mut placed = Vec::with_capacity(to.len() * said.len());
    for room in to {
        let Some(row) = rows.get_mut(room) else { continue };
        for (text, detail) in said {
            let new = NewMessage {
                room: *room,
                client_id: ClientId(deed.random.new_id(deed.now)),
                kind: MessageKind::Text,
                sender: Some(principal.user),
                actor: actor.clone(),
                text: text.clone(),
                mentions: Vec::new(),
                reply_to: None,
                detail: detail.clone(),
            };
            placed.push(place(row, new, deed.now));
        }
    }
    store_placed(tx, &rows, &placed, deed.now).await?;
    Ok(placed)
}
