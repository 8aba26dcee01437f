//! W4: one message to 10,000 connected people, who all mark it read within two seconds.

use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::report::{Row, median};
use crate::stage::{PEOPLE, Stage};
use crate::{Outcome, floor};

/// Broadcasts; the median counts.
const BROADCASTS: usize = 9;
/// Within this all have read.
const READING: Duration = Duration::from_secs(2);

/// Until the last has it, and until its sender knows that all have read it.
pub async fn measure(stage: &Stage) -> Outcome<Vec<Row>> {
    let database = stage.database();
    let mut crowd = Crowd::gather(stage, stage.room_of(PEOPLE)?, PEOPLE).await?;
    let (mut took, cpu) = (Vec::new(), stage.server.cpu_micros()?);
    for _ in 0..BROADCASTS {
        let (before, started) = (crowd.deliveries(), Instant::now());
        crowd.send(0).await?;
        crowd.all_have(before, 1).await?;
        took.push(started.elapsed().as_secs_f64() * 1e3);
        crowd.acknowledged().await?;
    }
    let cost = (stage.server.cpu_micros()? - cpu) / 1e3 / BROADCASTS as f64;
    let (complete, reading_cost) = read_by_all(stage, &mut crowd).await?;
    crowd.part().await;
    let floor = floor::broadcast(PEOPLE, BROADCASTS).await?;
    Ok(vec![
        Row::cost(format!("W4 broadcast to {PEOPLE}, all have it"), database, median(&mut took), "ms")
            .floor(floor.millis)
            .budget(120.0, 75.0),
        Row::cost("W4 server CPU a broadcast", database, cost, "ms").floor(floor.cpu_millis),
        Row::cost(format!("W4 {PEOPLE} read, sender knows"), database, complete, "ms").budget(250.0, 100.0),
        Row::cost("W4 server CPU of all reads", database, reading_cost, "ms").budget(500.0, 200.0),
    ])
}

/// From the last read to the sender's complete view, in ms; and the server's CPU for all reads, in ms.
async fn read_by_all(stage: &Stage, crowd: &mut Crowd) -> Outcome<(f64, f64)> {
    let room = stage.room_of(PEOPLE)?.to_owned();
    crowd.writers[0].send(&format!(r#"{{"type":"subscribe","ref":"s","roomId":"{room}","fromSeq":1,"toSeq":50}}"#)).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let cpu = stage.server.cpu_micros()?;
    let frame = format!(r#"{{"type":"read","roomId":"{room}","seq":{BROADCASTS}}}"#);
    let started = Instant::now();
    let readers = crowd.len() - 1;
    for (index, writer) in crowd.writers.iter_mut().skip(1).enumerate() {
        let due = started + READING.mul_f64(index as f64 / readers as f64);
        if due > Instant::now() + Duration::from_millis(1) {
            tokio::time::sleep_until(due.into()).await;
        }
        writer.send(&frame).await?;
    }
    let last = Instant::now();
    crowd.read_by(readers as u64).await?;
    Ok((last.elapsed().as_secs_f64() * 1e3, (stage.server.cpu_micros()? - cpu) / 1e3))
}
