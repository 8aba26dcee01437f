//! 既読, unread and mention counts, nudges.

use std::time::Duration;

use serde_json::json;
use testkit::Socket;

use super::{new_id, room_of, say};

testkit::both! {
    async fn who_has_read_is_told_by_name(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let seq = say(&aiko, &room, "確認をお願いします").await["seq"].clone();
        let path = format!("/rooms/{room}/messages/{seq}/readers");
        assert_eq!(aiko.get_ok(&path).await["counts"], json!({ "read": 0, "unread": 2 }));
        assert!(kenji.get_ok(&format!("/rooms/{room}")).await["unreadCount"].as_i64().unwrap() > 0);
        kenji.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": seq })).await;
        let readers = aiko.get_ok(&path).await;
        assert_eq!(readers["counts"], json!({ "read": 1, "unread": 1 }));
        assert_eq!(readers["read"][0]["userId"], json!(server.id("kenji")));
        assert!(!readers.to_string().contains("At\""), "names, never the minute: {readers}");
        assert_eq!(kenji.get_ok(&format!("/rooms/{room}")).await["unreadCount"], 0);
        kenji.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": 1 })).await;
        assert_eq!(aiko.get_ok(&path).await["counts"]["read"], 1, "a cursor never goes back");
    }

    async fn whoever_is_switched_off_or_has_run_out_is_not_waited_for(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei", "mayor", "outsider"]).await;
        let (admin, aiko) = (server.client("admin"), server.client("aiko"));
        let seq = say(&aiko, &room, "確認をお願いします").await["seq"].clone();
        server.client("mayor").post_ok(&format!("/rooms/{room}/read"), json!({ "seq": seq })).await;
        let path = format!("/rooms/{room}/messages/{seq}");
        assert_eq!(aiko.get_ok(&format!("{path}/readers")).await["counts"], json!({ "read": 1, "unread": 3 }));
        for login in ["mei", "mayor"] {
            admin.put_ok(&format!("/users/{}/suspension", server.id(login)), json!(null)).await;
        }
        admin.patch_ok(&format!("/users/{}", server.id("outsider")), json!({ "expiresAt": "2020-01-01T00:00:00+09:00" })).await;
        let readers = aiko.get_ok(&format!("{path}/readers")).await;
        assert_eq!(readers["counts"], json!({ "read": 1, "unread": 1 }), "what was read stays read");
        assert_eq!(readers["unread"], json!([server.id("kenji")]));
        let page = aiko.get_ok(&format!("/rooms/{room}/messages")).await;
        assert_eq!(page["items"].as_array().unwrap().last().unwrap()["readCount"], 1);
        assert_eq!(aiko.post_ok(&format!("{path}/nudges"), json!({})).await["nudged"], 1);
    }

    async fn nobody_reads_what_can_not_be_there(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let kenji = server.client("kenji");
        let last = say(&server.client("aiko"), &room, "確認をお願いします").await["seq"].as_i64().unwrap();
        for seq in [0, -1, i64::MIN, last + 1] {
            let (status, problem) = kenji.post(&format!("/rooms/{room}/read"), json!({ "seq": seq })).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("seq")));
        }
        let mut socket = Socket::connect(&kenji).await;
        for seq in [0, -1, i64::MIN] {
            socket.send(json!({ "type": "read", "ref": seq, "roomId": room, "seq": seq })).await;
            let error = socket.expect("error").await;
            assert_eq!((&error["ref"], &error["problem"]["errors"][0]["field"]), (&json!(seq), &json!("seq")));
        }
        assert_eq!(kenji.get_ok(&format!("/rooms/{room}")).await["unreadCount"], 1);
    }

    async fn a_person_in_a_shared_account_has_nothing_unread_from_before_it_came_back(server: Server) {
        let room = room_of(&server, &["aiko", "gate"]).await;
        let (aiko, gate) = (server.client("aiko"), server.client("gate"));
        gate.put_ok("/session/actor", json!({ "actorId": server.cast.actor("asa") })).await;
        let read = say(&aiko, &room, "一つ目").await["seq"].clone();
        say(&aiko, &room, "二つ目").await;
        gate.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": read })).await;
        let counts = async || {
            let seen = gate.get_ok(&format!("/rooms/{room}")).await;
            (seen["unreadCount"].as_i64().unwrap(), seen["mentionCount"].as_i64().unwrap())
        };
        assert_eq!(counts().await, (1, 0), "this person's own cursor");
        let members = format!("/rooms/{room}/members");
        aiko.delete_ok(&format!("{members}/{}", server.id("gate"))).await;
        let all = json!({ "clientId": new_id(), "text": "いない間の話", "mentions": [{ "all": true }] });
        aiko.post_ok(&format!("/rooms/{room}/messages"), all.clone()).await;
        aiko.post_ok(&members, json!({ "userIds": [server.id("gate")] })).await;
        assert_eq!(counts().await, (0, 0));
        let seen = gate.get_ok(&format!("/rooms/{room}")).await;
        assert_eq!(seen["readSeq"].as_i64().unwrap(), seen["visibleFromSeq"].as_i64().unwrap() - 1);
        let mut again = all;
        again["clientId"] = json!(new_id());
        aiko.post_ok(&format!("/rooms/{room}/messages"), again).await;
        assert_eq!(counts().await, (1, 1));
        // Another person of the account has a cursor of no room yet.
        gate.put_ok("/session/actor", json!({ "actorId": server.cast.actor("yoru") })).await;
        assert_eq!(counts().await, (1, 1));
    }

    async fn mentions_are_counted_for_whom_they_name(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let aiko = server.client("aiko");
        let path = format!("/rooms/{room}/messages");
        let count = async |login: &str| server.client(login).get_ok(&format!("/rooms/{room}")).await["mentionCount"].as_i64().unwrap();
        let send = async |mentions: serde_json::Value| aiko.post_ok(&path, json!({ "clientId": new_id(), "text": "@", "mentions": mentions })).await;
        send(json!([{ "userId": server.id("kenji") }])).await;
        assert_eq!((count("kenji").await, count("mei").await), (1, 0));
        send(json!([{ "orgUnitId": server.cast.unit("affairs") }])).await;
        assert_eq!((count("kenji").await, count("mei").await), (1, 1));
        let last = send(json!([{ "all": true }])).await["seq"].clone();
        assert_eq!((count("kenji").await, count("mei").await, count("aiko").await), (2, 2, 0));
        server.client("kenji").post_ok(&format!("/rooms/{room}/read"), json!({ "seq": last })).await;
        assert_eq!(count("kenji").await, 0);
        let (status, _) = aiko.post(&path, json!({ "clientId": new_id(), "text": "@", "mentions": [{ "userId": server.id("outsider") }] })).await;
        assert_eq!(status, 422, "whoever is not in the room can't be mentioned there");
    }

    async fn the_unread_are_nudged_once_in_a_while(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let seq = say(&aiko, &room, "至急").await["seq"].clone();
        kenji.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": seq })).await;
        let path = format!("/rooms/{room}/messages/{seq}/nudges");
        assert_eq!(aiko.post_ok(&path, json!({})).await["nudged"], 1);
        assert_eq!(aiko.post(&path, json!({})).await.0, 429, "a courtesy, not a siren");
        server.clock.advance(Duration::from_secs(3600));
        assert_eq!(aiko.post_ok(&path, json!({})).await["nudged"], 1);
    }
}
