//! The directory's SQL.

pub mod audit;
pub mod check;
pub mod creations;
pub mod credentials;
pub mod grants;
pub mod groups;
pub mod sessions;
pub mod tenant_settings;
pub mod units;
pub mod users;

/// Every statement of the directory, for the test that prepares each on both databases.
#[must_use]
pub fn statements() -> Vec<&'static store::Statement> {
    [
        audit::ALL,
        check::ALL,
        creations::ALL,
        credentials::ALL,
        grants::ALL,
        groups::ALL,
        sessions::ALL,
        tenant_settings::ALL,
        units::ALL,
        users::ALL,
    ]
    .concat()
}
