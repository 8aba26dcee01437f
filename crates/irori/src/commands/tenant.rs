//! `irori tenant create|link-cards`.

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};
use directory::UpdateTenantSettings;

use super::{open, tenant};
use crate::app::App;
use crate::cli::Failure;
use crate::config::DataFlags;

/// Work on organisations.
#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// Makes an organisation; its people are made with 'irori user'
    Create(Create),
    /// Lets links show cards, or not: the server asks the pages that they lead to
    LinkCards(LinkCards),
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

/// Switches link cards.
#[derive(Args, Debug)]
pub struct LinkCards {
    /// Of which organisation
    name: String,
    /// on or off
    #[arg(action = clap::ArgAction::Set, value_parser = BoolishValueParser::new(), value_name = "on|off")]
    on: bool,
}

/// Does one of these.
pub async fn run(data: &DataFlags, command: TenantCommand) -> Result<(), Failure> {
    let app = open(data).await?;
    match command {
        TenantCommand::Create(command) => create(&app, command).await,
        TenantCommand::LinkCards(command) => switch_link_cards(&app, command).await,
    }
}

async fn create(app: &App, command: Create) -> Result<(), Failure> {
    let tenant = app.directory.create_tenant(&command.name, &command.title).await?;
    println!("{} (/{}/) を作りました / made", tenant.title, tenant.name);
    Ok(())
}

async fn switch_link_cards(app: &App, command: LinkCards) -> Result<(), Failure> {
    let update = UpdateTenantSettings { link_cards: Some(command.on) };
    app.directory.update_tenant_settings_as_operator(tenant(app, &command.name).await?, update).await?;
    let now = if command.on { "表示します / shown" } else { "表示しません / not shown" };
    println!("{} のリンクのカードを{now}", command.name);
    Ok(())
}
