//! Messages: sent once, changed by their sender, seen only where one may.

use serde_json::json;

use super::{new_id, room_of, say, text, texts};

testkit::both! {
    async fn a_message_sent_twice_is_stored_once(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let body = json!({ "clientId": new_id(), "text": "川が増えています" });
        let path = format!("/rooms/{room}/messages");
        let first = aiko.post_ok(&path, body.clone()).await;
        let again = aiko.post_ok(&path, body.clone()).await;
        assert_eq!(first["seq"], again["seq"]);
        assert_eq!(texts(&kenji, &room).await, ["川が増えています"]);
        assert_eq!(kenji.post(&path, body).await.0, 409, "another's client id");
        assert_eq!(texts(&kenji, &room).await.len(), 1);
    }

    async fn whoever_has_left_gets_nothing_back_by_sending_again(server: Server) {
        let (room, other) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["kenji", "aiko"]).await);
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let (path, body) = (format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "text": "行けます" }));
        let seq = kenji.post_ok(&path, body.clone()).await["seq"].clone();
        assert_eq!(kenji.post_ok(&path, body.clone()).await["seq"], seq, "while he is there");
        kenji.delete_ok(&format!("/rooms/{room}/members/{}", server.id("kenji"))).await;
        aiko.put_ok(&format!("{path}/{seq}/reactions/🙏"), json!(null)).await;
        for room in [room, other] {
            let (status, answer) = kenji.post(&format!("/rooms/{room}/messages"), body.clone()).await;
            assert_eq!(status, 404, "{answer}");
        }
    }

    async fn seq_is_gapless_under_many_senders(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let sends = (0..60).map(|n| {
            let client = server.client(if n % 2 == 0 { "aiko" } else { "kenji" });
            let room = room.clone();
            tokio::spawn(async move { say(&client, &room, &format!("{n}")).await["seq"].as_i64().unwrap() })
        });
        let mut seqs = Vec::new();
        for send in sends.collect::<Vec<_>>() {
            seqs.push(send.await.unwrap());
        }
        seqs.sort_unstable();
        let first = seqs[0];
        assert_eq!(seqs, (first..first + 60).collect::<Vec<_>>());
    }

    async fn text_is_kept_to_the_letter_and_bounded(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        // HTML, a right-to-left mark, an emoji of several joined ones, a 4-byte kanji.
        let odd = ["<script>alert(1)</script>", "\u{202e}逆\u{202c}", "👨‍👩‍👧‍👦", "𠮷野家", "行1\n行2"];
        for words in odd {
            say(&aiko, &room, words).await;
        }
        assert_eq!(texts(&kenji, &room).await, odd);
        let path = format!("/rooms/{room}/messages");
        let longest = "𠮷".repeat(10_000);
        say(&aiko, &room, &longest).await;
        for (words, status) in [("𠮷".repeat(10_001), 422), (String::new(), 422), ("  \n ".to_owned(), 422)] {
            let (answered, problem) = aiko.post(&path, json!({ "clientId": new_id(), "text": words })).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, Some("text")), "{problem}");
        }
        let (status, problem) = aiko.post(&path, json!({ "clientId": new_id(), "text": "a", "colour": 1 })).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (400, Some("colour")));
        let (status, problem) = aiko.post(&path, json!({ "text": "a" })).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (400, Some("clientId")));
        assert_eq!(texts(&kenji, &room).await.len(), odd.len() + 1, "nothing refused was stored");
    }

    async fn a_sender_changes_and_takes_back_their_own(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let seq = say(&aiko, &room, "10時に集合").await["seq"].clone();
        let path = format!("/rooms/{room}/messages/{seq}");
        assert_eq!(kenji.patch(&path, json!({ "text": "11時" })).await.0, 403);
        assert_eq!(kenji.delete(&path).await.0, 403);
        let edited = aiko.patch_ok(&path, json!({ "text": "11時に集合" })).await;
        assert!(edited["editedAt"].is_string());
        assert_eq!(texts(&kenji, &room).await, ["11時に集合"]);
        aiko.delete_ok(&path).await;
        let page = kenji.get_ok(&format!("/rooms/{room}/messages")).await;
        let gone = page["items"].as_array().unwrap().iter().find(|message| message["seq"] == seq).unwrap();
        assert_eq!(gone["text"], "", "a trace, without the words");
        assert!(gone["recalledAt"].is_string());
        assert_eq!(aiko.patch(&path, json!({ "text": "やっぱり" })).await.0, 409);
    }

    async fn an_edit_of_what_has_changed_meanwhile_is_refused(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let sent = say(&aiko, &room, "10時に集合").await;
        let path = format!("/rooms/{room}/messages/{}", sent["seq"]);
        let edit = async |text: &str| {
            let request = aiko.request(reqwest::Method::PATCH, &path).header("if-match", format!("\"{}\"", sent["rev"]));
            aiko.send(request.json(&json!({ "text": text }))).await
        };
        assert_eq!(edit("11時に集合").await.0, 200);
        let (status, problem) = edit("12時に集合").await;
        assert_eq!((status, &problem["current"]["text"]), (412, &json!("11時に集合")));
        assert_eq!(texts(&aiko, &room).await, ["11時に集合"]);
    }

    async fn a_reply_names_what_it_answers_and_reactions_count(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let seq = say(&aiko, &room, "現地に行けますか").await["seq"].clone();
        let path = format!("/rooms/{room}/messages");
        let reply = kenji.post_ok(&path, json!({ "clientId": new_id(), "text": "行けます", "replyToSeq": seq })).await;
        assert_eq!(reply["replyToSeq"], seq);
        let (status, problem) = kenji.post(&path, json!({ "clientId": new_id(), "text": "?", "replyToSeq": 999 })).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("replyToSeq")));
        for client in [&aiko, &kenji, &kenji] {
            client.put_ok(&format!("{path}/{seq}/reactions/🙏"), json!(null)).await;
        }
        let page = aiko.get_ok(&path).await;
        let message = page["items"].as_array().unwrap().iter().find(|message| message["seq"] == seq).unwrap();
        assert_eq!((&message["reactions"][0]["emoji"], &message["reactions"][0]["count"]), (&json!("🙏"), &json!(2)));
        kenji.delete_ok(&format!("{path}/{seq}/reactions/🙏")).await;
        let page = aiko.get_ok(&path).await;
        let message = page["items"].as_array().unwrap().iter().find(|message| message["seq"] == seq).unwrap();
        assert_eq!(message["reactions"][0]["count"], 1);
    }

    async fn a_forward_reaches_several_rooms_once(server: Server) {
        let from = room_of(&server, &["aiko", "kenji"]).await;
        let (one, two) = (room_of(&server, &["aiko", "mei"]).await, room_of(&server, &["aiko", "mayor"]).await);
        let aiko = server.client("aiko");
        let seqs = [say(&aiko, &from, "一つ目").await["seq"].clone(), say(&aiko, &from, "二つ目").await["seq"].clone()];
        let body = json!({ "clientId": new_id(), "from": { "roomId": from, "seqs": seqs }, "toRoomIds": [one, two], "comment": "共有します" });
        aiko.post_ok("/forwards", body.clone()).await;
        aiko.post_ok("/forwards", body).await;
        for (login, room) in [("mei", &one), ("mayor", &two)] {
            let seen = texts(&server.client(login), room).await;
            assert_eq!(seen.iter().filter(|words| *words == "一つ目").count(), 1, "{seen:?}");
            assert!(seen.contains(&"二つ目".to_owned()) && seen.contains(&"共有します".to_owned()), "{seen:?}");
        }
        // What one may not see can't be forwarded either.
        let mei = server.client("mei");
        assert!(mei.get(&format!("/rooms/{from}/messages")).await.0 == 404, "mei is not in that room");
        let theft = json!({ "clientId": new_id(), "from": { "roomId": from, "seqs": seqs }, "toRoomIds": [one] });
        assert_eq!(mei.post("/forwards", theft).await.0, 404);
    }

    async fn a_forward_makes_no_more_copies_than_a_transaction_can_bear(server: Server) {
        let from = room_of(&server, &["aiko", "kenji"]).await;
        let (aiko, words) = (server.client("aiko"), "川".repeat(10_000));
        let (mut seqs, mut to) = (Vec::new(), Vec::new());
        for _ in 0..10 {
            seqs.push(say(&aiko, &from, &words).await["seq"].clone());
            to.push(room_of(&server, &["aiko", "mei"]).await);
        }
        let body = |comment: &str| json!({ "clientId": new_id(), "from": { "roomId": from, "seqs": seqs }, "toRoomIds": to, "comment": comment });
        let (status, problem) = aiko.post("/forwards", body("多い")).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("toRoomIds")));
        assert_eq!(texts(&aiko, &to[0]).await.len(), 0);
        assert_eq!(aiko.post_ok("/forwards", body("")).await["items"].as_array().unwrap().len(), 100, "a million characters");
    }

    async fn pages_run_both_ways_and_around(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let aiko = server.client("aiko");
        let mut last = 0;
        for n in 0..12 {
            last = say(&aiko, &room, &n.to_string()).await["seq"].as_i64().unwrap();
        }
        let path = format!("/rooms/{room}/messages");
        let newest = aiko.get_ok(&format!("{path}?limit=5")).await;
        let seqs = |page: &serde_json::Value| page["items"].as_array().unwrap().iter().map(|m| m["seq"].as_i64().unwrap()).collect::<Vec<_>>();
        assert_eq!(seqs(&newest), (last - 4..=last).collect::<Vec<_>>());
        assert_eq!((&newest["hasBefore"], &newest["hasAfter"]), (&json!(true), &json!(false)));
        let before = aiko.get_ok(&format!("{path}?limit=3&beforeSeq={}", last - 4)).await;
        assert_eq!(seqs(&before), (last - 7..last - 4).collect::<Vec<_>>());
        let after = aiko.get_ok(&format!("{path}?limit=2&afterSeq={}", last - 4)).await;
        assert_eq!(seqs(&after), [last - 3, last - 2]);
        let around = seqs(&aiko.get_ok(&format!("{path}?limit=5&aroundSeq={}", last - 6)).await);
        assert!(around.contains(&(last - 6)) && around.len() <= 5);
        let beyond = |page: &serde_json::Value| (page["items"].as_array().unwrap().len(), page["hasBefore"] == true, page["hasAfter"] == true);
        assert_eq!(beyond(&aiko.get_ok(&format!("{path}?beforeSeq=1")).await), (0, false, true), "an empty page has its place too");
        assert_eq!(beyond(&aiko.get_ok(&format!("{path}?afterSeq={last}")).await), (0, true, false));
        assert_eq!(aiko.get(&format!("{path}?limit=0")).await.0, 422);
        assert_eq!(aiko.get(&format!("{path}?limit=x")).await.0, 400);
    }

    async fn a_shared_account_acts_once_it_says_who(server: Server) {
        let room = room_of(&server, &["aiko", "gate"]).await;
        let (gate, path) = (server.client("gate"), format!("/rooms/{room}/messages"));
        assert_eq!(gate.get(&path).await.0, 200, "it may read");
        let (status, problem) = gate.post(&path, json!({ "clientId": new_id(), "text": "開門しました" })).await;
        assert_eq!((status, text(&problem["type"]).as_str()), (403, "/problems/actor-required"));
        gate.put_ok("/session/actor", json!({ "actorId": server.cast.actor("asa") })).await;
        let sent = gate.post_ok(&path, json!({ "clientId": new_id(), "text": "開門しました" })).await;
        assert_eq!((&sent["actorName"], &sent["senderId"]), (&json!("朝"), &json!(server.id("gate"))));
    }
}
