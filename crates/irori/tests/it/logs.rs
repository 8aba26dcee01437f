//! The log tells which request did what and how it went, and never what people wrote, who they are, or what opens a door:
//! however much it is told to say.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Backend, Client, Data, PASSWORD, Process, Server, Socket};

use super::new_id;

const TEXT: &str = "堤防が切れそうです";
const UNSENT: &str = "送れなかった言葉";
const TITLE: &str = "秘密の部屋";
const NAME: &str = "灯台 もとこ";
const WRONG: &str = "a wrong password of mine";
const LINK: &str = "a-guessed-setup-link";

/// What was done: the ids of its requests, and all that must not be told.
struct Story {
    ids: Vec<String>,
    secrets: Vec<String>,
}

/// Answers, refusals and a socket, all with secrets in them.
async fn story(origin: &str, cast: &testkit::Cast) -> Story {
    let nobody = Client::new(origin, "city", None);
    let signed_in = nobody.post_ok("/session", json!({ "loginId": "kenji", "password": PASSWORD })).await;
    let token = signed_in["token"].as_str().unwrap().to_owned();
    let kenji = Client::new(origin, "city", Some(token.clone()));
    let room =
        kenji.post_ok("/rooms", json!({ "kind": "group", "title": TITLE, "memberIds": [cast.person("city", "mei").id] })).await;
    let (room, client_id) = (room["id"].as_str().unwrap().to_owned(), new_id());
    let send = |text: &str| {
        kenji.request(Method::POST, &format!("/rooms/{room}/messages")).json(&json!({ "clientId": client_id, "text": text }))
    };

    let named = send(TEXT).header("x-request-id", "named-by-the-proxy").send().await.unwrap();
    assert_eq!(named.status(), 201);
    assert_eq!(named.headers()["x-request-id"], "named-by-the-proxy");
    let mut ids = vec!["named-by-the-proxy".to_owned()];
    let refused = [
        nobody.request(Method::POST, "/session").json(&json!({ "loginId": "kenji", "password": WRONG })),
        send(&format!("{UNSENT}\0")),
        kenji.request(Method::GET, &format!("/rooms/{UNSENT}")),
        kenji.request(Method::GET, &format!("/users?nonsense={UNSENT}")),
        Client::new(origin, "city", Some(format!("{token}x"))).request(Method::GET, "/me"),
        reqwest::Client::new().post(format!("{origin}/setup")).json(&json!({
            "token": LINK, "tenantName": "x", "tenantTitle": "x", "loginId": "x", "name": NAME, "password": PASSWORD,
        })),
    ];
    for request in refused {
        let answer = request.send().await.unwrap();
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["status"].as_u64().unwrap() >= 400 && problem["requestId"] == id, "{problem}");
        ids.push(id);
    }
    assert_eq!(kenji.get(&format!("/users?q={NAME}")).await.0, 200);

    let mut socket = Socket::connect(&kenji).await;
    socket.send(json!({ "type": "send", "ref": 1, "roomId": room, "clientId": new_id(), "text": TEXT })).await;
    socket.expect("ack").await;
    socket.send(json!({ "type": "send", "ref": 2, "roomId": room, "clientId": new_id(), "text": format!("{UNSENT}\0") })).await;
    socket.expect("error").await;
    let admin = Client::new(origin, "city", Some(cast.person("city", "admin").token.clone()));
    admin.post_ok("/users", json!({ "loginId": "lighthouse", "name": NAME })).await;

    let plain = [TEXT, UNSENT, TITLE, NAME, WRONG, LINK, PASSWORD, "lighthouse"];
    let encoded = [UNSENT, NAME].map(|text| text.bytes().map(|byte| format!("%{byte:02X}")).collect());
    Story { ids, secrets: plain.into_iter().map(str::to_owned).chain(encoded).chain([token]).collect() }
}

/// Each line of the log.
fn lines(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

fn span<'a>(line: &'a Value, name: &str) -> Option<&'a Value> {
    line["spans"].as_array()?.iter().find(|span| span["name"] == name)
}

async fn told(backend: Backend) {
    let server = Server::start(backend).await;
    let cast = server.cast.clone();
    let (data, folder): (Data, _) = (server.into_data().await, tempfile::tempdir().unwrap());
    let log = folder.path().join("log");
    let arguments = [&data.arguments()[..], &["--slow-statement-ms".to_owned(), "0".to_owned()]].concat();
    let process = Process::start_telling(Path::new(env!("CARGO_BIN_EXE_irori")), &arguments, &log).await;
    let Story { ids, secrets } = story(&format!("http://{}", process.address), &cast).await;
    process.ask_to_stop();
    assert!(process.ended().await);

    let lines = lines(&log);
    let answered: Vec<_> = lines.iter().filter(|line| line["message"] == "answered").collect();
    for id in &ids {
        let of_it = answered.iter().filter(|line| span(line, "request").is_some_and(|span| span["id"] == *id)).count();
        assert_eq!(of_it, 1, "one line for {id}");
    }
    let send = answered.iter().find(|line| span(line, "request").unwrap()["id"] == "named-by-the-proxy").unwrap();
    let request = span(send, "request").unwrap();
    assert_eq!((&send["status"], &request["method"], &request["tenant"]), (&json!(201), &json!("POST"), &json!("city")));
    assert_eq!(request["route"], "/{tenant}/api/v1/rooms/{roomId}/messages");
    assert!(send["ms"].is_number(), "{send}");
    let refused_frame = lines.iter().find(|line| line["message"] == "a frame was refused").expect("it is told");
    let socket = lines.iter().find(|line| line["message"] == "a socket is open").expect("it is told");
    assert_eq!(span(refused_frame, "connection").unwrap()["id"], socket["connection"]);
    assert!(span(socket, "request").is_some(), "which request opened it");

    let slow: Vec<_> = lines.iter().filter(|line| line["message"] == "a slow statement").collect();
    assert!((1..=40).contains(&slow.len()), "bounded a minute: {}", slow.len());
    assert!(slow.iter().all(|line| line["statement"].is_string() && line["text"].is_string() && line["rows"].is_u64()));
    let all = std::fs::read_to_string(&log).unwrap();
    for secret in &secrets {
        assert!(!all.contains(secret.as_str()), "{secret} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_finds_requests_and_keeps_secrets_on_sqlite() {
    told(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_finds_requests_and_keeps_secrets_on_postgres() {
    told(Backend::Postgres).await;
}
