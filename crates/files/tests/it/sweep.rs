//! What nobody uses goes after a day; what somebody uses stays.

use std::time::Duration;

use super::{address, brought, fetched, objects, png, room_of, show};

const DAY: Duration = Duration::from_secs(25 * 3600);

testkit::both! {
    async fn unused_files_go_and_used_ones_stay(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let tenant = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
        let (shown, unsent) = (brought(&aiko, "使う.png", &png(20, 20)).await, brought(&aiko, "使わない.png", &png(21, 20)).await);
        let sent = show(&aiko, &room, &[&shown]).await;
        for file in [&shown, &unsent] {
            assert_eq!(fetched(&aiko, &format!("{}/thumbnail", address(file))).await.0, 200);
        }
        let half = aiko.request(reqwest::Method::POST, "/files").header("tus-resumable", "1.0.0").header("upload-length", 9);
        let half = half.header("content-type", "application/offset+octet-stream").body("half").send().await.unwrap();
        assert_eq!(half.status(), 201);
        assert_eq!((server.app.files.sweep(tenant).await.unwrap(), objects(&server)), (0, 7), "not yet a day");
        server.clock.advance(DAY);
        assert_eq!((server.app.files.sweep(tenant).await.unwrap(), objects(&server)), (2, 3));
        assert_eq!(fetched(&kenji, &address(&shown)).await.0, 200);
        aiko.delete_ok(&format!("/rooms/{room}/messages/{}", sent["seq"])).await;
        assert_eq!(server.app.files.sweep(tenant).await.unwrap(), 0, "used until now");
        server.clock.advance(DAY);
        assert_eq!((server.app.files.sweep(tenant).await.unwrap(), objects(&server)), (1, 0));
    }
}
