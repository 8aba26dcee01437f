//! nudge: 未読の n 人にそっと知らせる.

use std::time::Duration;

use kernel::{Principal, Problem, RoomId, Seq, UserId};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::edit::look_up;
use super::membership::log_own;
use super::readers::standing;
use super::{Talk, enter_locked};
use crate::live::wire::{ServerFrame, own_event};
use crate::policy;
use crate::store::changes::What;
use crate::store::messages;

/// A courtesy: not more often than this about one message.
const EVERY: Duration = Duration::from_secs(600);

/// Whom it reached.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Nudged {
    /// How many.
    pub nudged: i64,
}

impl Talk {
    /// Lets those who have not read one's own message know that one hopes they will.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 403 on another's; 409 on a recalled one; 429 within ten minutes of the last.
    pub async fn nudge(&self, principal: &Principal, room: RoomId, seq: Seq) -> Result<Nudged, Problem> {
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter_locked(tx, room, principal.user).await?;
                let message = look_up(tx, &row, &spans, seq).await?;
                policy::ensure_own(&principal, &message)?;
                if let Some(last) = messages::last_nudge(tx, room, seq).await?
                    && now.is_within(EVERY, last)
                {
                    return Err(Problem::too_many((EVERY - now.since(last)).as_secs() + 1));
                }
                let (_, unread) = standing(tx, &message, now).await?;
                let unread: Vec<UserId> = unread.into_iter().collect();
                messages::set_nudge(tx, room, seq, now).await?;
                let tenant = tx.tenant();
                for (user, me) in log_own(tx, &unread, What::Nudge(room, seq)).await? {
                    let frame = ServerFrame::Nudge { me, room_id: room, seq, user_id: principal.user };
                    tx.emit(own_event(tenant, user, me, Vec::new(), frame));
                }
                Ok(Nudged { nudged: i64::try_from(unread.len()).unwrap_or(i64::MAX) })
            })
            .await
    }
}
