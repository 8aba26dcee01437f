//! updateMembership: one's own settings of a room.

use kernel::{Principal, Problem, RoomId};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::membership::log_own;
use super::rooms::seen;
use super::{Talk, enter_locked};
use crate::live::wire::{RoomBody, RoomPatch, ServerFrame, own_event};
use crate::model::Room;
use crate::policy;
use crate::store::changes::What;
use crate::store::members::{self, Settings};

/// What updateMembership takes; what is absent stays.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateMembership {
    /// No notifications from it.
    pub muted: Option<bool>,
    /// Put away until somebody writes.
    pub hidden: Option<bool>,
    /// Kept at the top.
    pub pinned: Option<bool>,
}

impl Talk {
    /// Changes the caller's own settings of a room.
    ///
    /// # Errors
    /// 404 outside it.
    pub async fn update_membership(&self, principal: &Principal, room: RoomId, body: UpdateMembership) -> Result<Room, Problem> {
        policy::ensure_acts(principal)?;
        let principal = principal.clone();
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                // Held, as by whoever else changes a member's row and then their stream.
                let (row, _) = enter_locked(tx, room, principal.user).await?;
                let until = body.hidden.map(|hidden| if hidden { row.last_seq + 1 } else { 0 });
                let settings = Settings { muted: body.muted, pinned: body.pinned, hidden_until_seq: until };
                members::set(tx, room, principal.user, settings).await?;
                let me = log_own(tx, &[principal.user], What::MyRoom(room)).await?.remove(&principal.user).unwrap_or_default();
                let patch = RoomPatch { muted: body.muted, hidden: body.hidden, pinned: body.pinned, ..RoomPatch::of(room) };
                let frame = ServerFrame::Room { rev: None, me: Some(me), room: RoomBody::Patch(patch) };
                let tenant = tx.tenant();
                tx.emit(own_event(tenant, principal.user, me, Vec::new(), frame));
                seen(tx, &principal, room).await
            })
            .await
    }
}
