//! What a client names is made once, however often and however much at once it is asked for.

use serde_json::{Value, json};
use testkit::{Backend, Client, Server};

use super::{new_id, room_of, say, text, texts};

/// Asks eight times at once.
async fn at_once(client: &Client, path: &'static str, body: &Value) -> Vec<(u16, Value)> {
    let asked = (0..8).map(|_| {
        let (client, body) = (client.clone(), body.clone());
        tokio::spawn(async move { client.post(path, body).await })
    });
    let mut answers = Vec::new();
    for each in asked.collect::<Vec<_>>() {
        answers.push(each.await.unwrap());
    }
    answers
}

testkit::both! {
    async fn a_room_asked_for_many_times_at_once_is_made_once(server: Server) {
        let aiko = server.client("aiko");
        for kind in ["group", "direct"] {
            let body = json!({ "kind": kind, "memberIds": [server.id("kenji")], "clientId": new_id() });
            let answers = at_once(&aiko, "/rooms", &body).await;
            assert!(answers.iter().all(|(status, room)| matches!(status, 200 | 201) && room["id"] == answers[0].1["id"]), "{answers:?}");
            assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "it is new once");
            assert_eq!(server.client("mei").post("/rooms", body).await.0, 409, "another's client id");
        }
        assert_eq!(aiko.get_ok("/rooms").await["items"].as_array().unwrap().len(), 2);
    }

    async fn a_forward_asked_for_many_times_at_once_is_made_once(server: Server) {
        let (from, to) = (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "mei"]).await);
        let aiko = server.client("aiko");
        let seq = say(&aiko, &from, "橋が通行止め").await["seq"].clone();
        let body = json!({ "clientId": new_id(), "from": { "roomId": from, "seqs": [seq] }, "toRoomIds": [to] });
        let answers = at_once(&aiko, "/forwards", &body).await;
        assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 201), "{answers:?}");
        assert_eq!(texts(&server.client("mei"), &to).await, ["橋が通行止め"]);
    }

    async fn a_forward_repeated_shows_only_what_is_still_ones_to_see(server: Server) {
        let (from, kept, left) =
            (room_of(&server, &["aiko", "kenji"]).await, room_of(&server, &["aiko", "mei"]).await, room_of(&server, &["mei", "aiko"]).await);
        let aiko = server.client("aiko");
        let seq = say(&aiko, &from, "橋が通行止め").await["seq"].clone();
        let body = json!({ "clientId": new_id(), "from": { "roomId": from, "seqs": [seq] }, "toRoomIds": [kept, left] });
        assert_eq!(aiko.post_ok("/forwards", body.clone()).await["items"].as_array().unwrap().len(), 2);
        aiko.delete_ok(&format!("/rooms/{left}/members/{}", server.id("aiko"))).await;
        let again = aiko.post_ok("/forwards", body).await["items"].clone();
        assert_eq!(again.as_array().unwrap().iter().map(|message| text(&message["roomId"])).collect::<Vec<_>>(), [kept]);
    }

    async fn whoever_makes_a_units_room_is_in_it_where_they_say_so(server: Server) {
        let admin = server.client("admin");
        let room = |unit: &str, members: Value| json!({ "kind": "orgUnit", "orgUnitId": server.cast.unit(unit), "memberIds": members });
        let without = admin.post_ok("/rooms", room("fire", json!([]))).await;
        assert_eq!((&without["canPost"], &without["memberCount"]), (&json!(false), &json!(2)));
        let within = admin.post_ok("/rooms", room("affairs", json!([server.id("admin"), server.id("mayor")]))).await;
        assert_eq!((&within["canPost"], &within["memberCount"]), (&json!(true), &json!(4)), "mei, the gate, the mayor, the admin");
        say(&admin, &text(&within["id"]), "よろしくお願いします").await;
    }
}

store::statements! {
    ASSIGN = "INSERT INTO assignments (tenant_id, user_id, org_unit_id, position, is_primary, is_head, ord) VALUES ($1, $2, $3, '', 0, 0, 9)";
    WAITING = "SELECT COUNT(*) FROM pg_locks WHERE CAST($1 AS BIGINT) > 0 AND locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
}

/// On SQLite one writer does one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_assigned_while_the_units_room_is_made_is_in_it() {
    let server = Server::start(Backend::Postgres).await;
    let (admin, mei, fire) = (server.client("admin"), server.id("mei"), server.cast.unit("fire").to_owned());
    let ids: (kernel::UserId, kernel::OrgUnitId) = (mei.parse().unwrap(), fire.parse().unwrap());
    let city = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
    let making = {
        let (admin, fire) = (admin.clone(), fire.clone());
        async move { admin.post_ok("/rooms", json!({ "kind": "orgUnit", "orgUnitId": fire })).await }
    };
    let assigning = async move |tx: &mut store::Tx<'_>| -> Result<_, store::StoreError> {
        store::lock_structure(tx).await?;
        let making = tokio::spawn(making);
        // Not before the room's maker waits, or has not waited.
        while tx.query_one(&WAITING, &[]).await?.get::<i64>(0) == 0 && !making.is_finished() {}
        tx.exec(&ASSIGN, &store::params![ids.0, ids.1]).await?;
        Ok(making)
    };
    let making = server.app.store.tenant(city).write(assigning).await.unwrap();
    let room = making.await.unwrap();
    assert_eq!(room["memberCount"], 3, "aiko, kenji and mei");
    assert_eq!(server.client("mei").get(&format!("/rooms/{}", text(&room["id"]))).await.0, 200);
}
