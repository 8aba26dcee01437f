//! Accounts, as they are shown, made and changed.

use kernel::principal::UserKind;
use kernel::{ActorId, ClientId, OrgUnitId, Time, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::given;

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
    /// Mail; null: none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// When the account ends; null: never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Time>)]
    pub expires_at: Option<Option<Time>>,
    /// A new password; ends the account's sessions.
    pub password: Option<String>,
}

/// Which suspended people a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspended {
    /// All of them.
    All,
    /// Those of these units; none where there is none.
    Of(Vec<OrgUnitId>),
}

impl Default for Suspended {
    fn default() -> Self {
        Self::Of(Vec::new())
    }
}
