//! 既読, unread and mention counts, nudges.

use std::time::Duration;

use serde_json::json;

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
