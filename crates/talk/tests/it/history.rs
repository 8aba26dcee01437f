//! What was said before: who asks to show it, who agrees, and what has been read of it.

use serde_json::{Value, json};

use super::{direct_room, room_of, say, text, texts};

testkit::both! {
    async fn a_third_in_a_direct_room_makes_it_a_group_and_waits_for_consent_to_the_past(server: Server) {
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let room = direct_room(&server, "aiko", "kenji").await;
        say(&aiko, &room, "二人だけの話").await;
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")], "history": "all" })).await;
        assert_eq!(texts(&mei, &room).await, [] as [&str; 0], "not before the other agrees");
        let requests = kenji.get_ok(&format!("/rooms/{room}/historyRequests")).await;
        let request = text(&requests["items"][0]["id"]);
        let path = format!("/rooms/{room}/historyRequests/{request}");
        assert!(aiko.put(&path, json!({ "agree": true })).await.0 >= 400, "whoever asks can't agree for the other");
        kenji.put_ok(&path, json!({ "agree": true })).await;
        assert_eq!(texts(&mei, &room).await, ["二人だけの話"]);
        assert_eq!(aiko.get_ok(&format!("/rooms/{room}")).await["kind"], "group");
        assert_ne!(direct_room(&server, "aiko", "kenji").await, room, "the pair's next direct room is new");
    }

    async fn what_is_shown_later_is_not_said_to_be_read(server: Server) {
        let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
        let room = direct_room(&server, "aiko", "kenji").await;
        let old = say(&aiko, &room, "二人だけの話").await["seq"].clone();
        aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id("mei")], "history": "all" })).await;
        let new = say(&aiko, &room, "三人の話").await["seq"].clone();
        mei.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": new })).await;
        let request = text(&kenji.get_ok(&format!("/rooms/{room}/historyRequests")).await["items"][0]["id"]);
        kenji.put_ok(&format!("/rooms/{room}/historyRequests/{request}"), json!({ "agree": true })).await;
        let sees = mei.get_ok(&format!("/rooms/{room}")).await;
        assert_eq!((&sees["visibleFromSeq"], &sees["unreadCount"]), (&json!(1), &json!(0)));
        assert_eq!(texts(&mei, &room).await, ["二人だけの話", "三人の話"]);
        let readers = async |seq: &Value| aiko.get_ok(&format!("/rooms/{room}/messages/{seq}/readers")).await["counts"].clone();
        assert_eq!(readers(&old).await, json!({ "read": 0, "unread": 1 }), "kenji alone was there to read it");
        assert_eq!(readers(&new).await, json!({ "read": 1, "unread": 1 }));
        let page = aiko.get_ok(&format!("/rooms/{room}/messages")).await;
        let counts: Vec<&Value> = page["items"].as_array().unwrap().iter().filter(|message| message["kind"] == "text").map(|message| &message["readCount"]).collect();
        assert_eq!(counts, [&json!(0), &json!(1)], "the same by the message and by the list");
    }

    async fn open_requests_come_in_pages(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let room = direct_room(&server, "aiko", "kenji").await;
        say(&aiko, &room, "二人だけの話").await;
        for third in ["mei", "mayor", "outsider"] {
            aiko.post_ok(&format!("/rooms/{room}/members"), json!({ "userIds": [server.id(third)], "history": "all" })).await;
        }
        let path = format!("/rooms/{room}/historyRequests");
        let first = kenji.get_ok(&format!("{path}?limit=2")).await;
        let cursor = text(&first["nextCursor"]);
        let second = kenji.get_ok(&format!("{path}?limit=2&cursor={cursor}")).await;
        let users = |page: &Value| page["items"].as_array().unwrap().iter().map(|request| text(&request["userIds"][0])).collect::<Vec<_>>();
        assert_eq!([users(&first), users(&second)].concat(), ["mei", "mayor", "outsider"].map(|login| server.id(login)));
        assert_eq!(second["nextCursor"], Value::Null);
        assert_eq!(kenji.get(&format!("{path}?limit=201")).await.0, 422);
    }

    async fn whoever_comes_back_has_not_read_what_they_left_unread(server: Server) {
        let room = room_of(&server, &["aiko", "kenji", "mei"]).await;
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let mut seqs = Vec::new();
        for words in ["読まれた", "読まれなかった"] {
            seqs.push(say(&aiko, &room, words).await["seq"].clone());
        }
        kenji.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": seqs[0] })).await;
        let readers = async |seq: &Value| aiko.get_ok(&format!("/rooms/{room}/messages/{seq}/readers")).await;
        assert_eq!(readers(&seqs[0]).await["counts"], json!({ "read": 1, "unread": 1 }));
        let (me, members) = (server.id("kenji"), format!("/rooms/{room}/members"));
        kenji.delete_ok(&format!("{members}/{me}")).await;
        let missed = say(&aiko, &room, "いない間の話").await["seq"].clone();
        aiko.post_ok(&members, json!({ "userIds": [me] })).await;
        let new = say(&aiko, &room, "おかえり").await["seq"].clone();
        kenji.post_ok(&format!("/rooms/{room}/read"), json!({ "seq": new })).await;
        assert_eq!(texts(&kenji, &room).await, ["読まれた", "読まれなかった", "おかえり"]);
        for seq in [&seqs[0], &seqs[1], &missed] {
            assert!(!readers(seq).await.to_string().contains(&me), "he is here again only since");
        }
        assert_eq!(readers(&new).await["read"][0]["userId"], json!(me));
        // Asked in once more, to all of it: what he never saw waits to be read.
        kenji.delete_ok(&format!("{members}/{me}")).await;
        aiko.post_ok(&members, json!({ "userIds": [me], "history": "all" })).await;
        assert!(readers(&missed).await["unread"].to_string().contains(&me));
        assert_eq!(kenji.get_ok(&format!("/rooms/{room}")).await["unreadCount"], 4);
    }
}
