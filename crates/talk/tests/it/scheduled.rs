//! 予約送信 and messages without a sound.

use std::sync::Arc;
use std::time::Duration;

use jobs::Jobs;
use kernel::{Clock as _, Time};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Server, Socket};

use super::{new_id, room_of, say, text, texts};

const HOUR: Duration = Duration::from_secs(3600);

fn later(server: &Server, by: Duration) -> Time {
    server.clock.now().plus(by)
}

/// In an hour.
async fn schedule(server: &Server, client: &Client, room: &str, message: Value) -> Value {
    let mut message = message;
    message["clientId"] = json!(new_id());
    let body = json!({ "sendAt": later(server, HOUR), "message": message });
    client.post_ok(&format!("/rooms/{room}/scheduledMessages"), body).await
}

async fn waiting(client: &Client) -> Vec<Value> {
    client.get_ok("/scheduledMessages").await["items"].as_array().unwrap().clone()
}

testkit::both! {
    async fn a_message_is_sent_when_its_time_comes_and_only_its_writer_knew(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let mut ears = Socket::connect(&kenji).await;
        let first = schedule(&server, &aiko, &room, json!({ "text": "おはようございます", "silent": true })).await;
        assert_eq!((&first["text"], &first["silent"], &first["roomId"]), (&json!("おはようございます"), &json!(true), &json!(room)));
        assert_eq!(waiting(&aiko).await, std::slice::from_ref(&first));
        assert_eq!(waiting(&kenji).await.len(), 0);
        server.clock.advance(HOUR - Duration::from_secs(30));
        assert_eq!(texts(&kenji, &room).await.len(), 0, "not yet");
        server.clock.advance(Duration::from_secs(31));
        let heard = ears.expect("message").await["message"].clone();
        assert_eq!((&heard["text"], &heard["silent"]), (&json!("おはようございます"), &json!(true)));
        assert_eq!(heard["senderId"], json!(server.id("aiko")));
        assert!(text(&heard["sentAt"]) >= text(&first["sendAt"]));
        assert_eq!(waiting(&aiko).await.len(), 0);
        server.clock.advance(HOUR);
        say(&aiko, &room, "後で").await;
        assert_eq!(texts(&kenji, &room).await, ["おはようございます", "後で"], "once");
        let seen = kenji.get_ok(&format!("/rooms/{room}")).await;
        assert_eq!(seen["unreadCount"], json!(2), "what comes silently is unread all the same");
    }

    async fn its_writer_hears_of_it_on_their_own_stream(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let mut ears = Socket::connect(&aiko).await;
        schedule(&server, &aiko, &room, json!({ "text": "a" })).await;
        let heard = ears.expect("scheduled").await;
        server.clock.advance(HOUR);
        assert!(ears.expect("scheduled").await["me"].as_i64() > heard["me"].as_i64());
        // Whoever was away hears of it too.
        let mut back = Socket::open(&aiko).await.unwrap();
        back.hello(json!({ "me": heard["me"] })).await;
        back.expect("scheduled").await;
    }

    async fn it_is_changed_cancelled_or_sent_at_once(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let path = |one: &Value| format!("/scheduledMessages/{}", text(&one["id"]));
        let one = schedule(&server, &aiko, &room, json!({ "text": "誤記" })).await;
        for (method, body) in [(Method::PATCH, json!({ "text": "x" })), (Method::DELETE, json!(null))] {
            assert_eq!(kenji.send(kenji.request(method, &path(&one)).json(&body)).await.0, 404, "another's");
        }
        assert_eq!(kenji.post(&format!("{}/send", path(&one)), json!(null)).await.0, 404);
        let changed = aiko.patch_ok(&path(&one), json!({ "text": "訂正", "sendAt": later(&server, 2 * HOUR) })).await;
        assert_eq!((&changed["text"], &waiting(&aiko).await[0]), (&json!("訂正"), &changed));
        let other = schedule(&server, &aiko, &room, json!({ "text": "やめる" })).await;
        assert_eq!(waiting(&aiko).await[0]["text"], "やめる", "what is sent first comes first");
        aiko.delete_ok(&path(&other)).await;
        assert_eq!(aiko.delete(&path(&other)).await.0, 404);
        server.clock.advance(HOUR + HOUR / 2);
        say(&kenji, &room, "待っています").await;
        assert_eq!(texts(&kenji, &room).await, ["待っています"], "neither the old time nor what was cancelled");
        let sent = aiko.post_ok(&format!("{}/send", path(&one)), json!(null)).await;
        assert_eq!(sent["text"], "訂正");
        assert_eq!(aiko.post(&format!("{}/send", path(&one)), json!(null)).await.0, 404, "once");
        server.clock.advance(HOUR);
        say(&kenji, &room, "どうも").await;
        assert_eq!(texts(&kenji, &room).await, ["待っています", "訂正", "どうも"]);
    }

    async fn repeating_makes_no_second(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let path = format!("/rooms/{room}/scheduledMessages");
        let body = json!({ "sendAt": later(&server, HOUR), "message": { "clientId": new_id(), "text": "一度だけ" } });
        let first = aiko.post_ok(&path, body.clone()).await;
        assert_eq!(aiko.post_ok(&path, body.clone()).await, first);
        assert_eq!(kenji.post(&path, body.clone()).await.0, 409, "another's client id");
        aiko.delete_ok(&format!("/scheduledMessages/{}", text(&first["id"]))).await;
        assert_eq!(aiko.post(&path, body).await.0, 409, "cancelled stays cancelled");
        assert_eq!(waiting(&aiko).await.len(), 0);
    }

    async fn what_is_wrong_is_named_and_keeps_nothing(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, outsider) = (server.client("aiko"), server.client("outsider"));
        let path = format!("/rooms/{room}/scheduledMessages");
        let body = |at: Time, words: &str| json!({ "sendAt": at, "message": { "clientId": new_id(), "text": words } });
        let day = 24 * HOUR;
        for (bad, status, field) in [
            (body(later(&server, Duration::from_secs(3)), "早い"), 422, "sendAt"),
            (body(later(&server, 367 * day), "遅い"), 422, "sendAt"),
            (body(later(&server, HOUR), " "), 422, "text"),
            (json!({ "message": { "clientId": new_id(), "text": "いつ" } }), 400, "sendAt"),
            (json!({ "sendAt": "明日", "message": { "clientId": new_id(), "text": "いつ" } }), 400, "sendAt"),
        ] {
            let (answered, problem) = aiko.post(&path, bad).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, Some(field)), "{problem}");
        }
        assert_eq!(outsider.post(&path, body(later(&server, HOUR), "a")).await.0, 404);
        assert_eq!(waiting(&aiko).await.len(), 0);
        for n in 0..100 {
            aiko.post_ok(&path, body(later(&server, HOUR), &n.to_string())).await;
        }
        assert_eq!(aiko.post(&path, body(later(&server, HOUR), "101")).await.0, 409);
        let page = aiko.get_ok("/scheduledMessages?limit=60").await;
        let next = aiko.get_ok(&format!("/scheduledMessages?limit=60&cursor={}", text(&page["nextCursor"]))).await;
        assert_eq!((page["items"].as_array().unwrap().len(), next["items"].as_array().unwrap().len()), (60, 40));
        assert_eq!(aiko.get_ok(&format!("/scheduledMessages?roomId={}", new_id())).await["items"], json!([]));
    }

    async fn who_may_not_send_it_then_sees_why_and_can_try_again(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (admin, aiko, kenji) = (server.client("admin"), server.client("aiko"), server.client("kenji"));
        let one = schedule(&server, &kenji, &room, json!({ "text": "もういません" })).await;
        let path = format!("/scheduledMessages/{}", text(&one["id"]));
        kenji.delete_ok(&format!("/rooms/{room}/members/{}", server.id("kenji"))).await;
        let mut ears = Socket::connect(&kenji).await;
        server.clock.advance(HOUR);
        ears.expect("scheduled").await;
        assert_eq!(waiting(&kenji).await[0]["failure"], "notInRoom");
        assert_eq!(kenji.post(&format!("{path}/send"), json!(null)).await.0, 409);
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("kenji")] })).await;
        let again = kenji.patch_ok(&path, json!({ "sendAt": later(&server, HOUR) })).await;
        assert_eq!(again["failure"], json!(null));
        admin.put_ok(&format!("/users/{}/suspension", server.id("kenji")), json!(null)).await;
        server.clock.advance(HOUR);
        let mut heard = Socket::connect(&aiko).await;
        // Behind it in time, so that it is done with when this comes.
        schedule(&server, &aiko, &room, json!({ "text": "合図" })).await;
        server.clock.advance(HOUR);
        while heard.expect("message").await["message"]["text"] != "合図" {}
        assert_eq!(texts(&aiko, &room).await, ["合図"]);
    }

    async fn those_who_left_are_named_no_more(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let mentions = json!([{ "userId": server.id("kenji") }, { "userId": server.id("mei") }, { "all": true }]);
        schedule(&server, &aiko, &room, json!({ "text": "@森 @林 @全員", "mentions": mentions })).await;
        let mut ears = Socket::connect(&aiko).await;
        kenji.delete_ok(&format!("/rooms/{room}/members/{}", server.id("kenji"))).await;
        server.clock.advance(HOUR);
        let sent = loop {
            let frame = ears.expect("message").await;
            if frame["message"]["kind"] == "text" {
                break frame["message"].clone();
            }
        };
        assert_eq!(sent["mentions"], json!([{ "userId": server.id("mei") }, { "all": true }]));
    }

    async fn a_file_is_kept_until_it_is_sent_or_cancelled(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let bring = async || text(&aiko.send(aiko.request(Method::POST, "/files").body("氏名,電話")).await.1["id"]);
        let (sent, dropped) = (bring().await, bring().await);
        schedule(&server, &aiko, &room, json!({ "attachmentIds": [sent] })).await;
        let other = schedule(&server, &aiko, &room, json!({ "attachmentIds": [dropped] })).await;
        let info = |file: &str| format!("/files/{file}/info");
        assert_eq!(aiko.get(&info(&sent)).await.0, 200, "its writer sees what will be sent");
        assert_eq!(kenji.get(&info(&sent)).await.0, 404, "nobody else yet");
        let tenant = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
        aiko.delete_ok(&format!("/scheduledMessages/{}", text(&other["id"]))).await;
        let mut ears = Socket::connect(&kenji).await;
        server.clock.advance(HOUR);
        assert_eq!(ears.expect("message").await["message"]["attachments"][0]["id"], json!(sent));
        server.clock.advance(48 * HOUR);
        assert_eq!(server.app.files.sweep(tenant).await.unwrap(), 1, "what was cancelled goes");
        assert_eq!(kenji.get(&info(&sent)).await.0, 200);
    }

    async fn what_fell_due_while_no_server_ran_is_sent_by_the_next(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        schedule(&server, &server.client("aiko"), &room, json!({ "text": "止まっていた間" })).await;
        let cast = server.cast.clone();
        let server = Server::over(server.into_data().await, cast).await;
        let kenji = server.client("kenji");
        let mut ears = Socket::connect(&kenji).await;
        server.clock.advance(HOUR);
        assert_eq!(ears.expect("message").await["message"]["text"], "止まっていた間");
        assert_eq!(texts(&kenji, &room).await.len(), 1);
    }

    async fn two_that_keep_the_time_send_it_once(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        for n in 0..20 {
            schedule(&server, &aiko, &room, json!({ "text": n.to_string() })).await;
        }
        // As a second node that reads the same data and sees the same clock.
        let second = Jobs::new(server.app.store.clone(), Arc::default(), server.clock.clone(), &[Arc::new(server.app.talk.clone())]);
        let second = tokio::spawn(second.keep_time());
        let mut ears = Socket::connect(&kenji).await;
        server.clock.advance(HOUR);
        for _ in 0..20 {
            ears.expect("message").await;
        }
        let mut sent = texts(&kenji, &room).await;
        sent.sort_by_key(|text| text.parse::<u32>().unwrap());
        assert_eq!(sent, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!(waiting(&aiko).await.len(), 0);
        second.abort();
    }
}
