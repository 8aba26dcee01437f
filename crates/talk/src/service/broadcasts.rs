//! One message sent to many rooms: each room has its own, their sender sees what came of all in one place.

use std::collections::{BTreeSet, HashMap};

use files::store as file_rows;
use kernel::page::{Page, PageQuery, limit, read_cursor};
use kernel::{BroadcastId, ClientId, FileId, Principal, Problem, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::describe::Titles;
use super::edit::take_back;
use super::messages::{MessageUser, people_on};
use super::send::{SendMessage, client_id_taken};
use super::spread::{ensure_in_all, hold, spread};
use super::{Deed, Talk};
use crate::model::message::Detail;
use crate::model::room::{RoomKind, RoomRow};
use crate::model::{Message, Place, Reaction, text};
use crate::people;
use crate::policy;
use crate::store::broadcasts::{self, BroadcastRow, ReplyPlace};
use crate::store::{members, messages, reactions, rooms};

/// The operation's name, under which its client ids are kept.
const OPERATION: &str = "createBroadcast";

/// What createBroadcast takes: a message as sendMessage does, and where it goes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBroadcast {
    /// A UUID of the client's making; sending it again gives the first result again.
    pub client_id: ClientId,
    /// Where to; 1 to 100 of the caller's rooms.
    pub room_ids: Vec<RoomId>,
    /// 1 to 10,000 characters; beside files none are needed, and none go with a sticker.
    pub text: Option<String>,
    /// Files that it shows, at most 30, each once.
    #[serde(default)]
    pub attachment_ids: Vec<FileId>,
    /// Where it was written, where that is to be known.
    pub place: Option<Place>,
    /// A sticker instead of words.
    pub sticker_id: Option<String>,
}

/// What countRecipients takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CountRecipients {
    /// 1 to 100 of the caller's rooms.
    pub room_ids: Vec<RoomId>,
}

/// Whom a message to these rooms would reach.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recipients {
    /// How many rooms.
    pub room_count: i64,
    /// How many accounts beside the caller's, each once, which can sign in.
    pub people_count: i64,
}

/// A message that was sent to many rooms.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Broadcast {
    /// Its id.
    pub id: BroadcastId,
    /// When it was sent.
    pub sent_at: Time,
    /// What it says: as it stands in the first room where it has not been taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// In how many rooms the caller still sees it.
    pub room_count: i64,
    /// Whom it reached when it was sent, each once.
    pub people_count: i64,
}

/// What came of it in one room.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastRoom {
    /// Which room.
    pub room_id: RoomId,
    /// What it is called.
    pub title: String,
    /// What kind of room.
    pub kind: RoomKind,
    /// How many are in it.
    pub member_count: i64,
    /// Which message there.
    pub seq: Seq,
    /// 既読 N.
    pub read_count: i64,
    /// How many answered.
    pub reply_count: i64,
    /// Emoji on it.
    pub reactions: Vec<Reaction>,
    /// When it was taken back there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recalled_at: Option<Time>,
}

/// A message that was sent to many rooms, and what came of it in each.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastDetail {
    /// The message.
    #[serde(flatten)]
    pub broadcast: Broadcast,
    /// Room by room, by title.
    pub rooms: Vec<BroadcastRoom>,
}

/// Answers to it, from all rooms.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastReplies {
    /// The newest first.
    pub items: Vec<Message>,
    /// Those who wrote or are named here.
    pub users: Vec<MessageUser>,
    /// Hand this in as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

impl Talk {
    /// Whom a message to these rooms would reach.
    ///
    /// # Errors
    /// 403 to guests; 404 where the caller is not in one of them; 422 by bounds.
    pub async fn count_recipients(&self, principal: &Principal, body: CountRecipients) -> Result<Recipients, Problem> {
        policy::ensure_may_gather(principal)?;
        let to = bounded(&body.room_ids)?;
        let (user, now) = (principal.user, self.0.clock.now());
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                ensure_in_all(tx, &to, user).await?;
                let room_count = i64::try_from(to.len()).unwrap_or(i64::MAX);
                Ok(Recipients { room_count, people_count: reached(tx, to, user, now).await? })
            })
            .await
    }

    /// Puts one message into many rooms, all or none; durable once this returns.
    ///
    /// # Errors
    /// 403 to guests; 404 where the caller is not in one of the rooms; 409 where another has used the client id; 422 by bounds.
    pub async fn create_broadcast(&self, principal: &Principal, body: CreateBroadcast) -> Result<BroadcastDetail, Problem> {
        policy::ensure_may_gather(principal)?;
        let to = bounded(&body.room_ids)?;
        let message = SendMessage {
            client_id: body.client_id,
            text: body.text,
            attachment_ids: body.attachment_ids,
            place: body.place,
            sticker_id: body.sticker_id,
            silent: false,
            reply_to_seq: None,
            mentions: Vec::new(),
        };
        message.ensure_can_be_sent()?;
        if message.text.as_deref().unwrap_or_default().chars().count() * to.len() > text::FORWARD_CHARS {
            return Err(Problem::invalid("text", "送り先に対して文章が長すぎます。", "That is too much text for so many rooms."));
        }
        let (principal, deed, talk) = (principal.clone(), self.deed(principal), self.clone());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let claimed = rooms::claim_creation(tx, OPERATION, message.client_id, principal.user).await?;
                if let Some((user, made)) = claimed {
                    let made = made.parse().map_err(|_| Problem::internal())?;
                    return if user == principal.user { detail(tx, made, user).await } else { Err(client_id_taken()) };
                }
                let (id, client_id) = (BroadcastId(deed.random.new_id(deed.now)), message.client_id);
                let placed = talk.put_into(tx, &principal, &deed, &to, message).await?;
                let people_count = reached(tx, to, principal.user, deed.now).await?;
                let row = BroadcastRow { id, sent_at: deed.now, people_count };
                broadcasts::insert(tx, row, principal.user, &placed).await?;
                rooms::settle_creation(tx, OPERATION, client_id, &id.to_string()).await?;
                detail(tx, id, principal.user).await
            })
            .await
    }

    /// What the caller sent to many rooms, the newest first.
    ///
    /// # Errors
    /// 422 by bounds.
    pub async fn list_broadcasts(&self, principal: &Principal, query: PageQuery) -> Result<Page<Broadcast>, Problem> {
        let limit = limit(query.limit)?;
        let before = read_cursor(query.cursor.as_deref())?.unwrap_or(BroadcastId(Uuid::max()));
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let rows = broadcasts::list(tx, user, before, limit + 1).await?;
                let page = Page::cut(rows, limit, |row| row.id);
                let mut sent = seen(tx, page.items.iter().map(|row| row.id).collect(), user).await?;
                let items = page.items.iter().map(|row| summary(*row, &sent.remove(&row.id).unwrap_or_default())).collect();
                Ok(Page { items, next_cursor: page.next_cursor })
            })
            .await
    }

    /// One of them, and what came of it in each room.
    ///
    /// # Errors
    /// 404 where the caller did not send it.
    pub async fn get_broadcast(&self, principal: &Principal, id: BroadcastId) -> Result<BroadcastDetail, Problem> {
        let user = principal.user;
        self.db(principal.tenant).read(async move |tx: &mut Tx<'_>| detail(tx, id, user).await).await
    }

    /// The answers to it, from all rooms, the newest first.
    ///
    /// # Errors
    /// 404 where the caller did not send it; 422 by bounds.
    pub async fn list_broadcast_replies(
        &self,
        principal: &Principal,
        id: BroadcastId,
        query: PageQuery,
    ) -> Result<BroadcastReplies, Problem> {
        let limit = limit(query.limit)?;
        let before: Option<ReplyPlace> = read_cursor(query.cursor.as_deref())?;
        let before = before.unwrap_or((Time(i64::MAX), RoomId(Uuid::max()), Seq::MAX));
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                broadcasts::find(tx, id, user).await?.ok_or_else(Problem::not_found)?;
                let rows = broadcasts::replies(tx, id, user, before, limit + 1).await?;
                let page = Page::cut(rows, limit, |message| (message.sent_at, message.room_id, message.seq));
                let users = people_on(tx, &page.items).await?;
                Ok(BroadcastReplies { items: page.items, users, next_cursor: page.next_cursor })
            })
            .await
    }

    /// Takes it back in every room where the caller still is.
    ///
    /// # Errors
    /// 404 where the caller did not send it. Again is no error.
    pub async fn recall_broadcast(&self, principal: &Principal, id: BroadcastId) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let (user, now) = (principal.user, self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                broadcasts::find(tx, id, user).await?.ok_or_else(Problem::not_found)?;
                let to: Vec<RoomId> = broadcasts::places(tx, vec![id]).await?.into_iter().map(|(_, room, _)| room).collect();
                let mut rows = hold(tx, &to).await?;
                // Under the locks: somebody may have taken one back, or left a room, meanwhile.
                for message in seen(tx, vec![id], user).await?.remove(&id).unwrap_or_default() {
                    if let (None, Some(row)) = (message.recalled_at, rows.get_mut(&message.room_id)) {
                        take_back(tx, row, message, now).await?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// One message a room; the rooms are held in key order.
    async fn put_into(
        &self,
        tx: &mut Tx<'_>,
        principal: &Principal,
        deed: &Deed,
        to: &[RoomId],
        message: SendMessage,
    ) -> Result<Vec<Message>, Problem> {
        let rows = hold(tx, to).await?;
        ensure_in_all(tx, to, principal.user).await?;
        // Held, so that none is taken away before the messages stand.
        file_rows::lock_all(tx, message.attachment_ids.clone()).await?;
        let attachments = self.0.files.attachable(tx, principal, "attachmentIds", &message.attachment_ids).await?;
        let detail = Detail { attachments, place: message.place, sticker_id: message.sticker_id, ..Detail::default() };
        spread(tx, principal, deed, (to, rows), &[(message.text.unwrap_or_default(), detail)]).await
    }
}

/// The rooms, each once, in key order.
fn bounded(rooms: &[RoomId]) -> Result<Vec<RoomId>, Problem> {
    let to: BTreeSet<RoomId> = rooms.iter().copied().collect();
    if to.is_empty() || to.len() > text::BROADCAST_ROOMS {
        return Err(Problem::invalid("roomIds", "1か所から100か所までで選んでください。", "Choose 1 to 100 rooms."));
    }
    Ok(to.into_iter().collect())
}

/// How many accounts beside `user`'s are in these rooms and can sign in, each once.
async fn reached(tx: &mut Tx<'_>, rooms: Vec<RoomId>, user: UserId, now: Time) -> Result<i64, Problem> {
    let people = broadcasts::people(tx, rooms, user).await?;
    Ok(i64::try_from(people::usable(tx, people, now).await?.len()).unwrap_or(i64::MAX))
}

/// The messages that these are, of which `user` sees them still, room by room.
async fn seen(tx: &mut Tx<'_>, ids: Vec<BroadcastId>, user: UserId) -> Result<HashMap<BroadcastId, Vec<Message>>, Problem> {
    let mut places = broadcasts::places(tx, ids).await?;
    let rooms: BTreeSet<RoomId> = places.iter().map(|(_, room, _)| *room).collect();
    let spans = members::spans_in_rooms(tx, user, rooms.into_iter().collect()).await?;
    places.retain(|(_, room, seq)| spans.get(room).is_some_and(|spans| spans.is_present() && spans.see(*seq)));
    let keys: Vec<(RoomId, Seq)> = places.iter().map(|(_, room, seq)| (*room, *seq)).collect();
    let mut found: HashMap<(RoomId, Seq), Message> =
        messages::find_each(tx, &keys).await?.into_iter().map(|message| ((message.room_id, message.seq), message)).collect();
    let mut sent: HashMap<BroadcastId, Vec<Message>> = HashMap::new();
    for (id, room, seq) in places {
        sent.entry(id).or_default().extend(found.remove(&(room, seq)));
    }
    Ok(sent)
}

fn summary(row: BroadcastRow, sent: &[Message]) -> Broadcast {
    Broadcast {
        id: row.id,
        sent_at: row.sent_at,
        message: sent.iter().find(|message| message.recalled_at.is_none()).or(sent.first()).cloned(),
        room_count: i64::try_from(sent.len()).unwrap_or(i64::MAX),
        people_count: row.people_count,
    }
}

async fn detail(tx: &mut Tx<'_>, id: BroadcastId, user: UserId) -> Result<BroadcastDetail, Problem> {
    let row = broadcasts::find(tx, id, user).await?.ok_or_else(Problem::not_found)?;
    let sent = seen(tx, vec![id], user).await?.remove(&id).unwrap_or_default();
    let broadcast = summary(row, &sent);
    let mut by_room: HashMap<RoomId, Message> = sent.into_iter().map(|message| (message.room_id, message)).collect();
    reactions::fill_each(tx, &mut by_room).await?;
    let [reads, replies] = broadcasts::counts(tx, id, user).await?.map(HashMap::<RoomId, i64>::from_iter);
    let rows = rooms::find_all(tx, by_room.keys().copied().collect()).await?;
    let titles = Titles::of(tx, user, rows.iter()).await?;
    let describe = |row: &RoomRow| {
        let message = by_room.remove(&row.id)?;
        Some(BroadcastRoom {
            room_id: row.id,
            title: titles.title(row, user),
            kind: row.kind,
            member_count: row.member_count,
            seq: message.seq,
            read_count: reads.get(&row.id).copied().unwrap_or(0),
            reply_count: replies.get(&row.id).copied().unwrap_or(0),
            reactions: message.reactions,
            recalled_at: message.recalled_at,
        })
    };
    let mut rooms: Vec<BroadcastRoom> = rows.iter().filter_map(describe).collect();
    rooms.sort_unstable_by(|a, b| (&a.title, a.room_id).cmp(&(&b.title, b.room_id)));
    Ok(BroadcastDetail { broadcast, rooms })
}
