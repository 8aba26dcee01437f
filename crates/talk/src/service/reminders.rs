//! setReminder, dropReminder, listReminders: あとで知らせる.

use std::collections::{BTreeSet, HashMap};

use kernel::page::{self, PageQuery};
use kernel::{Page, Principal, Problem, RoomId, Seq, Time, UserId};
use serde::Deserialize;
use store::{StoreError, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::edit::look_up;
use super::membership::log_own;
use super::{Talk, enter};
use crate::live::wire::{ServerFrame, own_event};
use crate::model::reminder::MOST;
use crate::model::scheduled::ensure_timely;
use crate::model::{Message, Reminder};
use crate::policy;
use crate::store::changes::What;
use crate::store::reminders::{self, ReminderRow, TIMER};
use crate::store::{members, messages};

/// What setReminder takes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetReminder {
    /// When; from 5 seconds to a year ahead.
    pub at: Time,
}

impl Talk {
    /// Reminds the caller of a message, or at another time than before.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 409 on a recalled one, and where one has too many; 422 by the time.
    pub async fn set_reminder(
        &self,
        principal: &Principal,
        room: RoomId,
        seq: Seq,
        body: SetReminder,
    ) -> Result<Reminder, Problem> {
        policy::ensure_acts(principal)?;
        let (user, deed) = (principal.user, self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, user).await?;
                let message = look_up(tx, &row, &spans, seq).await?;
                policy::ensure_live(&message)?;
                ensure_timely("at", body.at, deed.now)?;
                // Before they are counted: so two of one person come one after the other.
                tell(tx, user).await?;
                let all = reminders::of(tx, user).await?;
                if all.len() >= MOST && !all.iter().any(|one| (one.room, one.seq) == (room, seq)) {
                    return Err(Problem::conflict("リマインダーは200件までです。", "At most 200 reminders."));
                }
                let new = ReminderRow { id: deed.random.new_id(deed.now), user, room, seq, at: body.at };
                let id = reminders::set(tx, new).await?;
                jobs::store::set(tx, TIMER, id, body.at).await?;
                Ok(Reminder { room_id: room, seq, at: body.at, due: false, message })
            })
            .await
    }

    /// The caller is done with a reminder, or does not want it any more. Again is no error.
    ///
    /// # Errors
    /// 404 where there is none and the caller can't see the message.
    pub async fn drop_reminder(&self, principal: &Principal, room: RoomId, seq: Seq) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let user = principal.user;
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let Some(reminder) = reminders::about(tx, user, room, seq).await? else {
                    let (row, spans) = enter(tx, room, user).await?;
                    return look_up(tx, &row, &spans, seq).await.map(drop);
                };
                jobs::store::cancel(tx, TIMER, reminder.id).await?;
                reminders::delete(tx, user, room, seq).await?;
                Ok(tell(tx, user).await?)
            })
            .await
    }

    /// What the caller wants to be reminded of, what is due first; but not what they can't see any more, or what was taken back.
    ///
    /// # Errors
    /// 422 by bounds.
    pub async fn list_reminders(&self, principal: &Principal, query: PageQuery) -> Result<Page<Reminder>, Problem> {
        let limit = page::limit(query.limit)?;
        let after: Option<(i64, RoomId, Seq)> = page::read_cursor(query.cursor.as_deref())?;
        let (user, now) = (principal.user, self.0.clock.now());
        let key = |at: Time, room: RoomId, seq: Seq| (at.0, room, seq);
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let rows = reminders::of(tx, user).await?;
                let mut shown = shown(tx, user, &rows, now).await?;
                shown.sort_unstable_by_key(|one| key(one.at, one.room_id, one.seq));
                shown.retain(|one| after.is_none_or(|after| key(one.at, one.room_id, one.seq) > after));
                Ok(Page::cut(shown, limit, |one| key(one.at, one.room_id, one.seq)))
            })
            .await
    }
}

/// Those of whose messages `user` may be reminded.
async fn shown(tx: &mut Tx<'_>, user: UserId, rows: &[ReminderRow], now: Time) -> Result<Vec<Reminder>, StoreError> {
    let rooms: BTreeSet<RoomId> = rows.iter().map(|row| row.room).collect();
    let spans = members::spans_in_rooms(tx, user, rooms.into_iter().collect()).await?;
    let seen = |row: &&ReminderRow| spans.get(&row.room).is_some_and(|spans| spans.is_present() && spans.see(row.seq));
    let seen: Vec<&ReminderRow> = rows.iter().filter(seen).collect();
    let places: Vec<(RoomId, Seq)> = seen.iter().map(|row| (row.room, row.seq)).collect();
    let mut messages: HashMap<(RoomId, Seq), Message> =
        messages::find_each(tx, &places).await?.into_iter().map(|message| ((message.room_id, message.seq), message)).collect();
    let reminder = |row: &ReminderRow| {
        let message = messages.remove(&(row.room, row.seq)).filter(|message| message.recalled_at.is_none())?;
        Some(Reminder { room_id: row.room, seq: row.seq, at: row.at, due: row.at <= now, message })
    };
    Ok(seen.into_iter().filter_map(reminder).collect())
}

/// One falls due: its owner is told, or, where there is nothing left to remind them of, it goes.
pub(super) async fn fall_due(tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {
    let Some(row) = reminders::find(tx, id).await? else { return Ok(()) };
    if shown(tx, row.user, &[row], row.at).await?.is_empty() {
        reminders::delete(tx, row.user, row.room, row.seq).await?;
    }
    tell(tx, row.user).await
}

/// Tells somebody, wherever they are signed in, that their reminders are others than they were.
async fn tell(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let me = log_own(tx, &[user], What::Reminders).await?.remove(&user).unwrap_or_default();
    let tenant = tx.tenant();
    tx.emit(own_event(tenant, user, me, Vec::new(), ServerFrame::Reminders { me }));
    Ok(())
}
