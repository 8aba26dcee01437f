//! The people inside shared accounts.

use serde_json::json;

use super::{items, new_id, text, thrice};

testkit::both! {
    async fn a_person_made_three_times_at_once_is_one(server: Server) {
        let admin = server.client("admin");
        let path = format!("/users/{}/actors", server.id("gate"));
        let body = json!({ "name": "昼", "kana": "ひる", "clientId": new_id() });
        let id = thrice(&admin, &path, body.clone()).await;
        let names: Vec<_> = items(&admin.get_ok(&path).await).iter().map(|actor| text(&actor["name"])).collect();
        assert_eq!(names, ["朝", "昼", "夜"], "by ふりがな, and 昼 once");
        admin.post_ok("/grants", json!({ "userId": server.id("mei"), "role": "tenantAdmin" })).await;
        assert_eq!(server.client("mei").post(&path, body.clone()).await.0, 409, "the clientId is another's");
        admin.delete_ok(&format!("{path}/{id}")).await;
        assert_eq!(admin.post_ok(&path, body).await["id"], id, "the first result, though it has gone since");
        assert_eq!(items(&admin.get_ok(&path).await).len(), 2);
    }

    async fn they_come_in_pages(server: Server) {
        let gate = server.client("gate");
        let path = format!("/users/{}/actors", server.id("gate"));
        for name in ["い", "う"] {
            server.client("admin").post_ok(&path, json!({ "name": name, "kana": "あさ" })).await;
        }
        let (mut seen, mut query) = (Vec::new(), "?limit=1".to_owned());
        loop {
            let page = gate.get_ok(&format!("{path}{query}")).await;
            seen.extend(items(&page).iter().map(|actor| text(&actor["name"])));
            let Some(cursor) = page["nextCursor"].as_str() else { break };
            query = format!("?limit=1&cursor={cursor}");
        }
        assert_eq!(seen, ["朝", "い", "う", "夜"]);
        assert_eq!(gate.get(&format!("{path}?limit=0")).await.0, 422);
        assert_eq!(gate.get(&format!("{path}?cursor=x")).await.0, 422);
    }
}
