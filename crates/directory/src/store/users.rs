//! `users` and `actors`.

use std::collections::HashMap;

use kernel::principal::UserKind;
use kernel::{ActorId, ClientId, OrgUnitId, Problem, Time, UserId, japanese};
use store::{Row, StoreError, Tx, Value, params};

use super::units;
use crate::model::{Actor, Assigned, NewUser, Phones, Settings, Suspended, UserUpdate, UserView};

store::statements! {
    pub INSERT_USER = "INSERT INTO users (tenant_id, id, login_id, login_key, name, kana, kana_key, kind, email, phones, password_hash, settings,
        expires_at, suspended_at, search, rev, created_at, created_by, client_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '{}', $12, NULL, '', 1, $13, $14, $15)";
    pub UPDATE_USER = "UPDATE users SET login_id = $3, login_key = $4, name = $5, kana = $6, kana_key = $7, kind = $8, email = $9, phones = $10,
        expires_at = $11, rev = rev + 1 WHERE tenant_id = $1 AND id = $2";
    pub SET_SEARCH = "UPDATE users SET search = $3 WHERE tenant_id = $1 AND id = $2";
    pub SET_PASSWORD = "UPDATE users SET password_hash = $3, rev = rev + 1 WHERE tenant_id = $1 AND id = $2";
    pub SET_SETTINGS = "UPDATE users SET settings = $3 WHERE tenant_id = $1 AND id = $2";
    pub SET_SUSPENDED = "UPDATE users SET suspended_at = $3, rev = rev + 1 WHERE tenant_id = $1 AND id = $2";
    pub BY_CLIENT_ID = "SELECT id, created_by FROM users WHERE tenant_id = $1 AND client_id = $2";
    pub BY_LOGIN = "SELECT id, password_hash, kind, expires_at, suspended_at FROM users WHERE tenant_id = $1 AND login_key = $2";
    pub SECRET = "SELECT password_hash FROM users WHERE tenant_id = $1 AND id = $2";
    pub BY_IDS = "SELECT id, login_id, name, kana, kind, phones, email, expires_at, suspended_at, rev FROM users WHERE tenant_id = $1 AND id = ANY_ID($2)";
    pub SETTINGS = "SELECT settings FROM users WHERE tenant_id = $1 AND id = $2";
    // $2 text or null, $3 units matter, $4 units, $5 ids matter, $6 ids, $7 suspended too, $8 and $9 after, $10 limit, $11 those
    // units' suspended too.
    pub LIST_USERS = "SELECT u.id, u.kana_key FROM users u WHERE u.tenant_id = $1
        AND (CAST($2 AS TEXT) IS NULL OR u.search LIKE $2 ESCAPE '!')
        AND (CAST($3 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM assignments a WHERE a.tenant_id = $1 AND a.user_id = u.id AND a.org_unit_id = ANY_ID($4)))
        AND (CAST($5 AS BIGINT) = 0 OR u.id = ANY_ID($6))
        AND (u.suspended_at IS NULL OR CAST($7 AS BIGINT) = 1
            OR EXISTS (SELECT 1 FROM assignments a WHERE a.tenant_id = $1 AND a.user_id = u.id AND a.org_unit_id = ANY_ID($11)))
        AND (CAST($8 AS TEXT) IS NULL OR BYTES(u.kana_key) > $8 OR (u.kana_key = $8 AND u.id > $9))
        ORDER BY BYTES(u.kana_key), u.id LIMIT $10";
    pub MATCHING_AMONG = "SELECT id FROM users WHERE tenant_id = $1 AND search LIKE $2 ESCAPE '!' AND suspended_at IS NULL AND id = ANY_ID($3)";
    pub ACTIVE_AMONG = "SELECT id FROM users WHERE tenant_id = $1 AND id = ANY_ID($2) AND suspended_at IS NULL";
    pub USABLE_AMONG = "SELECT id FROM users WHERE tenant_id = $1 AND id = ANY_ID($2) AND suspended_at IS NULL AND (expires_at IS NULL OR expires_at > $3)";
    pub PEOPLE = "SELECT u.id, u.name, u.kana, u.kind, o.name, a.position FROM users u
        LEFT JOIN assignments a ON a.tenant_id = $1 AND a.user_id = u.id AND a.is_primary = 1
        LEFT JOIN org_units o ON o.tenant_id = $1 AND o.id = a.org_unit_id
        WHERE u.tenant_id = $1 AND u.id = ANY_ID($2)";
    pub IDS_BY_LOGINS = "SELECT id, login_key FROM users WHERE tenant_id = $1 AND login_key = ANY_TEXT($2)";
    pub INSERT_ACTOR = "INSERT INTO actors (tenant_id, id, user_id, name, kana, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    pub LIST_ACTORS = "SELECT id, name, kana FROM actors WHERE tenant_id = $1 AND user_id = $2 AND removed_at IS NULL
        AND (CAST($3 AS TEXT) IS NULL OR BYTES(kana) > $3 OR (kana = $3 AND id > $4)) ORDER BY BYTES(kana), id LIMIT $5";
    pub REMOVE_ACTOR = "UPDATE actors SET removed_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND removed_at IS NULL";
    pub ACTORS_OF = "SELECT id, name, kana FROM actors WHERE tenant_id = $1 AND user_id = $2 AND removed_at IS NULL ORDER BY BYTES(kana), id LIMIT 500";
    pub ACTOR_NAMES = "SELECT id, name FROM actors WHERE tenant_id = $1 AND id = ANY_ID($2)";
}

/// An account as it is stored anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Names the account.
    pub id: UserId,
    /// What it signs in with.
    pub login_id: String,
    /// 名前.
    pub name: String,
    /// ふりがな.
    pub kana: String,
    /// What kind.
    pub kind: UserKind,
    /// Mail.
    pub email: Option<String>,
    /// Numbers.
    pub phones: Phones,
    /// When it ends.
    pub expires_at: Option<Time>,
}

impl UserRow {
    /// An account to be made.
    #[must_use]
    pub fn of(id: UserId, new: &NewUser) -> Self {
        Self {
            id,
            login_id: new.login_id.clone(),
            name: new.name.clone(),
            kana: new.kana.clone(),
            kind: new.kind,
            email: new.email.clone(),
            phones: new.phones.clone(),
            expires_at: new.expires_at,
        }
    }

    /// An account as `update` leaves it.
    #[must_use]
    pub fn changed(user: &UserView, update: &UserUpdate) -> Self {
        Self {
            id: user.id,
            login_id: update.login_id.clone().or_else(|| user.login_id.clone()).unwrap_or_default(),
            name: update.name.clone().unwrap_or_else(|| user.name.clone()),
            kana: update.kana.clone().unwrap_or_else(|| user.kana.clone()),
            kind: update.kind.unwrap_or(user.kind),
            email: update.email.clone().unwrap_or_else(|| user.email.clone()),
            phones: update.phones.clone().unwrap_or_else(|| user.phones.clone()),
            expires_at: update.expires_at.unwrap_or(user.expires_at),
        }
    }
}

/// Who made an account, when, and under which name for the creation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Creation {
    /// When.
    pub at: Option<Time>,
    /// Who; none for an operator at the command line.
    pub by: Option<UserId>,
    /// The client's name for it.
    pub client_id: Option<ClientId>,
}

/// A login id as compared.
#[must_use]
pub fn login_key(login_id: &str) -> String {
    japanese::fold(login_id)
}

/// A `LIKE` pattern for text that contains `folded`, with `!` as its escape.
#[must_use]
pub fn containing(folded: &str) -> String {
    let mut pattern = String::from("%");
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

/// Stores an account; `Taken` when its login id or client id is.
///
/// # Errors
/// As said, or when the database is away.
pub async fn insert(tx: &mut Tx<'_>, user: &UserRow, password_hash: &str, creation: Creation) -> Result<(), StoreError> {
    let at = creation.at.unwrap_or(Time(0));
    let params = params![
        user.id,
        &user.login_id,
        login_key(&user.login_id),
        &user.name,
        &user.kana,
        japanese::fold(&user.kana),
        user.kind.as_str(),
        user.email.clone(),
        json(&user.phones),
        password_hash,
        user.expires_at,
        at,
        creation.by,
        creation.client_id,
    ];
    tx.exec(&INSERT_USER, &params).await.map(drop)
}

/// Stores what changed of an account.
///
/// # Errors
/// `Taken` when the login id is, or when the database is away.
pub async fn update(tx: &mut Tx<'_>, user: &UserRow) -> Result<(), StoreError> {
    let params = params![
        user.id,
        &user.login_id,
        login_key(&user.login_id),
        &user.name,
        &user.kana,
        japanese::fold(&user.kana),
        user.kind.as_str(),
        user.email.clone(),
        json(&user.phones),
        user.expires_at,
    ];
    tx.exec(&UPDATE_USER, &params).await.map(drop)
}

/// Writes anew what people are found by: after each change of theirs or of their units' names.
///
/// # Errors
/// When the database is away.
pub async fn refresh_search(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<(), StoreError> {
    for user in views(tx, ids.to_vec()).await? {
        let mut words =
            vec![user.name.clone(), user.kana.clone(), japanese::romaji(&user.kana), japanese::short_romaji(&user.kana)];
        words.extend(user.login_id.clone());
        words.extend(user.assignments.iter().map(|assigned| assigned.org_unit_name.clone()));
        // Numbers are found with and without their hyphens.
        words.extend(user.phones.all().flat_map(|number| [number.to_owned(), number.replace('-', "")]));
        // A line break folds away, so a mark that nobody types stands between the words.
        let search = words.iter().map(|word| japanese::fold(word)).collect::<Vec<_>>().join("\u{1f}");
        tx.exec(&SET_SEARCH, &params![user.id, search]).await?;
    }
    Ok(())
}

/// These accounts with their assignments, in no promised order.
///
/// # Errors
/// When the database is away.
pub async fn views(tx: &mut Tx<'_>, ids: Vec<UserId>) -> Result<Vec<UserView>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&BY_IDS, &params![ids.clone()]).await?;
    let mut assignments: HashMap<UserId, Vec<Assigned>> = HashMap::new();
    for row in tx.query(&units::ASSIGNMENTS_OF, &params![ids]).await? {
        assignments.entry(row.get(0)).or_default().push(Assigned {
            org_unit_id: row.get(1),
            org_unit_name: row.get(2),
            position: row.get(3),
            primary: row.get(4),
            head: row.get(5),
        });
    }
    let whole = |row: &Row| {
        let user = view(row);
        UserView { assignments: assignments.remove(&user.id).unwrap_or_default(), ..user }
    };
    Ok(rows.iter().map(whole).collect())
}

/// One account.
///
/// # Errors
/// When the database is away.
pub async fn find(tx: &mut Tx<'_>, id: UserId) -> Result<Option<UserView>, StoreError> {
    Ok(views(tx, vec![id]).await?.into_iter().next())
}

fn view(row: &Row) -> UserView {
    UserView {
        id: row.get(0),
        login_id: Some(row.get(1)),
        name: row.get(2),
        kana: row.get(3),
        kind: UserKind::parse(&row.get::<String>(4)).unwrap_or(UserKind::Person),
        assignments: Vec::new(),
        phones: serde_json::from_str(&row.get::<String>(5)).unwrap_or_default(),
        email: row.get(6),
        expires_at: row.get(7),
        suspended: row.get::<Option<i64>>(8).is_some(),
        rev: row.get(9),
    }
}

/// What a sign-in needs to know of an account.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Which account.
    pub id: UserId,
    /// Argon2id, as text.
    pub hash: String,
    /// Whether it may sign in at all.
    pub open: bool,
}

/// The account of this login id, open at `now` or not.
///
/// # Errors
/// When the database is away.
pub async fn credentials(tx: &mut Tx<'_>, login_id: &str, now: Time) -> Result<Option<Credentials>, StoreError> {
    let row = tx.query_opt(&BY_LOGIN, &params![login_key(login_id)]).await?;
    Ok(row.map(|row| {
        let expired = row.get::<Option<Time>>(3).is_some_and(|at| at <= now);
        let suspended = row.get::<Option<i64>>(4).is_some();
        Credentials { id: row.get(0), hash: row.get(1), open: !expired && !suspended }
    }))
}

/// Which people a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Folded text that they contain.
    pub text: Option<String>,
    /// In one of these units.
    pub units: Option<Vec<OrgUnitId>>,
    /// Among these.
    pub ids: Option<Vec<UserId>>,
    /// Whether suspended ones too.
    pub suspended: Suspended,
}

/// The ids of a page, by ふりがな, with their sort keys; one more than `limit`, to tell whether there is more.
///
/// # Errors
/// When the database is away.
pub async fn list(
    tx: &mut Tx<'_>,
    filter: Filter,
    after: Option<(String, UserId)>,
    limit: i64,
) -> Result<Vec<(UserId, String)>, StoreError> {
    let (after_key, after_id) = after.unzip();
    let (all_suspended, suspended_of) = match filter.suspended {
        Suspended::All => (true, Vec::new()),
        Suspended::Of(units) => (false, units),
    };
    let params: [Value; 10] = params![
        filter.text.as_deref().map(containing),
        filter.units.is_some(),
        filter.units.unwrap_or_default(),
        filter.ids.is_some(),
        filter.ids.unwrap_or_default(),
        all_suspended,
        after_key,
        after_id,
        limit + 1,
        suspended_of,
    ];
    Ok(tx.query(&LIST_USERS, &params).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// A page of the people inside a shared account, by ふりがな; one more than `limit`, to tell whether there is more.
///
/// # Errors
/// When the database is away.
pub async fn list_actors(
    tx: &mut Tx<'_>,
    user: UserId,
    after: Option<(String, ActorId)>,
    limit: i64,
) -> Result<Vec<Actor>, StoreError> {
    let (kana, id) = after.unzip();
    Ok(tx.query(&LIST_ACTORS, &params![user, kana, id, limit + 1]).await?.iter().map(actor).collect())
}

/// The people inside a shared account, as many as are shown at once.
///
/// # Errors
/// When the database is away.
pub async fn actors(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Actor>, StoreError> {
    let rows = tx.query(&ACTORS_OF, &params![user]).await?;
    Ok(rows.iter().map(actor).collect())
}

fn actor(row: &Row) -> Actor {
    Actor { id: row.get(0), name: row.get(1), kana: row.get(2) }
}

/// What one chose.
///
/// # Errors
/// When the database is away.
pub async fn settings(tx: &mut Tx<'_>, user: UserId) -> Result<Settings, StoreError> {
    let row = tx.query_opt(&SETTINGS, &params![user]).await?;
    Ok(row.and_then(|row| serde_json::from_str(&row.get::<String>(0)).ok()).unwrap_or_default())
}

/// Keeps what one chose.
///
/// # Errors
/// When the database is away.
pub async fn set_settings(tx: &mut Tx<'_>, user: UserId, settings: &Settings) -> Result<(), StoreError> {
    tx.exec(&SET_SETTINGS, &params![user, json(settings)]).await.map(drop)
}

/// Turns "the login id is taken" into words.
pub fn login_taken(error: StoreError) -> Problem {
    if error.is_taken() {
        Problem::conflict("このログインIDはすでに使われています。", "This login id is taken.").field(
            "loginId",
            "すでに使われています。",
            "Already taken.",
        )
    } else {
        error.into()
    }
}
