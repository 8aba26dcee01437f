//! Rooms are found by their names and by who is in them.

use serde_json::json;

use super::{new_id, room_of, text};

store::statements! {
    INSERT_USER = "INSERT INTO users (tenant_id, id, login_id, login_key, name, kana, kana_key, kind, phones, password_hash, settings, search, rev, created_at)
        VALUES ($1, $2, $3, $3, $4, '', '', 'person', '{}', '', '{}', $4, 1, 0)";
}

testkit::both! {
    async fn a_room_is_found_by_a_member_however_many_others_bear_the_name(server: Server) {
        let room = room_of(&server, &["aiko", "kenji"]).await;
        let found = async |q: &str| {
            let page = server.client("aiko").get_ok(&format!("/rooms?q={q}")).await;
            page["items"].as_array().unwrap().iter().map(|room| text(&room["id"])).collect::<Vec<_>>()
        };
        assert_eq!(found("もり").await, std::slice::from_ref(&room));
        assert_eq!(found("はやし").await, [] as [&str; 0], "mei is not in it");
        let city = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
        let namesakes = async |tx: &mut store::Tx<'_>| -> Result<(), store::StoreError> {
            for _ in 0..300 {
                let id = new_id();
                tx.exec(&INSERT_USER, &store::params![id, id.to_string(), "もり"]).await?;
            }
            Ok(())
        };
        server.app.store.tenant(city).write(namesakes).await.unwrap();
        assert_eq!(found("もり").await, [room]);
    }

    async fn what_is_looked_for_is_bounded(server: Server) {
        let aiko = server.client("aiko");
        assert_eq!(aiko.get(&format!("/rooms?q={}", "a".repeat(100))).await.0, 200);
        let (status, problem) = aiko.get(&format!("/rooms?q={}", "a".repeat(101))).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("q")));
    }
}
