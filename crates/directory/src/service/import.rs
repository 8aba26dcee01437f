//! Members from a table: all lines or none.

mod lines;

use std::collections::{HashMap, HashSet};

use kernel::{Principal, Problem, Right, SessionId, TenantId, Time, UserId};
use serde_json::json;
use store::{Tx, lock_structure, params};

use self::lines::{Line, Said};
use super::accounts::{Fresh, Touched, add, alter, are_the_last, suspend};
use super::checks::{check_assignments, check_new, check_row};
use super::{Change, Directory};
use crate::facts::{self, Tree};
use crate::model::{ImportError, ImportReport, ImportedPassword, UserView};
use crate::policy;
use crate::store::audit::Doer;
use crate::store::grants;
use crate::store::users::{self, Creation, UserRow};

/// What the lines are held against.
struct Known {
    tree: Tree,
    /// By the login id as compared.
    users: HashMap<String, UserView>,
    /// Who can sign in as the tenant's administrator.
    admins: Vec<UserId>,
}

/// What a line will write.
enum Work {
    /// Makes an account.
    Add(Box<Fresh>),
    /// Changes the one that is there.
    Alter(UserId),
}

impl Directory {
    /// Imports a CSV of the fields as columns (`orgUnit` is a path such as 総務部/防災課; 兼務 are separated by `;`, as are their
    /// positions). What the table has no column for stays as it is.
    ///
    /// # Errors
    /// 403, 400 when it is no table. What is wrong with lines stands in the report, and then nothing was done.
    pub async fn import_users(&self, principal: &Principal, csv: &[u8], dry_run: bool) -> Result<ImportReport, Problem> {
        policy::require(principal, Right::ManageMembers)?;
        self.import(principal.tenant, principal.into(), csv, dry_run).await
    }

    /// As [`Self::import_users`], at the command line.
    ///
    /// # Errors
    /// 400 when it is no table.
    pub async fn import_as_operator(&self, tenant: TenantId, csv: &[u8], dry_run: bool) -> Result<ImportReport, Problem> {
        self.import(tenant, Doer::default(), csv, dry_run).await
    }

    async fn import(&self, tenant: TenantId, doer: Doer, csv: &[u8], dry_run: bool) -> Result<ImportReport, Problem> {
        let lines = lines::read(csv)?;
        let keys: Vec<String> = lines.iter().map(|line| users::login_key(line.get("loginId"))).collect();
        let now = self.now();
        let known = self.db(tenant).read(async move |tx: &mut Tx<'_>| known(tx, keys, now).await).await?;
        let mut report = ImportReport::default();
        let said = check_lines(&lines, &known, &mut report);
        check_leaving(&said, &known, doer.user, now, &mut report);
        for said in &said {
            *(if said.suspended {
                &mut report.suspended
            } else if known.user(said).is_some() {
                &mut report.updated
            } else {
                &mut report.created
            }) += 1;
        }
        if dry_run || !report.errors.is_empty() {
            return Ok(report);
        }
        let by = doer.user;
        let mut work = Vec::with_capacity(said.len());
        for said in said {
            // Hashing takes its time, so all of it is done before the transaction.
            let what = match known.user(&said) {
                Some(user) => Work::Alter(user.id),
                None => Work::Add(Box::new(self.fresh(&said, by, &mut report).await?)),
            };
            work.push((said, what));
        }
        let change = self.change(doer);
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let ended = write(tx, &change, work, &report).await?;
            Ok((report, ended))
        };
        let (report, ended) = self.db(tenant).write(write).await?;
        self.end_sessions(tenant, ended);
        Ok(report)
    }

    async fn fresh(&self, said: &Said, by: Option<UserId>, report: &mut ImportReport) -> Result<Fresh, Problem> {
        let creation = Creation { at: Some(self.now()), by, client_id: None };
        let (fresh, initial) = self.prepared(&said.new_user(), creation).await?;
        report
            .passwords
            .extend(initial.map(|initial_password| ImportedPassword { login_id: said.login_id.clone(), initial_password }));
        Ok(fresh)
    }
}

impl Known {
    /// The account of a line, if it is there.
    fn user(&self, said: &Said) -> Option<&UserView> {
        self.users.get(&users::login_key(&said.login_id))
    }
}

async fn known(tx: &mut Tx<'_>, keys: Vec<String>, now: Time) -> Result<Known, Problem> {
    let rows = tx.query(&users::IDS_BY_LOGINS, &params![keys]).await?;
    let keys: HashMap<UserId, String> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let views = users::views(tx, keys.keys().copied().collect()).await?;
    let users = views.into_iter().filter_map(|user| Some((keys.get(&user.id)?.clone(), user))).collect();
    Ok(Known { tree: facts::tree(tx).await?, users, admins: grants::admins(tx, now).await? })
}

fn check_lines(lines: &[Line], known: &Known, report: &mut ImportReport) -> Vec<Said> {
    let mut seen = HashSet::new();
    let mut fine = Vec::new();
    for line in lines {
        let mut wrong = |field: &str, message: &str| report.errors.push(wrong(line.number, field, message));
        if !seen.insert(users::login_key(line.get("loginId"))) {
            wrong("loginId", "同じログインIDの行がほかにもあります。");
            continue;
        }
        match line.said(&known.tree) {
            Ok(said) => match check(&said, known) {
                Ok(()) => fine.push(said),
                Err(problem) => problem.errors.iter().for_each(|error| wrong(&error.field, error.message.ja)),
            },
            Err((field, message)) => wrong(field, message),
        }
    }
    fine
}

fn wrong(line: u64, field: &str, message: &str) -> ImportError {
    ImportError { line, field: field.to_owned(), message: message.to_owned() }
}

/// The account as it would be afterwards.
fn check(said: &Said, known: &Known) -> Result<(), Problem> {
    let Some(user) = known.user(said) else { return check_new(&said.new_user()) };
    let update = said.update(user);
    check_row(&UserRow::changed(user, &update))?;
    update.assignments.as_deref().map_or(Ok(()), check_assignments)
}

/// Whoever imports stays, and so does an administrator who can sign in.
fn check_leaving(said: &[Said], known: &Known, by: Option<UserId>, now: Time, report: &mut ImportReport) {
    let leaves = |said: &&Said| {
        let ends = known.user(said).and_then(|user| UserRow::changed(user, &said.update(user)).expires_at);
        said.suspended || ends.is_some_and(|at| at <= now)
    };
    let leaving: Vec<(&Said, UserId)> =
        said.iter().filter(leaves).filter_map(|said| Some((said, known.user(said)?.id))).collect();
    let last = are_the_last(&known.admins, &leaving.iter().map(|(_, id)| *id).collect::<Vec<_>>());
    for (said, id) in leaving {
        let field = if said.suspended { "suspended" } else { "expiresAt" };
        if by == Some(id) {
            report.errors.push(wrong(said.number, field, "自分のアカウントは停止できません。"));
        } else if last && known.admins.contains(&id) {
            report.errors.push(wrong(said.number, field, "最後の管理者です。先にほかの人を管理者にしてください。"));
        }
    }
}

async fn write(
    tx: &mut Tx<'_>,
    change: &Change,
    work: Vec<(Said, Work)>,
    report: &ImportReport,
) -> Result<Vec<SessionId>, Problem> {
    lock_structure(tx).await?;
    let ids = work.iter().filter_map(|(_, what)| if let Work::Alter(id) = what { Some(*id) } else { None }).collect();
    let users: HashMap<UserId, UserView> = users::views(tx, ids).await?.into_iter().map(|user| (user.id, user)).collect();
    let mut touched = Touched::default();
    for (said, what) in work {
        let id = match what {
            Work::Add(fresh) => {
                add(tx, change, &fresh, &mut touched).await?;
                fresh.row.id
            }
            Work::Alter(id) => {
                let user = users.get(&id).ok_or_else(Problem::not_found)?;
                alter(tx, change, user, &said.update(user), &mut touched).await?;
                id
            }
        };
        if said.suspended && !users.get(&id).is_some_and(|user| user.suspended) {
            suspend(tx, change, id, &mut touched).await?;
        }
    }
    let done = json!({ "created": report.created, "updated": report.updated, "suspended": report.suspended });
    change.note(tx, "importUsers", "", done).await?;
    touched.settle(tx, change).await
}
