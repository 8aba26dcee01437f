//! `irori database prepare`.

use clap::{Args, Subcommand};
use kernel::Random as _;
use kernel::chance::SystemRandom;
use store::postgres::prepare::{Role, prepare};

use super::secrets;
use crate::cli::Failure;

/// Work on a PostgreSQL database.
#[derive(Debug, Subcommand)]
pub enum DatabaseCommand {
    /// Makes the role, the schema and its policies, and migrates; safe to repeat, and needed after each upgrade
    Prepare(Prepare),
}

/// Prepares a database.
#[derive(Args, Debug)]
pub struct Prepare {
    /// The database, as its owner: postgres://owner@host/name (its password may stand in PGPASSWORD's place, the URL, or .pgpass)
    #[arg(long, env = "IRORI_OWNER", hide_env_values = true, value_name = "ADDRESS")]
    owner: String,
    /// The role that the server will sign in as
    #[arg(long, default_value = "irori")]
    role: String,
    /// Gives the role a new password and prints it once
    #[arg(long, conflicts_with = "password_stdin")]
    new_password: bool,
    /// Reads the role's password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Prepares, and says what was done.
pub async fn run(DatabaseCommand::Prepare(command): DatabaseCommand) -> Result<(), Failure> {
    let password = match (command.new_password, command.password_stdin) {
        (true, _) => Some(SystemRandom.new_token()),
        (_, true) => Some(secrets::read_line("データベースのパスワード / password of the role")?),
        _ => None,
    };
    let role = Role { name: command.role, password };
    for migration in prepare(&command.owner, &role).await? {
        println!("適用 / applied: {migration}");
    }
    println!("準備ができました / ready: irori serve --database postgres://{}:…@…", role.name);
    if let Some(password) = role.password.filter(|_| command.new_password) {
        println!(
            "ロール {} のパスワード（この1回だけ表示） / password of role {}, shown once:\n  {password}",
            role.name, role.name
        );
    }
    Ok(())
}
