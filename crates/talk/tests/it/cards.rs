//! Link cards: fetched once, for whoever may see the message, and from nowhere near.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::Client;

use super::web::{PATIENCE, Web};
use super::{new_id, room_of, say, text};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What a message's cards say.
async fn cards(client: &Client, room: &str, message: &Value) -> Value {
    client.get_ok(&format!("/rooms/{room}/messages/{}/cards", message["seq"])).await
}

/// The titles of a message's cards.
async fn titles(client: &Client, room: &str, message: &Value) -> Vec<String> {
    let cards = cards(client, room, message).await;
    cards["items"].as_array().unwrap().iter().map(|card| text(&card["title"])).collect()
}

fn image(room: &str, message: &Value, card: &Value) -> String {
    format!("/rooms/{room}/messages/{}/cards/{}/image", message["seq"], text(&card["id"]))
}

testkit::both! {
    async fn a_page_is_asked_once_and_its_card_seen_by_the_room(server: Server) {
        let (web, server) = Web::with_server(server.backend()).await;
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let sent = say(&aiko, &room, "地図はhttp://page.test/page。").await;
        assert_eq!(web.hits(), 0, "nothing is asked before somebody looks");
        let (one, other) = tokio::join!(cards(&aiko, &room, &sent), cards(&kenji, &room, &sent));
        assert_eq!(one, other);
        let card = &one["items"][0];
        let id = text(&card["id"]);
        assert_eq!(one, json!({ "items": [{ "id": id, "url": "http://page.test/page", "title": "避難所 & 地図",
            "description": "市内の避難所です", "site": "ひのき市", "lang": "ja", "hasImage": true }], "pending": false, "enabled": true }));
        cards(&kenji, &room, &sent).await;
        let asked = web.asked("/page");
        assert_eq!(asked.len(), 1, "once for all");
        let head = asked[0].to_lowercase();
        assert!(head.contains("\r\nuser-agent: irori/") && head.contains("\r\naccept-encoding: identity\r\n"), "{head}");
        assert!(!head.contains("cookie") && !head.contains("referer") && !head.contains("authorization"), "{head}");
        let shelf = kenji.get_ok(&format!("/rooms/{room}/links")).await;
        assert_eq!(shelf["items"][0]["title"], json!("避難所 & 地図"));

        server.clock.advance(8 * DAY);
        cards(&kenji, &room, &sent).await;
        assert_eq!(web.asked("/page").len(), 2, "after a week it is asked anew");
        assert!(web.asked("/page").iter().all(|head| !head.to_lowercase().contains("cookie")), "no cookie is kept");
    }

    async fn its_picture_is_served_by_us_to_whoever_sees_the_message(server: Server) {
        let (web, server) = Web::with_server(server.backend()).await;
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let sent = say(&aiko, &room, "http://page.test/page").await;
        let card = cards(&aiko, &room, &sent).await["items"][0].clone();
        assert!(web.asked("/picture.png").is_empty(), "before it is looked at it is not fetched");
        let path = image(&room, &sent, &card);
        for _ in 0..2 {
            let answer = kenji.request(Method::GET, &path).send().await.unwrap();
            assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"image/jpeg".parse().unwrap()));
            let picture = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
            assert_eq!((picture.width(), picture.height()), (320, 160));
        }
        assert_eq!(web.asked("/picture.png").len(), 1);
        assert_eq!(mei.get(&path).await.0, 404, "mei is not in that room");
        assert_eq!(mei.get(&format!("/rooms/{room}/messages/{}/cards", sent["seq"])).await.0, 404);
        assert_eq!(server.client_of("clinics", "admin").get(&path).await.0, 404);
        let words = say(&aiko, &room, "リンクのない話").await;
        assert_eq!(kenji.get(&image(&room, &words, &card)).await.0, 404, "a card is its own message's");
        assert_eq!(kenji.get(&path.replace("/image", "0/image")).await.0, 404);
    }

    async fn an_edit_changes_the_card_and_a_recall_takes_it_away(server: Server) {
        let (_web, server) = Web::with_server(server.backend()).await;
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let sent = say(&aiko, &room, "http://page.test/page").await;
        let place = format!("/rooms/{room}/messages/{}", sent["seq"]);
        let card = cards(&aiko, &room, &sent).await["items"][0].clone();
        aiko.patch_ok(&place, json!({ "text": "http://page.test/sjis" })).await;
        assert_eq!(titles(&aiko, &room, &sent).await, ["防災"]);
        assert_eq!(aiko.get(&image(&room, &sent, &card)).await.0, 404);
        aiko.delete_ok(&place).await;
        assert_eq!(cards(&aiko, &room, &sent).await["items"], json!([]));
    }

    async fn an_organisation_can_do_without(server: Server) {
        let (web, server) = Web::with_server(server.backend()).await;
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, admin) = (server.client("aiko"), server.client("admin"));
        let known = say(&aiko, &room, "http://page.test/page").await;
        let card = cards(&aiko, &room, &known).await["items"][0].clone();
        admin.patch_ok("/tenant/settings", json!({ "linkCards": false })).await;
        let new = say(&aiko, &room, "http://page.test/other").await;
        for message in [&known, &new] {
            assert_eq!(cards(&aiko, &room, message).await, json!({ "items": [], "pending": false, "enabled": false }));
        }
        assert_eq!(aiko.get(&image(&room, &known, &card)).await.0, 404, "what is kept is not shown either");
        let shelf = aiko.get_ok(&format!("/rooms/{room}/links")).await;
        assert!(shelf["items"].as_array().unwrap().iter().all(|link| link.get("title").is_none()), "{shelf}");
        assert_eq!((web.asked("/other").len(), web.asked("/picture.png").len()), (0, 0));
        admin.patch_ok("/tenant/settings", json!({ "linkCards": true })).await;
        assert_eq!(titles(&aiko, &room, &new).await, ["避難所 & 地図"]);
    }

    async fn without_a_way_out_there_are_none(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let sent = say(&aiko, &room, "http://page.test/page").await;
        assert_eq!(cards(&aiko, &room, &sent).await, json!({ "items": [], "pending": false, "enabled": false }));
    }

    async fn what_was_not_to_be_had_is_asked_again_after_an_hour_and_forgotten_after_a_day(server: Server) {
        let (web, server) = Web::with_server(server.backend()).await;
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let sent = say(&aiko, &room, "http://page.test/missing http://page.test/page").await;
        for _ in 0..2 {
            assert_eq!(titles(&aiko, &room, &sent).await, ["避難所 & 地図"]);
        }
        assert_eq!((web.asked("/missing").len(), web.asked("/page").len()), (1, 1));
        server.clock.advance(Duration::from_secs(3601));
        titles(&aiko, &room, &sent).await;
        assert_eq!((web.asked("/missing").len(), web.asked("/page").len()), (2, 1));
        let card = cards(&aiko, &room, &sent).await["items"][0].clone();
        assert_eq!(aiko.get(&image(&room, &sent, &card)).await.0, 200);
        let city = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
        assert_eq!(server.app.cards.sweep(city).await.unwrap(), 0);
        server.clock.advance(DAY);
        assert_eq!(server.app.cards.sweep(city).await.unwrap(), 1, "what failed");
        server.clock.advance(366 * DAY);
        assert_eq!(server.app.cards.sweep(city).await.unwrap(), 1, "what nobody has looked at for a year");
    }

    async fn the_first_three_links_have_cards(server: Server) {
        let (web, server) = Web::with_server(server.backend()).await;
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let sent = say(&aiko, &room, "http://a.test/sjis http://b.test/script http://c.test/page http://d.test/other").await;
        assert_eq!(titles(&aiko, &room, &sent).await, ["防災", "<script>alert(1)</script>", "避難所 & 地図"]);
        assert!(web.asked("/other").is_empty());
        let copy = json!({ "clientId": new_id(), "from": { "roomId": room, "seqs": [sent["seq"]] }, "toRoomIds": [room] });
        let copy = aiko.post_ok("/forwards", copy).await["items"][0].clone();
        assert_eq!(titles(&aiko, &room, &copy).await.len(), 3);
        assert_eq!(web.hits(), 3, "the same pages are not asked again");
    }
}

/// What these links show, and how often anything was asked for beyond `page.test`.
async fn shown(paths: &[&str]) -> (Vec<Vec<String>>, Web, Duration) {
    let (web, server) = Web::with_server(testkit::Backend::Sqlite).await;
    let room = room_of(&server, &["aiko", "kenji"]).await;
    let aiko = server.client("aiko");
    let (mut found, begun) = (Vec::new(), Instant::now());
    for path in paths {
        let url = if path.starts_with('/') { format!("http://page.test{path}") } else { (*path).to_owned() };
        let sent = say(&aiko, &room, &url).await;
        found.push(titles(&aiko, &room, &sent).await);
    }
    (found, web, begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_near_is_reached() {
    let near = [
        "http://127.0.0.1/page",
        "http://0x7f.1/page",
        "http://2130706433/page",
        "http://[::ffff:127.0.0.1]/page",
        "http://[::1]/page",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/page",
        "http://inside.example/page",
        "http://mixed.example/page",
        "http://mapped.example/page",
        "http://nowhere.example/page",
        "http://unknown.example/page",
        "http://page.test:8080/page",
        "http://aiko@page.test/page",
        "https://inside.example/page",
    ];
    let (found, web, _) = shown(&near).await;
    assert!(found.iter().all(Vec::is_empty), "{found:?}");
    assert_eq!(web.hits(), 0, "nobody was asked");
    let (found, ..) = shown(&["/page"]).await;
    assert_eq!(found[0].len(), 1, "and what may be reached is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_are_looked_at_each() {
    let (found, web, _) = shown(&["/hops/4", "/hops/5"]).await;
    assert_eq!(found, [vec!["避難所 & 地図".to_owned()], vec![]], "five are followed and no more");
    assert_eq!(web.asked("/page").len(), 1);
    let astray = ["/to-loopback", "/to-port", "/to-named-port", "/to-inside", "/to-secrets", "/to-file", "/to-nowhere"];
    let (found, web, _) = shown(&astray).await;
    assert!(found.iter().all(Vec::is_empty), "{found:?}");
    assert_eq!(web.hits(), astray.len(), "none of them was followed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_slow_or_endless_is_left() {
    let (found, _, taken) = shown(&["/endless"]).await;
    assert_eq!(found, [["果てしない"]], "its beginning is enough");
    assert!(taken < 10 * PATIENCE, "{taken:?}");
    let (found, _, taken) = shown(&["/drip", "/silent", "/hang-up"]).await;
    assert!(found.iter().all(Vec::is_empty), "{found:?}");
    assert!(taken >= 2 * PATIENCE && taken < 10 * PATIENCE, "{taken:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_text_and_whatever_else_shows_nothing() {
    let (found, ..) = shown(&["/sjis", "/script", "/pdf", "/bomb", "/empty"]).await;
    assert_eq!(found, [vec!["防災".to_owned()], vec!["<script>alert(1)</script>".to_owned()], vec![], vec![], vec![]]);
    let (found, ..) = shown(&["/long"]).await;
    assert_eq!(found[0][0].chars().count(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_is_none_or_near_is_left_out() {
    let (web, server) = Web::with_server(testkit::Backend::Sqlite).await;
    let room = room_of(&server, &["aiko", "kenji"]).await;
    let aiko = server.client("aiko");
    for path in ["/lying-picture", "/large-picture", "/near-picture"] {
        let sent = say(&aiko, &room, &format!("http://page.test{path}")).await;
        let card = cards(&aiko, &room, &sent).await["items"][0].clone();
        assert_eq!(card["hasImage"], json!(true), "{path}");
        for _ in 0..2 {
            assert_eq!(aiko.get(&image(&room, &sent, &card)).await.0, 404, "{path}");
        }
        assert_eq!(cards(&aiko, &room, &sent).await["items"][0]["hasImage"], json!(false), "{path}: it is known now");
    }
    assert_eq!((web.asked("/no-picture.png").len(), web.asked("/large.png").len(), web.asked("/picture.png").len()), (1, 1, 0));
}
