//! editMessage, recallMessage.

use std::collections::BTreeMap;

use kernel::{FileId, Principal, Problem, Rev, RoomId, Seq, StreamId, Time};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::albums::take_out;
use super::membership::tell_room;
use super::send::{bound_mentions, ensure_mentionable};
use super::{Talk, enter_locked};
use crate::live::wire::{RoomPatch, message_event};
use crate::model::room::RoomRow;
use crate::model::{Mention, Message, Spans, text};
use crate::policy;
use crate::store::changes::{Change, What};
use crate::store::{changes, files, links, mentions, messages, reactions, rooms};

/// What editMessage takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditMessage {
    /// 1 to 10,000 characters.
    pub text: String,
    /// Whom it names now.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

impl Talk {
    /// Writes one's own message anew; `expected` is the `If-Match`.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 403 on another's; 409 on a recalled or forwarded one and on a sticker; 412 with the
    /// current state; 422 by bounds.
    pub async fn edit(
        &self,
        principal: &Principal,
        room: RoomId,
        seq: Seq,
        expected: Option<Rev>,
        body: EditMessage,
    ) -> Result<Message, Problem> {
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let mut message = look_up(tx, &row, &spans, seq).await?;
                policy::ensure_own(&principal, &message)?;
                if expected.is_some_and(|rev| rev != message.rev) {
                    reactions::fill(tx, room, std::slice::from_mut(&mut message)).await?;
                    return Err(Problem::stale(&message));
                }
                if message.forwarded_from.is_some() {
                    return Err(Problem::conflict(
                        "転送したメッセージは編集できません。",
                        "A forwarded message can't be edited.",
                    ));
                }
                if message.sticker_id.is_some() {
                    return Err(Problem::conflict("スタンプは編集できません。", "A sticker can't be edited."));
                }
                text::words_beside("text", &body.text, !message.attachments.is_empty())?;
                bound_mentions(&body.mentions)?;
                ensure_mentionable(tx, &principal, &row, &body.mentions).await?;
                message.text = body.text;
                message.mentions = body.mentions;
                // Not before it was sent, though the clock stepped back since.
                message.edited_at = Some(now.max(message.sent_at));
                message.rev = rooms::next_rev(tx, &mut row).await?;
                messages::edit(tx, &message).await?;
                mentions::delete(tx, room, seq).await?;
                mentions::insert(tx, std::slice::from_ref(&message)).await?;
                links::replace(tx, &message).await?;
                changed(tx, message).await
            })
            .await
    }

    /// Takes one's own message back: its text, files, names and reactions are gone, a trace stays.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 403 on another's. Again is no error.
    pub async fn recall(&self, principal: &Principal, room: RoomId, seq: Seq) -> Result<Message, Problem> {
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let message = look_up(tx, &row, &spans, seq).await?;
                if message.recalled_at.is_some() && message.sender_id == Some(principal.user) {
                    return Ok(message);
                }
                policy::ensure_own(&principal, &message)?;
                take_back(tx, &mut row, message, now).await
            })
            .await
    }
}

/// Empties a message of a locked room; its trace stays.
pub(crate) async fn take_back(tx: &mut Tx<'_>, row: &mut RoomRow, mut message: Message, now: Time) -> Result<Message, Problem> {
    let (room, seq) = (row.id, message.seq);
    if row.notice_seq == Some(seq) {
        rooms::set_notice(tx, room, None).await?;
        tell_room(tx, row, RoomPatch { notice_seq: Some(None), ..RoomPatch::of(room) }).await?;
    }
    let files: BTreeMap<FileId, i64> = message.attachments.drain(..).map(|file| (file.id, -1)).collect();
    message.place = None;
    message.text.clear();
    message.mentions.clear();
    message.sticker_id = None;
    message.recalled_at = Some(now.max(message.sent_at));
    message.rev = rooms::next_rev(tx, row).await?;
    messages::recall(tx, &message).await?;
    files::delete(tx, room, seq).await?;
    ::files::store::count_uses(tx, &files, now).await?;
    take_out(tx, row, seq, now).await?;
    mentions::delete(tx, room, seq).await?;
    links::replace(tx, &message).await?;
    reactions::delete_all(tx, room, seq).await?;
    changed(tx, message).await
}

/// The message at `seq`, to whom may see it.
pub(crate) async fn look_up(tx: &mut Tx<'_>, row: &RoomRow, spans: &Spans, seq: Seq) -> Result<Message, Problem> {
    if !spans.see(seq) {
        return Err(Problem::not_found());
    }
    messages::find(tx, row.id, seq).await?.ok_or_else(Problem::not_found)
}

/// Logs and tells a change to a message whose row is written.
pub(crate) async fn changed(tx: &mut Tx<'_>, mut message: Message) -> Result<Message, Problem> {
    let change = Change { stream: StreamId::Room(message.room_id), rev: message.rev, what: What::Message(message.seq) };
    changes::append(tx, &[change]).await?;
    reactions::fill(tx, message.room_id, std::slice::from_mut(&mut message)).await?;
    let tenant = tx.tenant();
    tx.emit(message_event(tenant, &message, false));
    Ok(message)
}
