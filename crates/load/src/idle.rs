//! W3: connections that say nothing; the storm when they all come back; how fast and small a server starts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::report::{Row, median};
use crate::server::Server;
use crate::socket::{self, Held};
use crate::stage::{PEOPLE, Stage};
use crate::{Outcome, ROUNDS, floor};

/// Sockets opened at once in a storm.
const STORMING: usize = 256;

/// Resident memory of each of [`PEOPLE`] signed-in sockets that say nothing, in a server that has done nothing else;
/// then the rate at which they all come back after it was killed.
pub async fn measure(stage: &mut Stage) -> Outcome<Vec<Row>> {
    stage.restart().await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = stage.server.resident_kb()?;
    let mut sockets = Vec::with_capacity(PEOPLE);
    let mut held = Vec::with_capacity(PEOPLE);
    for token in &stage.tokens {
        let (reading, writing, state) = socket::connect_noting(stage.door(), token).await?;
        sockets.push((reading, writing));
        held.push(state);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let each = (stage.server.resident_kb()? - before) / PEOPLE as f64;
    drop(sockets);
    let database = stage.database();
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        stage.restart().await?;
        let (rate, cost) = storm(stage, &held).await?;
        rates.push(rate);
        costs.push(cost);
    }
    Ok(vec![
        Row::cost(format!("W3 idle connections, {PEOPLE}"), database, each, "kB each").budget(8.0, 5.0),
        Row::rate(format!("reconnect storm, {PEOPLE} resumed"), database, median(&mut rates), "ready/s")
            .floor(floor::connects(PEOPLE, STORMING).await?)
            .budget(5_000.0, 15_000.0),
        Row::cost("reconnect storm, server CPU", database, median(&mut costs), "µs/resume"),
    ])
}

/// All come back at once: ready sockets a second, and the server's CPU for each in µs.
async fn storm(stage: &Stage, held: &[Held]) -> Outcome<(f64, f64)> {
    let gate = Arc::new(Semaphore::new(STORMING));
    let hellos: Vec<String> = held.iter().map(Held::hello).collect();
    let mut coming = JoinSet::new();
    let (cpu, started) = (stage.server.cpu_micros()?, Instant::now());
    for (token, hello) in stage.tokens.iter().zip(hellos) {
        let (gate, door, token) = (Arc::clone(&gate), stage.door(), token.clone());
        coming.spawn(async move {
            let _turn = gate.acquire().await?;
            socket::resume(door, &token, &hello).await
        });
    }
    let mut sockets = Vec::with_capacity(held.len());
    while let Some(socket) = coming.join_next().await {
        sockets.push(socket??);
    }
    let took = started.elapsed().as_secs_f64();
    let back = held.len() as f64;
    Ok((back / took, (stage.server.cpu_micros()? - cpu) / back))
}

/// The demo city on SQLite: start to ready, and memory once idle.
pub async fn start(binary: &Path) -> Outcome<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_string_lossy().into_owned();
    let made = Command::new(binary)
        .args(["demo", "--data", &data])
        .env("IRORI_DEMO_PASSWORD", "nothing-secret")
        .stdout(Stdio::null())
        .status()?;
    if !made.success() {
        return Err("irori demo failed".into());
    }
    let (mut ready, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let server = Server::start(binary, &["--data".to_owned(), data.clone()]).await?;
        ready.push(server.ready_after.as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_secs(1)).await;
        resident.push(server.resident_kb()? / 1000.0);
    }
    Ok(vec![
        Row::cost("start to ready, demo's data", "sqlite", median(&mut ready), "ms").budget(300.0, 150.0),
        Row::cost("memory idle, demo's data", "sqlite", median(&mut resident), "MB").budget(40.0, 25.0),
    ])
}
