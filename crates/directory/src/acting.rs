//! Whoever asked for something to be done later, as they stand when it is done.

use std::net::{IpAddr, Ipv4Addr};

use kernel::{ActorId, Principal, Problem, SessionId, Time, UserId};
use store::Tx;
use uuid::Uuid;

use crate::facts;
use crate::service::rights;
use crate::store::users;

/// The account with the rights that it has now; none where it can't sign in any more, or the person inside it is gone.
///
/// # Errors
/// When the database is away.
pub async fn acting(tx: &mut Tx<'_>, user: UserId, actor: Option<ActorId>, now: Time) -> Result<Option<Principal>, Problem> {
    if facts::usable(tx, vec![user], now).await?.is_empty() {
        return Ok(None);
    }
    if let Some(actor) = actor
        && !users::actors(tx, user).await?.iter().any(|there| there.id == actor)
    {
        return Ok(None);
    }
    let Some(person) = facts::people(tx, &[user]).await?.remove(&user) else { return Ok(None) };
    Ok(Some(Principal {
        tenant: tx.tenant(),
        user,
        kind: person.kind,
        actor,
        rights: rights(tx, user).await?,
        session: SessionId(Uuid::nil()),
        device: "".into(),
        address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }))
}
