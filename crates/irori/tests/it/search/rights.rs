//! Nobody finds what they may not see, and what was taken back nobody.

use serde_json::{Value, json};

use super::{ask, found, room, say, settle, texts};

const NOTHING: [&str; 0] = [];

testkit::both! {
    async fn only_members_find_what_is_said_in_a_room(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        say(&aiko, &room, "避難所を開設しました").await;
        settle(&aiko, &room).await;
        assert_eq!(texts(&kenji, &[("q", "避難")]).await, ["避難所を開設しました"]);
        for outside in [server.client("outsider"), server.client("admin"), server.client_of("clinics", "admin")] {
            let answer = found(&outside, &[("q", "避難")]).await;
            assert_eq!((&answer["items"], &answer["nextCursor"]), (&json!([]), &Value::Null));
            assert_eq!(ask(&outside, &[("q", "避難"), ("roomId", &room)]).await.0, 404);
            assert_eq!(texts(&outside, &[("q", "避難 in:水位")]).await, NOTHING);
            assert_eq!(texts(&outside, &[("q", "避難 from:青木")]).await, NOTHING);
        }
        assert_eq!(ask(&server.nobody("city"), &[("q", "避難")]).await.0, 401);
    }

    async fn who_comes_later_finds_what_they_are_shown(server: Server) {
        let (aiko, mei) = (server.client("aiko"), server.client("mei"));
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        say(&aiko, &room, "避難の一").await;
        let second = say(&aiko, &room, "避難の二").await["seq"].clone();
        let add = async |body: Value| aiko.post_ok(&format!("/rooms/{room}/members"), body).await;
        add(json!({ "userIds": [server.id("mei")] })).await;
        say(&aiko, &room, "避難の三").await;
        settle(&aiko, &room).await;
        assert_eq!(texts(&mei, &[("q", "避難")]).await, ["避難の三"]);
        add(json!({ "userIds": [server.id("mayor")], "history": { "fromSeq": second } })).await;
        assert_eq!(texts(&server.client("mayor"), &[("q", "避難")]).await, ["避難の三", "避難の二"]);
    }

    async fn who_has_left_finds_nothing_more(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        say(&aiko, &room, "避難の一").await;
        settle(&aiko, &room).await;
        assert_eq!(texts(&kenji, &[("q", "避難")]).await, ["避難の一"], "while they were there");
        kenji.delete_ok(&format!("/rooms/{room}/members/{}", server.id("kenji"))).await;
        say(&aiko, &room, "避難の二").await;
        settle(&aiko, &room).await;
        assert_eq!(texts(&kenji, &[("q", "避難")]).await, NOTHING);
        assert_eq!(ask(&kenji, &[("q", "避難"), ("roomId", &room)]).await.0, 404);
    }

    async fn what_was_edited_is_found_by_what_it_says_now(server: Server) {
        let aiko = server.client("aiko");
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        let seq = say(&aiko, &room, "南小学校へ避難").await["seq"].clone();
        settle(&aiko, &room).await;
        assert_eq!(texts(&aiko, &[("q", "南小")]).await, ["南小学校へ避難"]);
        aiko.patch_ok(&format!("/rooms/{room}/messages/{seq}"), json!({ "text": "北小学校へ避難" })).await;
        settle(&aiko, &room).await;
        assert_eq!(texts(&aiko, &[("q", "南小")]).await, NOTHING);
        assert_eq!(texts(&aiko, &[("q", "北小")]).await, ["北小学校へ避難"]);
        assert_eq!(texts(&aiko, &[("q", "避難")]).await, ["北小学校へ避難"], "once");
    }

    async fn what_was_taken_back_is_found_no_more(server: Server) {
        let aiko = server.client("aiko");
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        let seq = say(&aiko, &room, "南小学校へ避難").await["seq"].clone();
        settle(&aiko, &room).await;
        assert_eq!(texts(&aiko, &[("q", "避難")]).await, ["南小学校へ避難"]);
        aiko.delete_ok(&format!("/rooms/{room}/messages/{seq}")).await;
        assert_eq!(texts(&aiko, &[("q", "避難")]).await, NOTHING, "at once, whether the index knows of it or not");
        settle(&aiko, &room).await;
        assert_eq!(texts(&aiko, &[("q", "避難")]).await, NOTHING);
    }

    async fn a_hidden_hit_takes_nobodys_place(server: Server) {
        let (aiko, mei) = (server.client("aiko"), server.client("mei"));
        let room = room(&server, "aiko", "水位監視", &["kenji", "mei"]).await;
        say(&aiko, &room, "避難の一").await;
        mei.delete_ok(&format!("/rooms/{room}/members/{}", server.id("mei"))).await;
        for _ in 0..30 {
            say(&aiko, &room, "避難の陰").await;
        }
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")] })).await;
        say(&aiko, &room, "避難の終").await;
        settle(&aiko, &room).await;
        let answer = found(&mei, &[("q", "避難"), ("limit", "2")]).await;
        let texts: Vec<&str> = answer["items"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap()).collect();
        assert_eq!((texts, &answer["nextCursor"]), (vec!["避難の終", "避難の一"], &Value::Null));
    }
}
