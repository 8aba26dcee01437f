//! The database is away: whoever asks is told so and when to come back, nothing is half-written, and all goes on by itself.
//!
//! On SQLite the database is a disk (`disk.rs`).

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Backend, Client, Network, Process, Server, Socket};

use super::crowd::{Crowd, Scene};
use super::{at_length, irori, new_id};

/// Refused in words, and with when to try again.
async fn ensure_away(client: &Client, method: Method, path: &str, body: &Value) {
    let answer = client.request(method, path).json(body).send().await.unwrap();
    let again = answer.headers().get("retry-after").cloned();
    let (status, problem) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
    assert_eq!((status, again.as_ref().map(reqwest::header::HeaderValue::as_bytes)), (503, Some(&b"1"[..])), "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.starts_with("ただいま利用できません。少し待ってからお試しください。"), "{detail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_comes_back_by_itself() {
    let scene = Scene::set(Server::start(Backend::Postgres).await).await;
    let network = Network::to(scene.data.server().expect("a database on a server")).await;
    let process = Process::start(irori(), &scene.data.arguments_by_way_of(network.address)).await;
    let [aiko, kenji] = scene.clients(&format!("http://{}", process.address));
    let mut socket = Socket::connect(&kenji).await;
    let crowd = Crowd::gather([aiko.clone(), kenji.clone()], &scene.room).await;
    for _ in 0..20 {
        socket.expect("message").await;
    }

    network.cut().await;
    let (path, ids) = (format!("/rooms/{}/messages", scene.room), [new_id(), new_id()]);
    let (began, long) = (Instant::now(), Duration::from_millis(at_length("IRORI_AWAY_MILLIS", 1_000)));
    let mut asked = 0;
    while began.elapsed() < long {
        for id in &ids {
            ensure_away(&aiko, Method::POST, &path, &json!({ "clientId": id, "text": id })).await;
        }
        ensure_away(&kenji, Method::GET, &path, &json!({})).await;
        asked += 1;
    }
    // Who is live stays so, and is answered.
    socket.send(json!({ "type": "send", "ref": "away", "roomId": scene.room, "clientId": ids[0], "text": ids[0] })).await;
    assert_eq!(socket.expect("error").await["problem"]["status"], 503);
    socket.settled().await;

    network.mend().await;
    let (written, _) = crowd.ensure_whole().await;
    for id in &ids {
        aiko.post_ok(&path, json!({ "clientId": id, "text": id })).await;
        while socket.expect("message").await["message"]["clientId"] != *id {}
    }
    println!("the database was away for {long:?}: asked {asked} times, {written} messages whole");
}
