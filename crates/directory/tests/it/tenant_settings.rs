//! What holds for a whole organisation.

use serde_json::json;

use super::items;

testkit::both! {
    async fn link_cards_are_on_until_an_administrator_says_otherwise(server: Server) {
        let admin = server.client("admin");
        assert_eq!(admin.get_ok("/tenant/settings").await, json!({ "linkCards": true }));
        assert_eq!(admin.patch_ok("/tenant/settings", json!({ "linkCards": false })).await, json!({ "linkCards": false }));
        assert_eq!(admin.patch_ok("/tenant/settings", json!({})).await, json!({ "linkCards": false }), "what is absent stays");
        assert_eq!(admin.get_ok("/tenant/settings").await, json!({ "linkCards": false }));
        let clinics = server.client_of("clinics", "admin");
        assert_eq!(clinics.get_ok("/tenant/settings").await, json!({ "linkCards": true }), "another organisation's stay");
        let noted = items(&admin.get_ok("/auditEvents?action=updateTenantSettings").await);
        assert_eq!((noted.len(), &noted[1]["detail"]), (2, &json!({ "linkCards": false })));
        assert_eq!(noted[1]["userId"], json!(server.id("admin")));
    }

    async fn whoever_administers_only_a_section_does_not_choose_for_all(server: Server) {
        for login in ["kenji", "aiko"] {
            let client = server.client(login);
            assert_eq!(client.get("/tenant/settings").await.0, 403, "{login}");
            assert_eq!(client.patch("/tenant/settings", json!({ "linkCards": false })).await.0, 403, "{login}");
        }
        let admin = server.client("admin");
        let (status, problem) = admin.patch("/tenant/settings", json!({ "linkCards": "off" })).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (400, Some("linkCards")), "{problem}");
        assert_eq!(admin.patch("/tenant/settings", json!({ "cards": true })).await.0, 400);
        assert_eq!(admin.get_ok("/tenant/settings").await, json!({ "linkCards": true }), "nothing was changed");
    }
}
