//! Members from a table.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::Client;

use super::{items, text};

async fn import(client: &Client, query: &str, csv: &str) -> Value {
    let request = client.request(Method::POST, &format!("/users/import{query}")).header("content-type", "text/csv");
    let (status, report) = client.send(request.body(csv.to_owned())).await;
    assert_eq!(status, 200, "{report}");
    report
}

/// Which lines are refused, and for which column.
fn refused(report: &Value) -> Vec<(u64, String)> {
    let errors = report["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (error["line"].as_u64().unwrap(), text(&error["field"]))).collect()
}

testkit::both! {
    async fn what_the_table_has_no_column_for_stays(server: Server) {
        let admin = server.client("admin");
        let (fire, affairs) = (server.cast.unit("fire"), server.cast.unit("affairs"));
        let chief = json!({
            "loginId": "chief", "name": "長谷 長", "kana": "はせ ちょう", "kind": "device", "email": "chief@city.example",
            "expiresAt": "2099-01-01T00:00:00+09:00", "phones": { "extension": "2110", "landline": "0120-000-000" },
            "assignments": [{ "orgUnitId": fire, "position": "署長", "head": true }, { "orgUnitId": affairs, "position": "参事" }],
        });
        let before = admin.post_ok("/users", chief).await;
        let path = format!("/users/{}", text(&before["id"]));

        let report = import(&admin, "", "loginId,name,mobile\nchief,長谷 署長,090-1111-2222\n").await;
        assert_eq!((&report["updated"], refused(&report)), (&json!(1), vec![]));
        let after = admin.get_ok(&path).await;
        assert_eq!((&after["name"], &after["phones"]["mobile"]), (&json!("長谷 署長"), &json!("090-1111-2222")));
        for field in ["kana", "kind", "email", "expiresAt", "assignments"] {
            assert_eq!(after[field], before[field], "{field} stays");
        }
        assert_eq!((&after["phones"]["extension"], &after["phones"]["landline"]), (&json!("2110"), &json!("0120-000-000")));
    }

    async fn an_empty_field_empties(server: Server) {
        let admin = server.client("admin");
        let path = format!("/users/{}", server.id("mei"));
        let more = json!({ "email": "mei@city.example", "expiresAt": "2099-01-01T00:00:00+09:00", "phones": { "mobile": "090-1", "extension": "11" } });
        admin.patch_ok(&path, more).await;
        import(&admin, "", "loginId,name,kana,kind,orgUnit,mobile,email,expiresAt\nmei,林 めい,,,,,,\n").await;
        let after = admin.get_ok(&path).await;
        assert_eq!((&after["kana"], &after["phones"], &after["assignments"]), (&json!(""), &json!({ "extension": "11" }), &json!([])));
        assert!(after.get("email").is_none() && after.get("expiresAt").is_none(), "{after}");
        assert_eq!(after["kind"], "person", "an account always has a kind");
    }

    async fn whoever_heads_a_unit_still_heads_it(server: Server) {
        let admin = server.client("admin");
        let path = format!("/users/{}", server.id("aiko"));
        let fire = server.cast.unit("fire");
        admin.patch_ok(&path, json!({ "assignments": [{ "orgUnitId": fire, "position": "署長", "head": true }] })).await;
        import(&admin, "", "loginId,name,orgUnit\naiko,青木 あいこ,総務課;市役所/消防署\n").await;
        let held = admin.get_ok(&path).await["assignments"].clone();
        assert_eq!((&held[0]["orgUnitName"], &held[0]["primary"], &held[0]["head"]), (&json!("総務課"), &json!(true), &json!(false)));
        assert_eq!((&held[1]["orgUnitId"], &held[1]["position"], &held[1]["head"]), (&json!(fire), &json!("署長"), &json!(true)));
        import(&admin, "", "loginId,name,position\naiko,青木 あいこ,課長;消防監\n").await;
        let held = admin.get_ok(&path).await["assignments"].clone();
        assert_eq!((&held[0]["position"], &held[1]["position"]), (&json!("課長"), &json!("消防監")));
        assert_eq!((held.as_array().unwrap().len(), &held[1]["head"]), (2, &json!(true)));
    }

    async fn a_room_says_once_who_came(server: Server) {
        let (admin, mei) = (server.client("admin"), server.client("mei"));
        let room = text(&admin.post_ok("/rooms", json!({ "kind": "orgUnit", "orgUnitId": server.cast.unit("affairs") })).await["id"]);
        let csv = "loginId,name,orgUnit\na1,一,総務課\na2,二,総務課\nkenji,森 けんじ,総務課;消防署\na3,三,消防署\n";
        let report = import(&admin, "", csv).await;
        assert_eq!((&report["created"], &report["updated"]), (&json!(3), &json!(1)));
        let said = items(&mei.get_ok(&format!("/rooms/{room}/messages")).await);
        let came: Vec<&Value> = said.iter().filter(|message| message["kind"] == "system").collect();
        assert_eq!(came.len(), 1, "{said:?}");
        assert_eq!(came[0]["system"]["userIds"].as_array().unwrap().len(), 3);
        let members = items(&mei.get_ok(&format!("/rooms/{room}/members")).await);
        assert!(members.iter().any(|member| member["userId"] == server.id("kenji")));
    }

    async fn nobody_imports_themself_or_the_last_administrator_away(server: Server) {
        let (admin, mei) = (server.client("admin"), server.client("mei"));
        let off = "loginId,name,suspended\nkenji,森 けんじ,1\nadmin,管理,1\n";
        for query in ["?dryRun=true", ""] {
            assert_eq!(refused(&import(&admin, query, off).await), [(3, "suspended".to_owned())]);
        }
        assert_eq!(server.client("kenji").get("/me").await.0, 200, "nothing was done");
        admin.post_ok("/grants", json!({ "userId": server.id("mei"), "role": "tenantAdmin" })).await;
        mei.put_ok(&format!("/users/{}/suspension", server.id("admin")), json!(null)).await;
        let tenant = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
        let over = "loginId,name,expiresAt\nmei,林 めい,2020-01-01T00:00:00+09:00\n";
        let report = server.app.directory.import_as_operator(tenant, over.as_bytes(), false).await.unwrap();
        assert_eq!(report.errors.iter().map(|error| (error.line, error.field.as_str())).collect::<Vec<_>>(), [(2, "expiresAt")]);
        assert_eq!(mei.get("/grants").await.0, 200);
    }

    async fn a_line_that_changes_nothing_writes_nothing(server: Server) {
        let admin = server.client("admin");
        let before = items(&admin.get_ok("/auditEvents?action=updateUser").await).len();
        let csv = "loginId,name,kana,orgUnit\nkenji,森 けんじ,もり けんじ,消防署\n";
        import(&admin, "", csv).await;
        assert_eq!(items(&admin.get_ok("/auditEvents?action=updateUser").await).len(), before);
        import(&admin, "", &csv.replace("消防署", "総務課")).await;
        assert_eq!(items(&admin.get_ok("/auditEvents?action=updateUser").await).len(), before + 1);
    }
}
