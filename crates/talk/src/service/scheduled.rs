//! scheduleMessage and what can be done with a message that waits: 予約送信.
//!
//! Whatever touches one takes its timer first, so that it comes before or after the sending and never between.

use std::collections::BTreeMap;

use kernel::page;
use kernel::{ClientId, Page, Principal, Problem, RoomId, Time, UserId};
use serde::Deserialize;
use store::{StoreError, Tx};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::membership::log_own;
use super::send::{SendMessage, bound_mentions, client_id_taken, ensure_mentionable, file_gone};
use super::{Talk, due, enter};
use crate::live::wire::{ServerFrame, own_event};
use crate::model::scheduled::{MOST, ensure_timely};
use crate::model::{Mention, Message, ScheduleFailure, ScheduledMessage, text};
use crate::policy;
use crate::store::changes::What;
use crate::store::scheduled::{self, Scheduled, TIMER};
use crate::store::{messages::NewMessage, rooms};

/// The operation's name, under which its client ids are kept.
const OPERATION: &str = "scheduleMessage";

/// What scheduleMessage takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScheduleMessage {
    /// When; from 5 seconds to a year ahead.
    pub send_at: Time,
    /// What, as for sendMessage.
    pub message: SendMessage,
}

/// What updateScheduledMessage takes; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateScheduledMessage {
    /// Another text.
    pub text: Option<String>,
    /// Whom it names now.
    pub mentions: Option<Vec<Mention>>,
    /// Another time; one that failed is tried again then.
    pub send_at: Option<Time>,
    /// With or without a sound.
    pub silent: Option<bool>,
}

/// Which of them.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScheduledQuery {
    /// Only those of this room.
    pub room_id: Option<RoomId>,
    /// At most this many (1 to 200, 50 unless told).
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl Talk {
    /// Keeps a message until it is to be sent; its files are kept with it.
    ///
    /// # Errors
    /// As sendMessage; 422 by the time; 409 where one has too many waiting, and where what this client id made waits no more.
    pub async fn schedule(
        &self,
        principal: &Principal,
        room: RoomId,
        body: ScheduleMessage,
    ) -> Result<ScheduledMessage, Problem> {
        let client_id = body.message.client_id;
        let deed = self.deed(principal);
        let message = self.compose(principal, room, body.message).await?;
        let new = Scheduled {
            id: deed.random.new_id(deed.now),
            user: principal.user,
            send_at: body.send_at,
            created_at: deed.now,
            failure: None,
            message,
        };
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                enter(tx, room, new.user).await?;
                if let Some(first) = claim(tx, client_id, &new).await? {
                    return Ok(first);
                }
                ensure_timely("sendAt", new.send_at, deed.now)?;
                if !count_uses(tx, &new.message, 1, deed.now).await? {
                    return Err(file_gone());
                }
                // Before they are counted: so two of one person come one after the other.
                tell(tx, new.user).await?;
                if scheduled::of(tx, new.user).await?.len() >= MOST {
                    return Err(Problem::conflict("予約できるのは100件までです。", "At most 100 messages can wait to be sent."));
                }
                scheduled::insert(tx, &new).await?;
                jobs::store::set(tx, TIMER, new.id, new.send_at).await?;
                Ok(new.into())
            })
            .await
    }

    /// What the caller has waiting, what is sent first first.
    ///
    /// # Errors
    /// 422 by bounds.
    pub async fn list_scheduled(&self, principal: &Principal, query: ScheduledQuery) -> Result<Page<ScheduledMessage>, Problem> {
        let limit = page::limit(query.limit)?;
        let after: Option<(i64, Uuid)> = page::read_cursor(query.cursor.as_deref())?;
        let user = principal.user;
        let all = self.db(principal.tenant).read(async move |tx: &mut Tx<'_>| scheduled::of(tx, user).await).await?;
        let asked = all
            .into_iter()
            .filter(|one| query.room_id.is_none_or(|room| one.message.room == room))
            .filter(|one| after.is_none_or(|after| (one.send_at.0, one.id) > after))
            .map(ScheduledMessage::from)
            .collect();
        Ok(Page::cut(asked, limit, |one| (one.send_at.0, one.id)))
    }

    /// Changes a message that waits.
    ///
    /// # Errors
    /// 404 where it is another's or waits no more; 422 by bounds and by the time; 409 on words with a sticker.
    pub async fn update_scheduled(
        &self,
        principal: &Principal,
        id: Uuid,
        body: UpdateScheduledMessage,
    ) -> Result<ScheduledMessage, Problem> {
        policy::ensure_acts(principal)?;
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let mut waiting = take(tx, &principal, id).await?;
                change(tx, &principal, &mut waiting, body, now).await?;
                scheduled::change(tx, &waiting).await?;
                if waiting.failure.is_none() {
                    jobs::store::set(tx, TIMER, id, waiting.send_at).await?;
                }
                tell(tx, waiting.user).await?;
                Ok(waiting.into())
            })
            .await
    }

    /// A message that waits is not to be sent.
    ///
    /// # Errors
    /// 404 where it is another's or waits no more.
    pub async fn cancel_scheduled(&self, principal: &Principal, id: Uuid) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let waiting = take(tx, &principal, id).await?;
                forget(tx, &waiting, now).await?;
                Ok(tell(tx, waiting.user).await?)
            })
            .await
    }

    /// Sends a message that waits at once.
    ///
    /// # Errors
    /// 404 where it is another's or waits no more; 409 where its writer may not send it any more.
    pub async fn send_scheduled(&self, principal: &Principal, id: Uuid) -> Result<Message, Problem> {
        policy::ensure_acts(principal)?;
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let waiting = take(tx, &principal, id).await?;
                let sent = due::deliver(tx, &deed, &waiting).await?.map_err(ScheduleFailure::problem)?;
                tell(tx, waiting.user).await?;
                Ok(sent)
            })
            .await
    }
}

/// What this client id made before, if it did.
async fn claim(tx: &mut Tx<'_>, client_id: ClientId, new: &Scheduled) -> Result<Option<ScheduledMessage>, Problem> {
    let Some((user, made)) = rooms::claim_creation(tx, OPERATION, client_id, new.user).await? else {
        rooms::settle_creation(tx, OPERATION, client_id, &new.id.to_string()).await?;
        return Ok(None);
    };
    if user != new.user {
        return Err(client_id_taken());
    }
    let first = scheduled::of(tx, user).await?.into_iter().find(|one| one.id.to_string() == made);
    let gone = || Problem::conflict("この予約はもう送信されたか、取り消されています。", "It has been sent or cancelled already.");
    first.map(|one| Some(one.into())).ok_or_else(gone)
}

/// The caller's own, held, and its timer taken away.
async fn take(tx: &mut Tx<'_>, principal: &Principal, id: Uuid) -> Result<Scheduled, Problem> {
    jobs::store::cancel(tx, TIMER, id).await?;
    let waiting = scheduled::lock(tx, id).await?;
    waiting.filter(|waiting| waiting.user == principal.user).ok_or_else(Problem::not_found)
}

async fn change(
    tx: &mut Tx<'_>,
    principal: &Principal,
    waiting: &mut Scheduled,
    body: UpdateScheduledMessage,
    now: Time,
) -> Result<(), Problem> {
    let message = &mut waiting.message;
    if let Some(words) = body.text {
        if message.detail.sticker_id.is_some() {
            return Err(Problem::conflict("スタンプは編集できません。", "A sticker can't be edited."));
        }
        text::words_beside("text", &words, !message.detail.attachments.is_empty())?;
        message.text = words;
    }
    if let Some(mentions) = body.mentions {
        bound_mentions(&mentions)?;
        let (room, _) = enter(tx, message.room, principal.user).await?;
        ensure_mentionable(tx, principal, &room, &mentions).await?;
        message.mentions = mentions;
    }
    if let Some(at) = body.send_at {
        ensure_timely("sendAt", at, now)?;
        waiting.send_at = at;
        waiting.failure = None;
    }
    message.detail.silent = body.silent.unwrap_or(message.detail.silent);
    Ok(())
}

/// A message waits no more, and lets its files go.
pub(super) async fn forget(tx: &mut Tx<'_>, waiting: &Scheduled, now: Time) -> Result<(), StoreError> {
    scheduled::delete(tx, waiting.id).await?;
    count_uses(tx, &waiting.message, -1, now).await.map(drop)
}

/// Counts a use of each of its files, or one less; false where one is not there.
async fn count_uses(tx: &mut Tx<'_>, message: &NewMessage, by: i64, now: Time) -> Result<bool, StoreError> {
    let uses: BTreeMap<_, _> = message.detail.attachments.iter().map(|file| (file.id, by)).collect();
    Ok(::files::store::count_uses(tx, &uses, now).await?.is_empty())
}

/// Tells the writer, wherever they are signed in, that what they have waiting is other than it was.
pub(super) async fn tell(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let me = log_own(tx, &[user], What::Scheduled).await?.remove(&user).unwrap_or_default();
    let tenant = tx.tenant();
    tx.emit(own_event(tenant, user, me, Vec::new(), ServerFrame::Scheduled { me }));
    Ok(())
}
