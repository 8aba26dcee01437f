//! What sockets may rely on, over a real listener.

mod bounds;
mod event_streams;
mod healing;
mod measures;
mod sessions;
mod stage;
mod stopping;

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::SinkExt as _;
use serde_json::json;
use stage::{FLOOD_WATCH, SECTION, Stage, user};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_message_reaches_the_rooms_members_on_all_their_devices_and_nobody_else() {
    let stage = Stage::set().await;
    let (mut aiko, mut aikos_phone, mut kenji) =
        (stage.connect("aiko").await, stage.connect("aiko").await, stage.connect("kenji").await);
    let mut mei = stage.connect("mei").await;
    stage.say(SECTION, 21, true, "署員だけに");
    stage.say(FLOOD_WATCH, 21, true, "みなさんへ");
    for socket in [&mut aiko, &mut aikos_phone, &mut kenji] {
        assert_eq!(socket.expect("message").await["message"]["text"], "署員だけに");
        assert_eq!(socket.expect("message").await["message"]["text"], "みなさんへ");
    }
    assert_eq!(mei.expect("message").await["message"]["text"], "みなさんへ", "mei is not in the section's room");
}

#[tokio::test]
async fn a_change_to_an_older_message_is_kept_from_those_who_came_later() {
    let stage = Stage::set().await;
    let (mut kenji, mut mei) = (stage.connect("kenji").await, stage.connect("mei").await);
    stage.say(FLOOD_WATCH, 9, false, "meiが来る前の話");
    stage.say(FLOOD_WATCH, 10, false, "meiが来てからの話");
    assert_eq!(kenji.expect("message").await["message"]["seq"], 9);
    assert_eq!(mei.expect("message").await["message"]["seq"], 10);
}

#[tokio::test]
async fn what_a_bus_loses_the_comparison_brings() {
    let stage = Stage::set().await;
    let mut kenji = stage.connect("kenji").await;
    stage.bus.broken.store(true, Ordering::SeqCst);
    stage.say(FLOOD_WATCH, 21, true, "失われた");
    stage.say(FLOOD_WATCH, 22, true, "これも");
    assert_eq!(kenji.expect("message").await["message"]["seq"], 21);
    assert_eq!(kenji.expect("message").await["message"]["seq"], 22);
    assert!(stage.hub.counters.gaps.load(Ordering::Relaxed) > 0);
}

#[tokio::test]
async fn a_gap_is_filled_as_soon_as_the_next_event_shows_it_and_nothing_comes_twice() {
    // The comparison would take a minute: the gap itself must do it.
    let stage = Stage::with(|config| config.compare_every = Duration::from_secs(60)).await;
    let mut kenji = stage.connect("kenji").await;
    stage.bus.broken.store(true, Ordering::SeqCst);
    stage.say(FLOOD_WATCH, 21, true, "失われた");
    stage.bus.broken.store(false, Ordering::SeqCst);
    stage.say(FLOOD_WATCH, 22, true, "届いた");
    stage.say(FLOOD_WATCH, 23, true, "次");
    for seq in [21, 22, 23] {
        assert_eq!(kenji.expect("message").await["message"]["seq"], seq);
    }
}

#[tokio::test]
async fn a_returning_client_gets_what_it_missed_before_ready() {
    let stage = Stage::set().await;
    stage.say(FLOOD_WATCH, 21, true, "いない間に");
    stage.say(FLOOD_WATCH, 22, true, "もう一つ");
    let held = json!({ "type": "hello", "rooms": { FLOOD_WATCH.to_string(): 21 }, "revs": { FLOOD_WATCH.to_string(): 1 } });
    let kenji = stage.connect_with("kenji", held).await;
    let seqs: Vec<_> =
        kenji.passed.iter().filter(|frame| frame["type"] == "message").map(|frame| frame["message"]["seq"].clone()).collect();
    assert_eq!(seqs, [22]);
    assert_eq!(kenji.passed[0]["type"], "welcome");
    assert_eq!(kenji.passed[0]["userId"], json!(user("kenji")), "whose connection it is");
}

#[tokio::test]
async fn a_device_that_connects_while_its_user_is_taken_out_hears_no_more_of_the_room() {
    let stage = Stage::set().await;
    let (mut kenji, mut aiko, mut aikos_phone) =
        (stage.connect("kenji").await, stage.connect("aiko").await, stage.open("aiko").await);
    let held = stage.world.hold();
    aikos_phone.send(json!({ "type": "hello" })).await;
    held.read().await;
    stage.move_in_section("aiko", false);
    assert_eq!(aiko.expect("room").await["room"]["gone"], true, "the other device knows");
    held.let_go();
    aikos_phone.expect("ready").await;
    stage.say(SECTION, 21, true, "もう聞こえない");
    assert_eq!(kenji.expect("message").await["message"]["text"], "もう聞こえない");
    for device in [&mut aiko, &mut aikos_phone] {
        let heard = device.settled().await;
        assert!(heard.iter().all(|frame| frame["type"] != "message"), "{heard:?}");
    }
}

#[tokio::test]
async fn a_device_that_connects_while_its_user_is_let_in_hears_the_room() {
    let stage = Stage::set().await;
    let (mut mei, mut meis_phone) = (stage.connect("mei").await, stage.open("mei").await);
    let held = stage.world.hold();
    meis_phone.send(json!({ "type": "hello" })).await;
    held.read().await;
    stage.move_in_section("mei", true);
    mei.expect("room").await;
    held.let_go();
    meis_phone.expect("ready").await;
    stage.say(SECTION, 21, true, "ようこそ");
    for device in [&mut mei, &mut meis_phone] {
        assert_eq!(device.expect("message").await["message"]["text"], "ようこそ");
    }
}

#[tokio::test]
async fn a_device_that_is_current_hears_in_its_greeting_what_is_said_while_it_connects() {
    let stage = Stage::set().await;
    let (mut kenji, mut aiko) = (stage.connect("kenji").await, stage.open("aiko").await);
    let held = stage.world.hold();
    aiko.send(json!({ "type": "hello", "revs": { FLOOD_WATCH.to_string(): 0, SECTION.to_string(): 0 } })).await;
    held.read().await;
    stage.say(FLOOD_WATCH, 21, true, "堤防が切れました");
    kenji.expect("message").await;
    held.let_go();
    aiko.expect("ready").await;
    let heard: Vec<_> = aiko.passed.iter().filter(|frame| frame["type"] == "message").collect();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(heard[0]["message"]["text"], "堤防が切れました");
}

#[tokio::test]
async fn an_only_device_that_connects_while_its_user_is_taken_out_is_put_right_by_the_comparison() {
    let stage = Stage::set().await;
    let (mut kenji, mut aiko) = (stage.connect("kenji").await, stage.open("aiko").await);
    let held = stage.world.hold();
    aiko.send(json!({ "type": "hello" })).await;
    held.read().await;
    stage.move_in_section("aiko", false);
    held.let_go();
    aiko.expect("ready").await;
    assert_eq!(aiko.expect("room").await["room"]["gone"], true);
    stage.say(SECTION, 21, true, "もう聞こえない");
    kenji.expect("message").await;
    let heard = aiko.settled().await;
    assert!(heard.iter().all(|frame| frame["type"] != "message"), "{heard:?}");
}

#[tokio::test]
async fn a_hello_that_counts_below_zero_is_refused() {
    let stage = Stage::set().await;
    let room = FLOOD_WATCH.to_string();
    let least = i64::MIN;
    for (field, hello) in [
        ("me", json!({ "me": least })),
        ("rooms", json!({ "rooms": { &room: -1 } })),
        ("revs", json!({ "revs": { &room: least } })),
        ("reads", json!({ "reads": { &room: -1 } })),
    ] {
        let mut kenji = stage.open("kenji").await;
        let mut frame = hello;
        frame["type"] = json!("hello");
        kenji.send(frame).await;
        let problem = kenji.expect("error").await["problem"].clone();
        assert_eq!((&problem["status"], &problem["errors"][0]["field"]), (&json!(422), &json!(field)));
    }
    stage.connect_with("kenji", json!({ "type": "hello", "rooms": { &room: 0 }, "reads": { &room: 0 }, "me": 0 })).await;
}

#[tokio::test]
async fn errors_are_said_in_the_callers_language() {
    let stage = Stage::set().await;
    for (language, detail) in [("en-US,ja;q=0.5", "The request is malformed."), ("ja", "入力の形式が正しくありません。")]
    {
        let mut kenji = stage.open_in("kenji", language).await;
        kenji.send(json!({ "type": "hello" })).await;
        kenji.expect("ready").await;
        kenji.send(json!({ "type": "dance" })).await;
        assert_eq!(kenji.expect("error").await["problem"]["detail"], detail);
    }
}

#[tokio::test]
async fn a_socket_that_never_reads_loses_its_queue_not_its_place_and_slows_nobody() {
    let stage = Stage::with(|config| config.queue_frames = 64).await;
    let (mut kenji, mut stuck) = (stage.connect("kenji").await, stage.connect("mei").await);
    let text = "川".repeat(5_000);
    let mut told = 20;
    // Kenji reads along; what waits for the one that does not read fills the system's buffers, then its queue.
    while stage.hub.counters.overflows.load(Ordering::Relaxed) == 0 {
        told += 1;
        assert!(told < 5_000, "the queue is bounded");
        stage.say(FLOOD_WATCH, told, true, &text);
        assert_eq!(kenji.expect("message").await["message"]["seq"], told);
    }
    stage.say(FLOOD_WATCH, told + 1, true, "最後");
    let behind = stuck.expect("behind").await;
    assert!(behind["heads"][FLOOD_WATCH.to_string()]["seq"].as_i64().unwrap() >= told);
    assert!(stuck.passed.len() < usize::try_from(told - 20).unwrap(), "what waited is gone");
    stage.say(FLOOD_WATCH, told + 2, true, "また届く");
    while stuck.expect("message").await["message"]["seq"] != told + 2 {}
}

#[tokio::test]
async fn frames_are_answered_by_their_ref_and_wrong_ones_name_their_field() {
    let stage = Stage::set().await;
    let mut kenji = stage.connect("kenji").await;
    kenji.send(json!({ "type": "send", "ref": "a", "text": "はい" })).await;
    let ack = kenji.expect("ack").await;
    assert_eq!((&ack["ref"], &ack["message"]["text"]), (&json!("a"), &json!("はい")));
    kenji.send(json!({ "type": "read", "ref": 2 })).await;
    let error = kenji.expect("error").await;
    assert_eq!((&error["ref"], &error["problem"]["status"]), (&json!(2), &json!(404)));
    kenji.send(json!({ "type": "dance", "ref": 3 })).await;
    assert_eq!(kenji.expect("error").await["problem"]["errors"][0]["field"], "type");
    kenji.send(json!({ "type": "subscribe", "roomId": FLOOD_WATCH, "colour": 1 })).await;
    assert_eq!(kenji.expect("error").await["problem"]["errors"][0]["field"], "colour");
    kenji.socket.send(Message::text("{\"type\":")).await.unwrap();
    assert_eq!(kenji.expect("error").await["problem"]["status"], 400);
    kenji.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(kenji.expect("error").await["problem"]["status"], 400);
    kenji.send(json!({ "type": "ping", "ref": "p" })).await;
    assert_eq!(kenji.expect("pong").await["ref"], "p", "the connection has stayed");
}

#[tokio::test]
async fn broken_utf8_ends_that_socket_alone() {
    let stage = Stage::set().await;
    let (mut kenji, mut aiko) = (stage.connect("kenji").await, stage.connect("aiko").await);
    // A masked text frame of two bytes that are no UTF-8 (RFC 6455 section 8.1).
    let raw = kenji.socket.get_mut();
    raw.write_all(&[0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]).await.unwrap();
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), raw.read_to_end(&mut rest)).await.expect("the server ends it");
    stage.say(FLOOD_WATCH, 21, true, "続き");
    assert_eq!(aiko.expect("message").await["message"]["text"], "続き");
}

#[tokio::test]
async fn the_oldest_socket_goes_when_a_user_has_too_many() {
    let stage = Stage::with(|config| config.most_per_user = 2).await;
    let mut first = stage.connect("aiko").await;
    let _second = stage.connect("aiko").await;
    let _third = stage.connect("aiko").await;
    assert_eq!(first.closed().await, 1008);
    assert_eq!(stage.hub.connected(), 2);
}

#[tokio::test]
async fn presence_is_told_to_those_who_have_the_person_on_screen() {
    let stage = Stage::set().await;
    let mut kenji = stage.connect("kenji").await;
    let aiko = user("aiko").to_string();
    kenji.send(json!({ "type": "subscribe", "userIds": [aiko] })).await;
    assert_eq!(kenji.expect("presence").await["users"][&aiko], "offline");
    let socket = stage.connect("aiko").await;
    assert_eq!(kenji.expect("presence").await["users"][&aiko], "online");
    drop(socket);
    assert_eq!(kenji.expect("presence").await["users"][&aiko], "offline");
}

#[tokio::test]
async fn whoever_does_nothing_is_away_although_the_client_goes_on_telling_what_is_on_screen() {
    let stage = Stage::with(|config| config.away_after = Duration::from_millis(200)).await;
    let (mut kenji, mut aiko) = (stage.connect("kenji").await, stage.connect("aiko").await);
    let id = user("aiko").to_string();
    kenji.send(json!({ "type": "subscribe", "userIds": [id] })).await;
    let told = async { while kenji.expect("presence").await["users"][&id] != "away" {} };
    let telling = async {
        loop {
            aiko.send(json!({ "type": "subscribe", "roomId": FLOOD_WATCH })).await;
            aiko.expect("cursors").await;
        }
    };
    tokio::select! {
        () = told => {}
        () = telling => {}
    }
    aiko.send(json!({ "type": "send", "text": "戻りました" })).await;
    while kenji.expect("presence").await["users"][&id] != "online" {}
}

#[tokio::test]
async fn a_stranger_gets_no_socket() {
    let stage = Stage::set().await;
    let answer = tokio_tungstenite::connect_async(format!("ws://{}/live", stage.address)).await;
    assert!(answer.unwrap_err().to_string().contains("401"));
}
