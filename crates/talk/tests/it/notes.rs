//! Notes: what a room knows for good, who may change it, and what was said about it.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Server, Socket};

use super::{direct_room, new_id, room_of, say, text};

async fn note(client: &Client, room: &str, title: &str) -> Value {
    let body = json!({ "clientId": new_id(), "title": title, "body": "- 東倉庫\n- **西倉庫**" });
    client.post_ok(&format!("/rooms/{room}/notes"), body).await
}

fn path(room: &str, note: &Value) -> String {
    format!("/rooms/{room}/notes/{}", note["no"])
}

/// The titles of a room's notes, in their order.
async fn titles(client: &Client, room: &str) -> Vec<String> {
    let page = client.get_ok(&format!("/rooms/{room}/notes")).await;
    page["items"].as_array().unwrap().iter().map(|note| text(&note["title"])).collect()
}

async fn comment(client: &Client, room: &str, of: &Value, words: &str) -> Value {
    client.post_ok(&format!("{}/comments", path(room, of)), json!({ "clientId": new_id(), "text": words })).await
}

async fn brought(client: &Client, bytes: &'static str) -> Value {
    client.send(client.request(Method::POST, "/files").body(bytes)).await.1["id"].clone()
}

/// A guest of the city, in this room.
async fn guest(server: &Server, room: &str) -> Client {
    let body = json!({ "loginId": "guest", "name": "外部 さん", "kind": "guest", "password": testkit::PASSWORD, "expiresAt": "2099-01-01T00:00:00Z" });
    let id = text(&server.client("admin").post_ok("/users", body).await["id"]);
    server.client("aiko").post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [id] })).await;
    let signed = json!({ "loginId": "guest", "password": testkit::PASSWORD, "deviceName": "test" });
    let token = text(&server.nobody("city").post_ok("/session", signed).await["token"]);
    Client::new(&server.origin(), "city", Some(token))
}

testkit::both! {
    async fn a_note_is_made_and_the_room_says_so(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let mut socket = Socket::connect(&kenji).await;
        let file = brought(&aiko, "品名,数\n土のう,300").await;
        let body = json!({ "clientId": new_id(), "title": " 土のうの置き場 ", "body": "- 東倉庫", "attachmentIds": [file] });
        let made = aiko.post_ok(&format!("/rooms/{room}/notes"), body.clone()).await;
        assert_eq!((&made["no"], &made["title"], &made["canEdit"], &made["canDelete"]), (&json!(1), &json!("土のうの置き場"), &json!(true), &json!(true)));
        let again = aiko.post_ok(&format!("/rooms/{room}/notes"), body.clone()).await;
        assert_eq!(again, made, "again is the same");
        assert_eq!(kenji.post(&format!("/rooms/{room}/notes"), body).await.0, 409, "another's client id");
        let said = socket.expect("message").await["message"]["system"].clone();
        assert_eq!((&said["type"], &said["title"], &said["no"]), (&json!("noteAdded"), &json!("土のうの置き場"), &json!(1)));
        assert_eq!(socket.expect("note").await["no"], json!(1));
        let seen = kenji.get_ok(&path(&room, &made)).await;
        assert_eq!((&seen["body"], &seen["attachments"][0]["id"], &seen["canEdit"], &seen["canDelete"]), (&json!("- 東倉庫"), &file, &json!(true), &json!(false)));
        assert_eq!(kenji.get(&format!("/files/{}/info", text(&file))).await.0, 200, "whoever sees the note sees its files");
        for stranger in [server.client("mei"), server.client("admin"), server.client_of("clinics", "admin")] {
            assert_eq!(stranger.get(&path(&room, &made)).await.0, 404);
            assert_eq!(stranger.get(&format!("/files/{}/info", text(&file))).await.0, 404);
        }
        kenji.delete_ok(&format!("/rooms/{room}/members/{}", server.id("kenji"))).await;
        assert_eq!(kenji.get(&path(&room, &made)).await.0, 404, "he has left");
    }

    async fn the_pinned_stand_first_then_what_was_written_last(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let mut made = Vec::new();
        for title in ["一", "二", "三"] {
            made.push(note(&aiko, &room, title).await);
        }
        assert_eq!(titles(&kenji, &room).await, ["三", "二", "一"]);
        kenji.patch_ok(&path(&room, &made[0]), json!({ "body": "直した" })).await;
        assert_eq!(titles(&kenji, &room).await, ["一", "三", "二"]);
        let pinned = kenji.patch_ok(&path(&room, &made[1]), json!({ "pinned": true })).await;
        assert_eq!((&pinned["rev"], &pinned["editedAt"]), (&made[1]["rev"], &Value::Null), "pinning is no new version");
        assert_eq!(titles(&kenji, &room).await, ["二", "一", "三"]);
        let (mut over_pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = kenji.get_ok(&format!("/rooms/{room}/notes?limit=1{cursor}")).await;
            over_pages.extend(page["items"].as_array().unwrap().iter().map(|note| text(&note["title"])));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(over_pages, ["二", "一", "三"], "each once, over pages");
        aiko.delete_ok(&path(&room, &made[2])).await;
        assert_eq!(note(&aiko, &room, "四").await["no"], json!(4), "the number of a deleted one is not given again");
    }

    async fn who_writes_over_anothers_change_is_shown_it_first(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let made = note(&aiko, &room, "置き場").await;
        let write = async |client: &Client, rev: &Value, body: &str| {
            let request = client.request(Method::PATCH, &path(&room, &made)).header("if-match", format!("\"{rev}\""));
            client.send(request.json(&json!({ "body": body }))).await
        };
        comment(&kenji, &room, &made, "北にもあります").await;
        kenji.patch_ok(&path(&room, &made), json!({ "pinned": true })).await;
        let (status, changed) = write(&kenji, &made["rev"], "北倉庫も").await;
        assert_eq!((status, &changed["editedBy"]), (200, &json!(server.id("kenji"))), "what was said about it makes it no other: {changed}");
        let (status, problem) = write(&aiko, &made["rev"], "南倉庫も").await;
        assert_eq!((status, &problem["current"]["body"], &problem["current"]["rev"]), (412, &json!("北倉庫も"), &changed["rev"]));
        assert_eq!(aiko.get_ok(&path(&room, &made)).await["body"], json!("北倉庫も"), "and nothing has changed");
        assert_eq!(write(&aiko, &changed["rev"], "北と南").await.0, 200);
    }

    async fn its_files_are_used_as_long_as_it_shows_them(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let (one, other) = (brought(&aiko, "a,b").await, brought(&aiko, "c,d").await);
        let body = json!({ "clientId": new_id(), "title": "表", "attachmentIds": [one] });
        let made = aiko.post_ok(&format!("/rooms/{room}/notes"), body).await;
        assert_eq!(aiko.delete(&format!("/files/{}", text(&one))).await.0, 409, "it is shown");
        aiko.patch_ok(&path(&room, &made), json!({ "attachmentIds": [other] })).await;
        assert_eq!(kenji.get(&format!("/files/{}/info", text(&one))).await.0, 404, "shown no more");
        assert_eq!(kenji.get(&format!("/files/{}/info", text(&other))).await.0, 200);
        let theft = json!({ "attachmentIds": [one] });
        assert_eq!(kenji.patch(&path(&room, &made), theft).await.0, 422, "another's file, not his to show");
        aiko.delete_ok(&path(&room, &made)).await;
        assert_eq!(aiko.get(&path(&room, &made)).await.0, 404);
        assert_eq!(kenji.get(&format!("/files/{}/info", text(&other))).await.0, 404);
        assert_eq!(aiko.delete(&format!("/files/{}", text(&other))).await.0, 204, "used by nothing any more");
    }

    async fn people_talk_about_a_note(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let made = note(&aiko, &room, "置き場").await;
        let mut socket = Socket::connect(&mei).await;
        let body = json!({ "clientId": new_id(), "text": "北にもあります" });
        let comments = format!("{}/comments", path(&room, &made));
        let first = kenji.post_ok(&comments, body.clone()).await;
        assert_eq!(kenji.post_ok(&comments, body).await["id"], first["id"], "again is the same");
        assert_eq!(socket.expect("note").await["no"], made["no"]);
        let second = comment(&mei, &room, &made, "ありがとう").await;
        let page = aiko.get_ok(&format!("{comments}?limit=1")).await;
        assert_eq!((&page["items"][0]["text"], &page["items"][0]["canDelete"]), (&json!("北にもあります"), &json!(false)));
        let next = aiko.get_ok(&format!("{comments}?cursor={}", text(&page["nextCursor"]))).await;
        assert_eq!((&next["items"][0]["id"], &next["nextCursor"]), (&second["id"], &Value::Null));
        assert_eq!(aiko.get_ok(&path(&room, &made)).await["commentCount"], json!(2));
        let of_kenji = format!("{comments}/{}", text(&first["id"]));
        assert_eq!(mei.delete(&of_kenji).await.0, 403, "another's");
        kenji.delete_ok(&of_kenji).await;
        assert_eq!(kenji.delete(&of_kenji).await.0, 404);
        assert_eq!(aiko.get_ok(&path(&room, &made)).await["commentCount"], json!(1));
    }

    async fn who_may_change_and_delete(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let guest = guest(&server, &room).await;
        let (of_kenji, of_guest) = (note(&kenji, &room, "森の").await, note(&guest, &room, "外部の").await);
        assert_eq!(guest.get_ok(&path(&room, &of_kenji)).await["canEdit"], json!(false));
        assert_eq!(guest.patch(&path(&room, &of_kenji), json!({ "title": "改" })).await.0, 403);
        assert_eq!(guest.patch(&path(&room, &of_guest), json!({ "title": "外部の改" })).await.0, 200);
        assert_eq!(mei.patch(&path(&room, &of_guest), json!({ "title": "皆の" })).await.0, 200);
        comment(&guest, &room, &of_kenji, "拝見しました").await;
        assert_eq!(mei.delete(&path(&room, &of_kenji)).await.0, 403, "its author is there");
        kenji.delete_ok(&format!("/rooms/{room}/members/{}", server.id("kenji"))).await;
        assert_eq!(guest.delete(&path(&room, &of_kenji)).await.0, 403);
        assert_eq!(mei.get_ok(&path(&room, &of_kenji)).await["canDelete"], json!(true), "its author has gone");
        mei.delete_ok(&path(&room, &of_kenji)).await;
        assert_eq!(titles(&aiko, &room).await, ["皆の"]);
        let gate = server.client("gate");
        assert_eq!(gate.post(&format!("/rooms/{room}/notes"), json!({ "clientId": new_id(), "title": "あ" })).await.0, 403);
    }

    async fn who_runs_a_sections_room_deletes_and_between_two_both_do(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let fire = json!({ "kind": "orgUnit", "orgUnitId": server.cast.unit("fire") });
        let room = text(&aiko.post_ok("/rooms", fire).await["id"]);
        let (of_kenji, of_aiko) = (note(&kenji, &room, "森の").await, note(&aiko, &room, "青木の").await);
        assert_eq!(kenji.delete(&path(&room, &of_aiko)).await.0, 403);
        aiko.delete_ok(&path(&room, &of_kenji)).await;
        let pair = direct_room(&server, "mei", "kenji").await;
        let of_kenji = note(&kenji, &pair, "二人の").await;
        server.client("mei").delete_ok(&path(&pair, &of_kenji)).await;
    }

    async fn who_comes_later_sees_what_the_room_knows_but_not_what_two_kept_to_themselves(server: Server) {
        let (aiko, mei, mayor) = (server.client("aiko"), server.client("mei"), server.client("mayor"));
        let room = direct_room(&server, "aiko", "kenji").await;
        let file = brought(&aiko, "二人,だけ").await;
        let body = json!({ "clientId": new_id(), "title": "二人だけの", "attachmentIds": [file] });
        let secret = aiko.post_ok(&format!("/rooms/{room}/notes"), body).await;
        let add = async |who: &str| aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id(who)] })).await;
        add("mei").await;
        note(&aiko, &room, "三人の").await;
        let held = mei.get_ok(&format!("/rooms/{room}")).await;
        add("mayor").await;
        for newcomer in [&mei, &mayor] {
            assert_eq!(titles(newcomer, &room).await, ["三人の"]);
            assert_eq!(newcomer.get(&path(&room, &secret)).await.0, 404);
            assert_eq!(newcomer.get(&format!("/files/{}/info", text(&file))).await.0, 404);
        }
        assert_eq!(titles(&aiko, &room).await, ["三人の", "二人だけの"]);
        let mut socket = Socket::connect(&mei).await;
        aiko.patch_ok(&path(&room, &secret), json!({ "body": "まだ二人だけの" })).await;
        let open = note(&aiko, &room, "四人の").await;
        let heard: Vec<Value> = socket.settled().await.into_iter().filter(|frame| frame["type"] == "note").collect();
        assert_eq!(heard.iter().map(|frame| &frame["no"]).collect::<Vec<_>>(), [&open["no"]], "{heard:?}");
        let mut away = Socket::open(&mei).await.unwrap();
        away.hello(json!({ "rooms": { &room: held["lastSeq"] }, "revs": { &room: held["rev"] } })).await;
        assert_eq!(away.expect("note").await["no"], open["no"], "after having been away too");
    }

    async fn what_is_wrong_is_named_and_changes_nothing(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let made = note(&aiko, &room, "置き場").await;
        let many: Vec<uuid::Uuid> = (0..31).map(|_| new_id()).collect();
        let bad = [
            (json!({ "title": " " }), 422, "title"),
            (json!({ "title": "字".repeat(101) }), 422, "title"),
            (json!({ "title": "二\n行" }), 422, "title"),
            (json!({ "title": "あ", "body": "字".repeat(20_001) }), 422, "body"),
            (json!({ "title": "あ", "body": "\0" }), 422, "body"),
            (json!({ "title": "あ", "attachmentIds": many }), 422, "attachmentIds"),
            (json!({ "title": "あ", "attachmentIds": [new_id()] }), 422, "attachmentIds"),
            (json!({ "title": "あ", "text": "い" }), 400, "text"),
        ];
        for (mut body, status, field) in bad {
            let (answered, problem) = aiko.patch(&path(&room, &made), body.clone()).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, Some(field)), "{problem}");
            body["clientId"] = json!(new_id());
            let (answered, problem) = aiko.post(&format!("/rooms/{room}/notes"), body).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, Some(field)), "{problem}");
        }
        for words in [String::new(), "字".repeat(2_001)] {
            let body = json!({ "clientId": new_id(), "text": words });
            let (answered, problem) = aiko.post(&format!("{}/comments", path(&room, &made)), body).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (422, Some("text")));
        }
        assert_eq!(aiko.get_ok(&format!("/rooms/{room}/notes")).await["items"].as_array().unwrap().len(), 1);
        assert_eq!(aiko.get_ok(&path(&room, &made)).await, made);
        say(&aiko, &room, "続き").await;
    }
}
