//! Every operation of the OpenAPI document, tried as nobody, as somebody of another tenant, as a member, as a section's
//! admin and as the tenant's admin, and held against a table. An operation that is missing here fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kernel::{Clock as _, Random as _};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Server};

/// In this order: what undoes something is tried last by whoever may.
const CALLERS: [&str; 5] = ["nobody", "clinics", "kenji", "aiko", "admin"];

/// Operation, path, body, and what each caller gets. `kenji` and `aiko` are in `{room}`, `admin` is not; `{mei}` is of another
/// section than the one that `aiko` administers. In `clinics` the same ids are asked for, by its admin.
const TABLE: &[(&str, &str, &str, [u16; 5])] = &[
    ("getTenant", "/tenant", "", [200, 200, 200, 200, 200]),
    ("signIn", "/session", r#"{"loginId":"mei","password":"wrong"}"#, [401, 401, 401, 401, 401]),
    ("getMe", "/me", "", [401, 200, 200, 200, 200]),
    ("updateMe", "/me", r#"{"settings":{"theme":"dark"}}"#, [401, 200, 200, 200, 200]),
    ("changePassword", "/me/password", r#"{"current":"wrong","new":"long enough"}"#, [401, 422, 422, 422, 422]),
    ("listSessions", "/sessions", "", [401, 200, 200, 200, 200]),
    ("revokeSession", "/sessions/{session}", "", [401, 404, 404, 404, 404]),
    ("setActor", "/session/actor", r#"{"actorId":"{actor}"}"#, [401, 422, 422, 422, 422]),
    ("listUsers", "/users", "", [401, 200, 200, 200, 200]),
    ("getUser", "/users/{mei}", "", [401, 404, 200, 200, 200]),
    ("createUser", "/users", r#"{"loginId":"new-{n}","name":"新人"}"#, [401, 201, 403, 403, 201]),
    ("updateUser", "/users/{mei}", r#"{"name":"林 めいこ"}"#, [401, 404, 403, 403, 200]),
    ("importUsers", "/users/import?dryRun=true", "loginId,name\nx,y", [401, 200, 403, 403, 200]),
    ("resetPassword", "/users/{mei}/password", "", [401, 404, 403, 403, 200]),
    ("suspendUser", "/users/{mei}/suspension", "", [401, 404, 403, 403, 204]),
    ("resumeUser", "/users/{mei}/suspension", "", [401, 404, 403, 403, 204]),
    ("listActors", "/users/{gate}/actors", "", [401, 404, 403, 403, 200]),
    ("createActor", "/users/{gate}/actors", r#"{"name":"昼"}"#, [401, 404, 403, 403, 201]),
    ("removeActor", "/users/{gate}/actors/{actor}", "", [401, 404, 403, 403, 204]),
    ("listOrgUnits", "/orgUnits", "", [401, 200, 200, 200, 200]),
    ("createOrgUnit", "/orgUnits", r#"{"name":"新しい課"}"#, [401, 201, 403, 403, 201]),
    ("updateOrgUnit", "/orgUnits/{unit}", r#"{"name":"総務人事課"}"#, [401, 404, 403, 403, 200]),
    ("listGroups", "/groups", "", [401, 200, 200, 200, 200]),
    ("createGroup", "/groups", r#"{"name":"主任会"}"#, [401, 201, 403, 403, 201]),
    ("updateGroup", "/groups/{group}", r#"{"name":"係長会"}"#, [401, 404, 403, 403, 200]),
    ("deleteGroup", "/groups/{group}", "", [401, 404, 403, 403, 204]),
    ("listGrants", "/grants", "", [401, 200, 403, 403, 200]),
    ("grantRole", "/grants", r#"{"userId":"{mei}","role":"tenantAdmin"}"#, [401, 422, 403, 403, 201]),
    ("revokeRole", "/grants/{grant}", "", [401, 404, 403, 403, 204]),
    ("listAuditEvents", "/auditEvents", "", [401, 200, 403, 403, 200]),
    ("listRooms", "/rooms", "", [401, 200, 200, 200, 200]),
    ("createRoom", "/rooms", r#"{"kind":"group","title":"新","memberIds":["{mei}"]}"#, [401, 422, 201, 201, 201]),
    ("getRoom", "/rooms/{room}", "", [401, 404, 200, 200, 404]),
    ("updateRoom", "/rooms/{room}", r#"{"title":"改"}"#, [401, 404, 200, 200, 404]),
    ("listHistoryRequests", "/rooms/{room}/historyRequests", "", [401, 404, 200, 200, 404]),
    ("answerHistoryRequest", "/rooms/{room}/historyRequests/{n}", r#"{"agree":true}"#, [401, 404, 404, 404, 404]),
    ("listMembers", "/rooms/{room}/members", "", [401, 404, 200, 200, 404]),
    ("addMembers", "/rooms/{room}/members", r#"{"userIds":["{mei}"]}"#, [401, 404, 200, 200, 404]),
    ("removeMember", "/rooms/{room}/members/{mei}", "", [401, 404, 404, 404, 404]),
    ("updateMembership", "/rooms/{room}/membership", r#"{"muted":true}"#, [401, 404, 200, 200, 404]),
    ("listMessages", "/rooms/{room}/messages", "", [401, 404, 200, 200, 404]),
    ("sendMessage", "/rooms/{room}/messages", r#"{"clientId":"{n}","text":"a"}"#, [401, 404, 201, 201, 404]),
    ("editMessage", "/rooms/{room}/messages/{seq}", r#"{"text":"b"}"#, [401, 404, 403, 200, 404]),
    ("recallMessage", "/rooms/{room}/messages/{seq}", "", [401, 404, 403, 204, 404]),
    (
        "forwardMessages",
        "/forwards",
        r#"{"clientId":"{n}","from":{"roomId":"{room}","seqs":[{seq}]},"toRoomIds":["{room}"]}"#,
        [401, 404, 201, 201, 404],
    ),
    ("countRecipients", "/broadcasts/recipients", r#"{"roomIds":["{room}"]}"#, [401, 404, 200, 200, 404]),
    ("createBroadcast", "/broadcasts", r#"{"clientId":"{n}","roomIds":["{room}"],"text":"a"}"#, [401, 404, 201, 201, 404]),
    ("listBroadcasts", "/broadcasts", "", [401, 200, 200, 200, 200]),
    ("getBroadcast", "/broadcasts/{broadcast}", "", [401, 404, 404, 200, 404]),
    ("listBroadcastReplies", "/broadcasts/{broadcast}/replies", "", [401, 404, 404, 200, 404]),
    ("recallBroadcast", "/broadcasts/{broadcast}", "", [401, 404, 404, 204, 404]),
    (
        "scheduleMessage",
        "/rooms/{room}/scheduledMessages",
        r#"{"sendAt":"{later}","message":{"clientId":"{n}","text":"a"}}"#,
        [401, 404, 201, 201, 404],
    ),
    ("listScheduledMessages", "/scheduledMessages", "", [401, 200, 200, 200, 200]),
    ("updateScheduledMessage", "/scheduledMessages/{scheduled}", r#"{"text":"b"}"#, [401, 404, 404, 200, 404]),
    ("sendScheduledMessage", "/scheduledMessages/{scheduled}/send", "", [401, 404, 404, 200, 404]),
    ("cancelScheduledMessage", "/scheduledMessages/{scheduled}", "", [401, 404, 404, 204, 404]),
    ("listReminders", "/reminders", "", [401, 200, 200, 200, 200]),
    ("setReminder", "/rooms/{room}/messages/{seq}/reminder", r#"{"at":"{later}"}"#, [401, 404, 200, 200, 404]),
    ("dropReminder", "/rooms/{room}/messages/{seq}/reminder", "", [401, 404, 204, 204, 404]),
    ("getTenantSettings", "/tenant/settings", "", [401, 200, 403, 403, 200]),
    ("updateTenantSettings", "/tenant/settings", r#"{"linkCards":false}"#, [401, 200, 403, 403, 200]),
    ("listRoomLinks", "/rooms/{room}/links", "", [401, 404, 200, 200, 404]),
    ("listLinkCards", "/rooms/{room}/messages/{seq}/cards", "", [401, 404, 200, 200, 404]),
    ("getCardImage", "/rooms/{room}/messages/{seq}/cards/{n}/image", "", [401, 404, 404, 404, 404]),
    ("listNotes", "/rooms/{room}/notes", "", [401, 404, 200, 200, 404]),
    ("createNote", "/rooms/{room}/notes", r#"{"clientId":"{n}","title":"a"}"#, [401, 404, 201, 201, 404]),
    ("getNote", "/rooms/{room}/notes/1", "", [401, 404, 200, 200, 404]),
    ("updateNote", "/rooms/{room}/notes/1", r#"{"title":"b"}"#, [401, 404, 200, 200, 404]),
    ("listNoteComments", "/rooms/{room}/notes/1/comments", "", [401, 404, 200, 200, 404]),
    ("addNoteComment", "/rooms/{room}/notes/1/comments", r#"{"clientId":"{n}","text":"a"}"#, [401, 404, 201, 201, 404]),
    ("deleteNoteComment", "/rooms/{room}/notes/1/comments/{comment}", "", [401, 404, 403, 204, 404]),
    ("deleteNote", "/rooms/{room}/notes/1", "", [401, 404, 403, 204, 404]),
    ("listAlbums", "/rooms/{room}/albums", "", [401, 404, 200, 200, 404]),
    ("createAlbum", "/rooms/{room}/albums", r#"{"clientId":"{n}","title":"a"}"#, [401, 404, 201, 201, 404]),
    ("getAlbum", "/rooms/{room}/albums/1", "", [401, 404, 200, 200, 404]),
    ("updateAlbum", "/rooms/{room}/albums/1", r#"{"title":"b"}"#, [401, 404, 403, 200, 404]),
    ("listAlbumPhotos", "/rooms/{room}/albums/1/photos", "", [401, 404, 200, 200, 404]),
    ("addAlbumPhotos", "/rooms/{room}/albums/1/photos", r#"{"fileIds":["{n}"]}"#, [401, 404, 422, 422, 404]),
    ("removeAlbumPhoto", "/rooms/{room}/albums/1/photos/{n}", "", [401, 404, 404, 404, 404]),
    ("deleteAlbum", "/rooms/{room}/albums/1", "", [401, 404, 403, 204, 404]),
    ("listRoomFiles", "/rooms/{room}/files?kind=photos", "", [401, 404, 200, 200, 404]),
    ("uploadFile", "/files", "a,b\n1,2", [401, 201, 201, 201, 201]),
    ("getUploadOptions", "/files", "", [401, 204, 204, 204, 204]),
    ("getFile", "/files/{file}", "", [401, 404, 200, 200, 404]),
    ("getUploadOffset", "/files/{file}", "", [401, 404, 200, 200, 404]),
    ("describeFile", "/files/{file}/info", "", [401, 404, 200, 200, 404]),
    ("getThumbnail", "/files/{file}/thumbnail", "", [401, 404, 404, 404, 404]),
    ("resumeUpload", "/files/{file}", "", [401, 412, 412, 412, 412]),
    ("cancelUpload", "/files/{file}", "", [401, 404, 404, 409, 404]),
    ("react", "/rooms/{room}/messages/{seq}/reactions/👍", "", [401, 404, 204, 204, 404]),
    ("unreact", "/rooms/{room}/messages/{seq}/reactions/👍", "", [401, 404, 204, 204, 404]),
    ("markRead", "/rooms/{room}/read", r#"{"seq":{seq}}"#, [401, 404, 204, 204, 404]),
    ("listReaders", "/rooms/{room}/messages/{seq}/readers", "", [401, 404, 200, 200, 404]),
    ("nudge", "/rooms/{room}/messages/{seq}/nudges", "", [401, 404, 403, 200, 404]),
    ("findSeq", "/rooms/{room}/seq?date=2026-01-01", "", [401, 404, 200, 200, 404]),
    ("search", "/search?q=署員", "", [401, 200, 200, 200, 200]),
    ("live", "/live", "", [401, 426, 426, 426, 426]),
    ("openLiveStream", "/live/streams", "{}", [401, 201, 201, 201, 201]),
    ("readLiveStream", "/live/stream?id={n}", "", [401, 404, 404, 404, 404]),
    ("postLiveFrame", "/live/streams/{n}/frames", r#"{"type":"ping"}"#, [401, 404, 404, 404, 404]),
    ("signOut", "/session", "", [401, 204, 204, 204, 204]),
];

fn new_id() -> String {
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now()).to_string()
}

fn caller(server: &Server, name: &str) -> Client {
    match name {
        "nobody" => server.nobody("city"),
        "clinics" => server.client_of("clinics", "admin"),
        _ => server.client(name),
    }
}

/// Real ids for the placeholders.
async fn props(server: &Server) -> BTreeMap<&'static str, String> {
    let (aiko, admin) = (server.client("aiko"), server.client("admin"));
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let room = aiko.post_ok("/rooms", json!({ "kind": "group", "title": "署", "memberIds": [server.id("kenji")] })).await;
    let room = text(&room["id"]);
    let sent = aiko.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "text": "署員へ" })).await;
    let brought = aiko.request(Method::POST, "/files").body("氏名,電話");
    let (_, file) = aiko.send(brought).await;
    let shows = json!({ "clientId": new_id(), "attachmentIds": [file["id"]] });
    aiko.post_ok(&format!("/rooms/{room}/messages"), shows).await;
    let to_all = json!({ "clientId": new_id(), "roomIds": [room], "text": "署員各位" });
    let broadcast = aiko.post_ok("/broadcasts", to_all).await;
    let later = server.clock.now().plus(Duration::from_secs(3600)).to_string();
    let waits = json!({ "sendAt": later, "message": { "clientId": new_id(), "text": "朝に" } });
    let scheduled = aiko.post_ok(&format!("/rooms/{room}/scheduledMessages"), waits).await;
    aiko.post_ok(&format!("/rooms/{room}/notes"), json!({ "clientId": new_id(), "title": "署員へ" })).await;
    let comment = json!({ "clientId": new_id(), "text": "了解" });
    let comment = aiko.post_ok(&format!("/rooms/{room}/notes/1/comments"), comment).await;
    aiko.post_ok(&format!("/rooms/{room}/albums"), json!({ "clientId": new_id(), "title": "訓練" })).await;
    let group = admin.post_ok("/groups", json!({ "name": "係", "userIds": [server.id("mei")] })).await;
    let grant = admin.post_ok("/grants", json!({ "userId": server.id("mayor"), "role": "tenantAdmin" })).await;
    let sessions = server.client("mei").get_ok("/sessions").await;
    BTreeMap::from([
        ("{room}", room),
        ("{seq}", sent["seq"].to_string()),
        ("{file}", text(&file["id"])),
        ("{comment}", text(&comment["id"])),
        ("{broadcast}", text(&broadcast["id"])),
        ("{later}", later),
        ("{scheduled}", text(&scheduled["id"])),
        ("{group}", text(&group["id"])),
        ("{grant}", text(&grant["id"])),
        ("{session}", text(&sessions["items"][0]["id"])),
        ("{mei}", server.id("mei")),
        ("{gate}", server.id("gate")),
        ("{actor}", server.cast.actor("asa").to_owned()),
        ("{unit}", server.cast.unit("affairs").to_owned()),
    ])
}

async fn call(client: &Client, method: &Method, path: &str, body: &str) -> u16 {
    let request = client.request(method.clone(), path);
    let request = match body {
        "" => request,
        json if json.starts_with('{') => request.header("content-type", "application/json").body(json.to_owned()),
        csv => request.header("content-type", "text/csv").body(csv.to_owned()),
    };
    client.send(request).await.0
}

testkit::both! {
    async fn every_operation_answers_everybody_as_the_table_says(server: Server) {
        let document = server.nobody("city").get_ok("/openapi.json").await;
        let mut methods: BTreeMap<String, Method> = BTreeMap::new();
        for operations in document["paths"].as_object().unwrap().values() {
            for (method, operation) in operations.as_object().unwrap() {
                if let Some(id) = operation["operationId"].as_str() {
                    methods.insert(id.to_owned(), method.to_uppercase().parse().unwrap());
                }
            }
        }
        let listed: BTreeSet<&str> = TABLE.iter().map(|(id, ..)| *id).collect();
        let there: BTreeSet<&str> = methods.keys().map(String::as_str).collect();
        assert_eq!(listed, there, "each operation of the document stands in the table, and nothing else");

        let backend = server.backend();
        let mut wrong = Vec::new();
        for (id, path, body, expected) in TABLE {
            // On data of its own, so that no operation undoes another's ground.
            let server = Server::start(backend).await;
            let props = props(&server).await;
            let mut answered = [0; 5];
            for (at, name) in CALLERS.iter().enumerate() {
                let fill = |text: &str| props.iter().fold(text.replace("{n}", &new_id()), |text, (mark, value)| text.replace(mark, value));
                answered[at] = call(&caller(&server, name), &methods[*id], &fill(path), &fill(body)).await;
            }
            if answered != *expected {
                wrong.push(format!("{id}: {CALLERS:?} got {answered:?}, not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
