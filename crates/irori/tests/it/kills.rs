//! `kill -9` under load, again and again: no acknowledged message is lost, none is there twice, and no seq is missing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::{Clock as _, Random as _};
use serde_json::json;
use testkit::{Backend, Client, Process, Server};

const KILLS: usize = 5;
const SENDERS: usize = 8;

fn irori() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_irori"))
}

fn new_id() -> String {
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now()).to_string()
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
                && let Ok(message) = answer.json::<serde_json::Value>().await
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
