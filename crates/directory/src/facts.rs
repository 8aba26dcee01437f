//! What other capabilities may read of the directory inside their own transactions.

use std::collections::{BTreeSet, HashMap};

use kernel::principal::UserKind;
use kernel::{GroupId, OrgUnitId, Time, UserId, japanese};
use store::{StoreError, Tx, params};

use crate::model::TenantSettings;
use crate::store::{groups, tenant_settings, units, users};

/// Somebody, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// 名前.
    pub name: String,
    /// ふりがな.
    pub kana: String,
    /// What kind of account.
    pub kind: UserKind,
    /// The unit of the primary assignment.
    pub org_unit_name: Option<String>,
    /// The position there.
    pub position: Option<String>,
}

/// These people, suspended ones too (their messages remain); unknown ids are left out.
///
/// # Errors
/// When the database is away.
pub async fn people(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tx.query(&users::PEOPLE, &params![ids.to_vec()]).await?;
    let person = |row: &store::Row| Person {
        id: row.get(0),
        name: row.get(1),
        kana: row.get(2),
        kind: UserKind::parse(&row.get::<String>(3)).unwrap_or(UserKind::Person),
        org_unit_name: row.get(4),
        position: row.get(5),
    };
    Ok(rows.iter().map(|row| (row.get(0), person(row))).collect())
}

/// Names of people inside shared accounts.
///
/// # Errors
/// When the database is away.
pub async fn actor_names(tx: &mut Tx<'_>, ids: Vec<kernel::ActorId>) -> Result<HashMap<kernel::ActorId, String>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(tx.query(&users::ACTOR_NAMES, &params![ids]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Those of `ids` whose account is there and not switched off.
///
/// # Errors
/// When the database is away.
pub async fn active(tx: &mut Tx<'_>, ids: Vec<UserId>) -> Result<BTreeSet<UserId>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    Ok(tx.query(&users::ACTIVE_AMONG, &params![ids]).await?.iter().map(|row| row.get(0)).collect())
}

/// Those of `ids` who can sign in: their account is there, not switched off, and has not run out.
///
/// # Errors
/// When the database is away.
pub async fn usable(tx: &mut Tx<'_>, ids: Vec<UserId>, now: Time) -> Result<BTreeSet<UserId>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    Ok(tx.query(&users::USABLE_AMONG, &params![ids, now]).await?.iter().map(|row| row.get(0)).collect())
}

/// Those of `ids` whose name, ふりがな, romaji, section or number contains `text`, and who are not switched off.
///
/// # Errors
/// When the database is away.
pub async fn matching(tx: &mut Tx<'_>, text: &str, ids: Vec<UserId>) -> Result<Vec<UserId>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let pattern = users::containing(&japanese::fold(text));
    Ok(tx.query(&users::MATCHING_AMONG, &params![pattern, ids]).await?.iter().map(|row| row.get(0)).collect())
}

/// What holds for the whole organisation.
///
/// # Errors
/// When the database is away.
pub async fn settings(tx: &mut Tx<'_>) -> Result<TenantSettings, StoreError> {
    tenant_settings::find(tx).await
}

/// The units that a user is assigned to.
///
/// # Errors
/// When the database is away.
pub async fn units_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<OrgUnitId>, StoreError> {
    Ok(tx.query(&units::UNITS_OF_USER, &params![user]).await?.iter().map(|row| row.get(0)).collect())
}

/// The tree, whole: a tenant has hundreds of units, not millions.
///
/// # Errors
/// When the database is away.
pub async fn tree(tx: &mut Tx<'_>) -> Result<Tree, StoreError> {
    let rows = tx.query(&units::TREE, &[]).await?;
    Ok(Tree(rows.iter().map(|row| (row.get(0), Node { parent: row.get(1), name: row.get(2) })).collect()))
}

/// Who is assigned to these very units and not switched off, as pairs.
///
/// # Errors
/// When the database is away.
pub async fn assigned(tx: &mut Tx<'_>, units: Vec<OrgUnitId>) -> Result<Vec<(UserId, OrgUnitId)>, StoreError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx.query(&units::ASSIGNED, &params![units]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Who is in a group now, through its units too, and not switched off.
///
/// # Errors
/// When the database is away.
pub async fn in_group(tx: &mut Tx<'_>, group: GroupId) -> Result<BTreeSet<UserId>, StoreError> {
    let members = groups::members(tx, group).await?;
    let tree = tree(tx).await?;
    let units: Vec<OrgUnitId> = members.org_unit_ids.iter().flat_map(|unit| tree.with_below(*unit)).collect();
    let mut people = active(tx, members.user_ids).await?;
    people.extend(assigned(tx, units).await?.into_iter().map(|(user, _)| user));
    Ok(people)
}

/// The organisation tree at one moment.
#[derive(Clone, Debug, Default)]
pub struct Tree(HashMap<OrgUnitId, Node>);

#[derive(Clone, Debug)]
struct Node {
    parent: Option<OrgUnitId>,
    name: String,
}

impl Tree {
    /// Whether there is such a unit.
    #[must_use]
    pub fn has(&self, unit: OrgUnitId) -> bool {
        self.0.contains_key(&unit)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self, unit: OrgUnitId) -> Option<&str> {
        self.0.get(&unit).map(|node| node.name.as_str())
    }

    /// The unit and all that lies under it; empty where there is no such unit.
    #[must_use]
    pub fn with_below(&self, unit: OrgUnitId) -> BTreeSet<OrgUnitId> {
        self.0.keys().copied().filter(|id| self.path(*id).contains(&unit)).collect()
    }

    /// The unit, what it lies under, and so on up; a ring, which no write allows, ends it.
    #[must_use]
    pub fn path(&self, unit: OrgUnitId) -> Vec<OrgUnitId> {
        let mut path = Vec::new();
        let mut next = Some(unit).filter(|unit| self.has(*unit));
        while let Some(unit) = next.filter(|unit| !path.contains(unit)) {
            path.push(unit);
            next = self.0.get(&unit).and_then(|node| node.parent);
        }
        path
    }

    /// The unit whose names from the top read so (総務部/防災課), or that is the only one of that name.
    #[must_use]
    pub fn by_path(&self, text: &str) -> Option<OrgUnitId> {
        let wanted: Vec<&str> = text.split('/').map(str::trim).rev().collect();
        let mut found = self.0.keys().filter(|id| {
            let path = self.path(**id);
            path.len() >= wanted.len() && path.iter().zip(&wanted).all(|(id, name)| self.name(*id) == Some(name))
        });
        let first = found.next().copied();
        if found.next().is_some() { None } else { first }
    }
}
