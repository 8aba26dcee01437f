//! The server stops: everybody is told, and nothing that was done goes unsaid.

use std::time::Duration;

use serde_json::json;

use crate::stage::{FLOOD_WATCH, Stage};

#[tokio::test]
async fn what_is_under_way_is_answered_and_each_socket_is_told_to_come_back() {
    let stage = Stage::set().await;
    let (mut kenji, mut aiko, mut silent) = (stage.connect("kenji").await, stage.connect("aiko").await, stage.open("mei").await);
    kenji.send(json!({ "type": "wait", "ref": "a", "text": "間に合うか" })).await;
    stage.world.waits.notified().await;
    stage.say(FLOOD_WATCH, 21, true, "最後");
    assert_eq!(aiko.expect("message").await["message"]["seq"], 21);
    stage.hub.close_all();
    assert_eq!(aiko.closed().await, 1012);
    assert_eq!(silent.closed().await, 1012, "one that has not said hello");
    stage.world.let_go.notify_one();
    assert_eq!(kenji.expect("ack").await["ref"], "a");
    assert_eq!(kenji.closed().await, 1012);
    tokio::time::timeout(Duration::from_secs(5), stage.hub.emptied()).await.expect("all have gone");
    let mut late = stage.open("kenji").await;
    assert_eq!(late.closed().await, 1012, "whoever still comes is told too");
}
