//! Bounds: what they cut off, and what outlives them.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use futures_util::SinkExt as _;
use kernel::RoomId;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::stage::{FLOOD_WATCH, Stage};

/// A hello that names so many rooms.
fn hello_of(rooms: u128) -> Value {
    let named: BTreeMap<String, i64> = (0..rooms).map(|n| (RoomId(Uuid::from_u128(1_000 + n)).to_string(), 1)).collect();
    json!({ "type": "hello", "rooms": named, "revs": named, "reads": named })
}

#[tokio::test]
async fn an_overflow_tells_where_ones_own_stream_stands_too_and_drops_no_answer() {
    // Nothing may wait: every piece of news overflows.
    let stage = Stage::with(|config| config.queue_frames = 0).await;
    let mut kenji = stage.connect("kenji").await;
    stage.nudge("kenji");
    let behind = kenji.expect("behind").await;
    assert_eq!((&behind["me"], &behind["heads"][FLOOD_WATCH.to_string()]["rev"]), (&json!(1), &json!(0)));
    stage.say(FLOOD_WATCH, 21, true, "知らせ");
    kenji.send(json!({ "type": "send", "ref": "a", "text": "はい" })).await;
    kenji.send(json!({ "type": "subscribe", "ref": "b", "roomId": FLOOD_WATCH })).await;
    kenji.send(json!({ "type": "ping", "ref": "c" })).await;
    for (kind, reference) in [("ack", "a"), ("cursors", "b"), ("pong", "c")] {
        assert_eq!(kenji.expect(kind).await["ref"], reference);
    }
    assert!(kenji.passed.iter().any(|frame| frame["type"] == "behind" && frame["heads"][FLOOD_WATCH.to_string()]["seq"] == 21));
}

#[tokio::test]
async fn where_a_room_stands_is_known_after_a_gap_was_filled() {
    let stage = Stage::with(|config| config.queue_frames = 0).await;
    let mut kenji = stage.connect("kenji").await;
    stage.bus.broken.store(true, Ordering::SeqCst);
    stage.say(FLOOD_WATCH, 21, true, "失われた");
    let behind = kenji.expect("behind").await;
    assert_eq!(behind["heads"][FLOOD_WATCH.to_string()], json!({ "seq": 21, "rev": 1 }));
}

#[tokio::test]
async fn a_hello_of_thousands_of_rooms_is_taken_on_either_way() {
    let stage = Stage::set().await;
    let hello = hello_of(5_000);
    assert!(hello.to_string().len() > 512 * 1024);
    stage.connect_with("kenji", hello.clone()).await;
    let http = reqwest::Client::new();
    let post = async |body: &Value| {
        let request = http.post(format!("http://{}/live/streams", stage.address)).header("x-user", "kenji").json(body);
        request.send().await.unwrap().status()
    };
    assert_eq!(post(&hello).await, 201);
    assert_eq!(post(&hello_of(20_000)).await, 413);
}

#[tokio::test]
async fn what_is_too_large_is_answered() {
    let stage = Stage::set().await;
    let mut kenji = stage.open("kenji").await;
    // It closes before it has taken all of it, so the sending may fail.
    let _ = kenji.socket.send(Message::text(hello_of(20_000).to_string())).await;
    assert_eq!(kenji.expect("error").await["problem"]["status"], 400);
    let mut aiko = stage.connect("aiko").await;
    aiko.send(json!({ "type": "send", "ref": "long", "text": "川".repeat(100_000) })).await;
    let error = aiko.expect("error").await;
    assert_eq!((&error["ref"], &error["problem"]["status"]), (&json!("long"), &json!(413)));
    aiko.send(json!({ "type": "ping" })).await;
    aiko.expect("pong").await;
}

#[tokio::test]
async fn all_but_the_newest_sockets_of_a_user_are_told_to_go() {
    let stage = Stage::with(|config| config.most_per_user = 2).await;
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(stage.connect("aiko").await);
    }
    for old in &mut all[..3] {
        assert_eq!(old.closed().await, 1008);
    }
    stage.connected(2).await;
    for new in &mut all[3..] {
        new.send(json!({ "type": "ping" })).await;
        new.expect("pong").await;
    }
}
