//! Clients that know no better, or mean harm: each is kept within bounds and cut off, and those beside it are served.
//!
//! `make faults` also measures how much slower the others are meanwhile, which only a machine that does nothing else can judge.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::json;
use testkit::{Backend, Client, Process, Server, Socket};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::{at_length, irori, new_id};

const TEN_MEGABYTES: usize = 10 << 20;
/// Between what is large and the next of it: it is the server that is tried, not the machine's memory.
const PAUSE: Duration = Duration::from_millis(100);

/// Two who talk, whatever a third does.
struct Neighbours {
    aiko: Socket,
    kenji: Socket,
    room: String,
}

impl Neighbours {
    /// How long it takes from the one to the other: the least of three medians, for what else the machine does only adds.
    async fn measured(&mut self, times: u64) -> Duration {
        let mut least = Duration::MAX;
        for _ in 0..3 {
            least = least.min(self.talk(times).await);
        }
        least
    }

    /// Aiko writes and kenji hears it, so many times; the median of how long that took.
    async fn talk(&mut self, times: u64) -> Duration {
        let mut took = Vec::new();
        for _ in 0..times {
            let (id, began) = (new_id(), Instant::now());
            self.aiko.send(json!({ "type": "send", "ref": id, "roomId": self.room, "clientId": id, "text": id })).await;
            while self.kenji.expect("message").await["message"]["clientId"] != *id {}
            took.push(began.elapsed());
            while self.aiko.expect("ack").await["ref"] != *id {}
        }
        took.sort_unstable();
        took[took.len() / 2]
    }
}

/// The third: mei, who has a room with the mayor. What goes on until told to stop looks at [`Self::goes_on`].
struct Attacker {
    mei: Client,
    mayor: Client,
    room: String,
    address: std::net::SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Attacker {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }
}

async fn room_of(client: &Client, other: String) -> String {
    client.post_ok("/rooms", json!({ "kind": "direct", "memberIds": [other] })).await["id"].as_str().unwrap().to_owned()
}

/// Has two talk alone and then beside an attack, which must end as it says itself.
async fn beside<A: Future<Output = ()>>(name: &str, attack: impl FnOnce(Attacker) -> A + Send + 'static) {
    let server = Server::start(Backend::Sqlite).await;
    let room = room_of(&server.client("aiko"), server.id("kenji")).await;
    let attackers = room_of(&server.client("mei"), server.id("mayor")).await;
    let tokens = ["aiko", "kenji", "mei", "mayor"].map(|login| server.person(login).token.clone());
    let data = server.into_data().await;
    let process = Process::start(irori(), &data.arguments()).await;
    let (address, origin) = (process.address, format!("http://{}", process.address));
    let [aiko, kenji, mei, mayor] = tokens.map(|token| Client::new(&origin, "city", Some(token)));
    let mut neighbours = Neighbours { aiko: Socket::connect(&aiko).await, kenji: Socket::connect(&kenji).await, room };

    let times = at_length("IRORI_EXCHANGES", 7);
    let alone = neighbours.measured(times).await;
    let stop = Arc::new(AtomicBool::new(false));
    let attacker = Attacker { mei, mayor, room: attackers, address, stop: Arc::clone(&stop) };
    // In a thread of its own: what is measured is the server, not how much this program has to do.
    let attacking = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(attack(attacker));
    });
    let attacked = neighbours.measured(times).await;
    stop.store(true, Ordering::Relaxed);
    attacking.await.expect("it is bounded and cut off");
    // Again, lest the machine had more to do meanwhile than before.
    let alone = alone.max(neighbours.measured(times).await);
    println!("beside {name}: {attacked:?} from one to the other, alone {alone:?}");
    if at_length("IRORI_JUDGED", 0) > 0 {
        assert!(attacked <= alone * 6 / 5, "more than 20 % slower beside {name}: {attacked:?}, alone {alone:?}");
    }
}

/// It is answered no more.
async fn ensure_gone(mut socket: Socket) {
    if socket.try_send(json!({ "type": "ping" })).await {
        while let Some(frame) = socket.next().await {
            assert_ne!(frame["type"], "pong", "it is still answered");
        }
    }
}

async fn never_reads(attacker: Attacker) {
    /// 9 MB: more than lies between the two anywhere.
    const ENOUGH: u64 = 300;
    let mut deaf = Socket::connect(&attacker.mei).await;
    deaf.send(json!({ "type": "subscribe", "roomId": attacker.room })).await;
    let (path, text) = (format!("/rooms/{}/messages", attacker.room), "川".repeat(10_000));
    let mut said = 0;
    while said < ENOUGH || attacker.goes_on() {
        attacker.mayor.post_ok(&path, json!({ "clientId": new_id(), "text": text })).await;
        said += 1;
        tokio::time::sleep(if said < ENOUGH { PAUSE / 20 } else { PAUSE }).await;
    }
    let unread = Duration::from_secs(at_length("IRORI_UNREAD_SECONDS", 0));
    if unread.is_zero() {
        let behind = deaf.expect("behind").await;
        assert!(behind["heads"][&attacker.room]["seq"].as_i64() > Some(1), "it is told where to go on: {behind}");
    } else {
        tokio::time::sleep(unread).await;
        ensure_gone(deaf).await;
    }
}

async fn large_frames(attacker: Attacker) {
    let text = "x".repeat(TEN_MEGABYTES);
    loop {
        let mut socket = Socket::connect(&attacker.mei).await;
        // It is closed before all of it has been sent.
        socket.try_send(json!({ "type": "send", "ref": 1, "roomId": attacker.room, "clientId": new_id(), "text": text })).await;
        ensure_gone(socket).await;
        if !attacker.goes_on() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn large_bodies(attacker: Attacker) {
    let body = json!({ "clientId": new_id(), "text": "x".repeat(TEN_MEGABYTES) }).to_string();
    let mut refused = 0;
    while refused == 0 || attacker.goes_on() {
        let request = attacker.mei.request(Method::POST, &format!("/rooms/{}/messages", attacker.room));
        // The answer may be lost where the connection ends before all has been sent.
        if let Ok(answer) = request.header("content-type", "application/json").body(body.clone()).send().await {
            assert_eq!(answer.status(), 413);
            refused += 1;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn flood(attacker: Attacker) {
    let mut request = attacker.mei.live_url().into_client_request().unwrap();
    let bearer = format!("Bearer {}", attacker.mei.token().unwrap());
    request.headers_mut().insert("authorization", bearer.parse().unwrap());
    let (mut to, mut from) = tokio_tungstenite::connect_async(request).await.unwrap().0.split();
    to.send(Message::text(r#"{"type":"hello"}"#)).await.unwrap();
    let (began, enough) = (Instant::now(), Arc::clone(&attacker.stop));
    let answered = tokio::spawn(async move {
        let mut pongs = 0.0;
        while let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_millis(500), from.next()).await {
            pongs += f64::from(u8::from(message.to_text().is_ok_and(|text| text.contains("pong"))));
            if pongs > 1_200.0 && enough.load(Ordering::Relaxed) {
                break;
            }
        }
        pongs
    });
    let mut sent = 0_u64;
    while sent < 20_000 || attacker.goes_on() {
        let frames = async {
            for _ in 0..1_000 {
                to.feed(Message::text(r#"{"type":"ping"}"#)).await.unwrap();
                sent += 1;
            }
            to.flush().await.unwrap();
        };
        // It is read as slowly as is allowed, and then takes nothing more.
        if tokio::time::timeout(Duration::from_millis(200), frames).await.is_err() && !attacker.goes_on() {
            break;
        }
    }
    let answered = answered.await.unwrap();
    let allowed = 1_000.0 + 500.0 * began.elapsed().as_secs_f64() + 1.0;
    println!("flood: {sent} frames sent, {answered} answered, {allowed:.0} allowed");
    assert!(answered > 1_000.0, "the first are answered at once: {answered}");
    assert!(answered <= allowed, "{answered} were answered, {allowed} are allowed");
}

async fn many_sockets(attacker: Attacker) {
    /// Of one account, at most.
    const MOST: usize = 20;
    let many = usize::try_from(at_length("IRORI_SOCKETS", 100)).unwrap();
    loop {
        let mut open = VecDeque::new();
        for _ in 0..many {
            open.push_back(Socket::connect(&attacker.mei).await);
        }
        for mut old in open.drain(..many - MOST) {
            assert_eq!(old.closed().await, Some(1008), "all but the newest go");
        }
        for newest in &mut open {
            newest.settled().await;
        }
        if !attacker.goes_on() {
            return;
        }
        tokio::time::sleep(PAUSE * 10).await;
    }
}

/// Sends a beginning and then a byte now and again until the server ends it; what it said.
async fn trickle(address: std::net::SocketAddr, beginning: &[u8]) -> String {
    let (mut from, mut to) = TcpStream::connect(address).await.unwrap().into_split();
    to.write_all(beginning).await.unwrap();
    let trickling = async {
        while to.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        // What it was told before is still to be read.
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    tokio::select! {
        // Reset or closed, it is over.
        read = tokio::time::timeout(Duration::from_secs(60), from.read_to_end(&mut said)) => drop(read.expect("it is cut off")),
        () = trickling => {}
    }
    String::from_utf8_lossy(&said).into_owned()
}

async fn trickles(attacker: Attacker) {
    let bearer = attacker.mei.token().unwrap();
    let head = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ".to_owned();
    let body = format!(
        "POST /city/api/v1/rooms/{}/messages HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n\
         content-type: application/json\r\ncontent-length: 100000\r\n\r\n",
        attacker.room
    );
    let upgrade = format!(
        "GET /city/api/v1/live HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    // A text frame of 32 kB, masked with zeros.
    let frame = [upgrade.as_bytes(), &[0x81, 0xfe, 0x7f, 0xff, 0, 0, 0, 0]].concat();
    let kinds = [(head.into_bytes(), ""), (body.into_bytes(), " 408 "), (frame, " 101 ")];
    let all = kinds.iter().flat_map(|(beginning, answer)| (0..20).map(move |_| (trickle(attacker.address, beginning), *answer)));
    let (all, answers): (Vec<_>, Vec<&str>) = all.unzip();
    for (said, answer) in futures_util::future::join_all(all).await.iter().zip(answers) {
        let line = said.lines().next().unwrap_or_default();
        assert!(line.contains(answer), "{line:?} instead of {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_never_reads_is_told_that_it_is_behind_and_then_cut_off() {
    beside("one that never reads", never_reads).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_of_10_mb_ends_its_socket() {
    beside("frames of 10 MB", large_frames).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_10_mb_is_refused() {
    beside("bodies of 10 MB", large_bodies).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_frames_is_taken_as_slowly_as_is_allowed() {
    beside("a flood of frames", flood).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_sockets_of_one_account_the_newest_stay() {
    beside("many sockets", many_sockets).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_bodies_and_frames_that_trickle_are_cut_off() {
    beside("trickles", trickles).await;
}
