//! A network between a caller and a server that a test can spoil: slow, losing, cut.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::free_address;

/// What TCP carries at once, about.
const PIECE: usize = 1_400;
/// Pieces under way on one connection, at most: more is not taken from its sender.
const UNDER_WAY: usize = 256;

/// How the network is. TCP hides a lost packet from those who talk: it comes later, and all that follows it too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    /// How long a piece is under way.
    pub delay: Duration,
    /// How many of a thousand pieces are lost, and come after [`Self::delay`] once more.
    pub lost: u64,
    /// With how many of a thousand pieces the connection breaks.
    pub broken: u64,
}

/// A way to a server. Dropped, it is gone.
pub struct Network {
    /// Where callers come to.
    pub address: SocketAddr,
    target: SocketAddr,
    sky: Arc<Sky>,
    relaying: Mutex<Option<JoinHandle<()>>>,
}

/// What all connections share.
struct Sky {
    weather: watch::Sender<Weather>,
    /// Counts up whenever all connections are cut.
    cuts: watch::Sender<u64>,
    chance: AtomicU64,
}

impl Network {
    /// A calm way to `target`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn to(target: SocketAddr) -> Self {
        // One that nobody else is given while it is cut.
        let address = free_address();
        let listener = TcpListener::bind(address).await.expect("a port is free");
        let sky = Sky { weather: watch::Sender::new(Weather::default()), cuts: watch::Sender::new(0), chance: AtomicU64::new(1) };
        let network = Self { address, target, sky: Arc::new(sky), relaying: Mutex::default() };
        network.relay(listener);
        network
    }

    /// The weather turns, for what is under way from now on.
    pub fn turn(&self, weather: Weather) {
        self.sky.weather.send_replace(weather);
    }

    /// All connections break, and new ones are refused.
    pub async fn cut(&self) {
        let relaying = self.relaying.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(relaying) = relaying {
            relaying.abort();
            // Only then its port refuses.
            let _ = relaying.await;
        }
        self.sky.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// After [`Self::cut`]: connections are taken again, at the same address.
    ///
    /// # Panics
    /// When another has taken the port meanwhile.
    pub async fn mend(&self) {
        let listener = TcpListener::bind(self.address).await.expect("its port is still free");
        self.relay(listener);
    }

    fn relay(&self, listener: TcpListener) {
        let (sky, target) = (Arc::clone(&self.sky), self.target);
        let relaying = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(join(near, target, Arc::clone(&sky)));
            }
        });
        *self.relaying.lock().unwrap_or_else(PoisonError::into_inner) = Some(relaying);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(relaying) = self.relaying.lock().unwrap_or_else(PoisonError::into_inner).take() {
            relaying.abort();
        }
        self.sky.cuts.send_modify(|cuts| *cuts += 1);
    }
}

/// Joins two sides until either ends or the network breaks between them; both sides then find it closed.
async fn join(near: TcpStream, target: SocketAddr, sky: Arc<Sky>) {
    let mut cuts = sky.cuts.subscribe();
    let Ok(far) = TcpStream::connect(target).await else { return };
    for stream in [&near, &far] {
        let _ = stream.set_nodelay(true);
    }
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::select! {
        () = carry(near_in, far_out, &sky) => {}
        () = carry(far_in, near_out, &sky) => {}
        _ = cuts.changed() => {}
    }
}

/// Carries what comes from one side to the other, each piece after its time; ends with either side.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, sky: &Sky) {
    let (send, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let taking = async move {
        loop {
            let mut piece = vec![0; PIECE];
            let Ok(size @ 1..) = from.read(&mut piece).await else { return };
            piece.truncate(size);
            let Some(way) = sky.way() else { return };
            if send.send((Instant::now() + way, piece)).await.is_err() {
                return;
            }
        }
    };
    let giving = async {
        while let Some((due, piece)) = under_way.recv().await {
            sleep_until(due).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    // What is under way still arrives when its sender has ended.
    tokio::join!(taking, giving);
}

impl Sky {
    /// How long a piece is under way; none where the connection breaks.
    fn way(&self) -> Option<Duration> {
        let weather = *self.weather.borrow();
        if self.of_a_thousand() < weather.broken {
            return None;
        }
        Some(if self.of_a_thousand() < weather.lost { weather.delay * 2 } else { weather.delay })
    }

    /// SplitMix64: the same in each run, as far as the pieces come in the same order.
    fn of_a_thousand(&self) -> u64 {
        let mut mixed = self.chance.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 1_000
    }
}
