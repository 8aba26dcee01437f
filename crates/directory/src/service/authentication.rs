//! From a token to a principal, on every request.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use kernel::live::{Authenticates, Boxed};
use kernel::principal::UserKind;
use kernel::{Grant, Principal, Problem, Scope, SessionId, TenantId, Time};
use sha2::{Digest as _, Sha256};
use store::{Row, Tx, params};

use super::Directory;
use crate::facts;
use crate::model::Role;
use crate::store::{grants, sessions};

/// A session that nobody used for this long has ended.
const IDLE_SESSION: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// A principal is looked up anew after this long, so that what another node revoked ends here too.
const RECENT: Duration = Duration::from_secs(5);
/// Principals remembered, at most.
const REMEMBERED: usize = 50_000;
/// How exactly it is told when a session was last used.
const SEEN_STEP: Duration = Duration::from_secs(60);

/// What is kept of a token: who reads the database can't sign in with it.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
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
        let key = (tenant, token_hash(token));
        let now = self.now();
        let recent = self.0.recent.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((principal, _)) = recent.filter(|(_, since)| now.is_within(RECENT, *since)) {
            return Ok(Some(Principal { address, ..principal }));
        }
        let hash = key.1.clone();
        let read = async move |tx: &mut Tx<'_>| {
            let row = tx.query_opt(&sessions::BY_TOKEN, &params![hash, idle_since(now), now]).await?;
            found(tx, tenant, row, address).await
        };
        let Some((principal, seen)) = self.db(tenant).look(read).await? else { return Ok(None) };
        if now.since(seen) >= SEEN_STEP {
            self.note_seen(tenant, principal.session);
        }
        let mut remembered = self.0.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(key, (principal.clone(), now));
        Ok(Some(principal))
    }
}

impl Authenticates for Directory {
    fn still<'a>(&'a self, tenant: TenantId, session: SessionId) -> Boxed<'a, Result<Option<Principal>, Problem>> {
        Box::pin(async move {
            let now = self.now();
            let read = async move |tx: &mut Tx<'_>| {
                let row = tx.query_opt(&sessions::BY_ID, &params![session, idle_since(now), now]).await?;
                found(tx, tenant, row, IpAddr::from([0, 0, 0, 0])).await
            };
            Ok(self.db(tenant).look(read).await?.map(|(principal, _)| principal))
        })
    }
}

/// The principal of a session's row, with its rights written out, and when it was last seen.
async fn found(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    row: Option<Row>,
    address: IpAddr,
) -> Result<Option<(Principal, Time)>, Problem> {
    let Some(row) = row else { return Ok(None) };
    let user = row.get(1);
    let principal = Principal {
        tenant,
        user,
        kind: UserKind::parse(&row.get::<String>(5)).unwrap_or(UserKind::Person),
        actor: row.get(2),
        rights: rights(tx, user).await?,
        session: row.get(0),
        device: row.get::<String>(3).into(),
        address,
    };
    Ok(Some((principal, row.get(4))))
}

async fn rights(tx: &mut Tx<'_>, user: kernel::UserId) -> Result<Vec<Grant>, Problem> {
    let held = grants::of(tx, user).await?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
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
