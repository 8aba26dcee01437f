//! Who asks: made once, at the edge, and the first argument of every service function.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{ActorId, OrgUnitId, SessionId, TenantId, UserId};

/// The tenant that a request's path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRef {
    /// Its number.
    pub id: TenantId,
    /// Its name in paths (`city`).
    pub name: Arc<str>,
    /// What people call it (市役所).
    pub title: Arc<str>,
}

/// What somebody may be allowed to do beyond being a member. Bundled into roles by `directory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Right {
    /// Make, change, suspend and import members.
    ManageMembers,
    /// Make, move and rename org units and groups.
    ManageOrgUnits,
    /// Hand out and take back rights.
    ManageRights,
    /// Read the audit trail.
    ReadAudit,
    /// Make and change org-unit rooms, and add extra members to them.
    ManageRooms,
    /// Mention @all in rooms of more than the tenant's limit.
    MentionAll,
    /// Change what holds for the whole organisation.
    ManageSettings,
}

/// Where a right holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole tenant.
    Tenant,
    /// These org units (a unit and all below it, written out).
    Units(Arc<BTreeSet<OrgUnitId>>),
}

/// A right and where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub right: Right,
    /// Where.
    pub scope: Scope,
}

/// What kind of account asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum UserKind {
    /// One person.
    Person,
    /// 代表アカウント: several people use it; each act names one of them.
    Shared,
    /// 公用端末: a phone or tablet that is handed out.
    Device,
    /// 期限付き: lent until a date.
    Guest,
    /// A program.
    Bot,
}

impl UserKind {
    /// As stored and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Shared => "shared",
            Self::Device => "device",
            Self::Guest => "guest",
            Self::Bot => "bot",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Person, Self::Shared, Self::Device, Self::Guest, Self::Bot].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Which account.
    pub user: UserId,
    /// What kind of account.
    pub kind: UserKind,
    /// The person inside a shared account, once chosen.
    pub actor: Option<ActorId>,
    /// What it may do beyond being a member.
    pub rights: Vec<Grant>,
    /// By which session.
    pub session: SessionId,
    /// The session's device name.
    pub device: Arc<str>,
    /// From where.
    pub address: IpAddr,
}

impl Principal {
    /// Holds the right in the whole tenant.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.rights.iter().any(|grant| grant.right == right && grant.scope == Scope::Tenant)
    }

    /// Holds the right over this org unit.
    #[must_use]
    pub fn may_in(&self, right: Right, unit: OrgUnitId) -> bool {
        self.rights.iter().filter(|grant| grant.right == right).any(|grant| match &grant.scope {
            Scope::Tenant => true,
            Scope::Units(units) => units.contains(&unit),
        })
    }

    /// Holds the right somewhere.
    #[must_use]
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.rights.iter().any(|grant| grant.right == right)
    }

    /// Whether it is known which person acts: a shared account must name one before it writes.
    #[must_use]
    pub fn may_act(&self) -> bool {
        self.kind != UserKind::Shared || self.actor.is_some()
    }

    /// Whose read cursor moves: the person inside a shared account, else the account.
    #[must_use]
    pub fn reader(&self) -> uuid::Uuid {
        self.actor.map_or(self.user.0, |actor| actor.0)
    }
}
