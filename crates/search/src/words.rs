//! What the index knows a text by: its pairs of characters, its room, its author. Each is one token to both databases.

use std::collections::BTreeSet;

use kernel::{TenantId, UserId};

/// Before a room's number; a pair never begins with these, which stand for nothing in any text that people write.
const ROOM: char = '\u{F8F0}';
const AUTHOR: char = '\u{F8F1}';
/// What a note bears, and nothing else.
pub const NOTE: &str = "\u{F8F3}note";
/// Between a tenant's number and a word.
const TENANT: char = '\u{F8F2}';
/// ASCII that is neither letter nor digit would part words; it is moved up here.
const MARKS: u32 = 0xE000;

/// Every two characters that follow one another in a folded text.
#[must_use]
pub fn pairs(folded: &str) -> BTreeSet<String> {
    let plain = folded.chars().map(plain);
    plain.clone().zip(plain.skip(1)).map(|(first, second)| [first, second].iter().collect()).collect()
}

/// Every text in this room bears it.
#[must_use]
pub fn of_room(no: i64) -> String {
    format!("{ROOM}{no}")
}

/// Every text of this author bears it. Half of the id tells people apart: it is chance alone.
#[must_use]
pub fn of_author(user: UserId) -> String {
    let (_, chance) = user.0.as_u64_pair();
    format!("{AUTHOR}{chance:016x}")
}

/// On PostgreSQL one index serves all tenants: a word is a tenant's own there, so that it leads to none of another's texts.
#[must_use]
pub fn of_tenant(tenant: TenantId, word: &str) -> String {
    format!("{}{TENANT}{word}", tenant.0)
}

fn plain(c: char) -> char {
    if c.is_ascii() && !c.is_ascii_alphanumeric() { char::from_u32(MARKS + u32::from(c)).unwrap_or(c) } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_its_pairs() {
        assert_eq!(pairs("避難所避難"), BTreeSet::from(["避難", "難所", "所避"].map(str::to_owned)));
        assert_eq!(pairs("a\"b"), BTreeSet::from(["a\u{E022}", "\u{E022}b"].map(str::to_owned)));
        assert_eq!(pairs("避"), BTreeSet::new());
    }
}
