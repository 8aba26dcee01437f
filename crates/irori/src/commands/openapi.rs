//! `irori openapi`: the document from which clients make their types. Needs no data and no server.

use std::io::Write as _;
use std::sync::Arc;

use files::{FilesConfig, Objects};
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use store::{Database, StoreConfig};

use crate::app::{AppConfig, assemble};
use crate::cli::Failure;

/// Prints it. The routes want a store to be made over, so they get an empty one that is thrown away.
pub async fn run() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let store = StoreConfig::new(Database::Sqlite { folder: folder.path().to_owned() });
    let files = FilesConfig::new(Objects::folder(folder.path())?);
    let app = assemble(AppConfig::new(store, files), Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let text = app.document.to_pretty_json().map_err(|error| Failure(error.to_string()))?;
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
