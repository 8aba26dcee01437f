//! Sessions that change while their sockets are open.

use std::time::Duration;

use kernel::ActorId;
use serde_json::json;
use uuid::Uuid;

use super::stage::{CITY, Stage, session};

#[tokio::test]
async fn whoever_acts_from_now_on_writes_the_next_frame() {
    // The regular look would take a minute.
    let stage = Stage::with(|config| config.recheck_every = Duration::from_secs(60)).await;
    let (mut aiko, mut kenji) = (stage.connect("aiko").await, stage.connect("kenji").await);
    let actor = ActorId(Uuid::from_u128(7));
    stage.world.act(session("aiko"), actor);
    stage.hub.renew_session(CITY, session("aiko")).await;
    for (socket, acts) in [(&mut aiko, json!(actor)), (&mut kenji, json!(null))] {
        socket.send(json!({ "type": "send", "ref": 1, "text": "異常なし" })).await;
        assert_eq!(socket.expect("ack").await["message"]["actorId"], acts);
    }
}

#[tokio::test]
async fn what_changed_between_knocking_and_hello_is_known() {
    let stage = Stage::with(|config| config.recheck_every = Duration::from_secs(60)).await;
    let (mut aiko, mut kenji) = (stage.open("aiko").await, stage.open("kenji").await);
    let actor = ActorId(Uuid::from_u128(7));
    stage.world.act(session("aiko"), actor);
    stage.hub.renew_session(CITY, session("aiko")).await;
    aiko.send(json!({ "type": "hello" })).await;
    aiko.expect("ready").await;
    aiko.send(json!({ "type": "send", "ref": 1, "text": "異常なし" })).await;
    assert_eq!(aiko.expect("ack").await["message"]["actorId"], json!(actor));
    stage.world.revoke_all();
    kenji.send(json!({ "type": "hello" })).await;
    assert_eq!(kenji.expect("error").await["problem"]["status"], 401);
}

#[tokio::test]
async fn a_revoked_session_is_told_and_closed() {
    let stage = Stage::with(|config| config.recheck_every = Duration::from_millis(10)).await;
    let mut aiko = stage.connect("aiko").await;
    stage.world.revoke_all();
    aiko.expect("signedOut").await;
    assert_eq!(aiko.closed().await, 4401);
}

#[tokio::test]
async fn a_session_that_signs_out_is_closed_at_once() {
    let stage = Stage::set().await;
    let (mut aiko, mut kenji) = (stage.connect("aiko").await, stage.connect("kenji").await);
    stage.hub.close_session(CITY, session("aiko"));
    aiko.expect("signedOut").await;
    assert_eq!(aiko.closed().await, 4401);
    kenji.send(json!({ "type": "ping" })).await;
    kenji.expect("pong").await;
}
