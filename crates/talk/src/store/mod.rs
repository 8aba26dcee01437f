//! The only place with SQL. One file a table, or two that are one thing.

pub mod albums;
pub mod appends;
pub mod batch;
pub mod broadcasts;
pub mod changes;
pub mod files;
pub mod history;
pub mod links;
pub mod members;
pub mod mentions;
pub mod messages;
pub mod notes;
pub mod reactions;
pub mod reads;
pub mod reminders;
pub mod rooms;
pub mod scheduled;

/// Every statement of talk, for the test that prepares each on both databases.
#[must_use]
pub fn statements() -> Vec<&'static store::Statement> {
    [
        albums::ALL,
        broadcasts::ALL,
        changes::ALL,
        files::ALL,
        history::ALL,
        links::ALL,
        members::ALL,
        mentions::ALL,
        messages::ALL,
        notes::ALL,
        reactions::ALL,
        reads::ALL,
        reminders::ALL,
        rooms::ALL,
        scheduled::ALL,
    ]
    .concat()
}
