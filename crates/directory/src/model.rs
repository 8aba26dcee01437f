//! The directory's types and pure rules.

mod import;
mod tenant_settings;
mod units;
mod users;

use kernel::{ActorId, OrgUnitId, Problem, Right, SessionId, Time, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub use import::{ImportError, ImportReport, ImportedPassword};
pub use tenant_settings::{TenantSettings, UpdateTenantSettings};
pub use units::{Group, NewOrgUnit, OrgUnit, OrgUnitUpdate};
pub use users::{Actor, Assigned, AssignmentInput, NewUser, Phones, Suspended, UserUpdate, UserView};

/// Names of tenants that would hide something at the root.
const RESERVED: &[&str] = &[
    "setup",
    "operator",
    "healthz",
    "metrics",
    "assets",
    "api",
    "ui",
    "problems",
    "tenants",
    "static",
    "favicon",
    "robots",
    "service-worker",
    "app",
];

/// Checks a tenant's name: lower-case letters, digits and `-`, 2 to 32 of them, a letter first.
///
/// # Errors
/// 422 naming `tenantName`.
pub fn check_tenant_name(name: &str) -> Result<(), Problem> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let shaped =
        (2..=32).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed);
    if shaped && !RESERVED.contains(&name) {
        return Ok(());
    }
    Err(Problem::invalid(
        "tenantName",
        "半角の小文字で始め、小文字・数字・ハイフンの2〜32文字にしてください（一部の名前は使えません）。",
        "Use 2 to 32 lower-case letters, digits and hyphens, starting with a letter; some names are reserved.",
    ))
}

/// Tells a field that is null from one that is absent (`#[serde(default, deserialize_with = "given")]`).
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What each person chooses for themself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// `ja` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// `light`, `dark` or as the device says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// Whether Enter sends on a keyboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enter_sends: Option<bool>,
    /// Whether dates on printed pages carry the Japanese era.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub era: Option<bool>,
}

impl Settings {
    /// These, with what `change` names replaced.
    #[must_use]
    pub fn with(self, change: Self) -> Self {
        Self {
            language: change.language.or(self.language),
            theme: change.theme.or(self.theme),
            enter_sends: change.enter_sends.or(self.enter_sends),
            era: change.era.or(self.era),
        }
    }
}

/// A language of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// 日本語.
    Ja,
    /// English.
    En,
}

/// How the client looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// Dark words on light ground.
    Light,
    /// Light words on dark ground.
    Dark,
    /// As the device says.
    System,
}

/// A bundle of rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Everything, in the whole tenant.
    TenantAdmin,
    /// The members and rooms of a unit and all below it.
    SectionAdmin,
}

impl Role {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TenantAdmin => "tenantAdmin",
            Self::SectionAdmin => "sectionAdmin",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::TenantAdmin, Self::SectionAdmin].into_iter().find(|role| role.as_str() == text)
    }

    /// What it bundles.
    #[must_use]
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::TenantAdmin => &[
                Right::ManageMembers,
                Right::ManageOrgUnits,
                Right::ManageRights,
                Right::ReadAudit,
                Right::ManageRooms,
                Right::MentionAll,
                Right::ManageSettings,
            ],
            Self::SectionAdmin => &[Right::ManageMembers, Right::ManageRooms, Right::MentionAll],
        }
    }
}

/// A role that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleGrant {
    /// Names it when it is taken back.
    pub id: uuid::Uuid,
    /// Who holds it.
    pub user_id: UserId,
    /// Which.
    pub role: Role,
    /// Over which unit and below; none for the whole tenant.
    pub org_unit_id: Option<OrgUnitId>,
}

/// Oneself.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// As others see one, and the login id.
    #[serde(flatten)]
    pub user: UserView,
    /// What one chose.
    pub settings: Settings,
    /// The roles one holds.
    pub roles: Vec<HeldRole>,
    /// The rights that they bundle.
    pub rights: Vec<Right>,
    /// The person inside a shared account, once chosen: one of `actors`.
    pub actor_id: Option<ActorId>,
    /// The people inside this shared account.
    pub actors: Vec<Actor>,
    /// This session.
    pub session_id: SessionId,
}

/// A role and where it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldRole {
    /// Which.
    pub role: Role,
    /// Over which unit and below; absent for the whole tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_unit_id: Option<OrgUnitId>,
}

/// A signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Names it.
    pub id: SessionId,
    /// What it was called at sign-in.
    pub device_name: String,
    /// When it signed in.
    pub created_at: Time,
    /// To the minute.
    pub last_seen_at: Time,
    /// From where it signed in.
    pub address: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// What a sign-in gives.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the cookie or the `Authorization` header; told once.
    pub token: String,
    /// Who signed in.
    pub user: UserView,
}
