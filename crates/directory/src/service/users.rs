//! Accounts: found, made, changed, switched off and on.

use std::collections::HashMap;

use kernel::page::{self, Page, PageQuery};
use kernel::principal::UserKind;
use kernel::{ActorId, GroupId, OrgUnitId, Principal, Problem, SessionId, UserId, japanese};
use serde_json::json;
use store::ports::AssignmentChange;
use store::{Tx, params};
use uuid::Uuid;

use super::{Change, Directory};
use crate::facts;
use crate::model::{Actor, AssignmentInput, NewUser, UserUpdate, UserView};
use crate::password::check_chosen;
use crate::policy;
use crate::store::users::{self, Creation, Filter, UserRow};
use crate::store::{groups, sessions, units};

/// Which people a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Part of a name, ふりがな, romaji, login id, section or number.
    pub q: Option<String>,
    /// In this unit.
    pub org_unit_id: Option<OrgUnitId>,
    /// And in all below it.
    pub include_children: bool,
    /// In this group.
    pub group_id: Option<GroupId>,
    /// Among these.
    pub ids: Option<Vec<UserId>>,
}

impl Directory {
    /// People by ふりがな. Guests find those of their own sections; suspended ones are found by those who manage members,
    /// and by their id.
    ///
    /// # Errors
    /// 422 for a limit or cursor out of bounds.
    pub async fn list_users(
        &self,
        principal: &Principal,
        filter: UserFilter,
        page: &PageQuery,
    ) -> Result<Page<UserView>, Problem> {
        let limit = page::limit(page.limit)?;
        let after: Option<(String, UserId)> = page::read_cursor(page.cursor.as_deref())?;
        let (tenant, principal) = (principal.tenant, principal.clone());
        let read = async move |tx: &mut Tx<'_>| -> Result<Page<UserView>, Problem> {
            let filter = resolve(tx, &principal, filter).await?;
            let keys = users::list(tx, filter, after, limit).await?;
            let page = Page::cut(keys, limit, |(id, key)| (key.clone(), *id));
            let ids: Vec<UserId> = page.items.iter().map(|(id, _)| *id).collect();
            let mut found: HashMap<UserId, UserView> =
                users::views(tx, ids.clone()).await?.into_iter().map(|user| (user.id, user)).collect();
            let items = ids.iter().filter_map(|id| found.remove(id)).map(|user| shown(&principal, user)).collect();
            Ok(Page { items, next_cursor: page.next_cursor })
        };
        self.db(tenant).read(read).await
    }

    /// One person.
    ///
    /// # Errors
    /// 404 when there is none, or the caller is a guest of other sections.
    pub async fn get_user(&self, principal: &Principal, id: UserId) -> Result<UserView, Problem> {
        let (tenant, principal) = (principal.tenant, principal.clone());
        let read = async move |tx: &mut Tx<'_>| -> Result<UserView, Problem> {
            let user = users::find(tx, id).await?.ok_or_else(Problem::not_found)?;
            if !policy::sees_everyone(&principal) && id != principal.user {
                let own = facts::units_of(tx, principal.user).await?;
                if !unit_ids(&user).iter().any(|unit| own.contains(unit)) {
                    return Err(Problem::not_found());
                }
            }
            Ok(shown(&principal, user))
        };
        self.db(tenant).read(read).await
    }

    /// Makes an account; with the password that was made for it, where none was given.
    ///
    /// # Errors
    /// 403, 409 when the login id is taken, 422 naming the field.
    pub async fn create_user(&self, principal: &Principal, new: NewUser) -> Result<(UserView, Option<String>), Problem> {
        let targets: Vec<OrgUnitId> = new.assignments.iter().map(|assignment| assignment.org_unit_id).collect();
        policy::may_manage(principal, &targets)?;
        let (row, hash, initial) = self.prepared(&new).await?;
        let creation = Creation { at: Some(self.now()), by: Some(principal.user), client_id: new.client_id };
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            if let Some(client_id) = creation.client_id
                && let Some(found) = tx.query_opt(&users::BY_CLIENT_ID, &params![client_id]).await?
            {
                // The password was told the first time; it can be reset, not told again.
                let id = ours(found.get(0), found.get(1), principal.user)?;
                let user = users::find(tx, UserId(id)).await?.ok_or_else(Problem::not_found)?;
                return Ok((shown(&principal, user), None));
            }
            let user = insert(tx, &change, &row, &hash, creation, &new.assignments).await?;
            Ok((shown(&principal, user), initial))
        };
        self.db(tenant).write(write).await
    }

    /// Changes an account; `expected` is the `If-Match`.
    ///
    /// # Errors
    /// 403, 404, 409, 412 with the current state, 422 naming the field.
    pub async fn update_user(
        &self,
        principal: &Principal,
        id: UserId,
        update: UserUpdate,
        expected: Option<i64>,
    ) -> Result<UserView, Problem> {
        let hash = match &update.password {
            Some(password) => {
                check_chosen("password", password)?;
                Some(self.0.passwords.hash(password.clone()).await?)
            }
            None => None,
        };
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let user = managed(tx, &principal, id).await?;
            if expected.is_some_and(|rev| rev != user.rev) {
                return Err(stale(json!(shown(&principal, user))));
            }
            if let Some(assignments) = &update.assignments {
                let targets: Vec<OrgUnitId> = assignments.iter().map(|assignment| assignment.org_unit_id).collect();
                policy::may_manage(&principal, &targets)?;
            }
            let user = apply(tx, &change, user, update).await?;
            let ended = match hash {
                Some(hash) => set_password(tx, &change, id, hash).await?,
                None => Vec::new(),
            };
            Ok((shown(&principal, user), ended))
        };
        let (user, ended) = self.db(tenant).write(write).await?;
        self.end_sessions(tenant, ended);
        Ok(user)
    }

    /// Switches an account off, ending its sessions, or on again.
    ///
    /// # Errors
    /// 403, 404; 409 for one's own account.
    pub async fn suspend_user(&self, principal: &Principal, id: UserId, suspended: bool) -> Result<(), Problem> {
        if id == principal.user {
            return Err(Problem::conflict("自分のアカウントは停止できません。", "You can't suspend yourself."));
        }
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            managed(tx, &principal, id).await?;
            set_suspended(tx, &change, id, suspended).await
        };
        let ended = self.db(tenant).write(write).await?;
        self.end_sessions(tenant, ended);
        Ok(())
    }

    /// Gives an account a new password, told once, and ends its sessions.
    ///
    /// # Errors
    /// 403, 404.
    pub async fn reset_password(&self, principal: &Principal, id: UserId) -> Result<String, Problem> {
        let password = self.0.passwords.readable();
        let hash = self.0.passwords.hash(password.clone()).await?;
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            managed(tx, &principal, id).await?;
            set_password(tx, &change, id, hash).await
        };
        let ended = self.db(tenant).write(write).await?;
        self.end_sessions(tenant, ended);
        Ok(password)
    }

    /// The people inside a shared account, for itself and those who manage it.
    ///
    /// # Errors
    /// 403, 404.
    pub async fn list_actors(&self, principal: &Principal, id: UserId) -> Result<Vec<Actor>, Problem> {
        let (tenant, principal) = (principal.tenant, principal.clone());
        let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            if id != principal.user {
                managed(tx, &principal, id).await?;
            }
            Ok(users::actors(tx, id).await?)
        };
        self.db(tenant).read(read).await
    }

    /// Adds a person to a shared account.
    ///
    /// # Errors
    /// 403, 404, 422 when it is not a shared one.
    pub async fn create_actor(&self, principal: &Principal, id: UserId, name: String, kana: String) -> Result<Actor, Problem> {
        check_text("name", &name, 1, 100)?;
        check_text("kana", &kana, 0, 100)?;
        let actor = Actor { id: ActorId(self.new_id()), name, kana };
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<Actor, Problem> {
            if managed(tx, &principal, id).await?.kind != UserKind::Shared {
                return Err(Problem::invalid("id", "代表アカウントではありません。", "Not a shared account."));
            }
            tx.exec(&users::INSERT_ACTOR, &params![actor.id, id, &actor.name, &actor.kana, change.now]).await?;
            change.note(tx, "createActor", id, json!(actor)).await?;
            Ok(actor)
        };
        self.db(tenant).write(write).await
    }

    /// Takes a person out of a shared account; sessions in which they act have to choose anew.
    ///
    /// # Errors
    /// 403, 404.
    pub async fn remove_actor(&self, principal: &Principal, id: UserId, actor: ActorId) -> Result<(), Problem> {
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<Vec<SessionId>, Problem> {
            managed(tx, &principal, id).await?;
            if tx.exec(&users::REMOVE_ACTOR, &params![id, actor, change.now]).await? == 0 {
                return Err(Problem::not_found());
            }
            let acting = tx.query(&sessions::DROP_ACTOR, &params![actor]).await?;
            change.note(tx, "removeActor", id, json!({ "actorId": actor })).await?;
            Ok(acting.iter().map(|row| row.get(0)).collect())
        };
        let acting = self.db(tenant).write(write).await?;
        self.renew_sessions(tenant, acting).await;
        Ok(())
    }

    /// Checks an account's fields and hashes its password, or one made for it.
    pub(super) async fn prepared(&self, new: &NewUser) -> Result<(UserRow, String, Option<String>), Problem> {
        check_new(new)?;
        let initial = new.password.is_none().then(|| self.0.passwords.readable());
        let password = new.password.clone().or_else(|| initial.clone()).unwrap_or_default();
        let row = UserRow {
            id: UserId(self.new_id()),
            login_id: new.login_id.clone(),
            name: new.name.clone(),
            kana: new.kana.clone(),
            kind: new.kind,
            email: new.email.clone(),
            phones: new.phones.clone(),
            expires_at: new.expires_at,
        };
        Ok((row, self.0.passwords.hash(password).await?, initial))
    }
}

/// Turns what a list is asked for into what the caller may find.
async fn resolve(tx: &mut Tx<'_>, principal: &Principal, filter: UserFilter) -> Result<Filter, Problem> {
    let by_id = filter.ids.is_some();
    let mut units = match filter.org_unit_id {
        None => None,
        Some(unit) if filter.include_children => Some(facts::tree(tx).await?.with_below(unit).into_iter().collect()),
        Some(unit) => Some(vec![unit]),
    };
    if !policy::sees_everyone(principal) {
        let own = facts::units_of(tx, principal.user).await?;
        units =
            Some(units.map_or_else(
                || own.clone(),
                |units: Vec<OrgUnitId>| units.into_iter().filter(|unit| own.contains(unit)).collect(),
            ));
    }
    let mut ids = filter.ids;
    if let Some(group) = filter.group_id {
        groups::find(tx, group).await?.ok_or_else(Problem::not_found)?;
        let members = facts::in_group(tx, group).await?;
        ids = Some(ids.map_or_else(
            || members.iter().copied().collect(),
            |ids| ids.into_iter().filter(|id| members.contains(id)).collect(),
        ));
    }
    let text = filter.q.map(|q| japanese::fold(&q)).filter(|q| !q.is_empty());
    let suspended = by_id || principal.may(kernel::Right::ManageMembers);
    Ok(Filter { text, units, ids, suspended })
}

fn unit_ids(user: &UserView) -> Vec<OrgUnitId> {
    user.assignments.iter().map(|assigned| assigned.org_unit_id).collect()
}

/// Without what only the account itself and those who manage it may see.
fn shown(principal: &Principal, user: UserView) -> UserView {
    if user.id == principal.user || policy::sees_account(principal, &unit_ids(&user)) {
        user
    } else {
        UserView { login_id: None, email: None, ..user }
    }
}

/// The account, if the caller may change it.
async fn managed(tx: &mut Tx<'_>, principal: &Principal, id: UserId) -> Result<UserView, Problem> {
    let user = users::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    policy::may_manage(principal, &unit_ids(&user))?;
    // A section's admin must not reset a tenant admin's password and so become one.
    if !principal.may(kernel::Right::ManageRights) && !crate::store::grants::of(tx, id).await?.is_empty() && id != principal.user
    {
        return Err(Problem::forbidden());
    }
    Ok(user)
}

/// The first result again for whoever made it; 409 for anyone else.
pub(super) fn ours(id: Uuid, created_by: Option<UserId>, user: UserId) -> Result<Uuid, Problem> {
    if created_by == Some(user) {
        return Ok(id);
    }
    Err(Problem::conflict("このclientIdは別の人が使っています。", "This clientId is somebody else's.").field(
        "clientId",
        "使われています。",
        "Taken.",
    ))
}

/// 412 with what is there now.
pub(super) fn stale(current: serde_json::Value) -> Problem {
    Problem::new(
        412,
        "stale",
        "ほかの人が先に変更しました。最新の内容を確認してください。",
        "Somebody changed it first. Please look at the current state.",
    )
    .with("current", current)
}

/// Stores an account with its assignments and audit row.
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    change: &Change,
    row: &UserRow,
    hash: &str,
    creation: Creation,
    assignments: &[AssignmentInput],
) -> Result<UserView, Problem> {
    check_units(tx, assignments).await?;
    users::insert(tx, row, hash, creation).await.map_err(users::login_taken)?;
    units::assign(tx, row.id, assignments).await?;
    users::refresh_search(tx, &[row.id]).await?;
    change.note(tx, "createUser", row.id, json!({ "loginId": row.login_id, "kind": row.kind })).await?;
    change.assignments(tx, AssignmentChange::Users(vec![row.id])).await?;
    users::find(tx, row.id).await?.ok_or_else(Problem::internal)
}

/// Writes what an update names over what is there.
pub(super) async fn apply(tx: &mut Tx<'_>, change: &Change, user: UserView, update: UserUpdate) -> Result<UserView, Problem> {
    let row = UserRow {
        id: user.id,
        login_id: update.login_id.or(user.login_id).unwrap_or_default(),
        name: update.name.unwrap_or(user.name),
        kana: update.kana.unwrap_or(user.kana),
        kind: update.kind.unwrap_or(user.kind),
        email: update.email.or(user.email),
        phones: update.phones.unwrap_or(user.phones),
        expires_at: update.expires_at.or(user.expires_at),
    };
    check_row(&row)?;
    users::update(tx, &row).await.map_err(users::login_taken)?;
    if let Some(assignments) = &update.assignments {
        check_assignments(assignments)?;
        check_units(tx, assignments).await?;
        units::assign(tx, row.id, assignments).await?;
        change.assignments(tx, AssignmentChange::Users(vec![row.id])).await?;
    }
    users::refresh_search(tx, &[row.id]).await?;
    change.note(tx, "updateUser", row.id, json!({ "loginId": row.login_id, "assignments": update.assignments })).await?;
    users::find(tx, row.id).await?.ok_or_else(Problem::internal)
}

/// Gives a new password and ends the account's sessions; which.
pub(super) async fn set_password(tx: &mut Tx<'_>, change: &Change, id: UserId, hash: String) -> Result<Vec<SessionId>, Problem> {
    tx.exec(&users::SET_PASSWORD, &params![id, hash]).await?;
    change.note(tx, "resetPassword", id, json!({})).await?;
    end_all(tx, change, id).await
}

/// Switches an account off or on; the sessions that ended.
pub(super) async fn set_suspended(
    tx: &mut Tx<'_>,
    change: &Change,
    id: UserId,
    suspended: bool,
) -> Result<Vec<SessionId>, Problem> {
    tx.exec(&users::SET_SUSPENDED, &params![id, suspended.then_some(change.now)]).await?;
    change.note(tx, if suspended { "suspendUser" } else { "resumeUser" }, id, json!({})).await?;
    change.assignments(tx, AssignmentChange::Users(vec![id])).await?;
    if suspended { end_all(tx, change, id).await } else { Ok(Vec::new()) }
}

async fn end_all(tx: &mut Tx<'_>, change: &Change, id: UserId) -> Result<Vec<SessionId>, Problem> {
    // No session has the nil id, so none is left out.
    let ended = tx.query(&sessions::REVOKE_OTHERS, &params![id, SessionId(Uuid::nil()), change.now]).await?;
    Ok(ended.iter().map(|row| row.get(0)).collect())
}

/// Text of a length in characters, without control characters.
pub(super) fn check_text(field: &'static str, text: &str, least: usize, most: usize) -> Result<(), Problem> {
    let length = text.chars().count();
    if length < least || (least > 0 && text.trim().is_empty()) {
        return Err(Problem::invalid(field, "入力してください。", "Please enter this."));
    }
    if length > most {
        return Err(Problem::invalid(field, "長すぎます。", "Too long."));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "使えない文字が含まれています。", "Contains characters that can't be used."));
    }
    Ok(())
}

pub(super) fn check_new(new: &NewUser) -> Result<(), Problem> {
    check_row(&UserRow {
        id: UserId(Uuid::nil()),
        login_id: new.login_id.clone(),
        name: new.name.clone(),
        kana: new.kana.clone(),
        kind: new.kind,
        email: new.email.clone(),
        phones: new.phones.clone(),
        expires_at: new.expires_at,
    })?;
    check_assignments(&new.assignments)?;
    new.password.as_ref().map_or(Ok(()), |password| check_chosen("password", password))
}

fn check_row(row: &UserRow) -> Result<(), Problem> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    if !(1..=64).contains(&row.login_id.len()) || !row.login_id.chars().all(allowed) {
        return Err(Problem::invalid(
            "loginId",
            "半角英数字と . _ - @ の1〜64文字にしてください。",
            "Use 1 to 64 letters, digits and . _ - @.",
        ));
    }
    check_text("name", &row.name, 1, 100)?;
    check_text("kana", &row.kana, 0, 100)?;
    check_text("email", row.email.as_deref().unwrap_or_default(), 0, 254)?;
    for number in row.phones.all() {
        check_text("phones", number, 0, 40)?;
    }
    if row.kind == UserKind::Guest && row.expires_at.is_none() {
        return Err(Problem::invalid("expiresAt", "期限付きアカウントには期限が必要です。", "A guest's account needs an end."));
    }
    Ok(())
}

fn check_assignments(assignments: &[AssignmentInput]) -> Result<(), Problem> {
    let twice = assignments
        .iter()
        .enumerate()
        .any(|(index, one)| assignments[..index].iter().any(|other| other.org_unit_id == one.org_unit_id));
    if twice || assignments.len() > 20 || assignments.iter().filter(|assignment| assignment.primary).count() > 1 {
        return Err(Problem::invalid(
            "assignments",
            "所属は20件まで、同じ部署は1回、本務は1つです。",
            "At most 20 units, each once, one of them primary.",
        ));
    }
    assignments.iter().try_for_each(|assignment| check_text("assignments", &assignment.position, 0, 100))
}

async fn check_units(tx: &mut Tx<'_>, assignments: &[AssignmentInput]) -> Result<(), Problem> {
    if assignments.is_empty() {
        return Ok(());
    }
    let tree = facts::tree(tx).await?;
    match assignments.iter().position(|assignment| !tree.has(assignment.org_unit_id)) {
        None => Ok(()),
        Some(index) => {
            Err(Problem::invalid(format!("assignments[{index}].orgUnitId"), "この部署はありません。", "No such org unit."))
        }
    }
}
