//! `kill -9` under load, again and again: no acknowledged message is lost, none is there twice, and no seq is missing; and a
//! tab that came back each time holds what the database holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Backend, Client, Process, Server};

use super::new_id;
use super::tab::{View, watch};

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

/// What is stored of a room: all that was acknowledged, each at its seq, nothing twice, and no seq missing.
fn ensure_whole(stored: &BTreeMap<i64, String>, acknowledged: &BTreeMap<i64, String>) {
    let seqs: Vec<i64> = stored.keys().copied().collect();
    let first = seqs[0];
    assert_eq!(seqs, (first..first + i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>(), "no seq is missing");
    for (seq, id) in acknowledged {
        assert_eq!(stored.get(seq), Some(id), "what was acknowledged is there, at its seq");
    }
    let mut texts: Vec<&String> = stored.values().filter(|text| !text.is_empty()).collect();
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), count, "nothing is there twice");
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
    let (close_tab, closing) = tokio::sync::watch::channel(false);
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
    let stored = View::fetch(&reader, &room).await.expect("the server is up").texts();
    ensure_whole(&stored, &acknowledged);

    close_tab.send_replace(true);
    let (view, lives) = watching.await.unwrap();
    assert_eq!(view.texts(), stored, "a tab that was live {lives} times holds what is stored");
    assert!(lives > 1, "it came back");
    process.kill();
    let check = std::process::Command::new(irori()).args(["check", "--stopped"]).args(&arguments).output().unwrap();
    assert!(check.status.code().is_some_and(|code| code < 2), "irori check: {}", String::from_utf8_lossy(&check.stdout));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_five_times_on_sqlite() {
    story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_five_times_on_postgres() {
    story(Backend::Postgres).await;
}
