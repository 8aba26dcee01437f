//! Sessions change while connections are open: another person of a shared account acts, rights come and go, it ends.

use std::sync::Arc;

use kernel::{Problem, SessionId, TenantId};

use super::Hub;
use super::connection::{Close, Connection};
use crate::frames;

impl Hub {
    /// Looks at sessions again, a few each time; ends the connections of those that ended.
    pub(super) async fn recheck_sessions(&self) {
        for connection in self.connections() {
            // The database is away: nobody is thrown out for that.
            if connection.due_for_check(self.config.recheck_every) && self.renew(&connection).await.is_err() {
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
        self.push(connection, frames::signed_out());
        connection.close(Close::SignedOut);
    }

    fn connections_of(&self, tenant: TenantId, session: SessionId) -> impl Iterator<Item = Arc<Connection>> {
        self.connections().into_iter().filter(move |connection| connection.tenant == tenant && connection.session == session)
    }
}
