//! What goes wrong once, or for long, holds nothing else up.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;

use crate::stage::{FLOOD_WATCH, Stage};

#[tokio::test]
async fn a_frame_that_cannot_be_written_holds_up_nothing_after_it() {
    let stage = Stage::set().await;
    let mut kenji = stage.connect("kenji").await;
    stage.stumble(FLOOD_WATCH, 21);
    stage.say(FLOOD_WATCH, 22, true, "次");
    assert_eq!(kenji.expect("message").await["message"]["seq"], 22);
    stage.bus.broken.store(true, Ordering::SeqCst);
    stage.stumble(FLOOD_WATCH, 23);
    stage.say(FLOOD_WATCH, 24, true, "ログから");
    assert_eq!(kenji.expect("message").await["message"]["seq"], 24);
}

#[tokio::test]
async fn a_comparison_that_panics_is_made_again() {
    let stage = Stage::set().await;
    let mut kenji = stage.connect("kenji").await;
    stage.world.heads_panic.store(true, Ordering::SeqCst);
    stage.bus.broken.store(true, Ordering::SeqCst);
    stage.say(FLOOD_WATCH, 21, true, "失われた");
    assert_eq!(kenji.expect("message").await["message"]["seq"], 21);
    assert!(!stage.world.heads_panic.load(Ordering::SeqCst), "it did panic");
}

#[tokio::test]
async fn sessions_that_take_long_to_look_up_hold_up_no_healing() {
    let stage = Stage::with(|config| config.recheck_every = Duration::from_millis(10)).await;
    let mut kenji = stage.connect("kenji").await;
    stage.world.sessions_hang.store(true, Ordering::SeqCst);
    for seq in 21..25 {
        stage.bus.broken.store(true, Ordering::SeqCst);
        stage.say(FLOOD_WATCH, seq, true, "失われた");
        assert_eq!(kenji.expect("message").await["message"]["seq"], seq);
    }
}

#[tokio::test]
async fn a_connection_whose_task_panics_leaves() {
    let stage = Stage::set().await;
    let (mut kenji, mut aiko) = (stage.connect("kenji").await, stage.connect("aiko").await);
    kenji.send(json!({ "type": "panic" })).await;
    assert_eq!(kenji.closed().await, 0, "it ends without a word");
    stage.connected(1).await;
    stage.say(FLOOD_WATCH, 21, true, "続き");
    assert_eq!(aiko.expect("message").await["message"]["seq"], 21);
}
