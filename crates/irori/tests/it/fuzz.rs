//! Bodies and frames that nobody would write: each is taken or refused in words; none breaks anything.
//!
//! They grow from sound ones: cut, doubled, mixed, with bytes turned and odd values put in. `make faults` goes on for minutes.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use testkit::{Backend, Server, Socket};
use tokio_tungstenite::tungstenite::Message;
use tower::ServiceExt as _;

use super::{at_length, new_id, seed};

/// What parsers stumble over.
const ODD: &[&str] = &[
    "null",
    "-1",
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "1e999",
    "1.5",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\u{202e}\"",
    "[[[[[[[[[[[[[[[[",
    "{\"a\":",
    "\"type\":\"hello\",",
    "\u{feff}",
    "NaN",
];

/// SplitMix64, so that a run can be repeated by its seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    fn one_of<'a, T: ?Sized>(&mut self, all: &'a [impl AsRef<T>]) -> &'a T {
        all[self.below(all.len())].as_ref()
    }

    /// One of these, changed a few times.
    fn mangled(&mut self, sound: &[String]) -> Vec<u8> {
        let mut bytes = self.one_of::<str>(sound).as_bytes().to_vec();
        for _ in 0..self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = at + self.below(bytes.len() + 1 - at);
            match self.below(8) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..end)),
                2 => bytes.splice(at..at, bytes[at..end].to_vec()).for_each(drop),
                3 => bytes.splice(at..end, self.one_of::<str>(ODD).bytes()).for_each(drop),
                4 => bytes.splice(at..at, self.one_of::<str>(ODD).bytes()).for_each(drop),
                5 => bytes.splice(at..end, self.one_of::<str>(sound).bytes()).for_each(drop),
                6 => bytes.splice(at..at, "[".repeat(self.below(2_000)).bytes()).for_each(drop),
                _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << self.below(8)),
            }
        }
        // A value of another kind in the place of one, all else sound.
        if self.below(3) == 0
            && let Ok(Value::Object(mut members)) = serde_json::from_str(self.one_of::<str>(sound))
            && let Some(member) = members.keys().nth(self.below(members.len())).cloned()
        {
            let odd = serde_json::from_str(self.one_of::<str>(ODD)).unwrap_or(Value::Null);
            members.insert(member, odd);
            return Value::Object(members).to_string().into_bytes();
        }
        bytes
    }
}

/// For so many seconds from another beginning each time, else so many times from the same.
struct Run {
    until: Option<Instant>,
    left: u64,
    chance: Chance,
    tried: u64,
}

impl Run {
    fn begin(usual: u64) -> Self {
        let seconds = at_length("IRORI_FUZZ_SECONDS", 0);
        let until = (seconds > 0).then(|| Instant::now() + Duration::from_secs(seconds));
        Self { until, left: usual, chance: Chance(seed(seconds > 0)), tried: 0 }
    }

    fn goes_on(&mut self) -> bool {
        self.tried += 1;
        self.until.map_or(self.tried <= self.left, |until| Instant::now() < until)
    }
}

/// A room of aiko and kenji with a message in it.
async fn room(server: &Server) -> String {
    let body = json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] });
    let aiko = server.client("aiko");
    let room = aiko.post_ok("/rooms", body).await["id"].as_str().unwrap().to_owned();
    aiko.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "text": "読めますか" })).await;
    room
}

/// Operations with a sound body each. None of them hashes a password, which would take all the time.
fn operations(server: &Server, room: &str) -> Vec<(&'static str, String, String)> {
    let (kenji, unit) = (server.id("kenji"), server.cast.unit("fire"));
    let mention = json!([{ "userId": kenji }, { "orgUnitId": unit }, { "all": true }]);
    let message = json!({ "clientId": new_id(), "text": "はい", "replyToSeq": 1, "mentions": mention });
    let all = [
        ("POST", "/rooms".to_owned(), json!({ "kind": "group", "title": "班", "memberIds": [kenji], "clientId": new_id() })),
        ("PATCH", format!("/rooms/{room}"), json!({ "title": "訓練", "noticeSeq": 1 })),
        ("PATCH", format!("/rooms/{room}/membership"), json!({ "muted": true, "hidden": false, "pinned": true })),
        ("POST", format!("/rooms/{room}/messages"), message),
        ("PATCH", format!("/rooms/{room}/messages/1"), json!({ "text": "訂正", "mentions": [] })),
        ("POST", format!("/rooms/{room}/read"), json!({ "seq": 1 })),
        ("POST", format!("/rooms/{room}/members"), json!({ "userIds": [kenji], "history": { "fromSeq": 1 } })),
        ("PATCH", "/me".to_owned(), json!({ "settings": { "theme": "dark" } })),
        (
            "POST",
            "/live/streams".to_owned(),
            json!({ "type": "hello", "rooms": { room: 1 }, "revs": { room: 1 }, "reads": {}, "me": 0 }),
        ),
        ("POST", "/grants".to_owned(), json!({ "userId": kenji, "role": "sectionAdmin", "orgUnitId": unit })),
    ];
    all.into_iter().map(|(method, path, body)| (method, path, body.to_string())).collect()
}

async fn bodies(backend: Backend) {
    let server = Server::start(backend).await;
    let room = room(&server).await;
    let operations = operations(&server, &room);
    let sound: Vec<String> = operations.iter().map(|(.., body)| body.clone()).collect();
    let token = server.person("aiko").token.clone();
    let mut run = Run::begin(1_000);
    let (mut taken, mut refused) = (0, 0);
    while run.goes_on() {
        let (method, path, own) = &operations[run.chance.below(operations.len())];
        let kin = if run.chance.below(4) == 0 { &sound[..] } else { std::slice::from_ref(own) };
        let body = run.chance.mangled(kin);
        let request = Request::builder().method(*method).uri(format!("/city/api/v1{path}"));
        let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
        let mut request = request.body(Body::from(body.clone())).unwrap();
        request.extensions_mut().insert(ConnectInfo(server.address));
        let answer = server.app.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let said = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status < 500, "{method} {path} {}: {status}", String::from_utf8_lossy(&body));
        if status < 400 {
            taken += 1;
            continue;
        }
        refused += 1;
        let problem: Value = serde_json::from_slice(&said).expect("a problem");
        assert!(problem["detail"].is_string() && problem["status"] == status, "{problem}");
    }
    println!("bodies on {backend:?}: {taken} taken, {refused} refused");
    assert!(taken > 0 && refused > 0, "some are sound and some are not: {taken}, {refused}");
    server.client("kenji").get_ok(&format!("/rooms/{room}/messages")).await;
}

async fn frames(backend: Backend) {
    /// At full speed on one socket; what comes after is taken more slowly.
    const BURST: usize = 900;
    let server = Server::start(backend).await;
    let room = room(&server).await;
    let kenji = server.id("kenji");
    let sound = [
        json!({ "type": "ping", "ref": 1 }),
        json!({ "type": "send", "ref": "a", "roomId": room, "clientId": new_id(), "text": "はい", "mentions": [{ "userId": kenji }] }),
        json!({ "type": "read", "ref": 2, "roomId": room, "seq": 1 }),
        json!({ "type": "typing", "roomId": room }),
        json!({ "type": "subscribe", "ref": 3, "roomId": room, "fromSeq": 1, "toSeq": 9 }),
        json!({ "type": "subscribe", "userIds": [kenji] }),
        json!({ "type": "readers", "roomId": room, "seq": 1 }),
        json!({ "type": "hello", "rooms": { &room: 1 }, "revs": { &room: 1 }, "reads": { &room: 1 }, "me": 1 }),
    ]
    .map(|frame| frame.to_string());
    let aiko = server.client("aiko");
    let mut run = Run::begin(1_500);
    let (mut sent, mut refused, mut socket) = (0, 0, Socket::connect(&aiko).await);
    while run.goes_on() {
        if sent == BURST {
            (sent, socket) = (0, Socket::connect(&aiko).await);
        }
        sent += 1;
        let text = String::from_utf8_lossy(&run.chance.mangled(&sound)).into_owned();
        socket.send_raw(Message::text(text.clone())).await;
        // Whatever it was, the next frame is answered.
        socket.send(json!({ "type": "ping", "ref": "next" })).await;
        sent += 1;
        loop {
            let answer = socket.next().await.unwrap_or_else(|| panic!("no answer after {text}"));
            if answer["type"] == "pong" && answer["ref"] == "next" {
                break;
            }
            refused += u64::from(answer["type"] == "error");
            assert!(answer["problem"]["status"].as_u64() < Some(500), "{text}: {answer}");
        }
    }
    println!("frames on {backend:?}: {} tried, {refused} refused", run.tried);
    assert!(refused > 0, "some are unsound");
    // The first frame of a socket is read by itself.
    for _ in 0..50 {
        let text = String::from_utf8_lossy(&run.chance.mangled(&sound)).into_owned();
        let mut socket = Socket::open(&aiko).await.unwrap();
        socket.send_raw(Message::text(text.clone())).await;
        let answer = socket.next().await.unwrap_or_else(|| panic!("no answer to {text}"));
        assert!(answer["type"] == "welcome" || answer["problem"]["status"].as_u64() < Some(500), "{text}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_body_breaks_anything_on_sqlite() {
    bodies(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_body_breaks_anything_on_postgres() {
    bodies(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_frame_breaks_anything_on_sqlite() {
    frames(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_frame_breaks_anything_on_postgres() {
    frames(Backend::Postgres).await;
}
