//! Talk over sockets: live, and after having been away.

use serde_json::json;
use testkit::Socket;

use super::{new_id, room_of, say, text};

testkit::both! {
    async fn sent_here_and_read_there_at_once(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (mut aiko, mut kenji) = (Socket::connect(&server.client("aiko")).await, Socket::connect(&server.client("kenji")).await);
        aiko.send(json!({ "type": "subscribe", "roomId": room, "fromSeq": 1, "toSeq": 50 })).await;
        aiko.expect("cursors").await;
        aiko.send(json!({ "type": "send", "ref": 7, "roomId": room, "clientId": new_id(), "text": "見えますか" })).await;
        let ack = aiko.expect("ack").await;
        assert_eq!(ack["ref"], 7);
        let heard = kenji.expect("message").await;
        assert_eq!(heard["message"]["text"], "見えますか");
        assert_eq!(heard["message"]["seq"], ack["message"]["seq"]);
        kenji.send(json!({ "type": "read", "roomId": room, "seq": heard["message"]["seq"] })).await;
        let read = aiko.expect("read").await;
        assert_eq!((&read["userId"], &read["seq"]), (&json!(server.id("kenji")), &heard["message"]["seq"]));
        kenji.send(json!({ "type": "typing", "roomId": room })).await;
        assert_eq!(aiko.expect("typing").await["userId"], json!(server.id("kenji")));
    }

    async fn a_room_appears_and_goes_with_membership(server: Server) {
        let mut mei = Socket::connect(&server.client("mei")).await;
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")] })).await;
        while mei.expect("room").await["room"]["id"] != json!(room) {}
        say(&aiko, &room, "ようこそ").await;
        while mei.expect("message").await["message"]["text"] != "ようこそ" {}
        aiko.delete_ok(&format!("/rooms/{room}/members/{}", server.id("mei"))).await;
        while mei.expect("room").await["room"]["gone"] != true {}
        say(&aiko, &room, "もう聞こえない").await;
        let rest = mei.settled().await;
        assert!(!rest.iter().any(|frame| frame.to_string().contains("もう聞こえない")), "{rest:?}");
    }

    async fn a_units_new_name_is_told_to_those_in_its_room(server: Server) {
        let (admin, aiko) = (server.client("admin"), server.client("aiko"));
        let fire = server.cast.unit("fire");
        let room = text(&aiko.post_ok("/rooms", json!({ "kind": "orgUnit", "orgUnitId": fire })).await["id"]);
        let mut kenji = Socket::connect(&server.client("kenji")).await;
        let held = server.client("kenji").get_ok(&format!("/rooms/{room}")).await;
        assert_eq!(held["title"], "消防署");
        let rename = json!({ "name": "消防本部", "parentId": server.cast.unit("hall") });
        admin.patch_ok(&format!("/orgUnits/{fire}"), rename).await;
        let told = loop {
            let frame = kenji.expect("room").await;
            if frame["room"]["title"].is_string() {
                break frame;
            }
        };
        assert_eq!((&told["room"]["id"], &told["room"]["title"]), (&json!(room), &json!("消防本部")));
        // As well as to whoever was away, and to whom no bus brought it.
        let mut away = Socket::open(&server.client("kenji")).await.unwrap();
        away.hello(json!({ "rooms": { &room: held["lastSeq"] }, "revs": { &room: held["rev"] } })).await;
        while away.expect("room").await["room"]["title"] != "消防本部" {}
        aiko.patch_ok(&format!("/rooms/{room}"), json!({ "title": "署の連絡" })).await;
        let rename = json!({ "name": "消防局", "parentId": server.cast.unit("hall") });
        let before = aiko.get_ok(&format!("/rooms/{room}")).await["rev"].clone();
        admin.patch_ok(&format!("/orgUnits/{fire}"), rename).await;
        let after = aiko.get_ok(&format!("/rooms/{room}")).await;
        assert_eq!((&after["title"], &after["rev"]), (&json!("署の連絡"), &before), "a room with a name of its own keeps it");
    }

    async fn what_was_recalled_and_left_is_gone_from_a_client_that_was_away(server: Server) {
        let (kept, left) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "kenji"]).await);
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let seq = say(&aiko, &kept, "取り消される言葉").await["seq"].clone();
        let head = async |room: &str| kenji.get_ok(&format!("/rooms/{room}")).await;
        let (kept_head, left_head) = (head(&kept).await, head(&left).await);
        // Away: a recall, new words, and a removal.
        aiko.delete_ok(&format!("/rooms/{kept}/messages/{seq}")).await;
        say(&aiko, &kept, "いない間の言葉").await;
        aiko.delete_ok(&format!("/rooms/{left}/members/{}", server.id("kenji"))).await;
        let holds = json!({
            "rooms": { kept.clone(): kept_head["lastSeq"], left.clone(): left_head["lastSeq"] },
            "revs": { kept.clone(): kept_head["rev"], left.clone(): left_head["rev"] },
        });
        let mut socket = Socket::open(&kenji).await.unwrap();
        socket.hello(holds).await;
        let mut missed = Vec::new();
        loop {
            let frame = socket.next().await.expect("ready comes");
            if frame["type"] == "ready" {
                break;
            }
            missed.push(frame);
        }
        let recalled = missed.iter().find(|frame| frame["message"]["seq"] == seq && frame["message"]["roomId"] == json!(kept)).expect("the recall");
        assert_eq!(recalled["message"]["text"], "");
        assert!(missed.iter().any(|frame| frame["message"]["text"] == "いない間の言葉"));
        assert!(missed.iter().any(|frame| frame["room"]["id"] == json!(left) && frame["room"]["gone"] == true), "{missed:?}");
    }

    async fn what_was_missed_comes_in_the_order_of_its_revs(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let held = kenji.get_ok(&format!("/rooms/{room}")).await;
        let first = say(&aiko, &room, "誤記").await["seq"].clone();
        say(&aiko, &room, "続き").await;
        aiko.patch_ok(&format!("/rooms/{room}/messages/{first}"), json!({ "text": "訂正" })).await;
        let mut back = Socket::open(&kenji).await.unwrap();
        back.hello(json!({ "rooms": { &room: held["lastSeq"] }, "revs": { &room: held["rev"] } })).await;
        // Whoever loses the line between the two has not heard of the second, and must not name its rev.
        let (one, other) = (back.expect("message").await, back.expect("message").await);
        assert_eq!((&one["message"]["text"], &other["message"]["text"]), (&json!("続き"), &json!("訂正")));
        assert!(one["rev"].as_i64() < other["rev"].as_i64());
    }

    async fn ones_own_stream_has_been_heard_with_the_last_frame_and_not_before(server: Server) {
        let rooms = [room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "kenji"]).await];
        let kenji = server.client("kenji");
        let mut socket = Socket::open(&kenji).await.unwrap();
        socket.hello(json!({})).await;
        let held = socket.expect("welcome").await["me"].clone();
        let mut revs = json!({});
        for room in &rooms {
            revs[room] = kenji.get_ok(&format!("/rooms/{room}")).await["rev"].clone();
            kenji.patch_ok(&format!("/rooms/{room}/membership"), json!({ "muted": true })).await;
        }
        let mut back = Socket::open(&kenji).await.unwrap();
        back.hello(json!({ "rooms": revs, "revs": revs, "me": held })).await;
        let now = back.expect("welcome").await["me"].clone();
        assert!(now.as_i64() > held.as_i64(), "both are on one's own stream");
        let told = [back.expect("room").await, back.expect("room").await];
        assert!(told.iter().all(|frame| frame["room"]["muted"] == true), "{told:?}");
        assert_eq!((&told[0]["me"], &told[1]["me"]), (&held, &now));
    }

    async fn a_client_too_far_behind_is_told_to_fetch_afresh(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let head = kenji.get_ok(&format!("/rooms/{room}")).await;
        let sends = (0..210).map(|n| {
            let (aiko, room) = (aiko.clone(), room.clone());
            tokio::spawn(async move { say(&aiko, &room, &n.to_string()).await })
        });
        for send in sends.collect::<Vec<_>>() {
            send.await.unwrap();
        }
        let mut socket = Socket::open(&kenji).await.unwrap();
        socket.hello(json!({ "rooms": { room.clone(): head["lastSeq"] }, "revs": { room.clone(): head["rev"] } })).await;
        assert_eq!(text(&socket.expect("reset").await["roomId"]), room);
    }

    async fn whoever_acts_in_a_shared_account_writes_the_next_frame(server: Server) {
        let room = room_of(&server, &["aiko", "gate"]).await;
        let (gate, admin) = (server.client("gate"), server.client("admin"));
        let mut socket = Socket::connect(&gate).await;
        let send = json!({ "type": "send", "ref": 1, "roomId": room, "text": "異常なし" });
        let mut write = async || {
            let mut frame = send.clone();
            frame["clientId"] = json!(new_id());
            socket.send(frame).await;
            loop {
                let answer = socket.next().await.expect("an answer comes");
                if answer["ref"] == 1 {
                    break answer;
                }
            }
        };
        assert_eq!(write().await["problem"]["type"], "/problems/actor-required");
        for (actor, name) in [("asa", "朝"), ("yoru", "夜")] {
            gate.put_ok("/session/actor", json!({ "actorId": server.cast.actor(actor) })).await;
            assert_eq!(write().await["message"]["actorName"], name);
        }
        admin.delete_ok(&format!("/users/{}/actors/{}", server.id("gate"), server.cast.actor("yoru"))).await;
        assert_eq!(write().await["problem"]["type"], "/problems/actor-required", "that person is gone");
    }

    async fn a_signed_out_session_loses_its_socket(server: Server) {
        let body = json!({ "loginId": "mei", "password": testkit::PASSWORD });
        let token = text(&server.nobody("city").post_ok("/session", body).await["token"]);
        let mei = testkit::Client::new(&server.origin(), "city", Some(token));
        let mut socket = Socket::connect(&mei).await;
        mei.delete_ok("/session").await;
        socket.expect("signedOut").await;
        assert_eq!(socket.closed().await, Some(4401));
        assert_eq!(Socket::open(&mei).await.err(), Some(401));
    }
}
