//! W2: durable sends, 200 clients in 100 rooms of two, one outstanding each, acknowledged after the fsync.

use std::time::{Duration, Instant};

use crate::report::{Row, percentile};
use crate::socket::{self, starts};
use crate::stage::Stage;
use crate::{Outcome, floor};

/// Clients; two a room.
pub const CLIENTS: usize = 200;

/// Acknowledged sends a second, their p99, and the server's CPU for each.
pub async fn measure(stage: &Stage, seconds: u64) -> Outcome<Vec<Row>> {
    let database = stage.database();
    let time = Duration::from_secs(seconds);
    let mut clients = Vec::new();
    for index in 0..CLIENTS {
        let socket = socket::connect(stage.server.address, &stage.tokens[index]).await?;
        clients.push((socket, stage.pair_rooms[index / 2].clone()));
    }
    let cpu = stage.server.cpu_micros()?;
    let started = Instant::now();
    let running: Vec<_> = clients
        .into_iter()
        .map(|(socket, room)| {
            let ids = stage.ids();
            tokio::spawn(async move { send_until(socket, &room, ids, started + time).await })
        })
        .collect();
    let mut samples = Vec::new();
    for client in running {
        samples.extend(client.await??);
    }
    let took = started.elapsed().as_secs_f64();
    let sent = samples.len() as f64;
    let cost = (stage.server.cpu_micros()? - cpu) / sent;
    let floor = floor::commits(stage, time).await?;
    Ok(vec![
        // Judged as a ratio to the floor, since absolute rates swing with the disk: first 1/8, goal 1/4.
        Row::rate("W2 durable sends", database, sent / took, "acks/s").floor(floor).budget(floor / 8.0, floor / 4.0),
        Row::cost("W2 ack, p99", database, percentile(&mut samples, 0.99), "ms").budget(30.0, 15.0),
        Row { first: None, ..Row::cost("W2 server CPU", database, cost, "µs/send").budget(f64::INFINITY, 35.0) },
    ])
}

/// Sends one after another; each one's time to its acknowledgement, in ms.
async fn send_until(
    socket: (socket::Reading, socket::Writing),
    room: &str,
    mut ids: impl Iterator<Item = String>,
    until: Instant,
) -> Outcome<Vec<f64>> {
    let (mut reading, mut writing) = socket;
    let mut samples = Vec::new();
    while Instant::now() < until {
        let id = ids.next().ok_or("ids never end")?;
        let text = "川東の用水路があふれ始めています。現地の確認をお願いします。";
        let frame = format!(r#"{{"type":"send","ref":"r","roomId":"{room}","clientId":"{id}","text":"{text}"}}"#);
        let sent = Instant::now();
        writing.send(&frame).await?;
        loop {
            let frame = reading.frame().await?;
            if starts(frame, r#"{"type":"ack""#) {
                break;
            }
            if starts(frame, r#"{"type":"error""#) {
                return Err(format!("a send was refused: {}", String::from_utf8_lossy(frame)).into());
            }
        }
        samples.push(sent.elapsed().as_secs_f64() * 1e3);
    }
    Ok(samples)
}
