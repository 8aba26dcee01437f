//! sendMessage.

use files::File;
use kernel::{ClientId, FileId, Principal, Problem, RoomId, Seq, UserId};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::append::Outcome;
use super::{Talk, enter};
use crate::model::message::{Detail, MessageKind};
use crate::model::room::RoomRow;
use crate::model::{Mention, Message, Place, stickers, text};
use crate::people;
use crate::policy;
use crate::store::members;
use crate::store::messages::NewMessage;

/// What sendMessage takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendMessage {
    /// A UUID of the client's making (v7 costs us least); sending it again gives the first result again.
    pub client_id: ClientId,
    /// 1 to 10,000 characters; beside files none are needed, and none go with a sticker.
    pub text: Option<String>,
    /// Files that it shows, at most 30, each once: brought by the sender, or seen by them elsewhere.
    #[serde(default)]
    pub attachment_ids: Vec<FileId>,
    /// Where it was written, where that is to be known.
    pub place: Option<Place>,
    /// A sticker instead of words.
    pub sticker_id: Option<String>,
    /// Without a sound: whoever gets it is not notified.
    #[serde(default)]
    pub silent: bool,
    /// The message that this answers.
    pub reply_to_seq: Option<Seq>,
    /// Whom it names.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

impl Talk {
    /// Writes a message into a room; durable once this returns.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds; 403 on @all; 409 where another user has used the client id.
    pub async fn send(&self, principal: &Principal, room: RoomId, body: SendMessage) -> Result<Message, Problem> {
        let message = self.compose(principal, room, body).await?;
        match self.sends(principal.tenant).submit(message).await? {
            Outcome::Stored(message) => Ok(*message),
            Outcome::NotThere => Err(Problem::not_found()),
            Outcome::ClientIdTaken => Err(client_id_taken()),
            Outcome::FileGone => Err(file_gone()),
        }
    }

    /// What is to be written, checked as far as it can be before its room is held.
    pub(crate) async fn compose(&self, principal: &Principal, room: RoomId, body: SendMessage) -> Result<NewMessage, Problem> {
        policy::ensure_acts(principal)?;
        // Whether the room is there for the caller comes before what is wrong with the message.
        let checked = body.ensure_can_be_sent();
        let plain = body.reply_to_seq.is_none() && body.mentions.is_empty() && body.attachment_ids.is_empty();
        let looks = checked.is_err() || !plain || principal.actor.is_some();
        let seen = if looks { self.look(principal, room, body.clone()).await } else { Ok(Seen::default()) };
        let seen = match (checked, seen) {
            (_, Err(problem)) if problem.status == 404 => return Err(problem),
            (Err(problem), _) | (Ok(()), Err(problem)) => return Err(problem),
            (Ok(()), Ok(seen)) => seen,
        };
        Ok(NewMessage {
            room,
            client_id: body.client_id,
            kind: MessageKind::Text,
            sender: Some(principal.user),
            actor: principal.actor.zip(seen.actor_name),
            text: body.text.unwrap_or_default(),
            mentions: body.mentions,
            reply_to: body.reply_to_seq,
            detail: Detail {
                attachments: seen.files,
                place: body.place,
                sticker_id: body.sticker_id,
                silent: body.silent,
                ..Detail::default()
            },
        })
    }

    /// What a plain text does not need: looked at before the line is joined. Nothing seen here can be unseen by then
    /// but membership and files, which are looked at again under the lock.
    async fn look(&self, principal: &Principal, room: RoomId, body: SendMessage) -> Result<Seen, Problem> {
        let (principal, files) = (principal.clone(), self.0.files.clone());
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (room, spans) = enter(tx, room, principal.user).await?;
                if body.reply_to_seq.is_some_and(|seq| seq > room.last_seq || !spans.see(seq)) {
                    return Err(Problem::invalid(
                        "replyToSeq",
                        "返信先のメッセージが見つかりません。",
                        "There is no such message to answer.",
                    ));
                }
                ensure_mentionable(tx, &principal, &room, &body.mentions).await?;
                // A bound that is broken is said by whoever asked for this.
                let ids = &body.attachment_ids[..body.attachment_ids.len().min(text::ATTACHMENTS)];
                let files = files.attachable(tx, &principal, "attachmentIds", ids).await?;
                Ok(Seen { actor_name: actor_name(tx, &principal).await?, files })
            })
            .await
    }
}

/// What a message needs that its sender only names.
#[derive(Default)]
struct Seen {
    actor_name: Option<String>,
    files: Vec<File>,
}

impl SendMessage {
    /// What is wrong with it wherever it goes.
    ///
    /// # Errors
    /// 422 by bounds, and where it says nothing.
    pub(crate) fn ensure_can_be_sent(&self) -> Result<(), Problem> {
        let written = self.text.as_deref().unwrap_or_default();
        stickers::words_or_sticker(written, !self.attachment_ids.is_empty(), self.sticker_id.as_deref())?;
        bound_mentions(&self.mentions)?;
        bound_attachments(&self.attachment_ids)?;
        let within = |place: &Place| {
            place.latitude.abs() <= 90.0
                && place.longitude.abs() <= 180.0
                && place.accuracy_meters.is_none_or(|meters| meters >= 0.0)
        };
        if self.place.as_ref().is_some_and(|place| !within(place)) {
            return Err(Problem::invalid("place", "場所の値が正しくありません。", "That is no place on Earth."));
        }
        Ok(())
    }
}

/// The name of the person who acts inside a shared account.
pub(crate) async fn actor_name(tx: &mut Tx<'_>, principal: &Principal) -> Result<Option<String>, Problem> {
    match principal.actor {
        Some(actor) => Ok(people::actor_name(tx, actor).await?),
        None => Ok(None),
    }
}

/// At most so many files, each once.
pub(crate) fn bound_attachments(ids: &[FileId]) -> Result<(), Problem> {
    if ids.len() > text::ATTACHMENTS {
        return Err(Problem::invalid("attachmentIds", "ファイルは30件までです。", "At most 30 files."));
    }
    if (1..ids.len()).any(|at| ids[..at].contains(&ids[at])) {
        return Err(Problem::invalid("attachmentIds", "同じファイルが2回あります。", "The same file is there twice."));
    }
    Ok(())
}

pub(crate) fn bound_mentions(mentions: &[Mention]) -> Result<(), Problem> {
    if mentions.len() > text::MENTIONS {
        return Err(Problem::invalid("mentions", "メンションは100件までです。", "At most 100 mentions."));
    }
    if mentions.iter().any(|mention| matches!(mention, Mention::All(all) if !all.all)) {
        return Err(Problem::invalid("mentions", "allにはtrueを指定してください。", "all must be true."));
    }
    Ok(())
}

/// Those named must be there to hear it.
pub(crate) async fn ensure_mentionable(
    tx: &mut Tx<'_>,
    principal: &Principal,
    room: &RoomRow,
    mentions: &[Mention],
) -> Result<(), Problem> {
    let mut users: Vec<UserId> = Vec::new();
    for mention in mentions {
        match mention {
            Mention::User(user) => users.push(user.user_id),
            Mention::All(_) => policy::ensure_may_mention_all(principal, room)?,
            Mention::OrgUnit(unit) => {
                if !people::tree(tx).await?.has(unit.org_unit_id) {
                    return Err(Problem::invalid("mentions", "部署が見つかりません。", "There is no such section."));
                }
            }
        }
    }
    users.sort_unstable();
    users.dedup();
    if !users.is_empty() && members::present_among(tx, room.id, users.clone()).await?.len() != users.len() {
        return Err(Problem::invalid(
            "mentions",
            "このトークにいない人はメンションできません。",
            "Only people in this talk can be mentioned.",
        ));
    }
    Ok(())
}

pub(crate) fn file_gone() -> Problem {
    Problem::invalid(
        "attachmentIds",
        "ファイルが見つかりません。もう一度添付してください。",
        "There is no such file. Please attach it again.",
    )
}

pub(crate) fn client_id_taken() -> Problem {
    Problem::conflict("このclientIdは別の人が使っています。", "Another user has used this clientId.")
}
