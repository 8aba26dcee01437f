//! forwardMessages.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{ClientId, Principal, Problem, RoomId, Seq, UserId};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use super::send::client_id_taken;
use super::spread::{ensure_in_all, hold, spread};
use super::{Deed, Talk, enter};
use crate::model::message::{Detail, Forwarded};
use crate::model::{Message, text};
use crate::policy;
use crate::store::{messages, rooms};

/// The operation's name, under which its client ids are kept.
const OPERATION: &str = "forwardMessages";

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
    /// 404 where the caller can't see them or is not in a room; 409 on recalled ones; 422 by bounds, and where all copies
    /// together would hold too much text.
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
                let claimed = rooms::claim_creation(tx, OPERATION, body.client_id, principal.user).await?;
                if let Some((user, made)) = claimed {
                    return if user == principal.user { again(tx, user, &made).await } else { Err(client_id_taken()) };
                }
                let originals = originals(tx, &principal, body.from.room_id, seqs).await?;
                ensure_bounded(&originals, comment.as_deref(), to.len())?;
                let items = copy(tx, &principal, &deed, &originals, (to, comment)).await?;
                let made: Vec<(RoomId, Seq)> = items.iter().map(|message| (message.room_id, message.seq)).collect();
                let made = serde_json::to_string(&made).map_err(|_| Problem::internal())?;
                rooms::settle_creation(tx, OPERATION, body.client_id, &made).await?;
                Ok(Forwards { items })
            })
            .await
    }
}

/// What it made, in the rooms that the caller is still in.
async fn again(tx: &mut Tx<'_>, user: UserId, made: &str) -> Result<Forwards, Problem> {
    let made: Vec<(RoomId, Seq)> = serde_json::from_str(made).map_err(|_| Problem::internal())?;
    let to: BTreeSet<RoomId> = made.iter().map(|(room, _)| *room).collect();
    let pairs: Vec<_> = to.into_iter().map(|room| (room, user)).collect();
    let there: HashSet<RoomId> = messages::present(tx, &pairs).await?.into_iter().map(|(room, _)| room).collect();
    let made: Vec<(RoomId, Seq)> = made.into_iter().filter(|(room, _)| there.contains(room)).collect();
    let found = messages::find_each(tx, &made).await?;
    let mut by_place: HashMap<(RoomId, Seq), Message> =
        found.into_iter().map(|message| ((message.room_id, message.seq), message)).collect();
    Ok(Forwards { items: made.iter().filter_map(|place| by_place.remove(place)).collect() })
}

/// One transaction writes all copies: it must not hold the writer for long.
fn ensure_bounded(originals: &[Message], comment: Option<&str>, rooms: usize) -> Result<(), Problem> {
    let chars: usize =
        originals.iter().map(|message| message.text.as_str()).chain(comment).map(|text| text.chars().count()).sum();
    if chars * rooms > text::FORWARD_CHARS {
        return Err(Problem::invalid(
            "toRoomIds",
            "送る文章が多すぎます。メッセージか送り先を減らしてください。",
            "That is too much text. Choose fewer messages or rooms.",
        ));
    }
    Ok(())
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

/// Where the caller is not in one of the rooms, none gets anything.
async fn copy(
    tx: &mut Tx<'_>,
    principal: &Principal,
    deed: &Deed,
    originals: &[Message],
    (to, comment): (BTreeSet<RoomId>, Option<String>),
) -> Result<Vec<Message>, Problem> {
    let to: Vec<RoomId> = to.into_iter().collect();
    let rows = hold(tx, &to).await?;
    ensure_in_all(tx, &to, principal.user).await?;
    let copied = originals.iter().map(|original| (original.text.clone(), as_forwarded(original)));
    let said: Vec<(String, Detail)> = copied.chain(comment.map(|comment| (comment, Detail::default()))).collect();
    spread(tx, principal, deed, (&to, rows), &said).await
}

fn as_forwarded(original: &Message) -> Detail {
    // What was forwarded before keeps the name of whoever first wrote it.
    let first = Forwarded { sender_id: original.sender_id, sent_at: original.sent_at };
    Detail {
        forwarded_from: Some(original.forwarded_from.unwrap_or(first)),
        attachments: original.attachments.clone(),
        place: original.place,
        sticker_id: original.sticker_id.clone(),
        ..Detail::default()
    }
}
