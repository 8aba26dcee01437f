//! Rooms: who is in them, why, and what of the past they see.

use serde_json::json;

use super::{new_id, room_of, say, text, texts};

testkit::both! {
    async fn two_people_have_one_direct_room(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let first = aiko.post_ok("/rooms", json!({ "kind": "direct", "memberIds": [server.id("kenji")] })).await;
        let again = kenji.post_ok("/rooms", json!({ "kind": "direct", "memberIds": [server.id("aiko")] })).await;
        assert_eq!(first["id"], again["id"]);
        assert_eq!(again["title"], "青木 あいこ", "each sees the other's name");
        assert_eq!(first["title"], "森 けんじ");
    }

    async fn whoever_is_not_in_a_room_finds_nothing_there(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        say(&server.client("aiko"), &room, "署員だけに").await;
        assert_eq!(server.client("kenji").get(&format!("/rooms/{room}")).await.0, 200, "a member does");
        for outsider in [server.client("mei"), server.client("admin"), server.client_of("clinics", "admin")] {
            for path in [format!("/rooms/{room}"), format!("/rooms/{room}/messages"), format!("/rooms/{room}/members")] {
                assert_eq!(outsider.get(&path).await.0, 404, "{path}");
            }
            let send = json!({ "clientId": new_id(), "text": "入れて" });
            assert_eq!(outsider.post(&format!("/rooms/{room}/messages"), send).await.0, 404);
        }
    }

    async fn newcomers_see_the_past_only_as_far_as_they_are_let(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        say(&aiko, &room, "昔の話").await;
        let from = say(&aiko, &room, "ここから").await["seq"].clone();
        let members = format!("/rooms/{room}/members");
        aiko.post_ok(&members, json!({ "userIds": [server.id("mei")] })).await;
        aiko.post_ok(&members, json!({ "userIds": [server.id("mayor")], "history": "all" })).await;
        aiko.post_ok(&members, json!({ "userIds": [server.id("outsider")], "history": { "fromSeq": from } })).await;
        say(&aiko, &room, "新しい話").await;
        assert_eq!(texts(&server.client("mei"), &room).await, ["新しい話"]);
        assert_eq!(texts(&server.client("mayor"), &room).await, ["昔の話", "ここから", "新しい話"]);
        assert_eq!(texts(&server.client("outsider"), &room).await, ["ここから", "新しい話"]);
    }

    async fn an_org_units_room_follows_transfers_and_keeps_its_guests(server: Server) {
        let (admin, aiko, mayor) = (server.client("admin"), server.client("aiko"), server.client("mayor"));
        let fire = server.cast.unit("fire");
        let room = text(&aiko.post_ok("/rooms", json!({ "kind": "orgUnit", "orgUnitId": fire })).await["id"]);
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mayor")] })).await;
        say(&aiko, &room, "点検は10時から").await;
        let kenji = server.client("kenji");
        assert_eq!(kenji.get(&format!("/rooms/{room}")).await.0, 200);
        let transfer = |unit: &str| json!({ "assignments": [{ "orgUnitId": unit }] });
        admin.patch_ok(&format!("/users/{}", server.id("kenji")), transfer(server.cast.unit("affairs"))).await;
        assert_eq!(kenji.get(&format!("/rooms/{room}")).await.0, 404, "he has left with his transfer");
        assert_eq!(mayor.get(&format!("/rooms/{room}")).await.0, 200, "the mayor stays");
        admin.patch_ok(&format!("/users/{}", server.id("mei")), transfer(fire)).await;
        say(&aiko, &room, "ようこそ").await;
        assert_eq!(texts(&server.client("mei"), &room).await, ["ようこそ"]);
        admin.put_ok(&format!("/users/{}/suspension", server.id("mei")), json!(null)).await;
        let members = aiko.get_ok(&format!("/rooms/{room}/members")).await;
        assert!(!members.to_string().contains(&server.id("mei")), "whoever is suspended is in no section's room");
    }

    async fn child_units_come_and_go_by_choice_and_nothing_is_lost(server: Server) {
        let (admin, kenji) = (server.client("admin"), server.client("kenji"));
        let room = text(&admin.post_ok("/rooms", json!({ "kind": "orgUnit", "orgUnitId": server.cast.unit("hall") })).await["id"]);
        assert_eq!(kenji.get(&format!("/rooms/{room}")).await.0, 404, "child units only when chosen");
        admin.patch_ok(&format!("/rooms/{room}"), json!({ "includeChildren": true })).await;
        say(&kenji, &room, "消防署から").await;
        admin.patch_ok(&format!("/rooms/{room}"), json!({ "includeChildren": false })).await;
        assert_eq!(kenji.get(&format!("/rooms/{room}")).await.0, 404);
        admin.patch_ok(&format!("/rooms/{room}"), json!({ "includeChildren": true })).await;
        assert_eq!(texts(&kenji, &room).await, ["消防署から"], "what he saw he sees again");
    }

    async fn leaving_muting_hiding_renaming(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let rooms = async |client: &testkit::Client| client.get_ok("/rooms").await["items"].to_string();
        kenji.patch_ok(&format!("/rooms/{room}/membership"), json!({ "muted": true, "pinned": true })).await;
        let seen = kenji.get_ok(&format!("/rooms/{room}")).await;
        assert_eq!((&seen["muted"], &seen["pinned"]), (&json!(true), &json!(true)));
        assert_eq!(aiko.get_ok(&format!("/rooms/{room}")).await["muted"], false, "one's own choice alone");
        kenji.patch_ok(&format!("/rooms/{room}/membership"), json!({ "hidden": true })).await;
        let hidden = kenji.get_ok(&format!("/rooms/{room}")).await;
        assert_eq!(hidden["hidden"], true);
        say(&aiko, &room, "起きて").await;
        assert_eq!(kenji.get_ok(&format!("/rooms/{room}")).await["hidden"], false, "a new message brings it back");
        aiko.patch_ok(&format!("/rooms/{room}"), json!({ "title": "避難所の準備" })).await;
        assert_eq!(mei.get_ok(&format!("/rooms/{room}")).await["title"], "避難所の準備");
        mei.delete_ok(&format!("/rooms/{room}/members/{}", server.id("mei"))).await;
        assert_eq!(mei.get(&format!("/rooms/{room}")).await.0, 404);
        assert!(!rooms(&mei).await.contains(&room) && rooms(&aiko).await.contains(&room));
    }

    async fn a_room_is_marked_for_an_incident_by_whoever_may_name_it(server: Server) {
        let aiko = server.client("aiko");
        let others = [server.id("kenji")];
        let body = json!({ "kind": "group", "title": "川東の冠水", "memberIds": others, "clientId": new_id(), "incident": true });
        let made = aiko.post_ok("/rooms", body).await;
        assert_eq!(made["incident"], true);
        let path = format!("/rooms/{}", text(&made["id"]));
        let mut kenji = testkit::Socket::connect(&server.client("kenji")).await;
        aiko.patch_ok(&path, json!({ "incident": false })).await;
        assert_eq!(kenji.expect("room").await["room"]["incident"], false);
        assert_eq!(server.client("kenji").get_ok(&path).await["incident"], false);
        let (status, problem) = aiko.post("/rooms", json!({ "kind": "direct", "memberIds": others, "incident": true })).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("incident")));
        let fire = json!({ "kind": "orgUnit", "orgUnitId": server.cast.unit("fire") });
        let unit = server.client("admin").post_ok("/rooms", fire).await;
        let path = format!("/rooms/{}", text(&unit["id"]));
        assert_eq!(server.client("kenji").patch(&path, json!({ "incident": true })).await.0, 403, "kenji does not run it");
        assert_eq!(aiko.patch_ok(&path, json!({ "incident": true })).await["incident"], true);
    }

    async fn a_rename_of_what_has_changed_meanwhile_is_refused(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, path) = (server.client("aiko"), format!("/rooms/{room}"));
        let rename = async |title: &str, tag: &str| {
            let request = aiko.request(reqwest::Method::PATCH, &path).header("if-match", tag).json(&json!({ "title": title }));
            aiko.send(request).await
        };
        let answer = aiko.request(reqwest::Method::GET, &path).send().await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(rename("避難所", &tag).await.0, 200);
        let (status, problem) = rename("避難所の準備", &tag).await;
        assert_eq!((status, &problem["current"]["title"]), (412, &json!("避難所")));
        assert_eq!(rename("避難所の準備", "*").await.0, 200);
        assert_eq!(rename("避難所", "\"昨日\"").await.0, 400);
    }

    async fn a_notice_is_pinned_for_all(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let seq = say(&aiko, &room, "第一報はここに").await["seq"].clone();
        aiko.patch_ok(&format!("/rooms/{room}"), json!({ "noticeSeq": seq })).await;
        assert_eq!(server.client("kenji").get_ok(&format!("/rooms/{room}")).await["notice"]["text"], "第一報はここに");
        aiko.delete_ok(&format!("/rooms/{room}/messages/{seq}")).await;
        let notice = server.client("kenji").get_ok(&format!("/rooms/{room}")).await["notice"].clone();
        assert!(notice.is_null() || notice["text"] == "", "a recalled message is no notice: {notice}");
    }
}
