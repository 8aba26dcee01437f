//! Principals that were looked up moments ago.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Principal, SessionId, TenantId, Time};

use super::authentication::TokenHash;

/// A principal is looked up anew after this long, so that what another node revoked ends here too.
const RECENT: Duration = Duration::from_secs(5);
/// Principals remembered, at most.
const REMEMBERED: usize = 50_000;

/// By token, and by the session that it opens.
#[derive(Default)]
pub(super) struct Recent(Mutex<Known>);

#[derive(Default)]
struct Known {
    sessions: HashMap<(TenantId, TokenHash), SessionId>,
    principals: HashMap<(TenantId, SessionId), (Principal, Time)>,
    /// How often something was forgotten.
    forgotten: u64,
}

/// What was known before a principal was looked up.
#[derive(Clone, Copy)]
pub(super) struct Mark(u64);

impl Recent {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever this token was found to be.
    pub fn of_token(&self, tenant: TenantId, hash: &TokenHash, now: Time) -> Option<Principal> {
        let known = self.lock();
        known.sessions.get(&(tenant, *hash)).and_then(|session| known.find(tenant, *session, now))
    }

    /// Whoever this session was found to be.
    pub fn of_session(&self, tenant: TenantId, session: SessionId, now: Time) -> Option<Principal> {
        self.lock().find(tenant, session, now)
    }

    /// To be taken before a principal is looked up.
    pub fn mark(&self) -> Mark {
        Mark(self.lock().forgotten)
    }

    /// Remembers who a token was found to be, unless something was forgotten since `mark`: it may be of what was.
    pub fn remember(&self, Mark(forgotten): Mark, hash: TokenHash, principal: &Principal, now: Time) {
        let mut known = self.lock();
        if known.forgotten != forgotten {
            return;
        }
        if known.principals.len() >= REMEMBERED {
            known.sessions.clear();
            known.principals.clear();
        }
        let (tenant, session) = (principal.tenant, principal.session);
        known.sessions.insert((tenant, hash), session);
        known.principals.insert((tenant, session), (principal.clone(), now));
    }

    /// Forgets a tenant's, after anything that changes who may do what there.
    pub fn forget(&self, tenant: TenantId) {
        let mut known = self.lock();
        known.forgotten += 1;
        known.sessions.retain(|(of, _), _| *of != tenant);
        known.principals.retain(|(of, _), _| *of != tenant);
    }
}

impl Known {
    fn find(&self, tenant: TenantId, session: SessionId, now: Time) -> Option<Principal> {
        let (principal, since) = self.principals.get(&(tenant, session))?;
        now.is_within(RECENT, *since).then(|| principal.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use kernel::UserId;
    use kernel::principal::UserKind;
    use uuid::Uuid;

    use super::*;

    const CITY: TenantId = TenantId(1);
    const NOW: Time = Time(1_760_000_000_000_000);
    const TOKEN: TokenHash = [7; 32];

    fn somebody() -> Principal {
        Principal {
            tenant: CITY,
            user: UserId(Uuid::from_u128(1)),
            kind: UserKind::Person,
            actor: None,
            rights: Vec::new(),
            session: SessionId(Uuid::from_u128(2)),
            device: "".into(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    #[test]
    fn a_principal_is_known_for_a_moment_by_token_and_by_session() {
        let (recent, principal) = (Recent::default(), somebody());
        recent.remember(recent.mark(), TOKEN, &principal, NOW);
        for (now, known) in [(NOW, true), (Time(NOW.0 + 4_999_999), true), (Time(NOW.0 + 5_000_001), false)] {
            assert_eq!(recent.of_token(CITY, &TOKEN, now).is_some(), known);
            assert_eq!(recent.of_session(CITY, principal.session, now).is_some(), known);
        }
        assert!(recent.of_token(TenantId(2), &TOKEN, NOW).is_none());
        recent.forget(CITY);
        assert!(recent.of_token(CITY, &TOKEN, NOW).is_none() && recent.of_session(CITY, principal.session, NOW).is_none());
    }

    #[test]
    fn what_was_looked_up_before_a_change_is_not_remembered_after_it() {
        let recent = Recent::default();
        let mark = recent.mark();
        recent.forget(CITY);
        recent.remember(mark, TOKEN, &somebody(), NOW);
        assert!(recent.of_token(CITY, &TOKEN, NOW).is_none());
    }
}
