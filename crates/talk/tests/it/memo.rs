//! 自分だけのメモ: a room that one has with oneself.

use serde_json::{Value, json};
use testkit::{Client, Server};

use super::{new_id, room_of, say, text, texts};

async fn memo_of(server: &Server, login: &str) -> Value {
    server.client(login).post_ok("/rooms", json!({ "kind": "direct", "memberIds": [server.id(login)] })).await
}

async fn named(client: &Client, q: &str) -> Vec<String> {
    let page = client.get_ok(&format!("/rooms?q={q}")).await;
    page["items"].as_array().unwrap().iter().map(|room| text(&room["title"])).collect()
}

testkit::both! {
    async fn everybody_has_one_and_it_is_theirs_alone(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let memo = memo_of(&server, "aiko").await;
        assert_eq!((&memo["title"], &memo["memberCount"], &memo["canPost"]), (&json!("自分だけのメモ"), &json!(1), &json!(true)));
        assert_eq!(memo["otherUserId"], json!(null), "there is no other");
        assert_eq!(memo_of(&server, "aiko").await["id"], memo["id"], "the same again");
        assert_ne!(memo_of(&server, "kenji").await["id"], memo["id"]);
        let id = text(&memo["id"]);
        say(&aiko, &id, "排水ポンプの鍵は3番").await;
        assert_eq!(texts(&aiko, &id).await, ["排水ポンプの鍵は3番"]);
        assert_eq!(named(&aiko, "メモ").await, ["自分だけのメモ"]);
        assert_eq!(kenji.get(&format!("/rooms/{id}")).await.0, 404, "it is nobody else's");
        let seen = aiko.get_ok(&format!("/rooms/{id}")).await;
        assert_eq!((&seen["unreadCount"], &seen["lastMessage"]["text"]), (&json!(0), &json!("排水ポンプの鍵は3番")));
    }

    async fn messages_are_kept_there_by_forwarding_them(server: Server) {
        let room = room_of(&server, &["kenji", "aiko"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let seq = say(&kenji, &room, "堤防の写真です").await["seq"].clone();
        let memo = text(&memo_of(&server, "aiko").await["id"]);
        let keep = json!({ "clientId": new_id(), "from": { "roomId": room, "seqs": [seq] }, "toRoomIds": [memo] });
        let kept = aiko.post_ok("/forwards", keep).await;
        assert_eq!(kept["items"][0]["forwardedFrom"]["senderId"], json!(server.id("kenji")));
        assert_eq!(texts(&aiko, &memo).await, ["堤防の写真です"]);
    }

    async fn it_stays_with_one_and_keeps_its_name(server: Server) {
        let aiko = server.client("aiko");
        let memo = text(&memo_of(&server, "aiko").await["id"]);
        say(&aiko, &memo, "まだ秘密").await;
        for history in ["none", "all"] {
            let body = json!({ "userIds": [server.id("kenji")], "history": history });
            assert_eq!(aiko.post(&format!("/rooms/{memo}/members"), body).await.0, 409);
        }
        assert_eq!(aiko.patch(&format!("/rooms/{memo}"), json!({ "title": "公開" })).await.0, 422);
        assert_eq!(aiko.delete(&format!("/rooms/{memo}/members/{}", server.id("aiko"))).await.0, 409);
        let seen = aiko.get_ok(&format!("/rooms/{memo}")).await;
        assert_eq!((&seen["kind"], &seen["memberCount"], &seen["title"]), (&json!("direct"), &json!(1), &json!("自分だけのメモ")));
        // With somebody else it is the two's room, as ever.
        let both = json!({ "kind": "direct", "memberIds": [server.id("aiko"), server.id("kenji")] });
        assert_eq!(aiko.post_ok("/rooms", both).await["otherUserId"], json!(server.id("kenji")));
        assert_eq!(aiko.post("/rooms", json!({ "kind": "direct", "memberIds": [] })).await.0, 422);
    }

    async fn a_guest_has_one_too(server: Server) {
        let admin = server.client("admin");
        let body = json!({ "loginId": "lent", "name": "応援 たろう", "kind": "guest", "password": testkit::PASSWORD, "expiresAt": "2099-01-01T00:00:00+09:00" });
        let id = text(&admin.post_ok("/users", body).await["id"]);
        let session = server.nobody("city").post_ok("/session", json!({ "loginId": "lent", "password": testkit::PASSWORD })).await;
        let guest = Client::new(&server.origin(), "city", Some(text(&session["token"])));
        assert_eq!(guest.post("/rooms", json!({ "kind": "direct", "memberIds": [server.id("aiko")] })).await.0, 403, "guests gather nobody");
        let memo = guest.post_ok("/rooms", json!({ "kind": "direct", "memberIds": [id] })).await;
        assert_eq!(memo["title"], "自分だけのメモ");
    }

    async fn a_shared_accounts_is_the_accounts(server: Server) {
        let gate = server.client("gate");
        let body = json!({ "kind": "direct", "memberIds": [server.id("gate")] });
        assert_eq!(gate.post("/rooms", body.clone()).await.0, 403, "whoever makes it says who they are");
        gate.put_ok("/session/actor", json!({ "actorId": server.cast.actor("asa") })).await;
        let memo = text(&gate.post_ok("/rooms", body.clone()).await["id"]);
        say(&gate, &memo, "裏門は22時に施錠").await;
        gate.put_ok("/session/actor", json!({ "actorId": server.cast.actor("yoru") })).await;
        assert_eq!(gate.post_ok("/rooms", body).await["id"], json!(memo));
        assert_eq!(texts(&gate, &memo).await, ["裏門は22時に施錠"], "both of its people find it");
    }
}
