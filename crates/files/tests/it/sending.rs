//! Files are sent, seen, forwarded, taken back.

use reqwest::Method;
use serde_json::json;

use super::{address, brought, fetched, new_id, png, room_of, show, text};

testkit::both! {
    async fn a_photo_is_seen_by_those_in_the_room(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let bytes = png(600, 400);
        let photo = brought(&aiko, "冠水 1.png", &bytes).await;
        assert_eq!((&photo["name"], &photo["contentType"]), (&json!("冠水 1.png"), &json!("image/png")));
        assert_eq!((&photo["width"], &photo["height"], &photo["size"]), (&json!(600), &json!(400), &json!(bytes.len())));
        let sent = show(&aiko, &room, &[&photo]).await;
        assert_eq!((&sent["text"], &sent["attachments"][0]), (&json!(""), &photo));
        let page = kenji.get_ok(&format!("/rooms/{room}/messages")).await;
        let seen = page["items"].as_array().unwrap().iter().find(|message| message["seq"] == sent["seq"]).unwrap().clone();
        assert_eq!(seen["attachments"], json!([photo]));
        assert_eq!(kenji.get_ok("/rooms").await["items"][0]["lastMessage"]["attachments"], json!([photo]));
        assert_eq!(fetched(&kenji, &address(&photo)).await, (200, bytes));
        for (side, width) in [(320, 320), (1280, 600), (5000, 600)] {
            let (status, small) = fetched(&kenji, &format!("{}/thumbnail?width={side}", address(&photo))).await;
            assert_eq!((status, image::load_from_memory(&small).unwrap().width()), (200, width), "{side}");
        }
    }

    async fn a_file_is_saved_under_its_name_and_read_in_parts(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let film = [b"\0\0\0\x18ftypmp42\0\0\0\0isommp42".as_slice(), &[7; 5000]].concat();
        let video = brought(&aiko, "川 の様子.mp4", &film).await;
        assert_eq!(video["contentType"], "video/mp4");
        show(&aiko, &room, &[&video]).await;
        let get = |path: String, name: &'static str, value: &'static str| {
            let request = kenji.request(Method::GET, &path).header(name, value);
            async move { request.send().await.unwrap() }
        };
        let part = get(address(&video), "range", "bytes=10-19").await;
        assert_eq!((part.status().as_u16(), part.headers()["content-range"].to_str().unwrap().to_owned()), (206, format!("bytes 10-19/{}", film.len())));
        assert_eq!(part.bytes().await.unwrap(), film[10..20]);
        let beyond = get(address(&video), "range", "bytes=99999-").await;
        assert_eq!(beyond.status(), 416);
        let whole = get(format!("{}?download=true", address(&video)), "accept", "*/*").await;
        let said = whole.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(said.starts_with("attachment;") && said.contains("filename*=UTF-8''%E5%B7%9D%20%E3%81%AE%E6%A7%98%E5%AD%90.mp4"), "{said}");
        let etag = whole.headers()["etag"].to_str().unwrap().to_owned();
        let again = kenji.request(Method::GET, &address(&video)).header("if-none-match", etag).send().await.unwrap();
        assert_eq!(again.status(), 304);
        let head = kenji.request(Method::HEAD, &address(&video)).send().await.unwrap();
        assert_eq!(head.headers()["content-length"], film.len().to_string().as_str());
    }

    async fn files_go_with_a_forward_and_with_a_recall(server: Server) {
        let (room, other) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "mei"]).await);
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let photo = brought(&aiko, "冠水.png", &png(20, 20)).await;
        let place = json!({ "latitude": 35.5, "longitude": 139.25, "accuracyMeters": 12.0 });
        let body = json!({ "clientId": new_id(), "text": "川東です", "attachmentIds": [photo["id"]], "place": place });
        let sent = aiko.post_ok(&format!("/rooms/{room}/messages"), body.clone()).await;
        assert_eq!(sent["place"], place);
        assert_eq!(aiko.post_ok(&format!("/rooms/{room}/messages"), body).await["seq"], sent["seq"], "sent once");
        assert_eq!(fetched(&mei, &address(&photo)).await.0, 404);
        let forward = json!({ "clientId": new_id(), "from": { "roomId": room, "seqs": [sent["seq"]] }, "toRoomIds": [other] });
        let copies = aiko.post_ok("/forwards", forward).await;
        assert_eq!((&copies["items"][0]["attachments"][0], &copies["items"][0]["place"]), (&photo, &place));
        assert_eq!(fetched(&mei, &address(&photo)).await.0, 200);
        aiko.delete_ok(&format!("/rooms/{room}/messages/{}", sent["seq"])).await;
        assert_eq!((fetched(&kenji, &address(&photo)).await.0, fetched(&mei, &address(&photo)).await.0), (404, 200));
        let page = kenji.get_ok(&format!("/rooms/{room}/messages")).await;
        let gone = page["items"].as_array().unwrap().iter().find(|message| message["seq"] == sent["seq"]).unwrap();
        assert_eq!((&gone["attachments"], gone.get("place")), (&json!([]), None));
        aiko.delete_ok(&format!("/rooms/{other}/messages/{}", copies["items"][0]["seq"])).await;
        assert_eq!(fetched(&mei, &address(&photo)).await.0, 404);
    }

    async fn what_stands_on_a_rooms_shelves(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let mut photos = Vec::new();
        for n in 0..5 {
            let by = if n == 2 { &kenji } else { &aiko };
            photos.push(brought(by, &format!("{n}.png"), &png(10 + n, 10)).await);
        }
        let list = brought(&aiko, "名簿.csv", "氏名\n".as_bytes()).await;
        show(&aiko, &room, &[&photos[0], &photos[1], &list]).await;
        show(&kenji, &room, &[&photos[2]]).await;
        let last = show(&aiko, &room, &[&photos[3], &photos[4]]).await;
        let names = |page: &serde_json::Value| page["items"].as_array().unwrap().iter().map(|item| text(&item["file"]["name"])).collect::<Vec<_>>();
        let shelf = format!("/rooms/{room}/files?kind");
        let first = kenji.get_ok(&format!("{shelf}=photos&limit=3")).await;
        assert_eq!(names(&first), ["4.png", "3.png", "2.png"]);
        assert_eq!((&first["items"][0]["seq"], &first["items"][2]["senderId"]), (&last["seq"], &json!(server.id("kenji"))));
        let second = kenji.get_ok(&format!("{shelf}=photos&limit=3&cursor={}", text(&first["nextCursor"]))).await;
        assert_eq!((names(&second), &second["nextCursor"]), (vec!["1.png".to_owned(), "0.png".to_owned()], &json!(null)));
        assert_eq!(names(&kenji.get_ok(&format!("{shelf}=files")).await), ["名簿.csv"]);
        aiko.delete_ok(&format!("/rooms/{room}/messages/{}", last["seq"])).await;
        assert_eq!(names(&kenji.get_ok(&format!("{shelf}=photos")).await), ["2.png", "1.png", "0.png"]);
        assert_eq!(kenji.get(&format!("{shelf}=other")).await.0, 400);
        assert_eq!(server.client("mei").get(&format!("{shelf}=photos")).await.0, 404);
    }

    async fn what_a_message_may_show_is_bounded(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let (own, foreign) = (brought(&aiko, "a.txt", b"a").await, brought(&kenji, "b.txt", b"b").await);
        let many: Vec<_> = (0..31).map(|_| new_id()).collect();
        let path = format!("/rooms/{room}/messages");
        for (body, field) in [
            (json!({ "attachmentIds": [foreign["id"]] }), "attachmentIds"),
            (json!({ "attachmentIds": [new_id()] }), "attachmentIds"),
            (json!({ "attachmentIds": many }), "attachmentIds"),
            (json!({ "attachmentIds": [own["id"], own["id"]] }), "attachmentIds"),
            (json!({ "attachmentIds": [own["id"]], "place": { "latitude": 91.0, "longitude": 0.0 } }), "place"),
            (json!({ "attachmentIds": [] }), "text"),
            (json!({ "attachmentIds": [own["id"]], "text": " " }), "text"),
        ] {
            let mut body = body;
            body["clientId"] = json!(new_id());
            let (status, problem) = aiko.post(&path, body.clone()).await;
            assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{body}");
        }
        let page = aiko.get_ok(&path).await;
        assert!(page["items"].as_array().unwrap().iter().all(|message| message["kind"] == "system"), "nothing was sent");
        // What one has been shown one may show others.
        show(&kenji, &room, &[&foreign]).await;
        show(&aiko, &room, &[&foreign]).await;
        let words = aiko.post_ok(&path, json!({ "clientId": new_id(), "attachmentIds": [own["id"]], "text": "資料です" })).await;
        let bare = aiko.patch_ok(&format!("{path}/{}", words["seq"]), json!({ "text": "" })).await;
        assert_eq!((&bare["text"], bare["attachments"].as_array().unwrap().len()), (&json!(""), 1));
    }
}
