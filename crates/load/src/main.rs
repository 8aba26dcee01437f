//! `make bench`: figures for the live path, each with its floor beside it, against a server that this starts itself.
//!
//! The load and the server share the machine's cores, so server CPU per unit of work is the figure that travels. To add
//! a row: a function in a module of its own that gives [`report::Row`]s, and its line in [`rows`].

mod fan_out;
mod floor;
mod idle;
mod report;
mod sends;
mod server;
mod socket;
mod stage;

use std::path::PathBuf;

use clap::Parser;

use report::{Report, Row};

/// The boxed error of a tool that ends at the first one.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures Irori's live path.
#[derive(Debug, Parser)]
struct Arguments {
    /// The server to measure; built with `cargo build --release`.
    #[arg(long, default_value = "target/release/irori")]
    server: PathBuf,
    /// An owner's address: measures PostgreSQL as well (`scripts/with-postgres --durable` sets it).
    #[arg(long, env = "IRORI_TEST_POSTGRES")]
    postgres: Option<String>,
    /// Seconds that each figure is measured for.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Also writes the table as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(rows(&arguments))?;
    print!("{report}");
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)?;
    }
    if report.missed() {
        std::process::exit(1);
    }
    Ok(())
}

async fn rows(arguments: &Arguments) -> Outcome<Report> {
    let mut rows: Vec<Row> = Vec::new();
    for database in stage::databases(arguments.postgres.as_deref()) {
        eprintln!("— {}", database.name());
        let stage = stage::Stage::set(&arguments.server, database).await?;
        rows.extend(fan_out::measure(&stage, arguments.seconds).await?);
        rows.extend(sends::measure(&stage, arguments.seconds).await?);
        rows.extend(idle::connections(&stage).await?);
    }
    rows.extend(idle::start(&arguments.server).await?);
    Ok(Report { rows })
}
