//! The command line: what there is, and how a command is run.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::Handle;

use crate::commands::{check, convert, database, demo, openapi, serve, tenant, user};
use crate::config::DataFlags;
use crate::logs;

/// Irori: a talk server for city halls.
#[derive(Debug, Parser)]
#[command(name = "irori", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    data: DataFlags,
    /// How lines of the log look
    #[arg(long, env = "IRORI_LOG_FORMAT", global = true, value_enum, default_value_t)]
    log_format: logs::Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves people. The first start on an empty folder prints a set-up link
    Serve(serve::Serve),
    /// Prepares a PostgreSQL database
    #[command(subcommand)]
    Database(database::DatabaseCommand),
    /// Makes organisations
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Makes accounts, resets passwords, lets people in again
    #[command(subcommand)]
    User(user::UserCommand),
    /// Makes the demo city
    Demo(demo::Demo),
    /// Says whether all is well: configuration, data, disk, and the server that runs
    Check(check::Check),
    /// Prints the API's OpenAPI document
    Openapi,
    /// Opens what somebody sent: the server calls it
    #[command(subcommand, hide = true)]
    Convert(convert::Convert),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Convert(command) = cli.command {
        // Alone: no threads, no log.
        return convert::run(command);
    }
    let _log = logs::start(cli.log_format);
    match in_runtimes(cli) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("irori: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Requests have threads of their own. They mostly sleep, and the system gives whoever wakes its turn soon; those that serve sockets
/// may be busy with a thousand deliveries. Beside 20,000 sends a second a page of messages took 6.5 ms at p99 on shared threads, and 4.2 so.
fn in_runtimes(cli: Cli) -> Result<ExitCode, Failure> {
    let runtime = |name| tokio::runtime::Builder::new_multi_thread().thread_name(name).enable_all().build();
    let (sockets, requests) = (runtime("sockets")?, runtime("requests")?);
    sockets.block_on(execute(cli, requests.handle()))
}

async fn execute(cli: Cli, requests: &Handle) -> Result<ExitCode, Failure> {
    match cli.command {
        Command::Serve(command) => serve::run(&cli.data, command, requests).await?,
        Command::Database(command) => database::run(command).await?,
        Command::Tenant(command) => tenant::run(&cli.data, command).await?,
        Command::User(command) => user::run(&cli.data, command).await?,
        Command::Demo(command) => demo::run(&cli.data, command).await?,
        Command::Check(command) => return Ok(check::run(&cli.data, command).await),
        Command::Openapi => openapi::run().await?,
        Command::Convert(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Why a command did not do what it was to, in words for its operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self(error.to_string())
    }
}
impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self(error.to_string())
    }
}
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}
impl From<kernel::Problem> for Failure {
    fn from(problem: kernel::Problem) -> Self {
        let mut text = format!("{} / {}", problem.detail.ja, problem.detail.en);
        for error in &problem.errors {
            text.push_str(&format!("\n  {}: {} / {}", error.field, error.message.ja, error.message.en));
        }
        Self(text)
    }
}
