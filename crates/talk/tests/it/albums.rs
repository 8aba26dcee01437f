//! Albums: photos of a room that belong together.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Socket};

use super::{direct_room, new_id, room_of, text};

/// The smallest picture there is, told apart by its colour.
fn gif(colour: u8) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\x00\x01\x00\x80\x00\x00".to_vec();
    bytes.extend([colour, 0, 0, 255, 255, 255]);
    bytes.extend(b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b");
    bytes
}

async fn photo(client: &Client, colour: u8) -> Value {
    let request = client.request(Method::POST, "/files").header("content-disposition", "attachment; filename=\"a.gif\"");
    let (status, file) = client.send(request.body(gif(colour))).await;
    assert_eq!((status, &file["width"]), (201, &json!(1)), "{file}");
    file["id"].clone()
}

async fn show(client: &Client, room: &str, files: &[&Value]) -> Value {
    client.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "attachmentIds": files })).await
}

async fn album(client: &Client, room: &str, files: &[&Value]) -> Value {
    let body = json!({ "clientId": new_id(), "title": "2026年の冠水箇所", "fileIds": files });
    client.post_ok(&format!("/rooms/{room}/albums"), body).await
}

fn path(room: &str, album: &Value) -> String {
    format!("/rooms/{room}/albums/{}", album["no"])
}

/// The files of an album, in their order.
async fn photos(client: &Client, room: &str, of: &Value) -> Vec<Value> {
    let page = client.get_ok(&format!("{}/photos", path(room, of))).await;
    page["items"].as_array().unwrap().iter().map(|photo| photo["file"]["id"].clone()).collect()
}

async fn sees(client: &Client, file: &Value) -> u16 {
    client.get(&format!("/files/{}/info", text(file))).await.0
}

testkit::both! {
    async fn photos_of_the_room_and_new_ones_are_gathered(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let (sent, new) = (photo(&kenji, 1).await, photo(&aiko, 2).await);
        let seq = show(&kenji, &room, &[&sent]).await["seq"].clone();
        let mut socket = Socket::connect(&kenji).await;
        let body = json!({ "clientId": new_id(), "title": "冠水", "fileIds": [sent, new, sent] });
        let made = aiko.post_ok(&format!("/rooms/{room}/albums"), body.clone()).await;
        assert_eq!((&made["photoCount"], &made["cover"]["id"], &made["canManage"]), (&json!(2), &sent, &json!(true)));
        assert_eq!(aiko.post_ok(&format!("/rooms/{room}/albums"), body).await, made, "again is the same");
        let said = socket.expect("message").await["message"]["system"].clone();
        assert_eq!((&said["type"], &said["title"], &said["no"]), (&json!("albumAdded"), &json!("冠水"), &made["no"]));
        assert_eq!(socket.expect("album").await["no"], made["no"]);
        let page = kenji.get_ok(&format!("{}/photos", path(&room, &made))).await;
        assert_eq!((&page["items"][0]["seq"], &page["items"][1]["seq"]), (&seq, &Value::Null));
        assert_eq!(sees(&kenji, &new).await, 200, "whoever sees the album sees its photos");
        assert_eq!(sees(&server.client("mei"), &new).await, 404);
        let third = photo(&kenji, 3).await;
        for _ in 0..2 {
            let added = kenji.post_ok(&format!("{}/photos", path(&room, &made)), json!({ "fileIds": [sent, third] })).await;
            assert_eq!(added["photoCount"], json!(3), "what is there stays where it is");
        }
        let (mut over_pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = kenji.get_ok(&format!("{}/photos?limit=2{cursor}", path(&room, &made))).await;
            over_pages.extend(page["items"].as_array().unwrap().iter().map(|photo| photo["file"]["id"].clone()));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(over_pages, [sent, new, third]);
        assert_eq!(server.client("mei").get(&path(&room, &made)).await.0, 404);
    }

    async fn what_is_taken_back_leaves_the_album_and_an_album_takes_no_message(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let (one, other) = (photo(&kenji, 1).await, photo(&kenji, 2).await);
        let seq = show(&kenji, &room, &[&one]).await["seq"].clone();
        show(&kenji, &room, &[&other]).await;
        let made = album(&aiko, &room, &[&one, &other]).await;
        let mut socket = Socket::connect(&aiko).await;
        kenji.delete_ok(&format!("/rooms/{room}/messages/{seq}")).await;
        assert_eq!(socket.expect("album").await["no"], made["no"]);
        assert_eq!(photos(&aiko, &room, &made).await, std::slice::from_ref(&other));
        assert_eq!(aiko.get_ok(&path(&room, &made)).await["photoCount"], json!(1));
        assert_eq!((sees(&aiko, &one).await, sees(&aiko, &other).await), (404, 200));
        aiko.delete_ok(&path(&room, &made)).await;
        assert_eq!(aiko.get(&path(&room, &made)).await.0, 404);
        assert_eq!(aiko.get_ok(&format!("/rooms/{room}/albums")).await["items"], json!([]));
        assert_eq!(sees(&aiko, &other).await, 200, "its message stays");
    }

    async fn who_takes_out_and_renames(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let (of_aiko, of_kenji) = (photo(&aiko, 1).await, photo(&kenji, 2).await);
        let made = album(&aiko, &room, &[&of_aiko]).await;
        kenji.post_ok(&format!("{}/photos", path(&room, &made)), json!({ "fileIds": [of_kenji] })).await;
        let photo_path = |file: &Value| format!("{}/photos/{}", path(&room, &made), text(file));
        assert_eq!(mei.get_ok(&path(&room, &made)).await["canManage"], json!(false));
        for refused in [mei.patch(&path(&room, &made), json!({ "title": "改" })).await, mei.delete(&path(&room, &made)).await, mei.delete(&photo_path(&of_kenji)).await, kenji.delete(&photo_path(&of_aiko)).await] {
            assert_eq!(refused.0, 403);
        }
        kenji.delete_ok(&photo_path(&of_kenji)).await;
        assert_eq!(kenji.delete(&photo_path(&of_kenji)).await.0, 404);
        kenji.post_ok(&format!("{}/photos", path(&room, &made)), json!({ "fileIds": [of_kenji] })).await;
        aiko.delete_ok(&photo_path(&of_kenji)).await;
        assert_eq!(aiko.patch_ok(&path(&room, &made), json!({ "title": "川東" })).await["title"], json!("川東"));
        assert_eq!(photos(&mei, &room, &made).await, [of_aiko]);
    }

    async fn only_photos_and_only_those_that_one_sees(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, mei) = (server.client("aiko"), server.client("mei"));
        let made = album(&aiko, &room, &[]).await;
        let table = aiko.send(aiko.request(Method::POST, "/files").body("a,b")).await.1["id"].clone();
        let of_mei = photo(&mei, 9).await;
        let many: Vec<uuid::Uuid> = (0..201).map(|_| new_id()).collect();
        for files in [json!([]), json!([table]), json!([of_mei]), json!([new_id()]), json!(many)] {
            let (status, problem) = aiko.post(&format!("{}/photos", path(&room, &made)), json!({ "fileIds": files })).await;
            assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("fileIds")), "{problem}");
        }
        let nameless = json!({ "clientId": new_id(), "title": " ", "fileIds": [] });
        assert_eq!(aiko.post(&format!("/rooms/{room}/albums"), nameless).await.1["errors"][0]["field"], json!("title"));
        assert_eq!(photos(&aiko, &room, &made).await, [] as [Value; 0]);
    }

    async fn what_two_gathered_stays_theirs(server: Server) {
        let aiko = server.client("aiko");
        let room = direct_room(&server, "aiko", "kenji").await;
        let secret = photo(&aiko, 1).await;
        let made = album(&aiko, &room, &[&secret]).await;
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")] })).await;
        let open = photo(&aiko, 2).await;
        let later = album(&aiko, &room, &[&open]).await;
        let mei = server.client("mei");
        assert_eq!((mei.get(&path(&room, &made)).await.0, sees(&mei, &secret).await), (404, 404));
        assert_eq!((mei.get(&path(&room, &later)).await.0, sees(&mei, &open).await), (200, 200));
        assert_eq!(mei.get_ok(&format!("/rooms/{room}/albums")).await["items"].as_array().unwrap().len(), 1);
    }
}
