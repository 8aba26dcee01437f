//! Statements are written once, named, and registered, so that a test can prepare each on both databases.

use std::sync::OnceLock;

/// Which database a transaction is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// A statement with a name. `$1` is the tenant in a tenant's [`crate::Db`].
///
/// `= ANY_ID($n)`, `= ANY_INT($n)` and `= ANY_TEXT($n)` compare with a list parameter on both databases. `BYTES(column)` sorts
/// and compares a text by its bytes on both, whatever language a PostgreSQL database was made in.
#[derive(Debug)]
pub struct Statement {
    /// For logs and tests.
    pub name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    for_sqlite: OnceLock<String>,
    for_postgres: OnceLock<String>,
}

impl Statement {
    /// One text for both; made by [`crate::statements!`].
    #[must_use]
    pub const fn new(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self { name, sqlite, postgres, for_sqlite: OnceLock::new(), for_postgres: OnceLock::new() }
    }

    /// The text as this dialect takes it.
    pub fn text(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Sqlite => self.for_sqlite.get_or_init(|| rewrite(self.sqlite, Dialect::Sqlite)),
            Dialect::Postgres => self.for_postgres.get_or_init(|| rewrite(self.postgres, Dialect::Postgres)),
        }
    }
}

/// SQLite takes `$2` for a name and numbers names by first appearance, so `$n` becomes `?n` there; lists become a JSON
/// array on SQLite and an array on PostgreSQL. SQLite compares bytes unless told.
fn rewrite(text: &str, dialect: Dialect) -> String {
    let (id, int, txt, bytes) = match dialect {
        Dialect::Sqlite => (
            ("IN (SELECT unhex(value) FROM json_each(", "))"),
            ("IN (SELECT value FROM json_each(", "))"),
            ("IN (SELECT value FROM json_each(", "))"),
            ("", ""),
        ),
        Dialect::Postgres => {
            (("= ANY(", "::bytea[])"), ("= ANY(", "::bigint[])"), ("= ANY(", "::text[])"), ("", " COLLATE \"C\""))
        }
    };
    let mut text = text.to_owned();
    for (mark, (before, after)) in [("= ANY_ID(", id), ("= ANY_INT(", int), ("= ANY_TEXT(", txt), ("BYTES(", bytes)] {
        while let Some(start) = text.find(mark) {
            let parameter = start + mark.len();
            let end = parameter + text[parameter..].find(')').expect("a mark is closed");
            let replacement = format!("{before}{}{after}", &text[parameter..end]);
            text.replace_range(start..=end, &replacement);
        }
    }
    match dialect {
        Dialect::Sqlite => text.replace('$', "?"),
        Dialect::Postgres => text,
    }
}

/// Declares a module's statements and their registry, `ALL`:
///
/// ```
/// store::statements! {
///     pub FIND_USER = "SELECT name FROM users WHERE tenant_id = $1 AND id = $2";
///     pub NOW = { sqlite: "SELECT 1", postgres: "SELECT 1::bigint" };
/// }
/// # fn main() { assert_eq!(ALL.len(), 2); }
/// ```
#[macro_export]
macro_rules! statements {
    (@one $(#[$doc:meta])* $vis:vis $name:ident = { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? }; $($rest:tt)*) => {
        #[doc = concat!("The statement `", stringify!($name), "`.")]
        $(#[$doc])* $vis static $name: $crate::Statement = $crate::Statement::new(stringify!($name), $sqlite, $postgres);
        $crate::statements!(@one $($rest)*);
    };
    (@one $(#[$doc:meta])* $vis:vis $name:ident = $text:expr; $($rest:tt)*) => {
        #[doc = concat!("The statement `", stringify!($name), "`.")]
        $(#[$doc])* $vis static $name: $crate::Statement = $crate::Statement::new(stringify!($name), $text, $text);
        $crate::statements!(@one $($rest)*);
    };
    (@one) => {};
    ($($(#[$doc:meta])* $vis:vis $name:ident = $text:tt;)+) => {
        $crate::statements!(@one $($(#[$doc])* $vis $name = $text;)+);
        /// Every statement here, for the test that prepares each on both databases.
        pub static ALL: &[&$crate::Statement] = &[$(&$name),+];
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_sorts_by_its_bytes_on_both() {
        let text = "SELECT a FROM t WHERE tenant_id = $1 AND BYTES(t.kana) > $2 ORDER BY BYTES(t.kana), id";
        assert_eq!(rewrite(text, Dialect::Sqlite), "SELECT a FROM t WHERE tenant_id = ?1 AND t.kana > ?2 ORDER BY t.kana, id");
        assert_eq!(
            rewrite(text, Dialect::Postgres),
            "SELECT a FROM t WHERE tenant_id = $1 AND t.kana COLLATE \"C\" > $2 ORDER BY t.kana COLLATE \"C\", id"
        );
    }

    #[test]
    fn numbers_and_lists_suit_each_dialect() {
        let text = "SELECT a FROM t WHERE tenant_id = $1 AND b = $3 AND id = ANY_ID($2) AND k = ANY_TEXT($4)";
        assert_eq!(
            rewrite(text, Dialect::Sqlite),
            "SELECT a FROM t WHERE tenant_id = ?1 AND b = ?3 AND id IN (SELECT unhex(value) FROM json_each(?2)) AND k IN (SELECT value FROM json_each(?4))"
        );
        assert_eq!(
            rewrite(text, Dialect::Postgres),
            "SELECT a FROM t WHERE tenant_id = $1 AND b = $3 AND id = ANY($2::bytea[]) AND k = ANY($4::text[])"
        );
    }
}
