//! `make bench`: figures for the live path, each with its floor beside it, against a server that this starts itself.
//!
//! The load and the server share the machine's cores, so server CPU per unit of work is the figure that travels. To add
//! a row: a function in a module of its own that gives [`report::Row`]s, and its line in [`measure`].

mod broadcast;
mod crowd;
mod fan_out;
mod fill;
mod floor;
mod ground;
mod growth;
mod history;
mod idle;
mod past;
mod photos;
mod report;
mod search;
mod sends;
mod server;
mod socket;
mod stage;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use report::Report;

/// The boxed error of a tool that ends at the first one.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How often a rate is taken; the median counts.
const ROUNDS: usize = 3;
/// What is measured on each database, in this order; the last starts the server anew.
const PARTS: [&str; 6] = ["w1", "w2", "w5", "photos", "w4", "w3"];

/// Measures Irori's live path.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// The server to measure; built with `cargo build --release`.
    #[arg(long, default_value = "target/release/irori")]
    server: PathBuf,
    /// An owner's address: measures PostgreSQL as well (`scripts/with-postgres --durable` sets it).
    #[arg(long, env = "IRORI_TEST_POSTGRES")]
    postgres: Option<String>,
    /// Seconds that each round is measured for.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Messages that are searched; `make bench` says 1,000,000.
    #[arg(long, default_value_t = 100_000)]
    messages: usize,
    /// Measures these parts alone: w1, w2, w5, photos, w4, w3, start, search, growth.
    #[arg(long, value_delimiter = ',', value_parser = ["w1", "w2", "w5", "photos", "w4", "w3", "start", "search", "growth"])]
    only: Vec<String>,
    /// Also writes the table as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// What else than measuring.
#[derive(Debug, Subcommand)]
enum Other {
    /// Writes many messages into a room on SQLite, whose server is not running: a long past for the client to scroll through.
    Past(past::Past),
}

fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(Other::Past(past)) = &arguments.other {
        return runtime.block_on(past::write(past));
    }
    let report = runtime.block_on(measure(&arguments))?;
    print!("{report}");
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report.json())?)?;
    }
    if report.missed() {
        std::process::exit(1);
    }
    Ok(())
}

async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let time = Duration::from_secs(arguments.seconds);
    let wanted = |part: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == part);
    let mut report = Report::default();
    let databases = || ground::databases(arguments.postgres.as_deref());
    for database in databases().filter(|_| PARTS.into_iter().any(wanted)) {
        eprintln!("— {}: making the people", database.name());
        let mut stage = stage::Stage::set(&arguments.server, database).await?;
        for part in PARTS.into_iter().filter(|part| wanted(part)) {
            eprintln!("— {}: {part}", stage.database());
            let figures = match part {
                "w1" => fan_out::measure(&stage, time).await?,
                "w2" => sends::measure(&stage, time).await?,
                "w5" => history::measure(&stage, time).await?,
                "photos" => photos::measure(&stage, time).await?,
                "w4" => broadcast::measure(&stage).await?,
                _ => idle::measure(&mut stage).await?,
            };
            let figures = Report::from(figures);
            eprintln!("{figures}");
            report.add(figures);
        }
    }
    if wanted("start") {
        report.add(idle::start(&arguments.server).await?.into());
    }
    for database in databases().filter(|_| wanted("search")) {
        eprintln!("— {}: search in {} messages", database.name(), arguments.messages);
        let figures = Report::from(search::measure(&arguments.server, database, arguments.messages).await?);
        eprintln!("{figures}");
        report.add(figures);
    }
    for database in databases().filter(|_| wanted("growth")) {
        eprintln!("— {}: growth", database.name());
        report.add(growth::measure(&arguments.server, database).await?);
    }
    Ok(report)
}
