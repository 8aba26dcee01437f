//! Nobody gets a file but by a message that they may see.

use reqwest::Method;
use serde_json::json;

use super::{address, brought, fetched, png, room_of, show};

testkit::both! {
    async fn its_address_alone_opens_nothing(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let photo = brought(&aiko, "冠水.png", &png(20, 20)).await;
        let paths = [address(&photo), format!("{}/info", address(&photo)), format!("{}/thumbnail", address(&photo))];
        for path in &paths {
            assert_eq!(fetched(&aiko, path).await.0, 200, "her own, not yet sent: {path}");
            assert_eq!(fetched(&server.client("kenji"), path).await.0, 404, "not yet sent: {path}");
        }
        show(&aiko, &room, &[&photo]).await;
        for path in &paths {
            assert_eq!(fetched(&server.client("kenji"), path).await.0, 200, "{path}");
            for (stranger, status) in [(server.client("mei"), 404), (server.client("admin"), 404), (server.client_of("clinics", "admin"), 404), (server.nobody("city"), 401)] {
                assert_eq!(fetched(&stranger, path).await.0, status, "{path}");
            }
        }
        let kenji = server.client("kenji");
        kenji.delete_ok(&format!("/rooms/{room}/members/{}", server.id("kenji"))).await;
        assert_eq!(fetched(&kenji, &address(&photo)).await.0, 404, "he has left");
        aiko.delete_ok(&format!("/rooms/{room}/members/{}", server.id("aiko"))).await;
        assert_eq!(fetched(&aiko, &address(&photo)).await.0, 404, "whoever sent it keeps no key");
    }

    async fn what_was_shown_before_one_came_stays_hidden(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, mei) = (server.client("aiko"), server.client("mei"));
        let (early, late) = (brought(&aiko, "前.png", &png(20, 20)).await, brought(&aiko, "後.png", &png(30, 20)).await);
        show(&aiko, &room, &[&early]).await;
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")] })).await;
        show(&aiko, &room, &[&late]).await;
        assert_eq!((fetched(&mei, &address(&early)).await.0, fetched(&mei, &address(&late)).await.0), (404, 200));
        let shelf = mei.get_ok(&format!("/rooms/{room}/files?kind=photos")).await;
        assert_eq!(shelf["items"].as_array().unwrap().len(), 1);
        let theft = json!({ "clientId": crate::new_id(), "attachmentIds": [early["id"]] });
        assert_eq!(mei.post(&format!("/rooms/{room}/messages"), theft).await.0, 422);
    }

    async fn only_whoever_brings_a_file_goes_on_with_it(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let photo = brought(&aiko, "冠水.png", &png(20, 20)).await;
        show(&aiko, &room, &[&photo]).await;
        for method in [Method::HEAD, Method::DELETE] {
            let request = kenji.request(method.clone(), &address(&photo)).header("tus-resumable", "1.0.0");
            assert_eq!(request.send().await.unwrap().status(), 404, "{method}");
        }
        assert_eq!(aiko.delete(&address(&photo)).await.0, 409, "it is shown");
        let unsent = brought(&aiko, "別.png", &png(21, 20)).await;
        assert_eq!(aiko.delete(&address(&unsent)).await.0, 204);
        assert_eq!(fetched(&aiko, &address(&unsent)).await.0, 404);
        let (status, problem) = crate::bring(&server.client("gate"), "a.txt", b"a").await;
        assert_eq!((status, problem["type"].as_str()), (403, Some("/problems/actor-required")));
    }
}
