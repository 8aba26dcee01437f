//! `irori tenant create`.

use clap::{Args, Subcommand};

use super::open;
use crate::cli::Failure;
use crate::config::DataFlags;

/// Work on organisations.
#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// Makes an organisation; its people are made with 'irori user'
    Create(Create),
}

/// Makes an organisation.
#[derive(Args, Debug)]
pub struct Create {
    /// Its name in every address (/city/), which stays
    name: String,
    /// What people call it
    #[arg(long)]
    title: String,
}

/// Makes an organisation.
pub async fn run(data: &DataFlags, TenantCommand::Create(command): TenantCommand) -> Result<(), Failure> {
    let app = open(data).await?;
    let tenant = app.directory.create_tenant(&command.name, &command.title).await?;
    println!("{} (/{}/) を作りました / made", tenant.title, tenant.name);
    Ok(())
}
