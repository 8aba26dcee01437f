//! W2: durable sends, 200 clients in 100 rooms of two, one outstanding each, acknowledged after the fsync.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::fill::new_id;
use crate::report::{Row, median, percentile};
use crate::socket::{self, Reading, Writing, starts};
use crate::stage::Stage;
use crate::{Outcome, ROUNDS, floor};

/// Clients; two a room.
pub const CLIENTS: usize = 200;

/// Both halves of a socket.
type Socket = (Reading, Writing);

/// Acknowledged sends a second, their p99, and the server's CPU for each.
pub async fn measure(stage: &Stage, time: Duration) -> Outcome<Vec<Row>> {
    let database = stage.database();
    let (mut rates, mut costs, mut floors, mut samples) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let clients = connect(stage).await?;
        let (cpu, started) = (stage.server.cpu_micros()?, Instant::now());
        let mut round = Vec::new();
        for client in start(clients, started + time) {
            round.extend(client.await??);
        }
        let sent = round.len() as f64;
        rates.push(sent / started.elapsed().as_secs_f64());
        costs.push((stage.server.cpu_micros()? - cpu) / sent);
        samples.extend(round);
        // Beside each round, since the disk's own speed swings.
        floors.push(floor::commits(stage, time).await?);
    }
    let floor = median(&mut floors);
    Ok(vec![
        // Judged as a ratio to the floor, since absolute rates swing with the disk: first 1/8, goal 1/4.
        Row::rate("W2 durable sends", database, median(&mut rates), "acks/s").floor(floor).budget(floor / 8.0, floor / 4.0),
        Row::cost("W2 ack, p99", database, percentile(&mut samples, 0.99), "ms").budget(30.0, 15.0),
        Row { first: None, ..Row::cost("W2 server CPU", database, median(&mut costs), "µs/send").budget(f64::INFINITY, 35.0) },
    ])
}

/// Connects the clients, each with the room it sends to.
pub async fn connect(stage: &Stage) -> Outcome<Vec<(Socket, String)>> {
    let mut clients = Vec::with_capacity(CLIENTS);
    for index in 0..CLIENTS {
        let socket = socket::connect(stage.door(), &stage.tokens[index]).await?;
        clients.push((socket, stage.pair_rooms[index / 2].clone()));
    }
    Ok(clients)
}

/// Lets all of them send until then; each gives its times to the acknowledgement, in ms.
pub fn start(clients: Vec<(Socket, String)>, until: Instant) -> Vec<JoinHandle<Outcome<Vec<f64>>>> {
    let send = |((mut reading, mut writing), room): (Socket, String)| {
        tokio::spawn(async move {
            let mut samples = Vec::new();
            while Instant::now() < until {
                samples.push(send(&mut reading, &mut writing, &room).await?);
            }
            Ok(samples)
        })
    };
    clients.into_iter().map(send).collect()
}

/// Sends one message; how long its acknowledgement took, in ms.
pub async fn send(reading: &mut Reading, writing: &mut Writing, room: &str) -> Outcome<f64> {
    let id = new_id();
    let text = "川東の用水路があふれ始めています。現地の確認をお願いします。";
    let frame = format!(r#"{{"type":"send","ref":"r","roomId":"{room}","clientId":"{id}","text":"{text}"}}"#);
    let sent = Instant::now();
    writing.send(&frame).await?;
    loop {
        let frame = reading.frame().await?;
        if starts(frame, r#"{"type":"ack""#) {
            return Ok(sent.elapsed().as_secs_f64() * 1e3);
        }
        if starts(frame, r#"{"type":"error""#) {
            return Err(format!("a send was refused: {}", String::from_utf8_lossy(frame)).into());
        }
    }
}
