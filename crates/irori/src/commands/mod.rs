//! One command a file.

pub mod check;
pub mod convert;
pub mod database;
pub mod demo;
pub mod openapi;
mod secrets;
pub mod serve;
pub mod tenant;
pub mod user;

use std::sync::Arc;

use kernel::TenantId;
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;

use crate::app::{App, AppConfig, assemble};
use crate::cli::Failure;
use crate::config::{DataFlags, ServeFlags, Settings};

/// The whole, for a command that serves nobody.
async fn open(data: &DataFlags) -> Result<App, Failure> {
    let settings = Settings::load(data, &ServeFlags::default())?;
    let config = AppConfig::new(settings.store, settings.files.open()?);
    Ok(assemble(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?)
}

/// The organisation of this name.
async fn tenant(app: &App, name: &str) -> Result<TenantId, Failure> {
    let found = app.store.find_tenant(name).await?;
    found.map(|tenant| tenant.id).ok_or_else(|| Failure(format!("組織 {name} はありません / there is no organisation {name}")))
}
