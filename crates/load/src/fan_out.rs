//! W1: one room of 1,000 online members, messages of about 120 bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::report::{Row, percentile};
use crate::socket::{self, Reading, Writing, starts};
use crate::stage::{FAN_OUT_MEMBERS, Stage};
use crate::{Outcome, floor};

/// Sends under way at once at the highest rate; more only lengthens the queues.
const OUTSTANDING: usize = 32;
/// Sockets whose messages' times are read.
const SAMPLED: usize = 20;

struct Crowd {
    deliveries: Arc<AtomicU64>,
    writers: Vec<Writing>,
    readers: Vec<tokio::task::JoinHandle<Vec<f64>>>,
    acks: tokio::sync::mpsc::UnboundedReceiver<()>,
    began: Instant,
    sampling: Arc<AtomicBool>,
}

/// The rate that the room sustains, its cost, and the latency at 100,000 deliveries a second.
pub async fn measure(stage: &Stage, seconds: u64) -> Outcome<Vec<Row>> {
    let database = stage.database();
    let mut crowd = gather(stage).await?;
    let cpu = stage.server.cpu_micros()?;
    let before = crowd.deliveries.load(Ordering::Relaxed);
    let started = Instant::now();
    flood(&mut crowd, stage, Duration::from_secs(seconds)).await?;
    settle(&crowd).await;
    let took = started.elapsed().as_secs_f64();
    let delivered = (crowd.deliveries.load(Ordering::Relaxed) - before) as f64;
    let cost = (stage.server.cpu_micros()? - cpu) / delivered;

    crowd.sampling.store(true, Ordering::Relaxed);
    pace(&mut crowd, stage, Duration::from_secs(seconds)).await?;
    settle(&crowd).await;
    let mut samples = finish(crowd).await;
    let floor = floor::fan_out(FAN_OUT_MEMBERS).await?;
    Ok(vec![
        Row::rate("W1 fan-out, 1,000 members", database, delivered / took, "deliveries/s")
            .floor(floor.rate)
            .budget(200_000.0, 800_000.0),
        Row::cost("W1 server CPU", database, cost, "µs/delivery").floor(floor.cpu_micros).budget(5.0, 1.2),
        Row::cost("W1 latency at 100,000/s, p99", database, percentile(&mut samples, 0.99), "ms").budget(15.0, 8.0),
    ])
}

async fn gather(stage: &Stage) -> Outcome<Crowd> {
    let deliveries = Arc::new(AtomicU64::new(0));
    let sampling = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let (acked, acks) = tokio::sync::mpsc::unbounded_channel();
    let (mut writers, mut readers) = (Vec::new(), Vec::new());
    for (index, token) in stage.tokens.iter().take(FAN_OUT_MEMBERS).enumerate() {
        let (reading, writing) = socket::connect(stage.server.address, token).await?;
        writers.push(writing);
        let sampling = (index < SAMPLED).then(|| Arc::clone(&sampling));
        readers.push(tokio::spawn(listen(reading, Arc::clone(&deliveries), acked.clone(), began, sampling)));
    }
    Ok(Crowd { deliveries, writers, readers, acks, began, sampling })
}

/// Counts messages and acks until the socket is closed; gives the latencies in ms where they are sampled.
async fn listen(
    mut reading: Reading,
    deliveries: Arc<AtomicU64>,
    acked: tokio::sync::mpsc::UnboundedSender<()>,
    began: Instant,
    sampling: Option<Arc<AtomicBool>>,
) -> Vec<f64> {
    let mut samples = Vec::new();
    while let Ok(frame) = reading.frame().await {
        if starts(frame, r#"{"type":"message""#) {
            deliveries.fetch_add(1, Ordering::Relaxed);
            if sampling.as_ref().is_some_and(|on| on.load(Ordering::Relaxed)) {
                samples.extend(sent_at(frame).map(|sent| began.elapsed().as_secs_f64() * 1e3 - sent));
            }
        } else if starts(frame, r#"{"type":"ack""#) {
            let _ = acked.send(());
        }
    }
    samples
}

/// The time that [`text`] wrote into the message, in ms since the start.
fn sent_at(frame: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(frame).ok()?;
    let from = text.find("t=")? + 2;
    text[from..].split(';').next()?.parse().ok()
}

fn send_frame(stage: &Stage, began: Instant) -> String {
    let text = format!(
        "t={:.3};川東の用水路があふれ始めています。現地の確認をお願いします。至急です。",
        began.elapsed().as_secs_f64() * 1e3
    );
    let id = stage.next_id();
    format!(r#"{{"type":"send","ref":"r","roomId":"{}","clientId":"{id}","text":"{text}"}}"#, stage.crowd_room)
}

/// As many as the server acknowledges.
async fn flood(crowd: &mut Crowd, stage: &Stage, time: Duration) -> Outcome<()> {
    let until = Instant::now() + time;
    for index in 0..OUTSTANDING {
        let frame = send_frame(stage, crowd.began);
        crowd.writers[index].send(&frame).await?;
    }
    let mut next = 0;
    let mut open = OUTSTANDING;
    while open > 0 {
        crowd.acks.recv().await.ok_or("all sockets closed")?;
        open -= 1;
        if Instant::now() < until {
            let frame = send_frame(stage, crowd.began);
            crowd.writers[next % OUTSTANDING].send(&frame).await?;
            next += 1;
            open += 1;
        }
    }
    Ok(())
}

/// 100 messages a second to 1,000 members: 100,000 deliveries.
async fn pace(crowd: &mut Crowd, stage: &Stage, time: Duration) -> Outcome<()> {
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    let until = Instant::now() + time;
    let mut next = 0;
    while Instant::now() < until {
        tick.tick().await;
        let frame = send_frame(stage, crowd.began);
        let sender = next % crowd.writers.len();
        crowd.writers[sender].send(&frame).await?;
        next += 1;
    }
    Ok(())
}

/// Waits until nothing more arrives.
async fn settle(crowd: &Crowd) {
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = crowd.deliveries.load(Ordering::Relaxed);
        if now == before {
            return;
        }
        before = now;
    }
}

async fn finish(crowd: Crowd) -> Vec<f64> {
    drop(crowd.writers);
    let mut samples = Vec::new();
    for reader in crowd.readers {
        // Half of the socket is gone; its reader ends when the server has closed the other.
        samples.extend(tokio::time::timeout(Duration::from_secs(2), reader).await.ok().and_then(Result::ok).unwrap_or_default());
    }
    samples
}
