//! Stickers: sent instead of words, forwarded as they are, gone once recalled.

use serde_json::{Value, json};
use testkit::Socket;

use super::{new_id, room_of};

/// The newest message that somebody sees.
async fn newest(client: &testkit::Client, room: &str) -> Value {
    client.get_ok(&format!("/rooms/{room}/messages?limit=1")).await["items"][0].clone()
}

testkit::both! {
    async fn a_sticker_is_sent_once_and_seen(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let path = format!("/rooms/{room}/messages");
        let asked = aiko.post_ok(&path, json!({ "clientId": new_id(), "text": "見ましたか" })).await;
        let body = json!({ "clientId": new_id(), "stickerId": "understood", "replyToSeq": asked["seq"] });
        let first = kenji.post_ok(&path, body.clone()).await;
        assert_eq!((&first["stickerId"], &first["text"], &first["kind"]), (&json!("understood"), &json!(""), &json!("text")));
        let again = kenji.post_ok(&path, body.clone()).await;
        assert_eq!((&again["seq"], &again["stickerId"]), (&first["seq"], &json!("understood")));
        assert_eq!(aiko.post(&path, body).await.0, 409, "another's client id");
        let seen = newest(&aiko, &room).await;
        assert_eq!((&seen["seq"], &seen["stickerId"], &seen["replyToSeq"]), (&first["seq"], &json!("understood"), &asked["seq"]));
        let rooms = aiko.get_ok("/rooms").await;
        let listed = rooms["items"].as_array().unwrap().iter().find(|one| one["id"] == json!(room)).unwrap();
        assert_eq!(listed["lastMessage"]["stickerId"], json!("understood"));
        let words = aiko.post_ok(&path, json!({ "clientId": new_id(), "text": "はい" })).await;
        assert!(words.get("stickerId").is_none(), "{words}");
    }

    async fn a_sticker_goes_over_the_socket_too(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (mut aiko, mut kenji) = (Socket::connect(&server.client("aiko")).await, Socket::connect(&server.client("kenji")).await);
        aiko.send(json!({ "type": "send", "ref": 1, "roomId": room, "clientId": new_id(), "stickerId": "on-my-way" })).await;
        assert_eq!(aiko.expect("ack").await["message"]["stickerId"], json!("on-my-way"));
        assert_eq!(kenji.expect("message").await["message"]["stickerId"], json!("on-my-way"));
        aiko.send(json!({ "type": "send", "ref": 2, "roomId": room, "clientId": new_id(), "stickerId": "unheard-of" })).await;
        assert_eq!(aiko.expect("error").await["problem"]["errors"][0]["field"], json!("stickerId"));
    }

    async fn a_sticker_is_one_of_ours_and_stands_alone(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, path) = (server.client("aiko"), format!("/rooms/{room}/messages"));
        let before = aiko.post_ok(&path, json!({ "clientId": new_id(), "stickerId": "thanks" })).await;
        let refused = [
            (json!({ "stickerId": "unheard-of" }), 422, "stickerId"),
            (json!({ "stickerId": "" }), 422, "stickerId"),
            (json!({ "stickerId": "thanks", "text": "ありがとう" }), 422, "text"),
            (json!({ "stickerId": null }), 422, "text"),
            (json!({ "stickerId": 1 }), 400, "stickerId"),
        ];
        for (mut body, status, field) in refused {
            body["clientId"] = json!(new_id());
            let (answered, problem) = aiko.post(&path, body).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, Some(field)), "{problem}");
        }
        assert_eq!(newest(&aiko, &room).await["seq"], before["seq"], "nothing refused was stored");
        let mei = server.client("mei");
        assert_eq!(mei.post(&path, json!({ "clientId": new_id(), "stickerId": "thanks" })).await.0, 404, "mei is not in that room");
        assert_eq!(mei.post(&path, json!({ "clientId": new_id(), "stickerId": "unheard-of" })).await.0, 404);
    }

    async fn a_sticker_is_forwarded_and_not_edited(server: Server) {
        let (from, to) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "mei"]).await);
        let aiko = server.client("aiko");
        let sent = aiko.post_ok(&format!("/rooms/{from}/messages"), json!({ "clientId": new_id(), "stickerId": "evacuate" })).await;
        let body = json!({ "clientId": new_id(), "from": { "roomId": from, "seqs": [sent["seq"]] }, "toRoomIds": [to] });
        let made = aiko.post_ok("/forwards", body.clone()).await;
        assert_eq!(made["items"][0]["stickerId"], json!("evacuate"));
        assert_eq!(aiko.post_ok("/forwards", body).await["items"][0]["seq"], made["items"][0]["seq"]);
        let got = newest(&server.client("mei"), &to).await;
        assert_eq!((&got["stickerId"], &got["forwardedFrom"]["senderId"]), (&json!("evacuate"), &json!(server.id("aiko"))));
        let place = format!("/rooms/{from}/messages/{}", sent["seq"]);
        assert_eq!(aiko.patch(&place, json!({ "text": "避難" })).await.0, 409);
        assert_eq!(newest(&aiko, &from).await["stickerId"], json!("evacuate"));
    }

    async fn a_recalled_sticker_is_gone_and_its_trace_stays(server: Server) {
        let (from, to) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "mei"]).await);
        let (aiko, mei) = (server.client("aiko"), server.client("mei"));
        let sent = aiko.post_ok(&format!("/rooms/{from}/messages"), json!({ "clientId": new_id(), "stickerId": "help" })).await;
        let body = json!({ "clientId": new_id(), "from": { "roomId": from, "seqs": [sent["seq"]] }, "toRoomIds": [to] });
        let copy = aiko.post_ok("/forwards", body).await["items"][0].clone();
        assert_eq!(newest(&mei, &to).await["stickerId"], json!("help"));
        aiko.delete_ok(&format!("/rooms/{to}/messages/{}", copy["seq"])).await;
        let gone = newest(&mei, &to).await;
        assert!(gone.get("stickerId").is_none() && gone["recalledAt"].is_string(), "{gone}");
        assert_eq!(gone["forwardedFrom"], copy["forwardedFrom"], "where it came from is still told");
        assert_eq!(newest(&aiko, &from).await["stickerId"], json!("help"), "the original is another message");
        aiko.delete_ok(&format!("/rooms/{from}/messages/{}", sent["seq"])).await;
        assert!(newest(&aiko, &from).await.get("stickerId").is_none());
    }
}
