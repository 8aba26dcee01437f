//! Accounts.

use std::time::Duration;

use serde_json::json;
use testkit::{Client, PASSWORD};

use super::{etag_after, items, new_id, patch_if, text, thrice};

async fn found(client: &Client, query: &str) -> Vec<String> {
    items(&client.get_ok(&format!("/users?{query}")).await).iter().map(|user| text(&user["id"])).collect()
}

testkit::both! {
    async fn null_clears_mail_and_end_and_absence_leaves_them(server: Server) {
        let admin = server.client("admin");
        let end = "2026-12-31T23:59:59+09:00";
        let guest = json!({ "loginId": "guest", "name": "応援 一郎", "kind": "guest", "email": "a@city.example", "expiresAt": end, "password": PASSWORD });
        let path = format!("/users/{}", text(&admin.post_ok("/users", guest).await["id"]));
        let renamed = admin.patch_ok(&path, json!({ "name": "応援 次郎" })).await;
        assert!(renamed["email"] == "a@city.example" && renamed.get("expiresAt").is_some(), "{renamed}");
        assert_eq!(admin.patch(&path, json!({ "expiresAt": null })).await.0, 422, "a guest needs an end");

        let kept = admin.patch_ok(&path, json!({ "kind": "person", "expiresAt": null, "email": null })).await;
        assert!(kept.get("email").is_none() && kept.get("expiresAt").is_none(), "{kept}");
        server.clock.advance(Duration::from_secs(3 * 365 * 24 * 60 * 60));
        let sign_in = json!({ "loginId": "guest", "password": PASSWORD });
        assert_eq!(server.nobody("city").post("/session", sign_in).await.0, 200, "there is no end any more");
    }

    async fn of_two_changes_meant_for_the_same_state_one_is_made(server: Server) {
        let admin = server.client("admin");
        let path = format!("/users/{}", server.id("mei"));
        for round in 0..5 {
            let etag = etag_after(&admin, &path, json!({ "name": format!("林 めい{round}") })).await;
            let (one, other) = tokio::join!(
                patch_if(&admin, &path, &etag, json!({ "kana": format!("はやし めい{round}") })),
                patch_if(&admin, &path, &etag, json!({ "phones": { "mobile": format!("090-0000-000{round}") } })),
            );
            let mut answers = [one.0, other.0];
            answers.sort_unstable();
            assert_eq!(answers, [200, 412], "{one:?} {other:?}");
        }
    }

    async fn an_account_made_three_times_at_once_is_one_and_another_may_not_repeat_it(server: Server) {
        let admin = server.client("admin");
        let fire = server.cast.unit("fire");
        let body = json!({ "loginId": "new", "name": "新人", "clientId": new_id(), "assignments": [{ "orgUnitId": fire }] });
        let id = thrice(&admin, "/users", body.clone()).await;
        assert_eq!(found(&admin, "q=新人").await, [id]);
        assert_eq!(server.client("aiko").post("/users", body).await.0, 409, "aiko may make people there, but not these again");
    }

    async fn a_section_admin_finds_the_suspended_of_their_section(server: Server) {
        let (admin, aiko) = (server.client("admin"), server.client("aiko"));
        let (kenji, mei) = (server.id("kenji"), server.id("mei"));
        aiko.put_ok(&format!("/users/{kenji}/suspension"), json!(null)).await;
        admin.put_ok(&format!("/users/{mei}/suspension"), json!(null)).await;
        assert!(found(&admin, "").await.contains(&mei), "who manages all finds all");
        let seen = found(&aiko, "").await;
        assert!(seen.contains(&kenji), "theirs");
        assert!(!seen.contains(&mei), "not those of another section");
        assert!(!found(&server.client("mayor"), "").await.contains(&kenji), "nor does anybody else");
        aiko.delete_ok(&format!("/users/{kenji}/suspension")).await;
        assert!(found(&server.client("mayor"), "").await.contains(&kenji));
    }

    async fn the_last_administrator_who_can_sign_in_stays(server: Server) {
        let (admin, mei) = (server.client("admin"), server.client("mei"));
        let (admin_id, mei_id) = (server.id("admin"), server.id("mei"));
        let over = json!({ "expiresAt": "2020-01-01T00:00:00+09:00" });
        assert_eq!(admin.patch(&format!("/users/{admin_id}"), over.clone()).await.0, 409, "the only one does not expire");
        admin.post_ok("/grants", json!({ "userId": mei_id, "role": "tenantAdmin" })).await;
        mei.put_ok(&format!("/users/{admin_id}/suspension"), json!(null)).await;
        assert_eq!(mei.patch(&format!("/users/{mei_id}"), over).await.0, 409, "one who is suspended does not count");

        server.app.directory.resume_as_operator(tenant(&server).await, "admin").await.unwrap();
        assert_eq!(admin.get("/me").await.0, 401, "the old session stays ended");
        let sign_in = json!({ "loginId": "admin", "password": PASSWORD });
        let session = server.nobody("city").post_ok("/session", sign_in).await;
        let admin = Client::new(&server.origin(), "city", Some(text(&session["token"])));
        admin.put_ok(&format!("/users/{mei_id}/suspension"), json!(null)).await;
    }

    async fn two_administrators_who_suspend_each_other_do_not_both_go(server: Server) {
        let (admin, mei) = (server.client("admin"), server.client("mei"));
        admin.post_ok("/grants", json!({ "userId": server.id("mei"), "role": "tenantAdmin" })).await;
        let (of_mei, of_admin) = (format!("/users/{}/suspension", server.id("mei")), format!("/users/{}/suspension", server.id("admin")));
        let (one, other) = tokio::join!(admin.put(&of_mei, json!(null)), mei.put(&of_admin, json!(null)));
        assert!([one.0, other.0].contains(&204), "{one:?} {other:?}");
        assert_ne!(one.0, other.0, "{one:?} {other:?}");
    }

    async fn an_operator_lifts_an_end_that_has_passed(server: Server) {
        let end = json!({ "expiresAt": "2099-01-01T00:00:00+09:00" });
        server.client("admin").patch_ok(&format!("/users/{}", server.id("admin")), end).await;
        server.clock.advance(Duration::from_secs(80 * 365 * 24 * 60 * 60));
        let sign_in = json!({ "loginId": "admin", "password": PASSWORD });
        assert_eq!(server.nobody("city").post("/session", sign_in.clone()).await.0, 401, "it is over");
        server.app.directory.resume_as_operator(tenant(&server).await, "admin").await.unwrap();
        server.clock.advance(Duration::from_secs(60 * 60));
        assert_eq!(server.nobody("city").post("/session", sign_in).await.0, 200);
    }
}

async fn tenant(server: &testkit::Server) -> kernel::TenantId {
    server.app.store.find_tenant("city").await.unwrap().expect("the city is there").id
}
