//! Members from a table: all lines or none.

use std::collections::{HashMap, HashSet};

use kernel::principal::UserKind;
use kernel::{Principal, Problem, Right, TenantId, UserId};
use serde_json::json;
use store::{Tx, params};

use super::users::{apply, insert, set_suspended};
use super::{Change, Directory};
use crate::facts::{self, Tree};
use crate::model::{AssignmentInput, ImportError, ImportReport, ImportedPassword, NewUser, Phones, UserUpdate};
use crate::policy;
use crate::store::audit::Doer;
use crate::store::users::{self, Creation, UserRow};

/// Lines of one import, at most.
const MOST_LINES: usize = 20_000;
const COLUMNS: &[&str] = &[
    "loginId",
    "name",
    "kana",
    "kind",
    "orgUnit",
    "position",
    "mobile",
    "extension",
    "landline",
    "email",
    "expiresAt",
    "password",
    "suspended",
];

/// One line, with its columns by name.
struct Line {
    number: u64,
    fields: HashMap<&'static str, String>,
}

/// One line that reads well.
struct Wanted {
    new: NewUser,
    suspended: bool,
}

/// What a line will write, hashed and ready.
struct Ready {
    wanted: Wanted,
    /// For a new account: its row, its password's hash.
    fresh: Option<(UserRow, String)>,
}

impl Directory {
    /// Imports a CSV of the fields as columns (`orgUnit` is a path such as 総務部/防災課; 兼務 are separated by `;`, as are their positions).
    ///
    /// # Errors
    /// 403, 400 when it is no table. What is wrong with lines stands in the report, and then nothing was done.
    pub async fn import_users(&self, principal: &Principal, csv: &[u8], dry_run: bool) -> Result<ImportReport, Problem> {
        policy::require(principal, Right::ManageMembers)?;
        self.import(principal.tenant, principal.into(), Some(principal.user), csv, dry_run).await
    }

    /// As [`Self::import_users`], at the command line.
    ///
    /// # Errors
    /// 400 when it is no table.
    pub async fn import_as_operator(&self, tenant: TenantId, csv: &[u8], dry_run: bool) -> Result<ImportReport, Problem> {
        self.import(tenant, Doer::default(), None, csv, dry_run).await
    }

    async fn import(
        &self,
        tenant: TenantId,
        doer: Doer,
        by: Option<UserId>,
        csv: &[u8],
        dry_run: bool,
    ) -> Result<ImportReport, Problem> {
        let lines = read_lines(csv)?;
        let keys: Vec<String> = lines.iter().map(|line| users::login_key(line.get("loginId"))).collect();
        let (tree, there) = self.db(tenant).read(async move |tx: &mut Tx<'_>| known(tx, keys).await).await?;
        let mut report = ImportReport::default();
        let wanted = check_lines(lines, &tree, &mut report);
        for wanted in &wanted {
            let exists = there.contains_key(&users::login_key(&wanted.new.login_id));
            *(if wanted.suspended {
                &mut report.suspended
            } else if exists {
                &mut report.updated
            } else {
                &mut report.created
            }) += 1;
        }
        if dry_run || !report.errors.is_empty() {
            return Ok(report);
        }
        // Hashing takes its time, so all of it is done before the transaction.
        let mut ready = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let exists = there.contains_key(&users::login_key(&wanted.new.login_id));
            let fresh = if exists { None } else { Some(self.fresh(&wanted.new, &mut report).await?) };
            ready.push(Ready { wanted, fresh });
        }
        let change = self.change(doer);
        let done = self
            .db(tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let mut ended = Vec::new();
                for ready in ready {
                    ended.extend(write_line(tx, &change, by, &there, ready).await?);
                }
                change
                    .note(
                        tx,
                        "importUsers",
                        "",
                        json!({ "created": report.created, "updated": report.updated, "suspended": report.suspended }),
                    )
                    .await?;
                Ok((report, ended))
            })
            .await?;
        self.end_sessions(tenant, done.1);
        Ok(done.0)
    }

    async fn fresh(&self, new: &NewUser, report: &mut ImportReport) -> Result<(UserRow, String), Problem> {
        let (row, hash, initial) = self.prepared(new).await?;
        report
            .passwords
            .extend(initial.map(|initial_password| ImportedPassword { login_id: new.login_id.clone(), initial_password }));
        Ok((row, hash))
    }
}

impl Line {
    fn get(&self, column: &str) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }

    fn some(&self, column: &str) -> Option<String> {
        Some(self.get(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

fn read_lines(bytes: &[u8]) -> Result<Vec<Line>, Problem> {
    let malformed = |_| Problem::malformed("body", "UTF-8のCSVとして読めません。", "Not a CSV in UTF-8.");
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(false).trim(csv::Trim::All).from_reader(bytes);
    let mut columns = Vec::new();
    for heading in reader.headers().map_err(malformed)? {
        let column = COLUMNS.iter().find(|column| **column == heading);
        columns.push(*column.ok_or_else(|| Problem::malformed(heading, "知らない列です。", "Unknown column."))?);
    }
    for needed in ["loginId", "name"] {
        if !columns.contains(&needed) {
            return Err(Problem::malformed(needed, "この列が必要です。", "This column is required."));
        }
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let number = record.position().map_or(0, csv::Position::line);
        lines.push(Line { number, fields: columns.iter().copied().zip(record.iter().map(str::to_owned)).collect() });
        if lines.len() > MOST_LINES {
            return Err(Problem::invalid("body", "一度に取り込めるのは20,000行までです。", "At most 20,000 lines at once."));
        }
    }
    Ok(lines)
}

async fn known(tx: &mut Tx<'_>, keys: Vec<String>) -> Result<(Tree, HashMap<String, UserId>), Problem> {
    let rows = tx.query(&users::IDS_BY_LOGINS, &params![keys]).await?;
    Ok((facts::tree(tx).await?, rows.iter().map(|row| (row.get(1), row.get(0))).collect()))
}

fn check_lines(lines: Vec<Line>, tree: &Tree, report: &mut ImportReport) -> Vec<Wanted> {
    let mut seen = HashSet::new();
    let mut wanted = Vec::new();
    for line in lines {
        let mut wrong = |field: &str, message: &str| {
            report.errors.push(ImportError { line: line.number, field: field.to_owned(), message: message.to_owned() });
        };
        if !seen.insert(users::login_key(line.get("loginId"))) {
            wrong("loginId", "同じログインIDの行がほかにもあります。");
            continue;
        }
        match read_line(&line, tree) {
            Ok(read) => match super::users::check_new(&read.new) {
                Ok(()) => wanted.push(read),
                Err(problem) => problem.errors.iter().for_each(|error| wrong(&error.field, error.message.ja)),
            },
            Err((field, message)) => wrong(field, message),
        }
    }
    wanted
}

fn read_line(line: &Line, tree: &Tree) -> Result<Wanted, (&'static str, &'static str)> {
    let kind = match line.get("kind") {
        "" => UserKind::Person,
        text => UserKind::parse(text).ok_or(("kind", "person・shared・device・guest・bot のどれかにしてください。"))?,
    };
    let positions: Vec<&str> = line.get("position").split(';').map(str::trim).collect();
    let mut assignments = Vec::new();
    for (index, path) in line.get("orgUnit").split(';').map(str::trim).filter(|path| !path.is_empty()).enumerate() {
        let org_unit_id = tree.by_path(path).ok_or(("orgUnit", "この部署がないか、同じ名前の部署がほかにもあります。"))?;
        let position = positions.get(index).copied().unwrap_or_default().to_owned();
        assignments.push(AssignmentInput { org_unit_id, position, primary: index == 0, head: false });
    }
    let suspended = match line.get("suspended") {
        "" | "0" | "false" => false,
        "1" | "true" => true,
        _ => return Err(("suspended", "1（停止する）か、0（しない）にしてください。")),
    };
    let expires_at = match line.some("expiresAt") {
        None => None,
        Some(text) => {
            Some(kernel::Time::parse(&text).map_err(|_| ("expiresAt", "2027-03-31T23:59:59+09:00 の形で書いてください。"))?)
        }
    };
    let phones = Phones { mobile: line.some("mobile"), extension: line.some("extension"), landline: line.some("landline") };
    let new = NewUser {
        client_id: None,
        login_id: line.get("loginId").to_owned(),
        name: line.get("name").to_owned(),
        kana: line.get("kana").to_owned(),
        kind,
        assignments,
        phones,
        email: line.some("email"),
        expires_at,
        password: line.some("password"),
    };
    Ok(Wanted { new, suspended })
}

async fn write_line(
    tx: &mut Tx<'_>,
    change: &Change,
    by: Option<UserId>,
    there: &HashMap<String, UserId>,
    ready: Ready,
) -> Result<Vec<kernel::SessionId>, Problem> {
    let Ready { wanted: Wanted { new, suspended }, fresh } = ready;
    let id = match (fresh, there.get(&users::login_key(&new.login_id))) {
        (Some((row, hash)), _) => {
            let creation = Creation { at: Some(change.now), by, client_id: None };
            insert(tx, change, &row, &hash, creation, &new.assignments).await?.id
        }
        (None, Some(id)) => {
            let user = users::find(tx, *id).await?.ok_or_else(Problem::not_found)?;
            let update = UserUpdate {
                login_id: None,
                name: Some(new.name),
                kana: Some(new.kana),
                kind: Some(new.kind),
                assignments: Some(new.assignments),
                phones: Some(new.phones),
                email: new.email,
                expires_at: new.expires_at,
                // A password in the table is for new accounts: an import never changes somebody's own.
                password: None,
            };
            apply(tx, change, user, update).await?.id
        }
        (None, None) => return Err(Problem::internal()),
    };
    if suspended { set_suspended(tx, change, id, true).await } else { Ok(Vec::new()) }
}
