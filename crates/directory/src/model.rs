//! The directory's types and pure rules.

use kernel::principal::UserKind;
use kernel::{ActorId, ClientId, GroupId, OrgUnitId, Problem, Right, SessionId, Time, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// Telephone numbers, as people write them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Phones {
    /// 携帯.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// 内線.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// 固定電話.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landline: Option<String>,
}

impl Phones {
    /// All that there are.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        [&self.mobile, &self.extension, &self.landline].into_iter().flatten().map(String::as_str)
    }
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

/// Where somebody belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assigned {
    /// Which unit.
    pub org_unit_id: OrgUnitId,
    /// Its name.
    pub org_unit_name: String,
    /// 役職; may be empty.
    pub position: String,
    /// 本務; the others are 兼務.
    pub primary: bool,
    /// 所属長.
    pub head: bool,
}

/// Where somebody is to belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignmentInput {
    /// Which unit.
    pub org_unit_id: OrgUnitId,
    /// 役職.
    #[serde(default)]
    pub position: String,
    /// 本務; the first, where none is named.
    #[serde(default)]
    pub primary: bool,
    /// 所属長.
    #[serde(default)]
    pub head: bool,
}

/// Somebody, as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// Names the account.
    pub id: UserId,
    /// What it signs in with; shown to itself and to those who manage members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_id: Option<String>,
    /// 名前.
    pub name: String,
    /// ふりがな.
    pub kana: String,
    /// person, shared, device, guest or bot.
    pub kind: UserKind,
    /// Where they belong, 本務 first.
    pub assignments: Vec<Assigned>,
    /// How they are called.
    pub phones: Phones,
    /// Shown as `loginId` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When the account ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Whether it is switched off.
    pub suspended: bool,
    /// Counts its changes; the `ETag`.
    #[serde(skip)]
    pub rev: i64,
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

/// A person inside a shared account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// Names them.
    pub id: ActorId,
    /// 名前.
    pub name: String,
    /// ふりがな.
    pub kana: String,
}

/// An account to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewUser {
    /// Makes repeating safe.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    /// What it signs in with: 1 to 64 of letters, digits, `.`, `_`, `-`, `@`.
    pub login_id: String,
    /// 名前, 1 to 100 characters.
    pub name: String,
    /// ふりがな.
    #[serde(default)]
    pub kana: String,
    /// `person` unless told.
    #[serde(default = "person")]
    pub kind: UserKind,
    /// Where it belongs.
    #[serde(default)]
    pub assignments: Vec<AssignmentInput>,
    /// Telephone numbers.
    #[serde(default)]
    pub phones: Phones,
    /// Mail.
    #[serde(default)]
    pub email: Option<String>,
    /// When the account ends; guests must have one.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// One is made and shown once where none is given.
    #[serde(default)]
    pub password: Option<String>,
}

fn person() -> UserKind {
    UserKind::Person
}

/// A change to an account: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserUpdate {
    /// What it signs in with.
    pub login_id: Option<String>,
    /// 名前.
    pub name: Option<String>,
    /// ふりがな.
    pub kana: Option<String>,
    /// Kind of account.
    pub kind: Option<UserKind>,
    /// Where it belongs, all of it.
    pub assignments: Option<Vec<AssignmentInput>>,
    /// Telephone numbers, all of them.
    pub phones: Option<Phones>,
    /// Mail.
    pub email: Option<String>,
    /// When the account ends.
    pub expires_at: Option<Time>,
    /// A new password; ends the account's sessions.
    pub password: Option<String>,
}

/// A node of the organisation tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrgUnit {
    /// Names it.
    pub id: OrgUnitId,
    /// What it lies under.
    pub parent_id: Option<OrgUnitId>,
    /// 部署名.
    pub name: String,
    /// Its place among its siblings.
    pub order: i64,
    /// 所属長.
    pub head_ids: Vec<UserId>,
    /// 本庁舎2階.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// 内線.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// People in it and in what lies under it, each once.
    pub member_count: i64,
    /// Counts its changes; the `ETag`.
    #[serde(skip)]
    pub rev: i64,
}

/// An org unit to be made, or changed where all but what is named stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrgUnit {
    /// Makes repeating safe.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    /// What it lies under; none for the top.
    #[serde(default)]
    pub parent_id: Option<OrgUnitId>,
    /// 部署名, 1 to 100 characters.
    pub name: String,
    /// Its place among its siblings.
    #[serde(default)]
    pub order: i64,
    /// Where it sits.
    #[serde(default)]
    pub place: Option<String>,
    /// 内線.
    #[serde(default)]
    pub extension: Option<String>,
}

/// A named set of users and org units outside the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Names it.
    pub id: GroupId,
    /// What people call it.
    pub name: String,
    /// Its people.
    pub user_ids: Vec<UserId>,
    /// Its units, with all below.
    pub org_unit_ids: Vec<OrgUnitId>,
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

/// What is wrong with one line of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportError {
    /// Counted as an editor does, the heading being line 1.
    pub line: u64,
    /// Which column.
    pub field: String,
    /// What is wrong, in Japanese.
    pub message: String,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// New accounts.
    pub created: i64,
    /// Changed ones.
    pub updated: i64,
    /// Switched off.
    pub suspended: i64,
    /// With any of these, nothing was done.
    pub errors: Vec<ImportError>,
    /// The passwords made for new accounts, once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passwords: Vec<ImportedPassword>,
}

/// A password made at import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedPassword {
    /// Of which account.
    pub login_id: String,
    /// Told once.
    pub initial_password: String,
}
