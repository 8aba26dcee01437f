//! What input must be like, and the refusals that several operations share.

use kernel::principal::UserKind;
use kernel::{Problem, UserId};
use uuid::Uuid;

use crate::facts::Tree;
use crate::model::{AssignmentInput, NewUser};
use crate::password::check_chosen;
use crate::store::creations::client_id_taken;
use crate::store::users::UserRow;

/// The first result again for whoever made it; 409 for anyone else.
pub(super) fn ours(id: Uuid, created_by: Option<UserId>, user: UserId) -> Result<Uuid, Problem> {
    if created_by == Some(user) { Ok(id) } else { Err(client_id_taken()) }
}

/// 412 with what is there now, where `expected`, the `If-Match`, is something else.
pub(super) fn unchanged<T: serde::Serialize>(
    expected: Option<i64>,
    rev: i64,
    current: impl FnOnce() -> T,
) -> Result<(), Problem> {
    if expected.is_none_or(|expected| expected == rev) {
        return Ok(());
    }
    Err(Problem::stale(&current()))
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

/// An account to be made: all but whether its units are there.
pub(super) fn check_new(new: &NewUser) -> Result<(), Problem> {
    check_row(&UserRow::of(UserId(Uuid::nil()), new))?;
    check_assignments(&new.assignments)?;
    new.password.as_ref().map_or(Ok(()), |password| check_chosen("password", password))
}

/// An account as it would be stored.
pub(super) fn check_row(row: &UserRow) -> Result<(), Problem> {
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

/// Where somebody is to belong: all but whether the units are there.
pub(super) fn check_assignments(assignments: &[AssignmentInput]) -> Result<(), Problem> {
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

/// Whether the units are there.
pub(super) fn check_units(tree: &Tree, assignments: &[AssignmentInput]) -> Result<(), Problem> {
    match assignments.iter().position(|assignment| !tree.has(assignment.org_unit_id)) {
        None => Ok(()),
        Some(index) => {
            Err(Problem::invalid(format!("assignments[{index}].orgUnitId"), "この部署はありません。", "No such org unit."))
        }
    }
}
