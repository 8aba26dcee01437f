//! The database: SQLite (a folder) or PostgreSQL (an address) behind one handle, [`Db`].
//!
//! Work is an async closure that is given a transaction, [`Tx`]; what it [emits](Tx::emit) leaves with the commit or
//! not at all. Statements are written once in the subset that both databases share ([`statements!`]); where a dialect
//! truly differs, the statement says so by name.
//!
//! - SQLite: each tenant has a file of its own, one writer thread that commits all that waits (a savepoint each), and
//!   readers on their own connections ([`sqlite`]).
//! - PostgreSQL: one schema, a transaction a piece of work, row-level security by tenant ([`postgres`]).
//! - Sends are data, not closures: [`Group`] runs all that wait in one transaction on either database.
//!
//! To add a table: a new numbered file in `migrations/<dialect>/tenant` for both dialects, and its line in [`migrate`].

mod db;
mod error;
mod group;
mod measures;
pub mod migrate;
mod panics;
pub mod ports;
pub mod postgres;
mod slow;
pub mod sqlite;
mod statement;
mod structure;
mod tenants;
mod tx;
mod value;

pub use db::{Database, Db, Opening, SLOW, Store, StoreConfig};
pub use error::StoreError;
pub use group::{Group, GroupWork};
pub use statement::{Dialect, Statement};
pub use structure::{STATEMENTS as TENANT_STATEMENTS, lock_structure};
pub use tenants::{STATEMENTS as INSTANCE_STATEMENTS, TenantRow};
pub use tx::{Asked, Tx};
pub use value::{FromValue, Row, Value, hex};
