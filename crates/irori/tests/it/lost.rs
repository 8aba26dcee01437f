//! A bus that drops what was committed, as a process does that is killed between its commit and its publishing: the next
//! comparison with the log tells all of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::Event;
use live::Bus;
use serde_json::{Value, json};
use testkit::{Backend, Client, Server, Socket};

use super::new_id;

#[derive(Default)]
struct Faulty {
    drops: AtomicBool,
}

impl Bus for Faulty {
    fn publish(&self, events: Vec<Event>, deliver: &dyn Fn(Vec<Event>)) {
        if !self.drops.load(Ordering::SeqCst) {
            deliver(events);
        }
    }
}

/// Whether a frame is one of those awaited.
type Sign = Box<dyn Fn(&Value) -> bool>;

async fn room(server: &Server, title: &str, others: &[&str]) -> String {
    let ids: Vec<String> = others.iter().map(|login| server.id(login)).collect();
    let made = server.client("aiko").post_ok("/rooms", json!({ "kind": "group", "title": title, "memberIds": ids })).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn say(client: &Client, room: &str, text: &str) -> Value {
    let body = json!({ "clientId": new_id(), "text": text });
    client.post_ok(&format!("/rooms/{room}/messages"), body).await["seq"].clone()
}

/// Reads on until each of these has come, in whatever order.
async fn hear(socket: &mut Socket, mut awaited: Vec<(&str, Sign)>) {
    while !awaited.is_empty() {
        let left: Vec<&str> = awaited.iter().map(|(what, _)| *what).collect();
        let frame = socket.next().await.unwrap_or_else(|| panic!("never came: {left:?}"));
        awaited.retain(|(_, is)| !is(&frame));
    }
}

fn text_in(room: &str, text: &'static str) -> Sign {
    let room = json!(room);
    Box::new(move |frame| frame["message"]["roomId"] == room && frame["message"]["text"] == text)
}

async fn story(backend: Backend) {
    let bus = Arc::new(Faulty::default());
    let server = Server::with_bus(backend, bus.clone()).await;
    let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
    let (stays, leaves) = (room(&server, "水位監視", &["kenji", "mei"]).await, room(&server, "当番", &["kenji", "mei"]).await);
    let (edited, recalled) = (say(&aiko, &stays, "誤記").await, say(&aiko, &stays, "取り消す言葉").await);
    let mut socket = Socket::connect(&kenji).await;

    bus.drops.store(true, Ordering::SeqCst);
    say(&aiko, &stays, "失われた知らせ").await;
    aiko.patch_ok(&format!("/rooms/{stays}/messages/{edited}"), json!({ "text": "直した言葉" })).await;
    aiko.delete_ok(&format!("/rooms/{stays}/messages/{recalled}")).await;
    aiko.delete_ok(&format!("/rooms/{leaves}/members/{}", server.id("kenji"))).await;
    let gained = room(&server, "新しい部屋", &["kenji"]).await;
    let (left_id, gained_id, recalled_seq) = (json!(leaves), json!(gained), recalled.clone());
    let awaited: Vec<(&str, Sign)> = vec![
        ("a message", text_in(&stays, "失われた知らせ")),
        ("an edit", text_in(&stays, "直した言葉")),
        ("a recall", Box::new(move |frame| frame["message"]["seq"] == recalled_seq && frame["message"]["text"] == "")),
        ("a room one was removed from", Box::new(move |frame| frame["room"]["id"] == left_id && frame["room"]["gone"] == true)),
        ("a new room", Box::new(move |frame| frame["room"]["id"] == gained_id)),
    ];
    hear(&mut socket, awaited).await;
    assert!(server.app.hub.counters.gaps.load(Ordering::Relaxed) >= 2, "the log told it");

    // What the hub now knows of memberships decides what the bus brings from here on.
    bus.drops.store(false, Ordering::SeqCst);
    say(&aiko, &leaves, "もう聞こえない").await;
    say(&aiko, &gained, "ようこそ").await;
    say(&aiko, &stays, "続き").await;
    hear(&mut socket, vec![("welcome", text_in(&gained, "ようこそ")), ("the next", text_in(&stays, "続き"))]).await;
    let rest = socket.settled().await;
    assert!(!rest.iter().any(|frame| frame.to_string().contains("もう聞こえない")), "{rest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bus_drops_the_log_tells_on_sqlite() {
    story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bus_drops_the_log_tells_on_postgres() {
    story(Backend::Postgres).await;
}
