//! Many sockets in one room, and a tally of what reaches them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use crate::Outcome;
use crate::fill::new_id;
use crate::socket::{self, Reading, Writing, starts};
use crate::stage::Stage;

/// Sockets whose messages' times are read.
const SAMPLED: usize = 50;
/// Sockets opened at once.
const OPENING: usize = 64;
/// What takes longer than this has gone wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// The connected members of a room.
pub struct Crowd {
    room: String,
    /// One a member, in no order.
    pub writers: Vec<Writing>,
    readers: Vec<JoinHandle<Vec<f64>>>,
    acks: mpsc::UnboundedReceiver<bool>,
    tally: Arc<Tally>,
}

struct Tally {
    began: Instant,
    deliveries: AtomicU64,
    behind: AtomicU64,
    /// The highest 既読 that a sender was told.
    read_by: AtomicU64,
    sampling: AtomicBool,
    changed: Notify,
    /// Deliveries at which `changed` rings.
    awaited: AtomicU64,
}

impl Crowd {
    /// Connects the first `members` accounts, who are in `room`.
    pub async fn gather(stage: &Stage, room: &str, members: usize) -> Outcome<Self> {
        let tally = Arc::new(Tally {
            began: Instant::now(),
            deliveries: AtomicU64::new(0),
            behind: AtomicU64::new(0),
            read_by: AtomicU64::new(0),
            sampling: AtomicBool::new(false),
            changed: Notify::new(),
            awaited: AtomicU64::new(u64::MAX),
        });
        let (acked, acks) = mpsc::unbounded_channel();
        let (mut writers, mut readers) = (Vec::with_capacity(members), Vec::with_capacity(members));
        for tokens in stage.tokens[..members].chunks(OPENING) {
            let mut opening = JoinSet::new();
            for token in tokens {
                let (door, token) = (stage.door(), token.clone());
                opening.spawn(async move { socket::connect(door, &token).await });
            }
            while let Some(socket) = opening.join_next().await {
                let (reading, writing) = socket??;
                writers.push(writing);
                readers.push(tokio::spawn(listen(reading, Arc::clone(&tally), acked.clone(), readers.len() < SAMPLED)));
            }
        }
        Ok(Self { room: room.to_owned(), writers, readers, acks, tally })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.writers.len()
    }

    /// Messages that have reached members so far.
    pub fn deliveries(&self) -> u64 {
        self.tally.deliveries.load(Ordering::Relaxed)
    }

    /// Members who were told that they were too slow.
    pub fn behind(&self) -> u64 {
        self.tally.behind.load(Ordering::Relaxed)
    }

    /// From here on the sampled members note how long messages were under way.
    pub fn sample(&self) {
        self.tally.sampling.store(true, Ordering::Relaxed);
    }

    /// Every member says that it is still there: the server closes who has been silent for long.
    pub async fn keep_alive(&mut self) -> Outcome<()> {
        for writer in &mut self.writers {
            writer.send(r#"{"type":"ping"}"#).await?;
        }
        Ok(())
    }

    /// One member sends a message of about 120 bytes, stamped with the time.
    pub async fn send(&mut self, sender: usize) -> Outcome<()> {
        let text = format!(
            "t={:.3};川東の用水路があふれ始めています。現地の確認をお願いします。至急です。",
            self.tally.began.elapsed().as_secs_f64() * 1e3
        );
        let id = new_id();
        let frame = format!(r#"{{"type":"send","ref":"r","roomId":"{}","clientId":"{id}","text":"{text}"}}"#, self.room);
        let sender = sender % self.writers.len();
        self.writers[sender].send(&frame).await
    }

    /// Waits for an acknowledgement.
    pub async fn acknowledged(&mut self) -> Outcome<()> {
        match tokio::time::timeout(PATIENCE, self.acks.recv()).await? {
            Some(true) => Ok(()),
            Some(false) => Err("a send was refused".into()),
            None => Err("all sockets closed".into()),
        }
    }

    /// Waits until every member has every one of `messages` sent since `before`.
    pub async fn all_have(&self, before: u64, messages: u64) -> Outcome<()> {
        let target = before + messages * self.len() as u64;
        if self.deliveries() >= target {
            return Ok(());
        }
        self.tally.awaited.store(target, Ordering::Release);
        let reached = async {
            while self.deliveries() < target {
                self.tally.changed.notified().await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        self.tally.awaited.store(u64::MAX, Ordering::Release);
        reached.map_err(|_| {
            format!("{} of {target} deliveries came; {} members were told that they are behind", self.deliveries(), self.behind())
        })?;
        Ok(())
    }

    /// Waits until the sender has been told that `readers` have read.
    pub async fn read_by(&self, readers: u64) -> Outcome<()> {
        let reached = async {
            while self.tally.read_by.load(Ordering::Acquire) < readers {
                self.tally.changed.notified().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached)
            .await
            .map_err(|_| format!("the sender saw 既読 {} of {readers}", self.tally.read_by.load(Ordering::Acquire)))?;
        Ok(())
    }

    /// Closes all sockets; gives the sampled times under way, in ms.
    pub async fn part(self) -> Vec<f64> {
        drop(self.writers);
        let mut samples = Vec::new();
        for reader in self.readers {
            // Half of the socket is gone; its reader ends when the server has closed the other.
            samples.extend(tokio::time::timeout(PATIENCE, reader).await.ok().and_then(Result::ok).unwrap_or_default());
        }
        samples
    }
}

/// Counts what comes until the socket is closed; gives the times under way in ms where they are sampled.
async fn listen(mut reading: Reading, tally: Arc<Tally>, acked: mpsc::UnboundedSender<bool>, sampled: bool) -> Vec<f64> {
    let mut samples = Vec::new();
    while let Ok(frame) = reading.frame().await {
        if starts(frame, r#"{"type":"message""#) {
            let count = tally.deliveries.fetch_add(1, Ordering::AcqRel) + 1;
            if count >= tally.awaited.load(Ordering::Acquire) {
                tally.changed.notify_one();
            }
            if sampled && tally.sampling.load(Ordering::Relaxed) {
                samples.extend(sent_at(frame).map(|sent| tally.began.elapsed().as_secs_f64() * 1e3 - sent));
            }
        } else if starts(frame, r#"{"type":"ack""#) {
            let _ = acked.send(true);
        } else if starts(frame, r#"{"type":"error""#) {
            let _ = acked.send(false);
        } else if starts(frame, r#"{"type":"behind""#) {
            tally.behind.fetch_add(1, Ordering::Relaxed);
        } else if starts(frame, r#"{"type":"read""#) {
            tally.read_by.fetch_max(most_read(frame), Ordering::AcqRel);
            tally.changed.notify_one();
        }
    }
    samples
}

/// The time that [`Crowd::send`] wrote into the message, in ms since the start.
fn sent_at(frame: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(frame).ok()?;
    let from = text.find("t=")? + 2;
    text[from..].split(';').next()?.parse().ok()
}

/// The highest count of a `read` frame.
fn most_read(frame: &[u8]) -> u64 {
    let counts = serde_json::from_slice::<serde_json::Value>(frame).ok().and_then(|frame| frame["counts"].as_object().cloned());
    counts.unwrap_or_default().values().filter_map(serde_json::Value::as_u64).max().unwrap_or(0)
}
