//! The tree of org units.

use serde_json::{Value, json};
use testkit::Client;

use super::{etag_after, items, new_id, patch_if, text, thrice};

async fn unit(client: &Client, id: &str) -> Value {
    let all = items(&client.get_ok("/orgUnits").await);
    all.into_iter().find(|unit| unit["id"] == id).unwrap_or_else(|| panic!("no unit {id}"))
}

testkit::both! {
    async fn a_change_leaves_what_it_does_not_name(server: Server) {
        let admin = server.client("admin");
        let hall = server.cast.unit("hall");
        let made = json!({ "name": "防災課", "parentId": hall, "order": 3, "place": "本庁舎2階", "extension": "2110" });
        let id = text(&admin.post_ok("/orgUnits", made).await["id"]);
        let path = format!("/orgUnits/{id}");

        let renamed = admin.patch_ok(&path, json!({ "name": "危機管理課" })).await;
        assert_eq!(renamed["name"], "危機管理課");
        for (field, value) in [("parentId", json!(hall)), ("order", json!(3)), ("place", json!("本庁舎2階")), ("extension", json!("2110"))] {
            assert_eq!(renamed[field], value, "{field} stays");
        }
        let moved = admin.patch_ok(&path, json!({ "parentId": null, "place": null, "order": 1 })).await;
        assert_eq!(moved["parentId"], Value::Null, "to the top");
        assert!(moved.get("place").is_none(), "null empties: {moved}");
        assert_eq!((&moved["name"], &moved["order"], &moved["extension"]), (&json!("危機管理課"), &json!(1), &json!("2110")));
        assert_eq!(admin.patch(&path, json!({ "parentId": id })).await.0, 422, "not under itself");
        assert_eq!(admin.patch(&path, json!({ "name": "" })).await.0, 422);
    }

    async fn of_two_changes_meant_for_the_same_state_one_is_made(server: Server) {
        let admin = server.client("admin");
        let path = format!("/orgUnits/{}", server.cast.unit("fire"));
        for round in 0..5 {
            let etag = etag_after(&admin, &path, json!({ "order": round })).await;
            let (one, other) = tokio::join!(
                patch_if(&admin, &path, &etag, json!({ "place": "東" })),
                patch_if(&admin, &path, &etag, json!({ "extension": "119" })),
            );
            let mut answers = [one.0, other.0];
            answers.sort_unstable();
            assert_eq!(answers, [200, 412], "{one:?} {other:?}");
            let stale = if one.0 == 412 { one } else { other };
            assert_eq!(stale.1["current"]["id"], server.cast.unit("fire"));
        }
    }

    async fn two_units_moved_under_each_other_at_once_make_no_ring(server: Server) {
        let admin = server.client("admin");
        for _ in 0..5 {
            let a = text(&admin.post_ok("/orgUnits", json!({ "name": "甲課" })).await["id"]);
            let b = text(&admin.post_ok("/orgUnits", json!({ "name": "乙課" })).await["id"]);
            let (a_path, b_path) = (format!("/orgUnits/{a}"), format!("/orgUnits/{b}"));
            let (one, other) = tokio::join!(
                admin.patch(&a_path, json!({ "parentId": b })),
                admin.patch(&b_path, json!({ "parentId": a })),
            );
            let mut answers = [one.0, other.0];
            answers.sort_unstable();
            assert_eq!(answers, [200, 422], "{one:?} {other:?}");
        }
    }

    async fn a_unit_made_three_times_at_once_is_one(server: Server) {
        let admin = server.client("admin");
        let body = json!({ "name": "新しい課", "clientId": new_id() });
        let id = thrice(&admin, "/orgUnits", body.clone()).await;
        let all = items(&admin.get_ok("/orgUnits").await);
        assert_eq!(all.iter().filter(|unit| unit["name"] == "新しい課").count(), 1);
        assert_eq!(unit(&admin, &id).await["name"], "新しい課");
    }

    async fn a_guest_is_told_of_nobody_outside_their_own_units(server: Server) {
        let admin = server.client("admin");
        let (hall, fire) = (server.cast.unit("hall"), server.cast.unit("fire"));
        let squad = text(&admin.post_ok("/orgUnits", json!({ "name": "第一分隊", "parentId": fire })).await["id"]);
        let assignments = json!([{ "orgUnitId": squad, "head": true }]);
        let guest = json!({ "loginId": "guest", "name": "応援 一郎", "kind": "guest", "expiresAt": "2099-01-01T00:00:00+09:00",
            "password": testkit::PASSWORD, "assignments": assignments });
        let guest_id = text(&admin.post_ok("/users", guest).await["id"]);
        let session = server.nobody("city").post_ok("/session", json!({ "loginId": "guest", "password": testkit::PASSWORD })).await;
        let guest = Client::new(&server.origin(), "city", Some(text(&session["token"])));

        let seen = unit(&admin, fire).await;
        assert_eq!((&seen["memberCount"], &seen["headIds"]), (&json!(3), &json!([server.id("aiko")])), "others are told");
        assert_eq!(items(&guest.get_ok("/orgUnits").await).len(), 3, "their own, and what it lies under");
        for above in [hall, fire] {
            let seen = unit(&guest, above).await;
            assert_eq!((&seen["memberCount"], &seen["headIds"]), (&json!(1), &json!([])), "only whom they may see");
        }
        let own = unit(&guest, &squad).await;
        assert_eq!((&own["memberCount"], &own["headIds"]), (&json!(1), &json!([guest_id])));
    }

    async fn people_assigned_while_their_unit_moves_are_in_the_room_above(server: Server) {
        let admin = server.client("admin");
        let hall = server.cast.unit("hall");
        let room = json!({ "kind": "orgUnit", "orgUnitId": hall, "includeChildren": true });
        let room = text(&admin.post_ok("/rooms", room).await["id"]);
        for round in 0..5 {
            let squad = text(&admin.post_ok("/orgUnits", json!({ "name": format!("分隊{round}") })).await["id"]);
            let person = json!({ "loginId": format!("new{round}"), "name": "新人", "password": testkit::PASSWORD });
            let person = text(&admin.post_ok("/users", person).await["id"]);
            let (unit_path, person_path) = (format!("/orgUnits/{squad}"), format!("/users/{person}"));
            let (moved, assigned) = tokio::join!(
                admin.patch(&unit_path, json!({ "parentId": hall })),
                admin.patch(&person_path, json!({ "assignments": [{ "orgUnitId": squad }] })),
            );
            assert_eq!((moved.0, assigned.0), (200, 200), "{moved:?} {assigned:?}");
            let members = server.client("mei").get_ok(&format!("/rooms/{room}/members?limit=200")).await;
            assert!(items(&members).iter().any(|member| member["userId"] == person), "round {round}: {members}");
        }
    }
}
