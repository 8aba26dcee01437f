//! A clock that is set back, or steps on: order is by seq, what is measured goes on, and nobody is thrown out.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Client, PASSWORD, Server, Socket};

use super::new_id;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn room(server: &Server) -> String {
    let body = json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] });
    server.client("aiko").post_ok("/rooms", body).await["id"].as_str().unwrap().to_owned()
}

async fn say(client: &Client, room: &str, id: &str) -> Value {
    client.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": id, "text": id })).await
}

async fn listed(client: &Client, room: &str) -> Vec<Value> {
    client.get_ok(&format!("/rooms/{room}/messages")).await["items"].as_array().unwrap().clone()
}

/// By seq without a gap, and no message before the one above it.
fn ensure_in_order(messages: &[Value]) {
    let seqs = messages.iter().map(|message| message["seq"].as_i64().unwrap());
    assert!(seqs.eq(1..=i64::try_from(messages.len()).unwrap()), "{messages:?}");
    let times: Vec<&str> = messages.iter().map(|message| message["sentAt"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
}

/// All that one does with a room goes on, with what was written under another time too.
async fn ensure_all_goes_on(server: &Server, socket: &mut Socket, room: &str, id: &str) {
    let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
    let first = say(&aiko, room, id).await;
    let (seq, count) = (first["seq"].as_i64().unwrap(), listed(&kenji, room).await.len());
    assert_eq!(say(&aiko, room, id).await["seq"], seq, "again is the first again");
    let path = format!("/rooms/{room}/messages/{seq}");
    let edited = aiko.patch_ok(&path, json!({ "text": "訂正" })).await;
    assert!(edited["editedAt"].as_str() >= edited["sentAt"].as_str(), "{edited}");
    kenji.put_ok(&format!("{path}/reactions/👍"), Value::Null).await;
    kenji.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": seq })).await;
    let next = new_id();
    say(&kenji, room, &next).await;
    while socket.expect("message").await["message"]["clientId"] != *next {}
    let messages = listed(&kenji, room).await;
    assert_eq!(messages.len(), count + 1);
    ensure_in_order(&messages);
    let body = json!({ "loginId": "mei", "password": PASSWORD });
    let token = server.nobody("city").post_ok("/session", body).await["token"].as_str().unwrap().to_owned();
    let mei = Client::new(&server.origin(), "city", Some(token));
    assert_eq!(mei.get_ok("/me").await["loginId"], "mei", "who signs in now is signed in");
}

testkit::both! {
    async fn a_clock_set_back_an_hour_changes_no_order_and_shuts_nobody_out(server: Server) {
        let room = room(&server).await;
        let mut socket = Socket::connect(&server.client("kenji")).await;
        let id = new_id();
        ensure_all_goes_on(&server, &mut socket, &room, &id).await;
        server.clock.set_back(HOUR);
        ensure_all_goes_on(&server, &mut socket, &room, &id).await;
        ensure_all_goes_on(&server, &mut socket, &room, &new_id()).await;
        assert_eq!(socket.settled().await, Vec::<Value>::new(), "the socket stays, and hears nothing else");
    }

    async fn a_clock_that_steps_on_by_a_day_and_back_changes_no_order_and_shuts_nobody_out(server: Server) {
        let room = room(&server).await;
        let mut socket = Socket::connect(&server.client("kenji")).await;
        let id = new_id();
        ensure_all_goes_on(&server, &mut socket, &room, &id).await;
        server.clock.advance(DAY);
        ensure_all_goes_on(&server, &mut socket, &room, &id).await;
        ensure_all_goes_on(&server, &mut socket, &room, &new_id()).await;
        server.clock.set_back(DAY);
        ensure_all_goes_on(&server, &mut socket, &room, &new_id()).await;
    }

    async fn waits_pass_though_the_clock_is_set_back(server: Server) {
        let nobody = server.nobody("city");
        let attempt = async |password: &str| nobody.post("/session", json!({ "loginId": "mei", "password": password })).await.0;
        for _ in 0..5 {
            assert_eq!(attempt("wrong").await, 401);
        }
        assert_eq!(attempt(PASSWORD).await, 429, "it has to wait");
        server.clock.set_back(HOUR);
        assert_eq!(attempt(PASSWORD).await, 429, "still");
        server.clock.advance(Duration::from_secs(3));
        assert_eq!(attempt(PASSWORD).await, 200);

        let room = room(&server).await;
        let aiko = server.client("aiko");
        let seq = say(&aiko, &room, &new_id()).await["seq"].clone();
        let nudges = format!("/rooms/{room}/messages/{seq}/nudges");
        aiko.post_ok(&nudges, json!({})).await;
        assert_eq!(aiko.post(&nudges, json!({})).await.0, 429, "a moment ago");
        server.clock.set_back(HOUR);
        aiko.post_ok(&nudges, json!({})).await;
    }

    async fn ids_are_unique_while_the_clock_stands_and_steps(server: Server) {
        let mut ids = HashSet::new();
        for n in 0..60 {
            match n % 3 {
                0 => server.clock.set_back(HOUR),
                1 => server.clock.advance(HOUR),
                _ => {}
            }
            assert!(ids.insert(room(&server).await), "an id came twice");
        }
    }
}
