//! A table of members, read line by line.

use std::collections::HashMap;

use kernel::principal::UserKind;
use kernel::{OrgUnitId, Problem, Time};

use crate::facts::Tree;
use crate::model::{Assigned, AssignmentInput, NewUser, Phones, UserUpdate, UserView};

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
pub(super) struct Line {
    /// As an editor counts.
    pub number: u64,
    fields: HashMap<&'static str, String>,
}

/// What is wrong with a line: which column, and in which words.
pub(super) type Wrong = (&'static str, &'static str);

/// What a line says of an account. Of what the table has no column for it says nothing (the outer `None`), and what is there stays;
/// an empty field of a column that is there empties it.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// As an editor counts.
    pub number: u64,
    /// Names the account.
    pub login_id: String,
    /// Switches it off.
    pub suspended: bool,
    name: String,
    kana: Option<String>,
    /// None in an empty field too: there is no account without a kind.
    kind: Option<UserKind>,
    /// 本務 first.
    units: Option<Vec<OrgUnitId>>,
    /// In the units' order.
    positions: Option<Vec<String>>,
    mobile: Option<Option<String>>,
    extension: Option<Option<String>>,
    landline: Option<Option<String>>,
    email: Option<Option<String>>,
    expires_at: Option<Option<Time>>,
    /// For new accounts: an import never changes somebody's own.
    password: Option<String>,
}

/// The lines of a CSV.
///
/// # Errors
/// 400 when it is no table, or a column is unknown or missing; 422 when there are too many lines.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Line>, Problem> {
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

impl Line {
    /// The field of a column that every line has, or an empty one.
    pub(super) fn get(&self, column: &str) -> &str {
        self.given(column).unwrap_or_default()
    }

    /// The field, where the table has the column.
    fn given(&self, column: &str) -> Option<&str> {
        self.fields.get(column).map(String::as_str)
    }

    /// The field, where the table has the column; none inside where it is empty.
    fn text(&self, column: &str) -> Option<Option<String>> {
        self.given(column).map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    /// What it says, of units of this tree.
    pub(super) fn said(&self, tree: &Tree) -> Result<Said, Wrong> {
        let kind = self.text("kind").flatten();
        let kind = kind.map(|text| UserKind::parse(&text).ok_or(WRONG_KIND)).transpose()?;
        let units = self.given("orgUnit").map(|paths| read_units(paths, tree)).transpose()?;
        let positions = |text: &str| text.split(';').map(|position| position.trim().to_owned()).collect();
        let suspended = match self.get("suspended") {
            "" | "0" | "false" => false,
            "1" | "true" => true,
            _ => return Err(("suspended", "1（停止する）か、0（しない）にしてください。")),
        };
        let time = |text: String| Time::parse(&text).map_err(|_| WRONG_TIME);
        let expires_at = self.text("expiresAt").map(|text| text.map(time).transpose()).transpose()?;
        Ok(Said {
            number: self.number,
            login_id: self.get("loginId").to_owned(),
            suspended,
            name: self.get("name").to_owned(),
            kana: self.given("kana").map(str::to_owned),
            kind,
            units,
            positions: self.given("position").map(positions),
            mobile: self.text("mobile"),
            extension: self.text("extension"),
            landline: self.text("landline"),
            email: self.text("email"),
            expires_at,
            password: self.text("password").flatten(),
        })
    }
}

const WRONG_KIND: Wrong = ("kind", "person・shared・device・guest・bot のどれかにしてください。");
const WRONG_TIME: Wrong = ("expiresAt", "2027-03-31T23:59:59+09:00 の形で書いてください。");
const WRONG_UNIT: Wrong = ("orgUnit", "この部署がないか、同じ名前の部署がほかにもあります。");

fn read_units(paths: &str, tree: &Tree) -> Result<Vec<OrgUnitId>, Wrong> {
    let paths = paths.split(';').map(str::trim).filter(|path| !path.is_empty());
    paths.map(|path| tree.by_path(path).ok_or(WRONG_UNIT)).collect()
}

impl Said {
    /// As an account to be made.
    pub(super) fn new_user(&self) -> NewUser {
        NewUser {
            client_id: None,
            login_id: self.login_id.clone(),
            name: self.name.clone(),
            kana: self.kana.clone().unwrap_or_default(),
            kind: self.kind.unwrap_or(UserKind::Person),
            assignments: self.assignments(&[]).unwrap_or_default(),
            phones: self.phones(&Phones::default()),
            email: self.email.clone().flatten(),
            expires_at: self.expires_at.flatten(),
            password: self.password.clone(),
        }
    }

    /// As a change to an account that is there.
    pub(super) fn update(&self, user: &UserView) -> UserUpdate {
        UserUpdate {
            login_id: None,
            name: Some(self.name.clone()),
            kana: self.kana.clone(),
            kind: self.kind,
            assignments: self.assignments(&user.assignments),
            phones: Some(self.phones(&user.phones)),
            email: self.email.clone(),
            expires_at: self.expires_at,
            password: None,
        }
    }

    /// A table knows no 所属長, and may know no positions: whoever is in a unit already keeps theirs there.
    fn assignments(&self, held: &[Assigned]) -> Option<Vec<AssignmentInput>> {
        if self.units.is_none() && self.positions.is_none() {
            return None;
        }
        let units = self.units.clone().unwrap_or_else(|| held.iter().map(|held| held.org_unit_id).collect());
        let assignment = |(index, unit): (usize, OrgUnitId)| {
            let before = held.iter().find(|held| held.org_unit_id == unit);
            let position = match &self.positions {
                Some(positions) => positions.get(index).cloned(),
                None => before.map(|before| before.position.clone()),
            };
            AssignmentInput {
                org_unit_id: unit,
                position: position.unwrap_or_default(),
                primary: index == 0,
                head: before.is_some_and(|before| before.head),
            }
        };
        Some(units.into_iter().enumerate().map(assignment).collect())
    }

    fn phones(&self, held: &Phones) -> Phones {
        let or = |said: &Option<Option<String>>, held: &Option<String>| said.clone().unwrap_or_else(|| held.clone());
        Phones {
            mobile: or(&self.mobile, &held.mobile),
            extension: or(&self.extension, &held.extension),
            landline: or(&self.landline, &held.landline),
        }
    }
}
