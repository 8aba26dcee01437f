//! Roles.

use serde_json::json;

use super::{items, new_id, text, thrice};

testkit::both! {
    async fn a_role_given_three_times_at_once_is_given_once(server: Server) {
        let admin = server.client("admin");
        let body = json!({ "userId": server.id("mei"), "role": "tenantAdmin", "clientId": new_id() });
        let id = thrice(&admin, "/grants", body.clone()).await;
        let held = items(&admin.get_ok("/grants").await);
        assert_eq!(held.iter().filter(|grant| grant["userId"] == server.id("mei")).count(), 1);
        assert_eq!(server.client("mei").post("/grants", body.clone()).await.0, 409, "the clientId is another's");
        admin.delete_ok(&format!("/grants/{id}")).await;
        assert_eq!(admin.post_ok("/grants", body).await["id"], id, "the first result, though it was taken back since");
        assert_eq!(server.client("mei").get("/grants").await.0, 403, "and it is not given anew");
    }

    async fn the_last_role_of_an_administrator_who_can_sign_in_stays(server: Server) {
        let (admin, mei) = (server.client("admin"), server.client("mei"));
        let grant = admin.post_ok("/grants", json!({ "userId": server.id("mei"), "role": "tenantAdmin" })).await;
        mei.put_ok(&format!("/users/{}/suspension", server.id("admin")), json!(null)).await;
        let grants = items(&mei.get_ok("/grants").await);
        let of_admin = grants.iter().find(|grant| grant["userId"] == server.id("admin")).map(|grant| text(&grant["id"])).unwrap();
        let of_mei = format!("/grants/{}", text(&grant["id"]));
        assert_eq!(mei.delete(&of_mei).await.0, 409, "a suspended administrator does not count");
        mei.delete_ok(&format!("/grants/{of_admin}")).await;
        assert_eq!(mei.delete(&of_mei).await.0, 409);
    }
}
