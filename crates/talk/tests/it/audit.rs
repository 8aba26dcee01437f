//! What is done to a room, and who looks at one that is not theirs, stands in the audit trail under the operation's name.

use serde_json::{Value, json};
use testkit::Server;

use super::{direct_room, room_of, say, text};

/// What of this operation was noted about a room: who did it, and the detail.
async fn noted(server: &Server, operation: &str, room: &str) -> Vec<(Value, Value)> {
    let page = server.client("admin").get_ok(&format!("/auditEvents?action={operation}&limit=200")).await;
    let events = page["items"].as_array().unwrap().iter().filter(|event| event["subject"] == room);
    events.map(|event| (event["actorId"].clone(), event["detail"].clone())).collect()
}

testkit::both! {
    async fn what_is_done_to_rooms_is_noted(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let direct = direct_room(&server, "aiko", "kenji").await;
        direct_room(&server, "kenji", "aiko").await;
        assert_eq!(noted(&server, "createRoom", &direct).await.len(), 1, "made once, whoever asks for it");
        say(&aiko, &direct, "二人だけの話").await;
        let members = format!("/rooms/{direct}/members");
        aiko.post_ok(&members, json!({ "userIds": [server.id("mei")], "history": "all" })).await;
        let request = text(&kenji.get_ok(&format!("/rooms/{direct}/historyRequests")).await["items"][0]["id"]);
        kenji.put_ok(&format!("/rooms/{direct}/historyRequests/{request}"), json!({ "agree": true })).await;
        let answered = noted(&server, "answerHistoryRequest", &direct).await;
        assert_eq!((answered.len(), &answered[0].1["agree"], &answered[0].1["requestId"]), (1, &json!(true), &json!(request)));
        aiko.delete_ok(&format!("{members}/{}", server.id("mei"))).await;
        let group = room_of(&server, &["aiko", "kenji"]).await;
        aiko.patch_ok(&format!("/rooms/{group}"), json!({ "title": "水門" })).await;
        for (operation, room) in [("addMembers", &direct), ("removeMember", &direct), ("createRoom", &group), ("updateRoom", &group)] {
            assert_eq!(noted(&server, operation, room).await.len(), 1, "{operation}");
        }
    }

    async fn a_look_from_outside_is_noted_and_one_from_inside_is_not(server: Server) {
        let (admin, aiko) = (server.client("admin"), server.client("aiko"));
        let room = text(&aiko.post_ok("/rooms", json!({ "kind": "orgUnit", "orgUnitId": server.cast.unit("fire") })).await["id"]);
        for (operation, path) in [("getRoom", format!("/rooms/{room}")), ("listMembers", format!("/rooms/{room}/members"))] {
            for client in [&aiko, &admin] {
                client.get_ok(&path).await;
            }
            let looks = noted(&server, operation, &room).await;
            assert_eq!(looks.len(), 1, "{operation}: the admin's alone");
        }
        assert_eq!(server.client("mei").get(&format!("/rooms/{room}")).await.0, 404);
        assert_eq!(noted(&server, "getRoom", &room).await.len(), 1);
    }
}
