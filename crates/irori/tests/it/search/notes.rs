//! Notes are found as messages are, by whoever may see them.

use serde_json::{Value, json};

use super::{found, room, say, settle, texts};
use crate::new_id;

const NOTHING: [&str; 0] = [];

testkit::both! {
    async fn notes_are_found_by_what_they_say_and_show(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let watch = room(&server, "aiko", "水位監視", &["kenji"]).await;
        let path = format!("/rooms/{watch}/notes");
        say(&aiko, &watch, "土のうを積みました").await;
        let made = aiko.post_ok(&path, json!({ "clientId": new_id(), "title": "土のうの置き場", "body": "- 東倉庫" })).await;
        settle(&aiko, &watch).await;
        let hit = found(&kenji, &[("q", "土のう 東倉")]).await["items"][0].clone();
        assert_eq!((&hit["kind"], &hit["no"], &hit["roomTitle"], &hit["senderId"]), (&json!("note"), &made["no"], &json!("水位監視"), &json!(server.id("aiko"))));
        assert_eq!(texts(&kenji, &[("q", "土のう")]).await, ["土のうの置き場\n- 東倉庫", "土のうを積みました"], "among the messages");
        assert_eq!(texts(&kenji, &[("q", "土のう"), ("in", "messages")]).await, ["土のうを積みました"]);
        assert_eq!(texts(&kenji, &[("q", "土のう"), ("in", "notes")]).await, ["土のうの置き場\n- 東倉庫"]);
        assert_eq!(texts(&kenji, &[("q", "土のう from:青木"), ("in", "notes")]).await.len(), 1);
        assert_eq!(texts(&kenji, &[("q", "土のう from:森"), ("in", "notes")]).await, NOTHING);
        for outside in [server.client("mei"), server.client("admin"), server.client_of("clinics", "admin")] {
            assert_eq!(texts(&outside, &[("q", "土のう")]).await, NOTHING);
        }
        aiko.post_ok(&format!("/rooms/{watch}/members"), json!({ "userIds": [server.id("mei")] })).await;
        assert_eq!(texts(&server.client("mei"), &[("q", "土のう")]).await, ["土のうの置き場\n- 東倉庫"], "who comes later finds the room's notes");
        kenji.patch_ok(&format!("{path}/{}", made["no"]), json!({ "body": "- 西倉庫" })).await;
        settle(&aiko, &watch).await;
        assert_eq!(texts(&kenji, &[("q", "西倉庫")]).await.len(), 1);
        assert_eq!(texts(&kenji, &[("q", "東倉庫")]).await, NOTHING);
        aiko.delete_ok(&format!("{path}/{}", made["no"])).await;
        settle(&aiko, &watch).await;
        assert_eq!(texts(&kenji, &[("q", "土のう"), ("in", "notes")]).await, NOTHING);
    }

    async fn what_two_wrote_down_for_themselves_no_third_finds(server: Server) {
        let (aiko, mei) = (server.client("aiko"), server.client("mei"));
        let pair = json!({ "kind": "direct", "memberIds": [server.id("kenji")] });
        let room = aiko.post_ok("/rooms", pair).await["id"].as_str().unwrap().to_owned();
        let note = async |title: &str| -> Value {
            aiko.post_ok(&format!("/rooms/{room}/notes"), json!({ "clientId": new_id(), "title": title })).await
        };
        note("異動の相談").await;
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")] })).await;
        note("異動の手順").await;
        settle(&aiko, &room).await;
        assert_eq!(texts(&aiko, &[("q", "異動")]).await, ["異動の手順", "異動の相談"]);
        assert_eq!(texts(&mei, &[("q", "異動")]).await, ["異動の手順"]);
    }
}
