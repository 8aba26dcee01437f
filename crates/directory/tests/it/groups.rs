//! Groups.

use serde_json::json;

use super::{etag_after, items, new_id, patch_if, text, thrice};

testkit::both! {
    async fn of_two_changes_meant_for_the_same_state_one_is_made(server: Server) {
        let admin = server.client("admin");
        let made = admin.post_ok("/groups", json!({ "name": "主任会", "userIds": [server.id("mei")] })).await;
        let path = format!("/groups/{}", text(&made["id"]));
        for round in 0..5 {
            let etag = etag_after(&admin, &path, json!({ "name": format!("主任会{round}"), "userIds": [server.id("mei")] })).await;
            let (one, other) = tokio::join!(
                patch_if(&admin, &path, &etag, json!({ "name": "係長会" })),
                patch_if(&admin, &path, &etag, json!({ "userIds": [server.id("kenji")] })),
            );
            let mut answers = [one.0, other.0];
            answers.sort_unstable();
            assert_eq!(answers, [200, 412], "{one:?} {other:?}");
            let stale = if one.0 == 412 { one } else { other };
            assert_eq!(stale.1["current"]["id"], made["id"], "it carries what is there");
        }
        assert_eq!(patch_if(&admin, &path, "\"x\"", json!({ "name": "x" })).await.0, 400);
    }

    async fn a_group_made_three_times_at_once_is_one(server: Server) {
        let admin = server.client("admin");
        thrice(&admin, "/groups", json!({ "name": "係長会", "clientId": new_id(), "userIds": [server.id("mei")] })).await;
        assert_eq!(items(&admin.get_ok("/groups").await).len(), 1);
    }

    async fn the_trail_says_who_was_put_in_and_taken_out(server: Server) {
        let admin = server.client("admin");
        let (mei, kenji, fire) = (server.id("mei"), server.id("kenji"), server.cast.unit("fire"));
        let group = text(&admin.post_ok("/groups", json!({ "name": "会", "userIds": [mei] })).await["id"]);
        admin.patch_ok(&format!("/groups/{group}"), json!({ "userIds": [kenji], "orgUnitIds": [fire] })).await;
        let events = items(&admin.get_ok("/auditEvents?action=createGroup").await);
        assert_eq!(events[0]["detail"]["addedUserIds"], json!([mei]));
        let events = items(&admin.get_ok("/auditEvents?action=updateGroup").await);
        let detail = &events[0]["detail"];
        assert_eq!((&detail["addedUserIds"], &detail["removedUserIds"]), (&json!([kenji]), &json!([mei])));
        assert_eq!((&detail["addedOrgUnitIds"], &detail["removedOrgUnitIds"]), (&json!([fire]), &json!([])));
    }
}
