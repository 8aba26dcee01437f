//! The instance's own tables: which tenants there are, and the set-up link of an empty installation.

use kernel::{TenantId, Time};

use crate::{Row, Store, StoreError, Tx, params};

mod sql {
    crate::statements! {
        pub INSERT_TENANT = "INSERT INTO tenants (name, title, created_at) VALUES ($1, $2, $3) RETURNING id";
        pub RENAME_TENANT = "UPDATE tenants SET name = $2, title = $3 WHERE id = $1";
        pub FIND_TENANT = "SELECT id, name, title FROM tenants WHERE name = $1";
        pub LIST_TENANTS = "SELECT id, name, title FROM tenants ORDER BY id LIMIT 100000";
        pub DROP_UNUSED_LINKS = "DELETE FROM setup_links WHERE used_at IS NULL";
        pub INSERT_LINK = "INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)";
        pub USE_LINK = "UPDATE setup_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
        pub LINK_OPEN = "SELECT 1 FROM setup_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    }
}
/// The statements on the instance's tables: the only ones without a tenant.
pub use sql::ALL as STATEMENTS;

/// A tenant, as the instance knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRow {
    /// Leads every key of its data.
    pub id: TenantId,
    /// Its name in paths.
    pub name: String,
    /// What people call it.
    pub title: String,
}

impl TenantRow {
    fn of(row: &Row) -> Self {
        Self { id: row.get(0), name: row.get(1), title: row.get(2) }
    }
}

impl Store {
    /// Makes a tenant; `Taken` when the name is.
    ///
    /// # Errors
    /// As said, or when the database is away.
    pub async fn create_tenant(&self, name: &str, title: &str) -> Result<TenantRow, StoreError> {
        let (name, title, now) = (name.to_owned(), title.to_owned(), self.clock.now());
        self.instance()
            .write(async move |tx: &mut Tx<'_>| {
                let row = tx.query_one(&sql::INSERT_TENANT, &params![&name, &title, now]).await?;
                Ok(TenantRow { id: row.get(0), name, title })
            })
            .await
    }

    /// Gives a tenant another name and title; `Taken` when the name is another's.
    ///
    /// # Errors
    /// As said, or when the database is away.
    pub async fn rename_tenant(&self, id: TenantId, name: &str, title: &str) -> Result<TenantRow, StoreError> {
        let (name, title) = (name.to_owned(), title.to_owned());
        self.instance()
            .write(async move |tx: &mut Tx<'_>| {
                tx.exec(&sql::RENAME_TENANT, &params![id, &name, &title]).await?;
                Ok(TenantRow { id, name, title })
            })
            .await
    }

    /// The tenant of this name.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_tenant(&self, name: &str) -> Result<Option<TenantRow>, StoreError> {
        let name = name.to_owned();
        self.instance()
            .read(async move |tx: &mut Tx<'_>| {
                Ok(tx.query_opt(&sql::FIND_TENANT, &params![name]).await?.as_ref().map(TenantRow::of))
            })
            .await
    }

    /// All tenants, oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_tenants(&self) -> Result<Vec<TenantRow>, StoreError> {
        self.instance()
            .read(async |tx: &mut Tx<'_>| Ok(tx.query(&sql::LIST_TENANTS, &[]).await?.iter().map(TenantRow::of).collect()))
            .await
    }

    /// Keeps the hash of a new set-up link; unused ones before it stop working.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn offer_setup(&self, token_hash: Vec<u8>, expires_at: Time) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.instance()
            .write(async move |tx: &mut Tx<'_>| {
                tx.exec(&sql::DROP_UNUSED_LINKS, &[]).await?;
                tx.exec(&sql::INSERT_LINK, &params![token_hash, now, expires_at]).await?;
                Ok(())
            })
            .await
    }

    /// Whether this set-up link would work now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn setup_is_open(&self, token_hash: Vec<u8>) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.instance()
            .read(async move |tx: &mut Tx<'_>| Ok(tx.query_opt(&sql::LINK_OPEN, &params![token_hash, now]).await?.is_some()))
            .await
    }

    /// Uses the set-up link up; false when it is unknown, used or late.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn use_setup(&self, token_hash: Vec<u8>) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.instance()
            .write(async move |tx: &mut Tx<'_>| Ok(tx.exec(&sql::USE_LINK, &params![token_hash, now]).await? == 1))
            .await
    }
}
