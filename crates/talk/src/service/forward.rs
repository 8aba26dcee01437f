//! forwardMessages.

use std::collections::{BTreeSet, HashMap};

use kernel::{ClientId, Principal, Problem, RoomId, Seq};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use super::append::{place, store_placed};
use super::send::{actor_name, client_id_taken};
use super::{Deed, Talk, enter};
use crate::model::message::{Detail, Forwarded, MessageKind};
use crate::model::{Message, text};
use crate::policy;
use crate::store::messages::NewMessage;
use crate::store::{messages, rooms};

/// What forwardMessages takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForwardMessages {
    /// A UUID of the client's making; sending it again gives the first result again.
    pub client_id: ClientId,
    /// What.
    pub from: ForwardFrom,
    /// Where to; 1 to 50.
    pub to_room_ids: Vec<RoomId>,
    /// A word after them.
    pub comment: Option<String>,
}

/// Messages of one room.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForwardFrom {
    /// Which room.
    pub room_id: RoomId,
    /// Which messages; 1 to 50.
    pub seqs: Vec<Seq>,
}

/// What a forward made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Forwards {
    /// The messages that were made, room by room.
    pub items: Vec<Message>,
}

impl Talk {
    /// Puts messages into other rooms, and a word after them.
    ///
    /// # Errors
    /// 404 where the caller can't see them or is not in a room; 409 on recalled ones; 422 by bounds.
    pub async fn forward(&self, principal: &Principal, body: ForwardMessages) -> Result<Forwards, Problem> {
        policy::ensure_acts(principal)?;
        let seqs: BTreeSet<Seq> = body.from.seqs.iter().copied().collect();
        let to: BTreeSet<RoomId> = body.to_room_ids.iter().copied().collect();
        if seqs.is_empty() || seqs.len() > text::FORWARD_MESSAGES {
            return Err(Problem::invalid("from.seqs", "1件から50件までで選んでください。", "Choose 1 to 50 messages."));
        }
        if to.is_empty() || to.len() > text::FORWARD_ROOMS {
            return Err(Problem::invalid("toRoomIds", "1か所から50か所までで選んでください。", "Choose 1 to 50 rooms."));
        }
        let comment = body.comment.filter(|comment| !comment.trim().is_empty());
        if let Some(comment) = &comment {
            text::message_text("comment", comment)?;
        }
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                if let Some((user, made)) = rooms::find_creation(tx, "forwardMessages", body.client_id).await? {
                    return if user == principal.user { again(tx, &made).await } else { Err(client_id_taken()) };
                }
                let originals = originals(tx, &principal, body.from.room_id, seqs).await?;
                let items = copy(tx, &principal, &deed, &originals, (to, comment)).await?;
                let made: Vec<(RoomId, Seq)> = items.iter().map(|message| (message.room_id, message.seq)).collect();
                let made = serde_json::to_string(&made).map_err(|_| Problem::internal())?;
                rooms::insert_creation(tx, "forwardMessages", body.client_id, principal.user, &made).await?;
                Ok(Forwards { items })
            })
            .await
    }
}

async fn again(tx: &mut Tx<'_>, made: &str) -> Result<Forwards, Problem> {
    let made: Vec<(RoomId, Seq)> = serde_json::from_str(made).map_err(|_| Problem::internal())?;
    let found = messages::find_each(tx, &made).await?;
    let mut by_place: HashMap<(RoomId, Seq), Message> =
        found.into_iter().map(|message| ((message.room_id, message.seq), message)).collect();
    Ok(Forwards { items: made.iter().filter_map(|place| by_place.remove(place)).collect() })
}

async fn originals(tx: &mut Tx<'_>, principal: &Principal, room: RoomId, seqs: BTreeSet<Seq>) -> Result<Vec<Message>, Problem> {
    let (_, spans) = enter(tx, room, principal.user).await?;
    if !seqs.iter().all(|seq| spans.see(*seq)) {
        return Err(Problem::not_found());
    }
    let wanted = seqs.len();
    let found = messages::by_seq(tx, room, seqs.into_iter().collect()).await?;
    if found.len() != wanted {
        return Err(Problem::not_found());
    }
    found.iter().try_for_each(policy::ensure_live)?;
    Ok(found)
}

/// The rooms are held in key order; where the caller is not in one of them, none gets anything.
async fn copy(
    tx: &mut Tx<'_>,
    principal: &Principal,
    deed: &Deed,
    originals: &[Message],
    (to, comment): (BTreeSet<RoomId>, Option<String>),
) -> Result<Vec<Message>, Problem> {
    let mut rows: HashMap<RoomId, _> =
        rooms::lock_all(tx, to.iter().copied().collect()).await?.into_iter().map(|row| (row.id, row)).collect();
    let pairs: Vec<_> = to.iter().map(|room| (*room, principal.user)).collect();
    if messages::present(tx, &pairs).await?.len() != to.len() {
        return Err(Problem::not_found());
    }
    let actor = principal.actor.zip(actor_name(tx, principal).await?);
    let new = |room: RoomId, text: &str, forwarded_from: Option<Forwarded>| NewMessage {
        room,
        client_id: ClientId(deed.random.new_id(deed.now)),
        kind: MessageKind::Text,
        sender: Some(principal.user),
        actor: actor.clone(),
        text: text.to_owned(),
        mentions: Vec::new(),
        reply_to: None,
        detail: Detail { system: None, forwarded_from },
    };
    let mut placed = Vec::with_capacity(to.len() * (originals.len() + 1));
    for room in to {
        let Some(row) = rows.get_mut(&room) else { continue };
        for original in originals {
            // What was forwarded before keeps the name of whoever first wrote it.
            let first = Forwarded { sender_id: original.sender_id, sent_at: original.sent_at };
            placed.push(place(row, new(room, &original.text, Some(original.forwarded_from.unwrap_or(first))), deed.now));
        }
        if let Some(comment) = &comment {
            placed.push(place(row, new(room, comment, None), deed.now));
        }
    }
    store_placed(tx, &rows, &placed).await?;
    Ok(placed)
}
