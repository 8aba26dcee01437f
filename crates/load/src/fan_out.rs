//! W1: one room, all of its members online, messages of about 120 bytes.

use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::report::{Row, median, percentile};
use crate::stage::{ROOMS, Stage};
use crate::{Outcome, ROUNDS, floor};

/// Messages under way to the members at the highest rate; more only lengthens the queues.
const UNDER_WAY: usize = 32;
/// The size of room that the budgets speak of.
const JUDGED: usize = 1_000;
/// Deliveries a second at which the latency is looked at.
const PACE: usize = 100_000;

/// The rate that rooms of each size sustain, its cost, and the latency at 100,000 deliveries a second.
pub async fn measure(stage: &Stage, time: Duration) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for members in ROOMS {
        rows.extend(in_room(stage, members, time).await?);
    }
    Ok(rows)
}

async fn in_room(stage: &Stage, members: usize, time: Duration) -> Outcome<Vec<Row>> {
    let database = stage.database();
    let mut crowd = Crowd::gather(stage, stage.room_of(members)?, members).await?;
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        crowd.keep_alive().await?;
        let (cpu, before, started) = (stage.server.cpu_micros()?, crowd.deliveries(), Instant::now());
        flood(&mut crowd, time).await?;
        let delivered = (crowd.deliveries() - before) as f64;
        rates.push(delivered / started.elapsed().as_secs_f64());
        costs.push((stage.server.cpu_micros()? - cpu) / delivered);
    }
    let floor = floor::fan_out(members).await?;
    let rate =
        Row::rate(format!("W1 fan-out, {members} members"), database, median(&mut rates), "deliveries/s").floor(floor.rate);
    let cost = Row::cost(format!("W1 server CPU, {members} members"), database, median(&mut costs), "µs/delivery")
        .floor(floor.cpu_micros);
    if members != JUDGED {
        crowd.part().await;
        return Ok(vec![rate, cost]);
    }
    crowd.keep_alive().await?;
    crowd.sample();
    pace(&mut crowd, time).await?;
    let behind = crowd.behind() as f64;
    let mut samples = crowd.part().await;
    let floor = floor::paced(members, PACE).await?;
    Ok(vec![
        rate.budget(200_000.0, 800_000.0),
        cost.budget(5.0, 1.2),
        Row::cost("W1 latency at 100,000/s, p50", database, percentile(&mut samples, 0.5), "ms"),
        Row::cost("W1 latency at 100,000/s, p99", database, percentile(&mut samples, 0.99), "ms").floor(floor).budget(15.0, 8.0),
        Row::cost("W1 members told that they are behind", database, behind, "").budget(0.0, 0.0),
    ])
}

/// As many as reach all: with so many under way, the next is sent when every member has an earlier one.
async fn flood(crowd: &mut Crowd, time: Duration) -> Outcome<()> {
    let (before, until) = (crowd.deliveries(), Instant::now() + time);
    let mut sent = 0;
    while Instant::now() < until {
        crowd.send(sent).await?;
        sent += 1;
        crowd.all_have(before, sent.saturating_sub(UNDER_WAY) as u64).await?;
    }
    crowd.all_have(before, sent as u64).await
}

/// Messages at an even pace, as many as make [`PACE`] deliveries a second.
async fn pace(crowd: &mut Crowd, time: Duration) -> Outcome<()> {
    let before = crowd.deliveries();
    let mut tick = tokio::time::interval(Duration::from_secs_f64(crowd.len() as f64 / PACE as f64));
    let until = Instant::now() + time;
    let mut sent = 0;
    while Instant::now() < until {
        tick.tick().await;
        crowd.send(sent).await?;
        sent += 1;
    }
    crowd.all_have(before, sent as u64).await
}
