//! Migrations: numbered, forward only, one folder a dialect. A landed file is never edited.

use crate::Dialect;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Counts from 1, without gaps.
    pub number: i64,
    /// What it brings.
    pub name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Migration {
    /// Its text in this dialect.
    #[must_use]
    pub fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

macro_rules! migration {
    ($number:literal, $folder:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $folder, "/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $folder, "/", $name, ".sql")),
        }
    };
}

/// The instance's own tables.
pub const INSTANCE: &[Migration] = &[migration!(1, "instance", "0001_instance")];

/// A tenant's tables.
pub const TENANT: &[Migration] = &[
    migration!(1, "tenant", "0001_directory"),
    migration!(2, "tenant", "0002_talk"),
    migration!(3, "tenant", "0003_plans"),
    migration!(4, "tenant", "0004_files"),
    migration!(5, "tenant", "0005_timers"),
    migration!(6, "tenant", "0006_notes"),
    migration!(7, "tenant", "0007_links"),
    migration!(8, "tenant", "0008_texts"),
    migration!(9, "tenant", "0009_broadcasts"),
    migration!(10, "tenant", "0010_incidents"),
];

/// The index that texts are found by: on SQLite a file of its own in the tenant's folder, on PostgreSQL tables beside the others.
pub const SEARCH: &[Migration] = &[migration!(1, "search", "0001_search"), migration!(2, "search", "0002_files")];
