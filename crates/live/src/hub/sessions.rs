//! Sessions change while connections are open: another person of a shared account acts, rights come and go, it ends.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Problem, SessionId, TenantId};

use super::Hub;
use super::connection::{Close, Connection};
use crate::frames;

/// Sessions looked at in one round, unless their share is more.
const CHECKED_TOGETHER: usize = 200;

impl Hub {
    /// Looks at sessions again, a share of them each time; ends the connections of those that ended.
    pub(super) async fn recheck_sessions(&self) {
        let connections = self.connections();
        let every = self.config.recheck_every;
        let share = share(connections.len(), self.config.compare_every, every);
        for connection in connections.iter().filter(|connection| connection.due_for_check(every)).take(share) {
            // The database is away: nobody is thrown out for that.
            if self.renew(connection).await.is_err() {
                return;
            }
        }
    }

    /// Looks at a connection's session now: who acts by it, with which rights. `false`: it has ended, and with it the
    /// connection.
    ///
    /// # Errors
    /// 503 when the database is away; the connection stays as it was.
    pub(crate) async fn renew(&self, connection: &Connection) -> Result<bool, Problem> {
        let look = connection.begin_look();
        let found = self.attached()?.auth.still(connection.tenant, connection.session).await?;
        let stands = found.is_some();
        match found {
            Some(now) => connection.renew(look, now),
            None => self.sign_out(connection),
        }
        Ok(stands)
    }

    /// Looks at a session's connections now: what changed about it holds for their next frame.
    pub async fn renew_session(&self, tenant: TenantId, session: SessionId) {
        for connection in self.connections_of(tenant, session) {
            if self.renew(&connection).await.is_err() {
                // Better gone than acting as somebody else; it comes back by itself.
                connection.close(Close::Restart);
            }
        }
    }

    /// Ends the connections of a session that has ended.
    pub fn close_session(&self, tenant: TenantId, session: SessionId) {
        for connection in self.connections_of(tenant, session) {
            self.sign_out(&connection);
        }
    }

    fn sign_out(&self, connection: &Connection) {
        self.answer(connection, frames::signed_out());
        connection.close(Close::SignedOut);
    }

    fn connections_of(&self, tenant: TenantId, session: SessionId) -> impl Iterator<Item = Arc<Connection>> {
        self.connections().into_iter().filter(move |connection| connection.tenant == tenant && connection.session == session)
    }
}

/// How many of these each round takes, for all to have their turn in time: those who came all at once do not stay together.
fn share(connections: usize, round: Duration, every: Duration) -> usize {
    let share = (connections as u128 * round.as_micros()).div_ceil(every.as_micros().max(1));
    usize::try_from(share).unwrap_or(usize::MAX).max(CHECKED_TOGETHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_takes_a_share_of_the_sessions() {
        let share = |connections, every| share(connections, Duration::from_secs(1), Duration::from_secs(every));
        assert_eq!(share(100, 30), CHECKED_TOGETHER);
        assert_eq!(share(18_000, 30), 600);
        assert_eq!(share(18_001, 30), 601);
        assert!(share(18_000, 0) >= 18_000);
    }
}
