//! `kill -9` while scheduled messages are being sent, again and again: each is sent, and none twice.

use std::sync::Arc;
use std::time::Duration;

use kernel::clock::SystemClock;
use kernel::event::NoSink;
use kernel::{Clock as _, TenantId, Time};
use serde_json::{Value, json};
use store::{Store, StoreConfig, Tx, params};
use testkit::{Backend, Client, Process, Server};
use uuid::Uuid;

use super::{at_length, ensure_sound, irori, new_id};

const WRITERS: [&str; 6] = ["aiko", "kenji", "mei", "mayor", "outsider", "admin"];
/// As many as one may have waiting.
const EACH: usize = 100;

/// Everybody's messages for one room, in an hour; their ids.
async fn schedule(server: &Server) -> (String, Vec<Uuid>) {
    let members: Vec<String> = WRITERS[1..].iter().map(|login| server.id(login)).collect();
    let body = json!({ "kind": "group", "title": "朝礼", "memberIds": members });
    let room = server.client("aiko").post_ok("/rooms", body).await["id"].as_str().unwrap().to_owned();
    let at = SystemClock.now().plus(Duration::from_secs(3600));
    let mut ids = Vec::new();
    for writer in WRITERS {
        for n in 0..EACH {
            let message = json!({ "clientId": new_id(), "text": format!("{writer} {n}") });
            let body = json!({ "sendAt": at, "message": message });
            let waits = server.client(writer).post_ok(&format!("/rooms/{room}/scheduledMessages"), body).await;
            ids.push(waits["id"].as_str().unwrap().parse().unwrap());
        }
    }
    (room, ids)
}

/// The data beside any server.
async fn open(config: StoreConfig) -> (Store, TenantId) {
    let store = Store::open(config, Arc::new(SystemClock), Arc::new(NoSink)).await.unwrap();
    let city = store.find_tenant("city").await.unwrap().unwrap().id;
    (store, city)
}

/// Brings the hour forward, so that it has not to be waited for.
async fn make_due(config: StoreConfig, ids: Vec<Uuid>) {
    let (store, city) = open(config).await;
    let now = SystemClock.now();
    let write = async move |tx: &mut Tx<'_>| {
        for id in ids {
            jobs::store::set(tx, talk::store::scheduled::TIMER, id, now).await?;
        }
        Ok::<_, store::StoreError>(())
    };
    store.tenant(city).write(write).await.unwrap();
}

/// How many wait.
async fn waiting(config: StoreConfig) -> usize {
    let (store, city) = open(config).await;
    let read = async move |tx: &mut Tx<'_>| tx.query(&jobs::store::DUE_TIMERS, &params![Time(i64::MAX), 10_000]).await;
    store.tenant(city).read(read).await.unwrap().len()
}

/// What was said in the room, the oldest first.
async fn said(client: &Client, room: &str) -> Vec<String> {
    let (mut texts, mut after) = (Vec::new(), 0);
    loop {
        let page = client.get_ok(&format!("/rooms/{room}/messages?limit=200&afterSeq={after}")).await;
        let items = page["items"].as_array().unwrap();
        let Some(last) = items.last() else { return texts };
        after = last["seq"].as_i64().unwrap();
        let text = |message: &Value| message["text"].as_str().unwrap().to_owned();
        texts.extend(items.iter().filter(|message| message["kind"] == "text").map(text));
    }
}

async fn story(backend: Backend) {
    let server = Server::start(backend).await;
    let (room, ids) = schedule(&server).await;
    let token = server.client("aiko").token().map(str::to_owned);
    let data = server.into_data().await;
    make_due(data.config(), ids).await;
    let arguments = data.arguments();
    let mut left = Vec::new();
    for n in 0..at_length("IRORI_KILLS", 20).min(40) {
        let process = Process::start(irori(), &arguments).await;
        // Not always at the same point of what comes after a start.
        tokio::time::sleep(Duration::from_millis(7 * n % 50)).await;
        process.kill();
        left.push(waiting(data.config()).await);
        if left.last() == Some(&0) {
            break;
        }
    }
    let all = WRITERS.len() * EACH;
    println!("{all} messages due on {backend:?}, left after each kill: {left:?}");
    assert!(left.iter().any(|left| (1..all).contains(left)), "some kill came half-way: {left:?}");
    let process = Process::start(irori(), &arguments).await;
    while waiting(data.config()).await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let client = Client::new(&format!("http://{}", process.address), "city", token);
    let mut texts = said(&client, &room).await;
    texts.sort_unstable();
    let mut wanted: Vec<String> = WRITERS.iter().flat_map(|writer| (0..EACH).map(move |n| format!("{writer} {n}"))).collect();
    wanted.sort_unstable();
    assert_eq!(texts, wanted, "each once");
    process.kill();
    ensure_sound(&arguments);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_on_sqlite() {
    story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_on_postgres() {
    story(Backend::Postgres).await;
}
