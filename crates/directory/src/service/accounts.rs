//! How accounts are written, one or many in a transaction that holds the structure.

use kernel::{OrgUnitId, Principal, Problem, Right, SessionId, Time, UserId};
use serde_json::json;
use store::ports::AssignmentChange;
use store::{Tx, params};
use uuid::Uuid;

use super::Change;
use super::checks::{check_assignments, check_row, check_units};
use crate::facts::{self, Tree};
use crate::model::{Assigned, AssignmentInput, UserUpdate, UserView};
use crate::policy;
use crate::store::users::{self, Creation, UserRow};
use crate::store::{grants, sessions, units};

/// An account to be made, checked and hashed.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    pub row: UserRow,
    pub hash: String,
    pub creation: Creation,
    pub assignments: Vec<AssignmentInput>,
}

/// What a transaction has done to accounts; what follows from it is done once, at its end.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Whose words have changed.
    renamed: Vec<UserId>,
    /// Who came, went, or belongs elsewhere.
    moved: Vec<UserId>,
    /// Sessions that ended.
    ended: Vec<SessionId>,
    /// The organisation, once it was asked: it stands still while the structure is held.
    tree: Option<Tree>,
}

impl Touched {
    /// Brings up to date what depends on the accounts: what they are found by, and, told once of all, the rooms that follow org
    /// units. Returns the sessions that ended, to be closed after the commit.
    pub(super) async fn settle(self, tx: &mut Tx<'_>, change: &Change) -> Result<Vec<SessionId>, Problem> {
        users::refresh_search(tx, &self.renamed).await?;
        if !self.moved.is_empty() {
            change.assignments(tx, AssignmentChange::Users(self.moved)).await?;
        }
        Ok(self.ended)
    }

    async fn assign(&mut self, tx: &mut Tx<'_>, user: UserId, assignments: &[AssignmentInput]) -> Result<(), Problem> {
        let tree = match self.tree.take() {
            Some(tree) => tree,
            None => facts::tree(tx).await?,
        };
        check_units(self.tree.insert(tree), assignments)?;
        self.moved.push(user);
        Ok(units::assign(tx, user, assignments).await?)
    }
}

/// The account, if the caller may change it.
pub(super) async fn managed(tx: &mut Tx<'_>, principal: &Principal, id: UserId) -> Result<UserView, Problem> {
    let user = users::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    policy::may_manage(principal, &unit_ids(&user))?;
    // A section's admin must not reset a tenant admin's password and so become one.
    if !principal.may(Right::ManageRights) && !grants::of(tx, id).await?.is_empty() && id != principal.user {
        return Err(Problem::forbidden());
    }
    Ok(user)
}

/// The units that somebody belongs to.
pub(super) fn unit_ids(user: &UserView) -> Vec<OrgUnitId> {
    user.assignments.iter().map(|assigned| assigned.org_unit_id).collect()
}

/// Stores a new account with its assignments and audit row.
pub(super) async fn add(tx: &mut Tx<'_>, change: &Change, fresh: &Fresh, touched: &mut Touched) -> Result<(), Problem> {
    let Fresh { row, hash, creation, assignments } = fresh;
    users::insert(tx, row, hash, *creation).await.map_err(users::login_taken)?;
    touched.assign(tx, row.id, assignments).await?;
    change.note(tx, "createUser", row.id, json!({ "loginId": row.login_id, "kind": row.kind })).await?;
    touched.renamed.push(row.id);
    Ok(())
}

/// Writes what an update names over what is there; nothing where nothing is different.
pub(super) async fn alter(
    tx: &mut Tx<'_>,
    change: &Change,
    user: &UserView,
    update: &UserUpdate,
    touched: &mut Touched,
) -> Result<(), Problem> {
    let row = UserRow::changed(user, update);
    check_row(&row)?;
    let assignments = update.assignments.as_deref().filter(|wanted| !are_held(&user.assignments, wanted));
    if assignments.is_none() && row == UserRow::changed(user, &UserUpdate::default()) {
        return Ok(());
    }
    if row.expires_at.is_some_and(|at| at <= change.now) {
        keep_an_admin(tx, change.now, &[row.id]).await?;
    }
    if let Some(assignments) = assignments {
        check_assignments(assignments)?;
        touched.assign(tx, row.id, assignments).await?;
    }
    users::update(tx, &row).await.map_err(users::login_taken)?;
    change.note(tx, "updateUser", row.id, json!({ "loginId": row.login_id, "assignments": assignments })).await?;
    touched.renamed.push(row.id);
    Ok(())
}

/// Whether somebody belongs just there already, in this order.
fn are_held(held: &[Assigned], wanted: &[AssignmentInput]) -> bool {
    let primary = wanted.iter().position(|wanted| wanted.primary).unwrap_or(0);
    held.len() == wanted.len()
        && held.iter().zip(wanted).enumerate().all(|(index, (held, wanted))| {
            held.org_unit_id == wanted.org_unit_id
                && held.position == wanted.position
                && held.head == wanted.head
                && held.primary == (index == primary)
        })
}

/// Gives a new password and ends the account's sessions.
pub(super) async fn set_password(
    tx: &mut Tx<'_>,
    change: &Change,
    id: UserId,
    hash: String,
    touched: &mut Touched,
) -> Result<(), Problem> {
    tx.exec(&users::SET_PASSWORD, &params![id, hash]).await?;
    change.note(tx, "resetPassword", id, json!({})).await?;
    end_all(tx, change, id, touched).await
}

/// Switches an account off, ending its sessions.
pub(super) async fn suspend(tx: &mut Tx<'_>, change: &Change, id: UserId, touched: &mut Touched) -> Result<(), Problem> {
    keep_an_admin(tx, change.now, &[id]).await?;
    tx.exec(&users::SET_SUSPENDED, &params![id, Some(change.now)]).await?;
    change.note(tx, "suspendUser", id, json!({})).await?;
    touched.moved.push(id);
    end_all(tx, change, id, touched).await
}

/// Switches an account on again.
pub(super) async fn resume(tx: &mut Tx<'_>, change: &Change, id: UserId, touched: &mut Touched) -> Result<(), Problem> {
    tx.exec(&users::SET_SUSPENDED, &params![id, None::<Time>]).await?;
    change.note(tx, "resumeUser", id, json!({})).await?;
    touched.moved.push(id);
    Ok(())
}

async fn end_all(tx: &mut Tx<'_>, change: &Change, id: UserId, touched: &mut Touched) -> Result<(), Problem> {
    // No session has the nil id, so none is left out.
    let ended = tx.query(&sessions::REVOKE_OTHERS, &params![id, SessionId(Uuid::nil()), change.now]).await?;
    touched.ended.extend(ended.iter().map(|row| row.get::<SessionId>(0)));
    Ok(())
}

/// Refuses when with `leaving` the last administrator who can sign in would go.
pub(super) async fn keep_an_admin(tx: &mut Tx<'_>, now: Time, leaving: &[UserId]) -> Result<(), Problem> {
    if are_the_last(&grants::admins(tx, now).await?, leaving) {
        return Err(Problem::conflict(
            "最後の管理者です。先にほかの人を管理者にしてください。",
            "This is the last administrator: name another first.",
        ));
    }
    Ok(())
}

/// Whether `leaving` takes the last of `admins` along.
pub(super) fn are_the_last(admins: &[UserId], leaving: &[UserId]) -> bool {
    !admins.is_empty() && admins.iter().all(|admin| leaving.contains(admin))
}
