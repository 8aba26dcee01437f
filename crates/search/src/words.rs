//! What the index knows a text by: its pairs of characters, its room, its author. Each is one token to both databases.

use std::collections::BTreeSet;

use kernel::{TenantId, UserId};
use store::ports::DocumentKind;

use crate::store::number;

/// Before a room's number; a pair never begins with these, which stand for nothing in any text that people write.
const ROOM: char = '\u{F8F0}';
const AUTHOR: char = '\u{F8F1}';
const KIND: char = '\u{F8F3}';
/// Between a tenant's number and a word.
const TENANT: char = '\u{F8F2}';
/// ASCII that is neither letter nor digit would part words; it is moved up here.
const MARKS: u32 = 0xE000;

/// Different pairs that one text is known by: PostgreSQL takes no more than 1 MB of them. A long document of everyday words has a
/// quarter of it.
const MOST_PAIRS: usize = 30_000;

/// Every two characters that follow one another in a folded text, up to [`MOST_PAIRS`]: what comes behind is not found by new ones.
#[must_use]
pub fn pairs(folded: &str) -> BTreeSet<String> {
    let plain = folded.chars().map(plain);
    let mut pairs = BTreeSet::new();
    for (first, second) in plain.clone().zip(plain.skip(1)) {
        if pairs.len() == MOST_PAIRS {
            break;
        }
        pairs.insert([first, second].iter().collect());
    }
    pairs
}

/// Every text of this kind bears it, but messages, which most are.
#[must_use]
pub fn of_kind(kind: DocumentKind) -> Option<String> {
    (kind != DocumentKind::Message).then(|| format!("{KIND}{}", number(kind)))
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
