//! What a scrape is told of the live path.

use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;
use serde_json::json;

use crate::stage::{FLOOD_WATCH, Stage};

/// One sample of a scrape.
fn sample(stage: &Stage, name: &str) -> u64 {
    let (mut registry, mut text) = (Registry::default(), String::new());
    stage.hub.register(&mut registry);
    prometheus_text::encode(&mut text, &registry).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn sockets_streams_and_deliveries_are_counted() {
    let stage = Stage::with(|config| config.most_per_user = 1).await;
    let mut first = stage.connect("aiko").await;
    let mut second = stage.connect("aiko").await;
    assert_eq!(first.closed().await, 1008);
    stage.connected(1).await;
    let http = reqwest::Client::new();
    let opened = http.post(format!("http://{}/live/streams", stage.address)).header("x-user", "kenji").json(&json!({}));
    let opened: serde_json::Value = opened.send().await.unwrap().json().await.unwrap();
    assert_eq!(sample(&stage, "live_event_streams"), 0, "it is not read yet");
    let address = format!("http://{}/live/stream?id={}", stage.address, opened["streamId"].as_str().unwrap());
    let stream = http.get(address).header("x-user", "kenji").send().await.unwrap();
    stage.say(FLOOD_WATCH, 21, true, "二人に届く");
    while second.expect("message").await["message"]["seq"] != 21 {}
    for (name, count) in [
        ("live_sockets", 1),
        ("live_event_streams", 1),
        ("live_connections", 2),
        ("live_surplus_total", 1),
        ("live_deliveries_total", 2),
        ("live_events_total", 1),
        ("live_waiting_events", 0),
        ("live_stuck_total", 0),
    ] {
        assert_eq!(sample(&stage, name), count, "{name}");
    }
    drop((stream, second));
    stage.connected(0).await;
    while sample(&stage, "live_sockets") + sample(&stage, "live_event_streams") > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_slow_client_that_is_cut_off_is_counted() {
    let stage = Stage::with(|config| config.stuck_after = Duration::from_millis(100)).await;
    let _takes_nothing = stage.connect("kenji").await;
    let text = "川".repeat(5_000);
    let mut told = 20;
    while stage.hub.counters.stuck.load(Ordering::Relaxed) == 0 {
        told += 1;
        stage.say(FLOOD_WATCH, told, true, &text);
        tokio::task::yield_now().await;
    }
    stage.connected(0).await;
    assert_eq!((sample(&stage, "live_stuck_total"), sample(&stage, "live_silent_total")), (1, 0));
}

#[tokio::test]
async fn whom_a_full_process_turns_away_is_counted() {
    let stage = Stage::with(|config| config.most_connections = 1).await;
    let _in = stage.connect("aiko").await;
    let mut out = stage.open("kenji").await;
    out.send(json!({ "type": "hello" })).await;
    assert_eq!(out.expect("error").await["problem"]["status"], 503);
    assert_eq!(sample(&stage, "live_refused_total"), 1);
}
