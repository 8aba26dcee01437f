//! The shelf of links.

use serde_json::{Value, json};
use testkit::Client;

use super::{direct_room, new_id, room_of, say, text};

/// The addresses on a room's shelf, as somebody sees it.
async fn shelf(client: &Client, room: &str) -> Vec<String> {
    let page = client.get_ok(&format!("/rooms/{room}/links?limit=200")).await;
    page["items"].as_array().unwrap().iter().map(|link| text(&link["url"])).collect()
}

testkit::both! {
    async fn links_stand_with_the_newest_first_and_lead_to_their_messages(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let first = say(&aiko, &room, "資料はhttps://city.example.jp/a?b=1#c。「http://example.jp/」も").await;
        say(&aiko, &room, "リンクのない話").await;
        let second = say(&kenji, &room, "https://example.jp/資料.pdf `https://code.example.jp/`").await;
        let items = kenji.get_ok(&format!("/rooms/{room}/links")).await["items"].clone();
        assert_eq!(items[0], json!({ "url": "https://example.jp/%E8%B3%87%E6%96%99.pdf", "seq": second["seq"], "senderId": server.id("kenji"), "sentAt": second["sentAt"] }));
        assert_eq!(shelf(&aiko, &room).await, ["https://example.jp/%E8%B3%87%E6%96%99.pdf", "http://example.jp/", "https://city.example.jp/a?b=1#c"]);
        assert_eq!((&items[1]["seq"], &items[2]["seq"]), (&first["seq"], &first["seq"]));
    }

    async fn the_shelf_comes_in_pages(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        for n in 1..=3 {
            say(&aiko, &room, &format!("https://a.example.jp/{n} https://b.example.jp/{n}")).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = aiko.get_ok(&format!("/rooms/{room}/links?limit=4{cursor}")).await;
            seen.extend(page["items"].as_array().unwrap().iter().map(|link| text(&link["url"])));
            let Value::String(next) = &page["nextCursor"] else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, ["b", "a"].iter().cycle().take(6).zip([3, 3, 2, 2, 1, 1]).map(|(host, n)| format!("https://{host}.example.jp/{n}")).collect::<Vec<_>>());
        assert_eq!(aiko.get(&format!("/rooms/{room}/links?limit=201")).await.0, 422);
        assert_eq!(aiko.get(&format!("/rooms/{room}/links?cursor=x")).await.0, 422);
    }

    async fn what_is_written_anew_taken_back_or_forwarded_changes_the_shelf(server: Server) {
        let (room, other) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "mei"]).await);
        let aiko = server.client("aiko");
        let sent = say(&aiko, &room, "https://old.example.jp/ https://stays.example.jp/").await;
        let place = format!("/rooms/{room}/messages/{}", sent["seq"]);
        let forward = json!({ "clientId": new_id(), "from": { "roomId": room, "seqs": [sent["seq"]] }, "toRoomIds": [other] });
        aiko.post_ok("/forwards", forward).await;
        assert_eq!(shelf(&server.client("mei"), &other).await, ["https://stays.example.jp/", "https://old.example.jp/"]);
        aiko.patch_ok(&place, json!({ "text": "https://stays.example.jp/ https://new.example.jp/" })).await;
        assert_eq!(shelf(&aiko, &room).await, ["https://new.example.jp/", "https://stays.example.jp/"]);
        aiko.patch_ok(&place, json!({ "text": "リンクはありません" })).await;
        assert!(shelf(&aiko, &room).await.is_empty());
        aiko.patch_ok(&place, json!({ "text": "https://back.example.jp/" })).await;
        aiko.delete_ok(&place).await;
        assert!(shelf(&aiko, &room).await.is_empty(), "of what was taken back nothing is found");
        assert_eq!(shelf(&aiko, &other).await.len(), 2, "the copy is another message");
    }

    async fn nobody_finds_links_that_they_may_not_see(server: Server) {
        let room = direct_room(&server, "aiko", "kenji").await;
        let (aiko, mei) = (server.client("aiko"), server.client("mei"));
        say(&aiko, &room, "https://before.example.jp/").await;
        assert_eq!(mei.get(&format!("/rooms/{room}/links")).await.0, 404, "mei is not in that room");
        assert_eq!(server.client_of("clinics", "admin").get(&format!("/rooms/{room}/links")).await.0, 404);
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")] })).await;
        say(&aiko, &room, "https://after.example.jp/").await;
        assert_eq!(shelf(&mei, &room).await, ["https://after.example.jp/"]);
        assert_eq!(shelf(&aiko, &room).await.len(), 2);
    }

    async fn one_message_brings_so_many_at_most(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let many: String = (0..200).map(|n| format!("https://a.example.jp/{n}\n")).collect();
        say(&aiko, &room, &many).await;
        let found = shelf(&aiko, &room).await;
        assert_eq!((found.len(), found[0].as_str()), (30, "https://a.example.jp/29"));
    }
}
