//! Who is there: told to those who have them on screen, at most once a second.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use kernel::UserId;
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use super::Hub;
use super::connection::Connection;
use super::state::TenantState;
use crate::frames;

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Presence {
    /// Connected, and did something lately.
    Online,
    /// Connected.
    Away,
    /// Not connected to this node.
    Offline,
}

impl TenantState {
    pub(super) fn presence(&self, user: UserId, away_after: Duration) -> Presence {
        let Some(state) = self.users.get(&user) else { return Presence::Offline };
        let latest = state.connections.iter().map(|connection| connection.active()).max();
        match latest {
            Some(active) if Instant::now() - active < away_after => Presence::Online,
            Some(_) => Presence::Away,
            None => Presence::Offline,
        }
    }
}

impl Hub {
    /// Names whose presence a connection has on screen, and tells how they are.
    pub(crate) fn watch_presence(&self, connection: &Arc<Connection>, users: &[UserId]) {
        let away_after = self.config.away_after;
        let states: HashMap<UserId, Presence> = self.with_tenant(connection.tenant, |state| {
            users.iter().map(|user| (*user, state.presence(*user, away_after))).collect()
        });
        connection.screen.lock().unwrap_or_else(PoisonError::into_inner).users = states.clone();
        self.answer(connection, presence_frame(&states));
    }

    /// Tells each connection what changed for those whom it has on screen.
    pub(super) fn tell_presence(&self) {
        for connection in self.connections() {
            // Copied: the hub's lock is never asked for while a screen's is held.
            let held = connection.screen.lock().unwrap_or_else(PoisonError::into_inner).users.clone();
            if held.is_empty() {
                continue;
            }
            let changed: HashMap<UserId, Presence> = self.with_tenant(connection.tenant, |state| {
                let now = held.iter().map(|(user, held)| (*user, *held, state.presence(*user, self.config.away_after)));
                now.filter(|(_, held, now)| held != now).map(|(user, _, now)| (user, now)).collect()
            });
            if !changed.is_empty() {
                connection.screen.lock().unwrap_or_else(PoisonError::into_inner).users.extend(&changed);
                self.tell(&connection, presence_frame(&changed));
            }
        }
    }
}

fn presence_frame(users: &HashMap<UserId, Presence>) -> crate::wire::Wire {
    let users: BTreeMap<String, Presence> = users.iter().map(|(user, presence)| (user.to_string(), *presence)).collect();
    frames::answer("presence", None, json!({ "users": users }))
}
