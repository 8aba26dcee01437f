//! W3, idle connections; and how fast and small a server starts with the demo's data.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Outcome;
use crate::report::Row;
use crate::server::Server;
use crate::socket;
use crate::stage::{IDLE, Stage};

/// Resident memory of each of [`IDLE`] signed-in sockets that say nothing.
pub async fn connections(stage: &Stage) -> Outcome<Vec<Row>> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = stage.server.resident_kb()?;
    let mut sockets = Vec::with_capacity(IDLE);
    for token in stage.tokens.iter().take(IDLE) {
        sockets.push(socket::connect(stage.server.address, token).await?);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let each = (stage.server.resident_kb()? - before) / IDLE as f64;
    Ok(vec![Row::cost(format!("W3 idle connections, {IDLE}"), stage.database(), each, "kB each").budget(8.0, 5.0)])
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
    let mut ready = Vec::new();
    let mut resident = 0.0;
    for _ in 0..5 {
        let server = Server::start(binary, &["--data".to_owned(), data.clone()]).await?;
        ready.push(server.ready_after.as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_secs(1)).await;
        resident = server.resident_kb()? / 1000.0;
    }
    let median = crate::report::percentile(&mut ready, 0.5);
    Ok(vec![
        Row::cost("start to ready, demo's data", "sqlite", median, "ms").budget(300.0, 150.0),
        Row::cost("memory idle, demo's data", "sqlite", resident, "MB").budget(40.0, 25.0),
    ])
}
