//! SIGTERM: sockets are told to come back, and what was read is not forgotten.

use serde_json::json;
use testkit::{Backend, Client, Process, Server, Socket};

use super::{irori, new_id};

async fn story(backend: Backend) {
    let server = Server::start(backend).await;
    let aiko = server.client("aiko");
    let room = aiko.post_ok("/rooms", json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] })).await;
    let room = room["id"].as_str().unwrap().to_owned();
    let say = async |text: &str| {
        let body = json!({ "clientId": new_id(), "text": text });
        aiko.post_ok(&format!("/rooms/{room}/messages"), body).await["seq"].clone()
    };
    let (first, second) = (say("一").await, say("二").await);
    let token = server.person("kenji").token.clone();
    let data = server.into_data().await;
    let arguments = data.arguments();

    let process = Process::start(irori(), &arguments).await;
    let (address, origin) = (process.address, format!("http://{}", process.address));
    let kenji = Client::new(&origin, "city", Some(token));
    let mut socket = Socket::connect(&kenji).await;
    for seq in [first, second.clone()] {
        socket.send(json!({ "type": "read", "roomId": room, "seq": seq })).await;
    }
    socket.settled().await;
    process.ask_to_stop();
    assert_eq!(socket.closed().await, Some(1012));
    assert!(process.ended().await, "it ends well");

    let process = Process::start_at(irori(), &arguments, address).await;
    assert_eq!(kenji.get_ok(&format!("/rooms/{room}")).await["readSeq"], second);
    process.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_loses_nothing_on_sqlite() {
    story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_loses_nothing_on_postgres() {
    story(Backend::Postgres).await;
}
