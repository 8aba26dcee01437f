//! Growth: what a message, the room list and a greeting cost as rooms, tenants and absences grow.
//!
//! The sizes are measured in turns, so that whatever else the machine does falls on all of them alike; the median counts.

mod lists;
mod messages;
mod weeks;

use std::path::Path;

use crate::Outcome;
use crate::ground::{Ground, Measured};
use crate::report::{Report, Row, Series, median};
use crate::server::{Cpu, Server};
use crate::socket::Door;

/// Turns that count; one before them warms up.
const TURNS: usize = 9;

/// A server on the grown data.
struct Grown {
    ground: Ground,
    server: Server,
}

impl Grown {
    fn door(&self, tenant: &'static str) -> Door {
        Door { address: self.server.address, tenant }
    }

    /// CPU of the server, and of the database's processes where they are others than the server's.
    async fn cpu(&self) -> Outcome<Cpu> {
        self.server.cpu(&self.ground.processes().await?)
    }

    fn series(&self, work: &'static str, unit: &'static str, by: &'static str, points: Points) -> Series {
        Series { work, database: self.ground.database(), by, unit, points }
    }
}

/// What one size cost in each turn.
#[derive(Default)]
struct Costs {
    cpu: Vec<f64>,
    time: Vec<f64>,
}

impl Costs {
    fn note(&mut self, turn: usize, (cpu, time): (f64, f64)) {
        if turn > 0 {
            self.cpu.push(cpu);
            self.time.push(time);
        }
    }
}

/// Sizes, each with its cost.
type Points = Vec<(f64, f64)>;

/// Sizes beside the medians of their CPU, and of their time.
fn points(sizes: &[usize], costs: &mut [Costs]) -> (Points, Points) {
    let mut both = (Vec::new(), Vec::new());
    for (size, costs) in sizes.iter().zip(costs) {
        both.0.push((*size as f64, median(&mut costs.cpu)));
        both.1.push((*size as f64, median(&mut costs.time)));
    }
    both
}

/// All of it on one database.
pub async fn measure(binary: &Path, measured: Measured) -> Outcome<Report> {
    let (ground, store) = Ground::lay(measured).await?;
    eprintln!("  filling");
    let (messages, lists, weeks) = (messages::fill(&store).await?, lists::fill(&store).await?, weeks::fill(&store).await?);
    drop(store);
    ground.settle().await?;
    let server = ground.serve(binary).await?;
    let grown = Grown { ground, server };
    let mut report = Report::default();
    for part in [messages.measure(&grown).await?, lists.measure(&grown).await?, weeks.measure(&grown).await?] {
        eprintln!("{part}");
        report.add(part);
    }
    Ok(report)
}

/// The row of a series that is to be flat.
fn flat(work: &str, series: &Series) -> Row {
    Row::cost(work, series.database, series.growth(), "×").budget(1.2, 1.1)
}
