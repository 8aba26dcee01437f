//! Where the bytes lie: the same once, and what is said when they can't.

use serde_json::json;

use super::{address, bring, brought, fetched, new_id, png, room_of, show};

testkit::both! {
    async fn the_same_content_is_kept_once(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let bytes = b"the same words".as_slice();
        let one = brought(&aiko, "一.txt", bytes).await;
        let other = brought(&kenji, "二.txt", bytes).await;
        assert_eq!(one["sha256"], other["sha256"]);
        assert_ne!(one["id"], other["id"]);
        assert_eq!(crate::objects(&server), 1);
        assert_eq!(fetched(&kenji, &address(&one)).await.0, 404, "to have the same is not to be shown hers");
        show(&kenji, &room, &[&other]).await;
        aiko.delete_ok(&address(&one)).await;
        assert_eq!(fetched(&aiko, &address(&other)).await, (200, bytes.to_vec()));
        let id = new_id();
        let twice = async || {
            let request = aiko.request(reqwest::Method::POST, &format!("/files?clientId={id}")).body("again");
            aiko.send(request).await
        };
        let (first, second) = (twice().await, twice().await);
        assert_eq!((first.0, &first.1), (201, &second.1), "brought twice, there once");
    }

    async fn where_the_store_is_away_it_is_said_and_nothing_is_sent(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let photo = brought(&aiko, "冠水.png", &png(20, 20)).await;
        // A file stands where the folder was.
        let folder = server.data().files_folder().join("tenants").read_dir().unwrap().flatten().map(|entry| entry.path().join("files")).find(|folder| folder.exists()).unwrap();
        let aside = folder.with_extension("aside");
        std::fs::rename(&folder, &aside).unwrap();
        std::fs::write(&folder, "").unwrap();
        let (status, problem) = bring(&aiko, "別.png", &png(21, 20)).await;
        assert_eq!((status, problem["type"].as_str()), (503, Some("/problems/file-store-away")), "{problem}");
        assert_eq!(fetched(&aiko, &address(&photo)).await.0, 503);
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(&aside, &folder).unwrap();
        assert_eq!(fetched(&aiko, &address(&photo)).await.0, 200);
        let sent = aiko.post(&format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "attachmentIds": [new_id()] })).await;
        assert_eq!(sent.0, 422);
    }
}
