//! Org units and groups.

use kernel::{ClientId, GroupId, OrgUnitId, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::given;

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

/// An org unit to be made.
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

/// A change to an org unit: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrgUnitUpdate {
    /// What it lies under; null for the top.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<OrgUnitId>)]
    pub parent_id: Option<Option<OrgUnitId>>,
    /// 部署名, 1 to 100 characters.
    pub name: Option<String>,
    /// Its place among its siblings.
    pub order: Option<i64>,
    /// Where it sits; null: nowhere said.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub place: Option<Option<String>>,
    /// 内線; null: none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub extension: Option<Option<String>>,
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

impl Group {
    /// Names this very state, the `ETag`: a group has no count of its changes, so it is made of what it holds.
    #[must_use]
    pub fn rev(&self) -> i64 {
        let digest = Sha256::digest(serde_json::to_vec(self).unwrap_or_default());
        digest.iter().take(8).fold(0, |rev, byte| (rev << 8) | i64::from(*byte)) & i64::MAX
    }
}
