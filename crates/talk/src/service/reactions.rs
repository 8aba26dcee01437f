//! react, unreact.

use kernel::{Principal, Problem, RoomId, Seq};
use store::Tx;

use super::edit::{changed, look_up};
use super::{Talk, enter_locked};
use crate::model::{Message, text};
use crate::policy;
use crate::store::{messages, reactions, rooms};

impl Talk {
    /// Puts an emoji on a message (`on`), or takes one's own back. Again is no error.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 409 on a recalled one; 422 where it is no emoji, or one kind too many.
    pub async fn react(
        &self,
        principal: &Principal,
        room: RoomId,
        seq: Seq,
        emoji: String,
        on: bool,
    ) -> Result<Message, Problem> {
        policy::ensure_acts(principal)?;
        let (user, now) = (principal.user, self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, user).await?;
                let mut message = look_up(tx, &row, &spans, seq).await?;
                text::emoji(&emoji)?;
                policy::ensure_live(&message)?;
                reactions::fill(tx, room, std::slice::from_mut(&mut message)).await?;
                let moved = if on {
                    let there = message.reactions.iter().any(|reaction| reaction.emoji == emoji);
                    if !there && message.reactions.len() >= text::REACTIONS {
                        return Err(Problem::invalid(
                            "emoji",
                            "リアクションは20種類までです。",
                            "At most 20 different reactions.",
                        ));
                    }
                    reactions::insert(tx, &message, &emoji, user, now).await?
                } else {
                    reactions::delete(tx, &message, &emoji, user).await?
                };
                if !moved {
                    return Ok(message);
                }
                message.reactions.clear();
                message.rev = rooms::next_rev(tx, &mut row).await?;
                messages::touch(tx, &message).await?;
                changed(tx, message).await
            })
            .await
    }
}
