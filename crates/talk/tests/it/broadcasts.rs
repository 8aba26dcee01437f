//! One message to many rooms: each has its own, the sender sees what came of all.

use serde_json::{Value, json};
use testkit::{Server, Socket};

use super::{new_id, room_of, say};

async fn three_rooms(server: &Server) -> [String; 3] {
    [
        room_of(server, &["mayor", "aiko", "kenji"]).await,
        room_of(server, &["mayor", "mei"]).await,
        room_of(server, &["mayor", "aiko"]).await,
    ]
}

fn of_room<'a>(detail: &'a Value, room: &str) -> &'a Value {
    detail["rooms"].as_array().unwrap().iter().find(|one| one["roomId"] == json!(room)).expect("the room is listed")
}

testkit::both! {
    async fn one_send_reaches_every_room_once(server: Server) {
        let rooms = three_rooms(&server).await;
        let mayor = server.client("mayor");
        let counted = mayor.post_ok("/broadcasts/recipients", json!({ "roomIds": rooms })).await;
        assert_eq!((&counted["roomCount"], &counted["peopleCount"]), (&json!(3), &json!(3)), "aiko is in two of them: {counted}");
        let mut mei = Socket::connect(&server.client("mei")).await;
        let body = json!({ "clientId": new_id(), "roomIds": rooms, "text": "本日17時までに報告を" });
        let sent = mayor.post_ok("/broadcasts", body.clone()).await;
        assert_eq!((&sent["roomCount"], &sent["peopleCount"], sent["rooms"].as_array().unwrap().len()), (&json!(3), &json!(3), 3));
        assert_eq!(mei.expect("message").await["message"]["text"], json!("本日17時までに報告を"));
        assert_eq!(mayor.post_ok("/broadcasts", body.clone()).await["id"], sent["id"], "again is the same");
        assert_eq!(server.client("aiko").post("/broadcasts", body).await.0, 409, "another's client id");
        for room in &rooms {
            let messages = mayor.get_ok(&format!("/rooms/{room}/messages")).await;
            let same = messages["items"].as_array().unwrap().iter().filter(|one| one["text"] == json!("本日17時までに報告を"));
            assert_eq!(same.count(), 1);
        }
        let listed = mayor.get_ok("/broadcasts").await;
        assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["message"]["text"]), (&sent["id"], &json!("本日17時までに報告を")));
        assert_eq!(server.client("aiko").get_ok("/broadcasts").await["items"], json!([]));
    }

    async fn its_sender_sees_what_came_of_all_and_a_room_only_its_own(server: Server) {
        let rooms = three_rooms(&server).await;
        let (mayor, aiko, mei) = (server.client("mayor"), server.client("aiko"), server.client("mei"));
        let sent = mayor.post_ok("/broadcasts", json!({ "clientId": new_id(), "roomIds": rooms, "text": "状況は" })).await;
        let id = sent["id"].as_str().unwrap();
        let seqs = [0, 1, 2].map(|at| of_room(&sent, &rooms[at])["seq"].clone());
        for (client, at, words) in [(&aiko, 0, "異常なし"), (&mei, 1, "確認中です"), (&aiko, 2, "了解")] {
            let path = format!("/rooms/{}/messages", rooms[at]);
            client.post_ok(&path, json!({ "clientId": new_id(), "text": words, "replyToSeq": seqs[at] })).await;
        }
        say(&mei, &rooms[1], "別の話").await;
        mei.put_ok(&format!("/rooms/{}/messages/{}/reactions/🙏", rooms[1], seqs[1]), json!({})).await;
        mei.post_ok(&format!("/rooms/{}/read", rooms[1]), json!({ "seq": seqs[1] })).await;
        let seen = mayor.get_ok(&format!("/broadcasts/{id}")).await;
        let of_mei = of_room(&seen, &rooms[1]);
        assert_eq!((&of_mei["readCount"], &of_mei["replyCount"], &of_mei["reactions"][0]["count"]), (&json!(1), &json!(1), &json!(1)), "{seen}");
        assert_eq!(of_room(&seen, &rooms[0])["reactions"], json!([]));
        let mut replies: Vec<String> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = mayor.get_ok(&format!("/broadcasts/{id}/replies?limit=2{cursor}")).await;
            replies.extend(page["items"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap().to_owned()));
            assert!(!page["users"].as_array().unwrap().is_empty());
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        replies.sort();
        let mut all = ["異常なし", "確認中です", "了解"];
        all.sort_unstable();
        assert_eq!(replies, all, "each once, over pages");
        for path in [format!("/broadcasts/{id}"), format!("/broadcasts/{id}/replies")] {
            assert_eq!(aiko.get(&path).await.0, 404, "whoever got it does not see where else it went");
        }
        mayor.delete_ok(&format!("/rooms/{}/members/{}", rooms[1], server.id("mayor"))).await;
        let left = mayor.get_ok(&format!("/broadcasts/{id}")).await;
        assert_eq!(left["roomCount"], json!(2), "a room that one left is seen no more");
        let replies = mayor.get_ok(&format!("/broadcasts/{id}/replies")).await;
        assert_eq!(replies["items"].as_array().unwrap().len(), 2);
    }

    async fn it_is_taken_back_everywhere(server: Server) {
        let rooms = three_rooms(&server).await;
        let (mayor, mei) = (server.client("mayor"), server.client("mei"));
        let (_, file) = mayor.send(mayor.request(reqwest::Method::POST, "/files").body("氏名,電話")).await;
        let body = json!({ "clientId": new_id(), "roomIds": rooms, "attachmentIds": [file["id"]] });
        let sent = mayor.post_ok("/broadcasts", body).await;
        let path = format!("/files/{}/info", file["id"].as_str().unwrap());
        assert_eq!(mei.get(&path).await.0, 200);
        let own = of_room(&sent, &rooms[0])["seq"].clone();
        mayor.delete_ok(&format!("/rooms/{}/messages/{own}", rooms[0])).await;
        let id = sent["id"].as_str().unwrap();
        for _ in 0..2 {
            mayor.delete_ok(&format!("/broadcasts/{id}")).await;
        }
        assert_eq!(mei.get(&path).await.0, 404);
        let after = mayor.get_ok(&format!("/broadcasts/{id}")).await;
        assert!(after["rooms"].as_array().unwrap().iter().all(|room| room["recalledAt"].is_string()), "{after}");
    }

    async fn what_is_wrong_reaches_no_room(server: Server) {
        let rooms = three_rooms(&server).await;
        let (mayor, foreign) = (server.client("mayor"), room_of(&server, &["aiko", "kenji"]).await);
        let many: Vec<uuid::Uuid> = (0..101).map(|_| new_id()).collect();
        let refused = [
            (json!({ "roomIds": rooms, "text": " " }), 422, Some("text")),
            (json!({ "roomIds": rooms, "text": "字".repeat(10_001) }), 422, Some("text")),
            (json!({ "roomIds": [], "text": "あ" }), 422, Some("roomIds")),
            (json!({ "roomIds": many, "text": "あ" }), 422, Some("roomIds")),
            (json!({ "roomIds": rooms, "attachmentIds": [new_id()] }), 422, Some("attachmentIds")),
            (json!({ "roomIds": rooms, "text": "あ", "title": "あ" }), 400, Some("title")),
            (json!({ "roomIds": [rooms[0], foreign], "text": "あ" }), 404, None),
        ];
        for (mut body, status, field) in refused {
            body["clientId"] = json!(new_id());
            let (answered, problem) = mayor.post("/broadcasts", body).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, field), "{problem}");
        }
        assert_eq!(mayor.post("/broadcasts/recipients", json!({ "roomIds": [rooms[0], foreign] })).await.0, 404);
        assert_eq!(mayor.get_ok("/broadcasts").await["items"], json!([]));
        let messages = mayor.get_ok(&format!("/rooms/{}/messages", rooms[0])).await;
        assert!(messages["items"].as_array().unwrap().iter().all(|one| one["kind"] == json!("system")), "{messages}");
    }
}
