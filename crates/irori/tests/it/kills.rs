//! `kill -9` under load, again and again: no acknowledged message is lost, none is there twice, and no seq is missing; and a
//! tab that came back each time holds what the database holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Backend, Client, Process, Server, Socket};
use tokio::sync::watch;

use super::new_id;

const KILLS: usize = 5;
const SENDERS: usize = 8;

fn irori() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_irori"))
}

/// Sends until told to stop, each message until it is acknowledged: its client id and seq.
async fn send_on(client: Client, room: String, stop: Arc<AtomicBool>) -> Vec<(String, i64)> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let id = new_id();
        let body = json!({ "clientId": id, "text": id });
        loop {
            let request = client.request(reqwest::Method::POST, &format!("/rooms/{room}/messages")).json(&body);
            let answer = request.timeout(Duration::from_secs(5)).send().await;
            if let Ok(answer) = answer
                && answer.status().is_success()
                && let Ok(message) = answer.json::<Value>().await
            {
                acknowledged.push((id, message["seq"].as_i64().expect("a seq")));
                break;
            }
            // Killed, or not up yet: the same id again.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    acknowledged
}

/// What a tab holds of the room: its rev, and text and rev by seq.
struct View {
    rev: i64,
    messages: BTreeMap<i64, (i64, String)>,
}

impl View {
    /// As a tab fetches a room afresh; none while the server is away.
    async fn fetch(client: &Client, room: &str) -> Option<Self> {
        // First the rev: what comes after it is told again.
        let rev = get(client, &format!("/rooms/{room}")).await?["rev"].as_i64()?;
        let mut view = Self { rev, messages: BTreeMap::new() };
        loop {
            let after = view.messages.keys().last().copied().unwrap_or(0);
            let page = get(client, &format!("/rooms/{room}/messages?limit=200&afterSeq={after}")).await?;
            for message in page["items"].as_array()? {
                view.hold(message);
            }
            if page["hasAfter"] != true {
                return Some(view);
            }
        }
    }

    fn hold(&mut self, message: &Value) {
        let (seq, rev) = (message["seq"].as_i64().expect("a seq"), message["rev"].as_i64().expect("a rev"));
        let text = message["text"].as_str().unwrap_or_default().to_owned();
        let held = self.messages.entry(seq).or_insert((0, String::new()));
        if rev > held.0 {
            *held = (rev, text);
        }
    }

    fn holds(&self, room: &str) -> Value {
        let last = self.messages.keys().last().copied().unwrap_or(0);
        json!({ "rooms": { room: last }, "revs": { room: self.rev } })
    }

    /// Takes a frame in; false where the room must be fetched afresh.
    fn take(&mut self, room: &str, frame: &Value) -> bool {
        match frame["type"].as_str() {
            Some("message") if frame["message"]["roomId"] == room => self.hold(&frame["message"]),
            Some("reset") if frame["roomId"] == room => return false,
            Some("behind") if frame["heads"][room]["rev"].as_i64() > Some(self.rev) => return false,
            Some("room") if frame["room"]["id"] == room => {}
            _ => return true,
        }
        self.rev = self.rev.max(frame["rev"].as_i64().unwrap_or(0));
        true
    }
}

async fn get(client: &Client, path: &str) -> Option<Value> {
    client.request(reqwest::Method::GET, path).send().await.ok()?.error_for_status().ok()?.json().await.ok()
}

/// Takes in what a socket brings until it breaks, or the tab is to close. What is held then, none where it must be fetched
/// afresh; and whether it was live.
async fn follow(mut view: View, room: &str, mut socket: Socket, stop: &mut watch::Receiver<bool>) -> (Option<View>, bool) {
    let last = *stop.borrow();
    let mut live = false;
    while !(last && live) {
        let frame = tokio::select! {
            frame = socket.next() => frame,
            _ = stop.changed(), if !last => None,
        };
        let Some(frame) = frame else { break };
        if !view.take(room, &frame) {
            return (None, live);
        }
        live |= frame["type"] == "ready";
    }
    (Some(view), live)
}

/// Holds a socket, and comes back with what it holds whenever it breaks; once more when told to stop. The view, and how often
/// it was live.
async fn watch(client: Client, room: String, mut stop: watch::Receiver<bool>) -> (View, usize) {
    let (mut held, mut lives) = (None, 0);
    loop {
        let last = *stop.borrow_and_update();
        if held.is_none() {
            held = View::fetch(&client, &room).await;
        }
        if let Ok(mut socket) = Socket::open(&client).await
            && let Some(view) = held.take()
        {
            let told = socket.try_hello(view.holds(&room)).await;
            let (view, live) = if told { follow(view, &room, socket, &mut stop).await } else { (Some(view), false) };
            lives += usize::from(live);
            match view {
                Some(view) if last && live => return (view, lives),
                view => held = view,
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn story(backend: Backend) {
    let server = Server::start(backend).await;
    let aiko = server.client("aiko");
    let room = aiko.post_ok("/rooms", json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] })).await;
    let room = room["id"].as_str().unwrap().to_owned();
    let tokens = ["aiko", "kenji"].map(|login| server.person(login).token.clone());
    let data = server.into_data().await;
    let arguments = data.arguments();

    let mut process = Process::start(irori(), &arguments).await;
    let address = process.address;
    let origin = format!("http://{address}");
    let stop = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..SENDERS)
        .map(|n| {
            let client = Client::new(&origin, "city", Some(tokens[n % 2].clone()));
            tokio::spawn(send_on(client, room.clone(), Arc::clone(&stop)))
        })
        .collect();
    let tab = Client::new(&origin, "city", Some(tokens[1].clone()));
    let (close_tab, closing) = watch::channel(false);
    let watching = tokio::spawn(watch(tab, room.clone(), closing));
    for n in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(250 + 70 * n as u64)).await;
        process.kill();
        process = Process::start_at(irori(), &arguments, address).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = BTreeMap::new();
    for sender in senders {
        for (id, seq) in sender.await.unwrap() {
            assert!(acknowledged.insert(seq, id).is_none(), "two messages were told seq {seq}");
        }
    }
    assert!(acknowledged.len() > SENDERS * KILLS, "there was load: {}", acknowledged.len());

    let reader = Client::new(&origin, "city", Some(tokens[1].clone()));
    let stored = all(&reader, &room).await;
    let seqs: Vec<i64> = stored.iter().map(|(seq, _)| *seq).collect();
    let first = seqs[0];
    assert_eq!(seqs, (first..first + i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>(), "no seq is missing");
    let mut texts: Vec<&String> = stored.iter().map(|(_, text)| text).filter(|text| !text.is_empty()).collect();
    let by_seq: BTreeMap<i64, &String> = stored.iter().map(|(seq, text)| (*seq, text)).collect();
    for (seq, id) in &acknowledged {
        assert_eq!(by_seq.get(seq), Some(&id), "what was acknowledged is there, at its seq");
    }
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), count, "nothing is there twice");

    close_tab.send_replace(true);
    let (view, lives) = watching.await.unwrap();
    let seen: Vec<(i64, String)> = view.messages.into_iter().map(|(seq, (_, text))| (seq, text)).collect();
    assert_eq!(seen, stored, "a tab that came back {lives} times holds what is stored");
    assert!(lives > KILLS, "it was live between the kills: {lives}");
    process.kill();
    let check = std::process::Command::new(irori()).arg("check").args(&arguments).output().unwrap();
    assert!(check.status.success(), "irori check: {}", String::from_utf8_lossy(&check.stdout));
}

/// All messages of a room: seq and text.
async fn all(client: &Client, room: &str) -> Vec<(i64, String)> {
    let mut stored = Vec::new();
    let mut after = 0;
    loop {
        let page = client.get_ok(&format!("/rooms/{room}/messages?limit=200&afterSeq={after}")).await;
        for message in page["items"].as_array().unwrap() {
            after = message["seq"].as_i64().unwrap();
            stored.push((after, message["text"].as_str().unwrap_or_default().to_owned()));
        }
        if page["hasAfter"] != true {
            return stored;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_five_times_on_sqlite() {
    story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_five_times_on_postgres() {
    story(Backend::Postgres).await;
}
