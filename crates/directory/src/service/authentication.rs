//! From a token to a principal, on every request.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use kernel::live::{Authenticates, Boxed};
use kernel::principal::UserKind;
use kernel::{Grant, Principal, Problem, Scope, SessionId, TenantId, Time, UserId};
use sha2::{Digest as _, Sha256};
use store::{Asked, Row, Tx, params};

use super::Directory;
use crate::facts;
use crate::model::Role;
use crate::store::{grants, sessions};

/// A session that nobody used for this long has ended.
const IDLE_SESSION: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How exactly it is told when a session was last used.
const SEEN_STEP: Duration = Duration::from_secs(60);
/// Where a session acts from that has made no request.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// What is kept of a token: who reads the database can't sign in with it.
pub(super) type TokenHash = [u8; 32];

pub(super) fn token_hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// The moment before which an unused session has ended.
pub(super) fn idle_since(now: Time) -> Time {
    Time(now.0 - i64::try_from(IDLE_SESSION.as_micros()).unwrap_or(i64::MAX))
}

impl Directory {
    /// Who holds this token; none when it is unknown, revoked, or of a suspended or expired account.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn authenticate(&self, tenant: TenantId, token: &str, address: IpAddr) -> Result<Option<Principal>, Problem> {
        let (hash, now) = (token_hash(token), self.now());
        if let Some(principal) = self.0.recent.of_token(tenant, &hash, now) {
            return Ok(Some(Principal { address, ..principal }));
        }
        let asked = (&sessions::BY_TOKEN, params![&hash[..], idle_since(now), now].into());
        let mark = self.0.recent.mark();
        let Some((principal, seen)) = self.find(tenant, asked, address).await? else { return Ok(None) };
        if now.since(seen) >= SEEN_STEP {
            self.note_seen(tenant, principal.session);
        }
        self.0.recent.remember(mark, hash, &principal, now);
        Ok(Some(principal))
    }

    /// The principal of a session, with its rights written out, and when it was last seen.
    async fn find(&self, tenant: TenantId, asked: Asked, address: IpAddr) -> Result<Option<(Principal, Time)>, Problem> {
        let db = self.db(tenant);
        let answer = db.ask(&[asked]).await?;
        let Some(row) = answer[0].first() else { return Ok(None) };
        let (user, holds_grants) = (row.get(1), row.get::<i64>(6) > 0);
        let rights = if holds_grants { db.read(async move |tx: &mut Tx<'_>| rights(tx, user).await).await? } else { Vec::new() };
        Ok(Some((principal(tenant, row, rights, address), row.get(4))))
    }
}

impl Authenticates for Directory {
    fn still<'a>(&'a self, tenant: TenantId, session: SessionId) -> Boxed<'a, Result<Option<Principal>, Problem>> {
        Box::pin(async move {
            let now = self.now();
            if let Some(principal) = self.0.recent.of_session(tenant, session, now) {
                return Ok(Some(Principal { address: NOWHERE, ..principal }));
            }
            let asked = (&sessions::BY_ID, params![session, idle_since(now), now].into());
            Ok(self.find(tenant, asked, NOWHERE).await?.map(|(principal, _)| principal))
        })
    }
}

fn principal(tenant: TenantId, row: &Row, rights: Vec<Grant>, address: IpAddr) -> Principal {
    Principal {
        tenant,
        user: row.get(1),
        kind: UserKind::parse(&row.get::<String>(5)).unwrap_or(UserKind::Person),
        actor: row.get(2),
        rights,
        session: row.get(0),
        device: row.get::<String>(3).into(),
        address,
    }
}

pub(crate) async fn rights(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Grant>, Problem> {
    let held = grants::of(tx, user).await?;
    let tree = if held.iter().any(|grant| grant.org_unit_id.is_some()) { facts::tree(tx).await? } else { facts::Tree::default() };
    let mut rights = Vec::new();
    for grant in held {
        let scope = match (grant.role, grant.org_unit_id) {
            (_, Some(unit)) => Scope::Units(Arc::new(tree.with_below(unit))),
            (Role::TenantAdmin, None) => Scope::Tenant,
            // A section's admin without a section has none.
            (Role::SectionAdmin, None) => Scope::Units(Arc::new(BTreeSet::new())),
        };
        rights.extend(grant.role.rights().iter().map(|right| Grant { right: *right, scope: scope.clone() }));
    }
    Ok(rights)
}
