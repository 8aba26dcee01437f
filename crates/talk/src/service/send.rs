//! sendMessage.

use kernel::{ClientId, Principal, Problem, RoomId, Seq, UserId};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::append::Outcome;
use super::{Talk, enter};
use crate::model::message::{Detail, MessageKind};
use crate::model::room::RoomRow;
use crate::model::{Mention, Message, stickers, text};
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
    /// 1 to 10,000 characters; none with a sticker.
    pub text: Option<String>,
    /// A sticker instead of words.
    pub sticker_id: Option<String>,
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
        policy::ensure_acts(principal)?;
        let written = body.text.unwrap_or_default();
        // Whether the room is there for the caller comes before what is wrong with the text.
        let checked =
            stickers::words_or_sticker(&written, body.sticker_id.as_deref()).and_then(|()| bound_mentions(&body.mentions));
        let looks = checked.is_err() || body.reply_to_seq.is_some() || !body.mentions.is_empty() || principal.actor.is_some();
        let actor = if looks { self.look(principal, room, body.reply_to_seq, body.mentions.clone()).await } else { Ok(None) };
        let actor = match (checked, actor) {
            (_, Err(problem)) if problem.status == 404 => return Err(problem),
            (Err(problem), _) | (Ok(()), Err(problem)) => return Err(problem),
            (Ok(()), Ok(name)) => principal.actor.zip(name),
        };
        let message = NewMessage {
            room,
            client_id: body.client_id,
            kind: MessageKind::Text,
            sender: Some(principal.user),
            actor,
            text: written,
            mentions: body.mentions,
            reply_to: body.reply_to_seq,
            detail: Detail { sticker_id: body.sticker_id, ..Detail::default() },
        };
        match self.sends(principal.tenant).submit(message).await? {
            Outcome::Stored(message) => Ok(*message),
            Outcome::NotThere => Err(Problem::not_found()),
            Outcome::ClientIdTaken => Err(client_id_taken()),
        }
    }

    /// What a plain text does not need: looked at before the line is joined. Nothing seen here can be unseen by then
    /// but membership, which is looked at again under the lock. Gives the acting person's name.
    async fn look(
        &self,
        principal: &Principal,
        room: RoomId,
        reply_to: Option<Seq>,
        mentions: Vec<Mention>,
    ) -> Result<Option<String>, Problem> {
        let principal = principal.clone();
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (room, spans) = enter(tx, room, principal.user).await?;
                if reply_to.is_some_and(|seq| seq > room.last_seq || !spans.see(seq)) {
                    return Err(Problem::invalid(
                        "replyToSeq",
                        "返信先のメッセージが見つかりません。",
                        "There is no such message to answer.",
                    ));
                }
                ensure_mentionable(tx, &principal, &room, &mentions).await?;
                actor_name(tx, &principal).await
            })
            .await
    }
}

/// The name of the person who acts inside a shared account.
pub(crate) async fn actor_name(tx: &mut Tx<'_>, principal: &Principal) -> Result<Option<String>, Problem> {
    match principal.actor {
        Some(actor) => Ok(people::actor_name(tx, actor).await?),
        None => Ok(None),
    }
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

pub(crate) fn client_id_taken() -> Problem {
    Problem::conflict("このclientIdは別の人が使っています。", "Another user has used this clientId.")
}
