//! The audit trail.

use serde_json::{Value, json};
use testkit::Client;

use super::{items, text};

async fn trail(client: &Client, query: &str) -> Vec<Value> {
    items(&client.get_ok(&format!("/auditEvents?{query}")).await)
}

testkit::both! {
    async fn a_person_inside_a_shared_account_is_found_by_their_id(server: Server) {
        let (admin, gate, asa) = (server.client("admin"), server.client("gate"), server.cast.actor("asa"));
        gate.put_ok("/session/actor", json!({ "actorId": asa })).await;
        gate.patch_ok("/me", json!({ "settings": { "theme": "dark" } })).await;
        let theirs = trail(&admin, &format!("actorId={asa}")).await;
        assert!(!theirs.is_empty() && theirs.iter().all(|event| event["actorId"] == asa), "{theirs:?}");
        let account = trail(&admin, &format!("actorId={}", server.id("gate"))).await;
        assert!(account.len() > theirs.len() && account.iter().all(|event| event["userId"] == server.id("gate")));
        assert!(trail(&admin, &format!("actorId={}", server.cast.actor("yoru"))).await.is_empty());
    }

    async fn a_look_at_what_is_not_ones_own_leaves_its_row(server: Server) {
        let admin = server.client("admin");
        let gate = server.id("gate");
        let path = format!("/users/{gate}/actors");
        server.client("gate").get_ok(&path).await;
        assert!(trail(&admin, "action=listActors").await.is_empty(), "one's own is no look");
        admin.get_ok(&path).await;
        let looks = trail(&admin, "action=listActors").await;
        assert_eq!(looks.len(), 1);
        assert_eq!((&looks[0]["userId"], &looks[0]["subject"]), (&json!(server.id("admin")), &json!(gate)));
        let reads = trail(&admin, "action=listAuditEvents&limit=1").await;
        assert_eq!(reads[0]["detail"]["action"], "listActors", "the last look but this");
        assert_eq!(server.client("aiko").get("/auditEvents").await.0, 403);
    }

    async fn an_organisation_begins_with_its_making(server: Server) {
        let made = trail(&server.client("admin"), "action=createTenant").await;
        assert_eq!(made.len(), 1);
        assert_eq!((text(&made[0]["detail"]["name"]), &made[0]["userId"]), ("city".to_owned(), &Value::Null));
    }
}
