//! Who may do what in the directory: pure functions over a principal and facts.

use kernel::principal::UserKind;
use kernel::{OrgUnitId, Principal, Problem, Right, Scope};

use crate::model::Suspended;

/// Holds a right in the whole tenant.
///
/// # Errors
/// 403.
pub fn require(principal: &Principal, right: Right) -> Result<(), Problem> {
    acts(principal)?;
    if principal.may(right) { Ok(()) } else { Err(Problem::forbidden()) }
}

/// A shared account must have said which person acts.
///
/// # Errors
/// 403 `actor-required`.
pub fn acts(principal: &Principal) -> Result<(), Problem> {
    if principal.may_act() { Ok(()) } else { Err(Problem::actor_required()) }
}

/// May change somebody who belongs to `units`: all of a tenant admin; of a section admin those of whom every unit is theirs
/// (else a section could rename another's people).
///
/// # Errors
/// 403.
pub fn may_manage(principal: &Principal, units: &[OrgUnitId]) -> Result<(), Problem> {
    acts(principal)?;
    let every = !units.is_empty() && units.iter().all(|unit| principal.may_in(Right::ManageMembers, *unit));
    if principal.may(Right::ManageMembers) || every { Ok(()) } else { Err(Problem::forbidden()) }
}

/// Sees login ids, mail and suspended accounts of people of these units.
#[must_use]
pub fn sees_account(principal: &Principal, units: &[OrgUnitId]) -> bool {
    principal.may(Right::ManageMembers) || units.iter().any(|unit| principal.may_in(Right::ManageMembers, *unit))
}

/// Which suspended people show in lists: whoever manages members must find them, to switch them on again.
#[must_use]
pub fn suspended_shown(principal: &Principal) -> Suspended {
    let mut units = Vec::new();
    for grant in principal.rights.iter().filter(|grant| grant.right == Right::ManageMembers) {
        match &grant.scope {
            Scope::Tenant => return Suspended::All,
            Scope::Units(of) => units.extend(of.iter().copied()),
        }
    }
    Suspended::Of(units)
}

/// Guests see their own sections only.
#[must_use]
pub fn sees_everyone(principal: &Principal) -> bool {
    principal.kind != UserKind::Guest
}
