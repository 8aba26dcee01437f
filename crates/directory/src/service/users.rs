//! Accounts: found, made, changed, switched off and on.

use std::collections::HashMap;

use kernel::page::{self, Page, PageQuery};
use kernel::{GroupId, OrgUnitId, Principal, Problem, UserId, japanese};
use store::{Tx, lock_structure, params};

use super::Directory;
use super::accounts::{Fresh, Touched, add, alter, managed, resume, set_password, suspend, unit_ids};
use super::checks::{check_new, ours, unchanged};
use crate::facts;
use crate::model::{AssignmentInput, NewUser, Suspended, UserUpdate, UserView};
use crate::password::check_chosen;
use crate::policy;
use crate::store::groups;
use crate::store::users::{self, Creation, Filter, UserRow};

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
        policy::may_manage(principal, &targets(&new.assignments))?;
        let creation = Creation { at: Some(self.now()), by: Some(principal.user), client_id: new.client_id };
        let (fresh, initial) = self.prepared(&new, creation).await?;
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            lock_structure(tx).await?;
            let mut touched = Touched::default();
            let repeated = match creation.client_id {
                Some(client_id) => tx.query_opt(&users::BY_CLIENT_ID, &params![client_id]).await?,
                None => None,
            };
            let (id, initial) = match repeated {
                // The password was told the first time; it can be reset, not told again.
                Some(first) => (UserId(ours(first.get(0), first.get(1), principal.user)?), None),
                None => {
                    add(tx, &change, &fresh, &mut touched).await?;
                    (fresh.row.id, initial)
                }
            };
            touched.settle(tx, &change).await?;
            let user = users::find(tx, id).await?.ok_or_else(Problem::not_found)?;
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
            lock_structure(tx).await?;
            let user = managed(tx, &principal, id).await?;
            unchanged(expected, user.rev, || shown(&principal, user.clone()))?;
            if let Some(assignments) = &update.assignments {
                policy::may_manage(&principal, &targets(assignments))?;
            }
            let mut touched = Touched::default();
            alter(tx, &change, &user, &update, &mut touched).await?;
            if let Some(hash) = hash {
                set_password(tx, &change, id, hash, &mut touched).await?;
            }
            let ended = touched.settle(tx, &change).await?;
            let user = users::find(tx, id).await?.ok_or_else(Problem::internal)?;
            Ok((shown(&principal, user), ended))
        };
        let (user, ended) = self.db(tenant).write(write).await?;
        self.end_sessions(tenant, ended);
        Ok(user)
    }

    /// Switches an account off, ending its sessions, or on again.
    ///
    /// # Errors
    /// 403, 404; 409 for one's own account and for the last administrator's.
    pub async fn suspend_user(&self, principal: &Principal, id: UserId, suspended: bool) -> Result<(), Problem> {
        if id == principal.user {
            return Err(Problem::conflict("自分のアカウントは停止できません。", "You can't suspend yourself."));
        }
        let (tenant, principal, change) = (principal.tenant, principal.clone(), self.change(principal.into()));
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            lock_structure(tx).await?;
            managed(tx, &principal, id).await?;
            let mut touched = Touched::default();
            if suspended {
                suspend(tx, &change, id, &mut touched).await?;
            } else {
                resume(tx, &change, id, &mut touched).await?;
            }
            touched.settle(tx, &change).await
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
            lock_structure(tx).await?;
            managed(tx, &principal, id).await?;
            let mut touched = Touched::default();
            set_password(tx, &change, id, hash, &mut touched).await?;
            touched.settle(tx, &change).await
        };
        let ended = self.db(tenant).write(write).await?;
        self.end_sessions(tenant, ended);
        Ok(password)
    }

    /// Checks an account's fields and hashes its password, or one made for it.
    pub(super) async fn prepared(&self, new: &NewUser, creation: Creation) -> Result<(Fresh, Option<String>), Problem> {
        check_new(new)?;
        let initial = new.password.is_none().then(|| self.0.passwords.readable());
        let password = new.password.clone().or_else(|| initial.clone()).unwrap_or_default();
        let hash = self.0.passwords.hash(password).await?;
        let row = UserRow::of(UserId(self.new_id()), new);
        Ok((Fresh { row, hash, creation, assignments: new.assignments.clone() }, initial))
    }
}

fn targets(assignments: &[AssignmentInput]) -> Vec<OrgUnitId> {
    assignments.iter().map(|assignment| assignment.org_unit_id).collect()
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
    let suspended = if by_id { Suspended::All } else { policy::suspended_shown(principal) };
    Ok(Filter { text, units, ids, suspended })
}

/// Without what only the account itself and those who manage it may see.
fn shown(principal: &Principal, user: UserView) -> UserView {
    if user.id == principal.user || policy::sees_account(principal, &unit_ids(&user)) {
        user
    } else {
        UserView { login_id: None, email: None, ..user }
    }
}
