//! How it is asked: words however they are typed, phrases, by whom, where, when; and what is refused.

use serde_json::{Value, json};

use super::{ask, bring, found, room, say, settle, show, texts};

/// What was marked in the first hit.
fn marked(answer: &Value) -> Vec<String> {
    let hit = &answer["items"][0];
    let units: Vec<u16> = hit["text"].as_str().unwrap().encode_utf16().collect();
    let at = |mark: &Value, field: &str| usize::try_from(mark[field].as_u64().unwrap()).unwrap();
    let marked = |mark: &Value| String::from_utf16(&units[at(mark, "start")..at(mark, "start") + at(mark, "length")]).unwrap();
    hit["highlights"].as_array().unwrap().iter().map(marked).collect()
}

testkit::both! {
    async fn two_characters_are_found_however_they_are_typed(server: Server) {
        let aiko = server.client("aiko");
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        for text in ["川東の避難所を開設しました", "髙橋さんへ﨑田さんより", "ﾊﾞｽは運休です", "ＡＢＣ検診の案内", "道路 冠水😀"] {
            say(&aiko, &room, text).await;
        }
        settle(&aiko, &room).await;
        for (q, text) in [
            ("避難", "川東の避難所を開設しました"),
            ("高橋", "髙橋さんへ﨑田さんより"),
            ("崎田", "髙橋さんへ﨑田さんより"),
            ("ばす", "ﾊﾞｽは運休です"),
            ("バス", "ﾊﾞｽは運休です"),
            ("abc", "ＡＢＣ検診の案内"),
            ("水😀", "道路 冠水😀"),
            ("所を", "川東の避難所を開設しました"),
            ("所", "川東の避難所を開設しました"),
        ] {
            assert_eq!(texts(&aiko, &[("q", q)]).await, [text], "{q}");
        }
        assert_eq!(marked(&found(&aiko, &[("q", "ばす")]).await), ["ﾊﾞｽ"]);
        assert_eq!(marked(&found(&aiko, &[("q", "高橋 崎田")]).await), ["髙橋", "﨑田"]);
        assert_eq!(texts(&aiko, &[("q", "避開")]).await, [] as [&str; 0], "its characters are there, but not together");
    }

    async fn files_are_found_by_their_names(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        let path = format!("/rooms/{room}/messages");
        let list = bring(&aiko, "避難所一覧.csv", "中身").await;
        let body = json!({ "clientId": crate::new_id(), "attachmentIds": [list["id"]] });
        let seq = aiko.post_ok(&path, body).await["seq"].clone();
        show(&aiko, &room, &bring(&aiko, "水位.csv", "中身").await, "今朝の値です").await;
        settle(&aiko, &room).await;
        let hit = &found(&kenji, &[("q", "避難")]).await["items"][0];
        assert_eq!((&hit["kind"], &hit["file"]["name"], &hit["seq"]), (&json!("file"), &json!("避難所一覧.csv"), &seq));
        assert_eq!((&hit["nameHighlights"], &hit["text"]), (&json!([{ "start": 0, "length": 2 }]), &json!("")));
        assert_eq!(texts(&kenji, &[("q", "水位 今朝")]).await, ["今朝の値です\n水位.csv"]);
        assert_eq!(texts(&kenji, &[("q", "避難"), ("in", "messages")]).await, ["避難所一覧.csv"]);
        assert_eq!(texts(&server.client("mei"), &[("q", "避難")]).await, [] as [&str; 0]);
        aiko.delete_ok(&format!("{path}/{seq}")).await;
        for among in ["all", "messages", "files"] {
            assert_eq!(texts(&kenji, &[("q", "避難"), ("in", among)]).await, [] as [&str; 0], "{among}");
        }
    }

    async fn all_words_must_be_there_and_those_of_a_phrase_together(server: Server) {
        let aiko = server.client("aiko");
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        for text in ["冠水した道路", "道路 冠水の注意", "道路は通れます"] {
            say(&aiko, &room, text).await;
        }
        settle(&aiko, &room).await;
        assert_eq!(texts(&aiko, &[("q", "道路　冠水")]).await, ["道路 冠水の注意", "冠水した道路"]);
        assert_eq!(texts(&aiko, &[("q", "\"道路 冠水\"")]).await, ["道路 冠水の注意"]);
        assert_eq!(texts(&aiko, &[("q", "道路 冠水"), ("sort", "best")]).await, ["道路 冠水の注意", "冠水した道路"]);
        assert_eq!(texts(&aiko, &[("q", "冠水 通れ")]).await, [] as [&str; 0]);
    }

    async fn by_whom_where_and_when(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let (watch, duty) = (room(&server, "aiko", "水位監視", &["kenji"]).await, room(&server, "aiko", "当番表", &["kenji"]).await);
        let kenjis = say(&kenji, &watch, "点検を始めます").await;
        say(&aiko, &watch, "点検が済みました").await;
        say(&aiko, &duty, "点検の当番です").await;
        settle(&aiko, &watch).await;
        settle(&aiko, &duty).await;
        let all = ["点検の当番です", "点検が済みました", "点検を始めます"];
        assert_eq!(texts(&aiko, &[("q", "点検")]).await, all);
        assert_eq!(texts(&aiko, &[("q", "点検 from:森")]).await, all[2..]);
        assert_eq!(texts(&aiko, &[("q", "ｆｒｏｍ：もり 点検")]).await, all[2..]);
        assert_eq!(texts(&aiko, &[("q", "from:\"森 けんじ\"")]).await, all[2..], "all that somebody wrote");
        assert_eq!(texts(&aiko, &[("q", "点検"), ("from", &server.id("kenji"))]).await, all[2..]);
        assert_eq!(texts(&aiko, &[("q", "点検 from:誰でもない")]).await, [] as [&str; 0]);
        assert_eq!(texts(&aiko, &[("q", "点検 in:当番")]).await, all[..1]);
        assert_eq!(texts(&aiko, &[("q", "点検"), ("roomId", &duty)]).await, all[..1]);
        assert_eq!(texts(&aiko, &[("q", "点検 in:当番"), ("roomId", &watch)]).await, [] as [&str; 0]);
        let today = &kenjis["sentAt"].as_str().unwrap()[..10];
        assert_eq!(texts(&aiko, &[("q", &format!("点検 after:{today}"))]).await, all, "that day too");
        assert_eq!(texts(&aiko, &[("q", "点検"), ("after", today)]).await, all);
        assert_eq!(texts(&aiko, &[("q", &format!("点検 before:{today}"))]).await, [] as [&str; 0], "that day no more");
        assert_eq!(texts(&aiko, &[("q", "点検 after:2099/01/01")]).await, [] as [&str; 0]);
        let hit = &found(&aiko, &[("q", "点検 from:森")]).await["items"][0];
        assert_eq!((&hit["kind"], &hit["roomTitle"], &hit["roomKind"]), (&json!("message"), &json!("水位監視"), &json!("group")));
        assert_eq!((&hit["senderName"], &hit["seq"], &hit["sentAt"]), (&json!("森 けんじ"), &kenjis["seq"], &kenjis["sentAt"]));
    }

    async fn people_come_on_the_first_page(server: Server) {
        let aiko = server.client("aiko");
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        for n in 0..3 {
            say(&aiko, &room, &format!("森の見回り{n}")).await;
        }
        settle(&aiko, &room).await;
        let first = found(&aiko, &[("q", "もり")]).await;
        assert_eq!(first["people"][0]["name"], "森 けんじ");
        assert_eq!(first["items"], json!([]), "nobody wrote it like this");
        let first = found(&aiko, &[("q", "森"), ("limit", "2")]).await;
        assert_eq!((first["items"].as_array().unwrap().len(), &first["people"][0]["name"]), (2, &json!("森 けんじ")));
        let next = found(&aiko, &[("q", "森"), ("limit", "2"), ("cursor", first["nextCursor"].as_str().unwrap())]).await;
        assert_eq!((&next["items"][0]["text"], &next["people"], &next["nextCursor"]), (&json!("森の見回り0"), &json!([]), &Value::Null));
        let people = found(&aiko, &[("q", "森"), ("in", "people")]).await;
        assert_eq!((&people["items"], &people["people"][0]["name"]), (&json!([]), &json!("森 けんじ")));
        assert_eq!(found(&aiko, &[("q", "森"), ("in", "messages")]).await["people"], json!([]));
        assert_eq!(found(&aiko, &[("q", "森 in:水位")]).await["people"], json!([]), "people are in no room's past");
    }

    async fn what_is_wrong_names_its_field(server: Server) {
        let aiko = server.client("aiko");
        let long = "避".repeat(101);
        for (asked, status, field) in [
            (("q", long.as_str()), 422, "q"),
            (("q", ""), 422, "q"),
            (("q", "from:"), 422, "q"),
            (("q", "after:昨日"), 422, "q"),
            (("after", "6月"), 422, "after"),
            (("before", "2026-13-01"), 422, "before"),
            (("in", "posts"), 400, "in"),
            (("sort", "oldest"), 400, "sort"),
            (("limit", "0"), 422, "limit"),
            (("cursor", "x"), 422, "cursor"),
            (("from", "aiko"), 400, "from"),
            (("roomId", "x"), 400, "roomId"),
            (("room", "x"), 400, "room"),
        ] {
            let asked = if asked.0 == "q" { vec![asked] } else { vec![("q", "避難"), asked] };
            let (answered, problem) = ask(&aiko, &asked).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, Some(field)), "{asked:?}: {problem}");
        }
    }
}
