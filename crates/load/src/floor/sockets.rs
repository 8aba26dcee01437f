//! Bare sockets: what writing and connecting cost with no server's work behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::report::percentile;
use crate::socket::{Door, upgrade};
use crate::stage::TENANT;

/// Bytes of one `message` frame of about 120 bytes of text.
const FRAME_BYTES: usize = 460;
/// Bytes of an answer to an upgrade.
const UPGRADED_BYTES: usize = 129;
/// Deliveries that the rate is taken over.
const DELIVERIES: usize = 200_000;
/// Pairs at once, at most: both ends are this process's, and it may hold 20,000 files.
const MOST_PAIRS: usize = 9_000;
/// How long the paced writes go on.
const PACED: Duration = Duration::from_secs(3);

/// What writing alone reaches.
pub struct FanOut {
    /// Deliveries a second.
    pub rate: f64,
    /// CPU of the writing side a delivery, in µs.
    pub cpu_micros: f64,
}

/// What one broadcast takes.
pub struct Broadcast {
    /// Until all have read it, in ms.
    pub millis: f64,
    /// CPU of the writing side, in ms.
    pub cpu_millis: f64,
}

/// Connected pairs, whose readers count bytes and throw them away.
struct Pairs {
    writers: Vec<TcpStream>,
    read: Arc<AtomicU64>,
    changed: Arc<Notify>,
    awaited: Arc<AtomicU64>,
}

impl Pairs {
    async fn open(members: usize) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (read, awaited, changed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(u64::MAX)), Arc::new(Notify::new()));
        let mut writers = Vec::with_capacity(members);
        for _ in 0..members {
            let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
            let mut reader = near?;
            let (read, awaited, changed) = (Arc::clone(&read), Arc::clone(&awaited), Arc::clone(&changed));
            tokio::spawn(async move {
                let mut buffer = vec![0; 4096];
                while let Ok(count @ 1..) = reader.read(&mut buffer).await {
                    let all = read.fetch_add(count as u64, Ordering::AcqRel) + count as u64;
                    if all >= awaited.load(Ordering::Acquire) {
                        changed.notify_one();
                    }
                }
            });
            let writer = far?.0;
            writer.set_nodelay(true)?;
            writers.push(writer);
        }
        Ok(Self { writers, read, changed, awaited })
    }

    /// One write per member, `rounds` times, on a thread of its own; its CPU in µs, once all is read.
    async fn write(&mut self, rounds: usize) -> Outcome<f64> {
        let target = self.read.load(Ordering::Acquire) + (rounds * self.writers.len() * FRAME_BYTES) as u64;
        self.awaited.store(target, Ordering::Release);
        let mut writers = std::mem::take(&mut self.writers);
        let writing = tokio::task::spawn_blocking(move || -> Outcome<(Vec<TcpStream>, f64)> {
            let frame = vec![b'x'; FRAME_BYTES];
            let cpu = thread_cpu_micros()?;
            tokio::runtime::Handle::current().block_on(async {
                for _ in 0..rounds {
                    for writer in &mut writers {
                        writer.write_all(&frame).await?;
                    }
                }
                Outcome::Ok(())
            })?;
            Ok((writers, thread_cpu_micros()? - cpu))
        });
        let (writers, cpu) = writing.await??;
        self.writers = writers;
        while self.read.load(Ordering::Acquire) < target {
            self.changed.notified().await;
        }
        Ok(cpu)
    }
}

/// As fast as it goes, to `members` sockets.
pub async fn fan_out(members: usize) -> Outcome<FanOut> {
    let mut pairs = Pairs::open(members).await?;
    let rounds = DELIVERIES / members;
    let started = Instant::now();
    let cpu = pairs.write(rounds).await?;
    let deliveries = (rounds * members) as f64;
    Ok(FanOut { rate: deliveries / started.elapsed().as_secs_f64(), cpu_micros: cpu / deliveries })
}

/// Rounds at an even pace of `pace` deliveries a second: the p99 until all have read one, in ms.
pub async fn paced(members: usize, pace: usize) -> Outcome<f64> {
    let mut pairs = Pairs::open(members).await?;
    let mut tick = tokio::time::interval(Duration::from_secs_f64(members as f64 / pace as f64));
    let (until, mut samples) = (Instant::now() + PACED, Vec::new());
    while Instant::now() < until {
        tick.tick().await;
        let started = Instant::now();
        pairs.write(1).await?;
        samples.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(percentile(&mut samples, 0.99))
}

/// One frame to each of `members`, until all have read it; reckoned from as many as this process can hold.
pub async fn broadcast(members: usize, rounds: usize) -> Outcome<Broadcast> {
    let held = members.min(MOST_PAIRS);
    let share = members as f64 / held as f64;
    let mut pairs = Pairs::open(held).await?;
    let (mut took, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let started = Instant::now();
        cpu.push(pairs.write(1).await? / 1e3);
        took.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Broadcast { millis: share * percentile(&mut took, 0.5), cpu_millis: share * percentile(&mut cpu, 0.5) })
}

/// Connections a second of a peer that answers the upgrade's bytes with bytes of the same length, and a hello with one frame.
pub async fn connects(members: usize, at_once: usize) -> Outcome<f64> {
    let members = members.min(MOST_PAIRS);
    // As many may wait as the server lets wait: the usual 128 overflow, and who is turned away knocks again a second later.
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let listener = socket.listen(4096)?;
    let address = listener.local_addr()?;
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                for answer in [UPGRADED_BYTES, FRAME_BYTES] {
                    if stream.read(&mut buffer).await.is_ok() && stream.write_all(&vec![b'x'; answer]).await.is_err() {
                        return;
                    }
                }
                // Held until the other side goes.
                let _ = stream.read(&mut buffer).await;
            });
        }
    });
    let gate = Arc::new(Semaphore::new(at_once));
    let request = upgrade(Door { address, tenant: TENANT }, "an-opaque-token-of-the-usual-length-for-a-session");
    let mut coming = JoinSet::new();
    let started = Instant::now();
    for _ in 0..members {
        let (gate, request) = (Arc::clone(&gate), request.clone());
        coming.spawn(async move {
            let _turn = gate.acquire().await?;
            let mut stream = TcpStream::connect(address).await?;
            let hello = br#"{"type":"hello"}"#.as_slice();
            for (asked, answer) in [(request.as_bytes(), UPGRADED_BYTES), (hello, FRAME_BYTES)] {
                stream.write_all(asked).await?;
                stream.read_exact(&mut vec![0; answer]).await?;
            }
            Outcome::Ok(stream)
        });
    }
    let mut streams = Vec::with_capacity(members);
    while let Some(stream) = coming.join_next().await {
        streams.push(stream??);
    }
    serving.abort();
    Ok(members as f64 / started.elapsed().as_secs_f64())
}

/// CPU of this thread, in µs, from the scheduler's own count (`proc(5)`: `schedstat`, nanoseconds).
fn thread_cpu_micros() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = stat.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(nanos / 1e3)
}
