//! W5: the latest 50 messages of a room of 250,000, while others send.

use std::time::{Duration, Instant};

use crate::report::{Row, percentile};
use crate::stage::{DEEP, Stage};
use crate::{Outcome, floor, sends};

/// Readings a second: enough to judge a p99, few enough not to be the load.
const A_SECOND: f64 = 100.0;

/// The p99 of listMessages while W2 runs beside it.
pub async fn measure(stage: &Stage, time: Duration) -> Outcome<Vec<Row>> {
    let clients = sends::connect(stage).await?;
    let sending = sends::start(clients, Instant::now() + time);
    let address = format!("http://{}/bench/api/v1/rooms/{}/messages?limit=50", stage.server.address, stage.deep_room);
    let token = stage.tokens[0].clone();
    // On a thread of its own, as if on another machine: not in the line of the load's own tasks.
    let reading = tokio::task::spawn_blocking(move || {
        let alone = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        alone.block_on(read_at_a_pace(time, &address, &token))
    });
    let mut samples = reading.await??;
    for client in sending {
        client.await??;
    }
    let mut floor = floor::latest(stage, time, A_SECOND).await?;
    Ok(vec![
        Row::cost(format!("W5 latest 50 of {DEEP} while W2 runs, p50"), stage.database(), percentile(&mut samples, 0.5), "ms")
            .floor(percentile(&mut floor, 0.5)),
        Row::cost(format!("W5 latest 50 of {DEEP} while W2 runs, p99"), stage.database(), percentile(&mut samples, 0.99), "ms")
            .floor(percentile(&mut floor, 0.99))
            .budget(5.0, 2.0),
    ])
}

/// Reads at an even pace for `time`; how long each took, in ms.
async fn read_at_a_pace(time: Duration, address: &str, token: &str) -> Outcome<Vec<f64>> {
    let client = reqwest::Client::new();
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / A_SECOND));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let until = Instant::now() + time;
    let mut samples = Vec::new();
    while Instant::now() < until {
        tick.tick().await;
        let asked = Instant::now();
        let answer = client.get(address).bearer_auth(token).send().await?;
        let body = answer.error_for_status()?.bytes().await?;
        if body.len() < 50 * 100 {
            return Err("fewer than 50 messages came".into());
        }
        samples.push(asked.elapsed().as_secs_f64() * 1e3);
    }
    Ok(samples)
}
