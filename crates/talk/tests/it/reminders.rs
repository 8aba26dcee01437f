//! あとで知らせる.

use std::time::Duration;

use kernel::{Clock as _, Time};
use serde_json::{Value, json};
use testkit::{Client, Server, Socket};

use super::{room_of, say, text};

const HOUR: Duration = Duration::from_secs(3600);

fn later(server: &Server, by: Duration) -> Time {
    server.clock.now().plus(by)
}

async fn listed(client: &Client) -> Vec<Value> {
    client.get_ok("/reminders").await["items"].as_array().unwrap().clone()
}

testkit::both! {
    async fn one_is_reminded_when_the_time_comes_until_one_is_done(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let seq = say(&aiko, &room, "金曜までに報告書をお願いします").await["seq"].clone();
        let path = format!("/rooms/{room}/messages/{seq}/reminder");
        let mut ears = Socket::connect(&kenji).await;
        let set = kenji.put_ok(&path, json!({ "at": later(&server, 2 * HOUR) })).await;
        assert_eq!((&set["due"], &set["message"]["text"]), (&json!(false), &json!("金曜までに報告書をお願いします")));
        let sooner = kenji.put_ok(&path, json!({ "at": later(&server, HOUR) })).await;
        assert_eq!(listed(&kenji).await, [sooner], "one a message");
        assert_eq!(listed(&aiko).await.len(), 0, "nobody else knows");
        for _ in 0..2 {
            ears.expect("reminders").await;
        }
        server.clock.advance(HOUR);
        let fell_due = ears.expect("reminders").await;
        assert_eq!(listed(&kenji).await[0]["due"], true);
        server.clock.advance(2 * HOUR);
        // Nobody looked: it is still due, and told to whoever comes back.
        let mut back = Socket::open(&kenji).await.unwrap();
        back.hello(json!({ "me": fell_due["me"].as_i64().unwrap() - 1 })).await;
        back.expect("reminders").await;
        assert_eq!(listed(&kenji).await.len(), 1);
        kenji.delete_ok(&path).await;
        kenji.delete_ok(&path).await;
        assert_eq!(listed(&kenji).await.len(), 0);
    }

    async fn a_dropped_one_is_silent(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let at = |seq: &Value| format!("/rooms/{room}/messages/{seq}/reminder");
        let (one, other) = (say(&aiko, &room, "一").await["seq"].clone(), say(&aiko, &room, "二").await["seq"].clone());
        kenji.put_ok(&at(&one), json!({ "at": later(&server, HOUR) })).await;
        kenji.put_ok(&at(&other), json!({ "at": later(&server, 2 * HOUR) })).await;
        kenji.delete_ok(&at(&one)).await;
        let mut ears = Socket::connect(&kenji).await;
        server.clock.advance(2 * HOUR);
        ears.expect("reminders").await;
        assert!(!ears.settled().await.iter().any(|frame| frame["type"] == "reminders"), "one, and not two");
        assert_eq!(listed(&kenji).await.len(), 1);
    }

    async fn nobody_is_reminded_of_what_they_may_not_see(server: Server) {
        let (kept, left) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "kenji"]).await);
        let (aiko, kenji, outsider) = (server.client("aiko"), server.client("kenji"), server.client("outsider"));
        let at = |room: &str, seq: &Value| format!("/rooms/{room}/messages/{seq}/reminder");
        let (recalled, gone) = (say(&aiko, &kept, "取り消す言葉").await["seq"].clone(), say(&aiko, &left, "内輪の話").await["seq"].clone());
        let body = json!({ "at": later(&server, HOUR) });
        assert_eq!(outsider.put(&at(&kept, &recalled), body.clone()).await.0, 404);
        assert_eq!(kenji.put(&at(&kept, &json!(999)), body.clone()).await.0, 404);
        kenji.put_ok(&at(&kept, &recalled), body.clone()).await;
        kenji.put_ok(&at(&left, &gone), body.clone()).await;
        assert_eq!(listed(&kenji).await.len(), 2);
        aiko.delete_ok(&format!("/rooms/{kept}/messages/{recalled}")).await;
        kenji.delete_ok(&format!("/rooms/{left}/members/{}", server.id("kenji"))).await;
        assert_eq!(listed(&kenji).await.len(), 0);
        assert_eq!(kenji.put(&at(&kept, &recalled), body.clone()).await.0, 409, "taken back");
        let mut ears = Socket::connect(&kenji).await;
        server.clock.advance(HOUR);
        for _ in 0..2 {
            let told = ears.expect("reminders").await;
            assert!(!told.to_string().contains("言葉"), "{told}");
        }
        // Whoever comes back is not reminded of what they did not see coming.
        aiko.post_ok(&format!("/rooms/{left}/members"), json!({ "userIds": [server.id("kenji")], "history": "all" })).await;
        assert_eq!(listed(&kenji).await.len(), 0);
    }

    async fn the_time_is_bounded_and_named(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let kenji = server.client("kenji");
        let seq = say(&kenji, &room, "あとで").await["seq"].clone();
        let path = format!("/rooms/{room}/messages/{seq}/reminder");
        for (body, status) in [
            (json!({ "at": later(&server, Duration::from_secs(3)) }), 422),
            (json!({ "at": later(&server, 367 * 24 * HOUR) }), 422),
            (json!({ "at": "あとで" }), 400),
            (json!({}), 400),
        ] {
            let (answered, problem) = kenji.put(&path, body).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, Some("at")), "{problem}");
        }
        assert_eq!(listed(&kenji).await.len(), 0);
        kenji.put_ok(&path, json!({ "at": later(&server, HOUR) })).await;
        let page = kenji.get_ok("/reminders?limit=1").await;
        assert_eq!((page["items"].as_array().unwrap().len(), text(&page["items"][0]["roomId"])), (1, room));
    }
}
