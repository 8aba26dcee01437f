//! What is done when its time has come.

use jobs::Owner;
use jobs::store::Timer;
use kernel::live::Boxed;
use kernel::{ClientId, Problem, Time, UserId};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::append::append_one;
use super::scheduled::{forget, tell};
use super::{Deed, Talk, enter_locked, reminders};
use crate::model::{Mention, Message, ScheduleFailure};
use crate::policy;
use crate::store::members;
use crate::store::messages::NewMessage;
use crate::store::reminders as reminder_rows;
use crate::store::scheduled::{self as rows, Scheduled};

impl Owner for Talk {
    fn kinds(&self) -> &'static [&'static str] {
        &[rows::TIMER, reminder_rows::TIMER]
    }

    fn due<'a>(&'a self, tx: &'a mut Tx<'_>, timer: &'a Timer, now: Time) -> Boxed<'a, Result<(), Problem>> {
        Box::pin(async move {
            if timer.kind == reminder_rows::TIMER {
                return Ok(reminders::fall_due(tx, timer.id).await?);
            }
            send(tx, &Deed { now, doer: None, random: self.0.random.clone() }, timer.id).await
        })
    }
}

/// Sends a message whose time has come, or keeps why not.
async fn send(tx: &mut Tx<'_>, deed: &Deed, id: Uuid) -> Result<(), Problem> {
    let Some(mut waiting) = rows::lock(tx, id).await? else { return Ok(()) };
    if let Err(failure) = deliver(tx, deed, &waiting).await? {
        waiting.failure = Some(failure);
        rows::change(tx, &waiting).await?;
    }
    Ok(tell(tx, waiting.user).await?)
}

/// Sends a message that waits, by the rights that its writer has now; why not, where they may not.
pub(super) async fn deliver(
    tx: &mut Tx<'_>,
    deed: &Deed,
    waiting: &Scheduled,
) -> Result<Result<Message, ScheduleFailure>, Problem> {
    let message = waiting.message.clone();
    let actor = message.actor.as_ref().map(|(actor, _)| *actor);
    let Some(writer) = directory::acting(tx, waiting.user, actor, deed.now).await? else {
        return Ok(Err(ScheduleFailure::Account));
    };
    let mut room = match enter_locked(tx, message.room, waiting.user).await {
        Ok((room, _)) => room,
        Err(problem) if problem.status == 404 => return Ok(Err(ScheduleFailure::NotInRoom)),
        Err(problem) => return Err(problem),
    };
    let names_all = message.mentions.iter().any(|mention| matches!(mention, Mention::All(_)));
    if names_all && policy::ensure_may_mention_all(&writer, &room).is_err() {
        return Ok(Err(ScheduleFailure::MentionAll));
    }
    let mentions = still_there(tx, &message).await?;
    let message = NewMessage { client_id: ClientId(deed.random.new_id(deed.now)), mentions, ..message };
    let sent = append_one(tx, &mut room, message, deed.now).await?;
    forget(tx, waiting, deed.now).await?;
    Ok(Ok(sent))
}

/// Whom it names, but those who have left since.
async fn still_there(tx: &mut Tx<'_>, message: &NewMessage) -> Result<Vec<Mention>, StoreError> {
    let user = |mention: &Mention| if let Mention::User(user) = mention { Some(user.user_id) } else { None };
    let named: Vec<UserId> = message.mentions.iter().filter_map(user).collect();
    let there = if named.is_empty() { Vec::new() } else { members::present_among(tx, message.room, named).await? };
    let stays = |mention: &&Mention| user(mention).is_none_or(|user| there.contains(&user));
    Ok(message.mentions.iter().filter(stays).cloned().collect())
}
