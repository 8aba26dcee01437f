//! The common search, on both databases: what is found, by whom, and how soon.

mod asked;
mod fresh;
mod notes;
mod rights;
mod sets;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Server};

use super::new_id;

/// What is written must be found within a second; a busy machine is given some more.
const PATIENCE: Duration = Duration::from_secs(10);

async fn room(server: &Server, by: &str, title: &str, others: &[&str]) -> String {
    let ids: Vec<String> = others.iter().map(|login| server.id(login)).collect();
    let made = server.client(by).post_ok("/rooms", json!({ "kind": "group", "title": title, "memberIds": ids })).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn say(client: &Client, room: &str, text: &str) -> Value {
    client.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "text": text })).await
}

async fn ask(client: &Client, asked: &[(&str, &str)]) -> (u16, Value) {
    client.send(client.request(Method::GET, "/search").query(asked)).await
}

async fn found(client: &Client, asked: &[(&str, &str)]) -> Value {
    let (status, answer) = ask(client, asked).await;
    assert_eq!(status, 200, "{asked:?}: {answer}");
    answer
}

/// The texts of all messages found, newest first, however many pages they fill.
async fn texts(client: &Client, asked: &[(&str, &str)]) -> Vec<String> {
    let (mut texts, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut asked = asked.to_vec();
        if !cursor.is_empty() {
            asked.push(("cursor", &cursor));
        }
        let answer = found(client, &asked).await;
        texts.extend(answer["items"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap().to_owned()));
        match answer["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return texts,
        }
    }
}

/// Waits until a room's log is read up to its end: until a word that is said now is found.
async fn settle(client: &Client, room: &str) {
    let mark = new_id();
    say(client, room, &mark).await;
    let asked = [("q", mark.as_str()), ("in", "messages")];
    let since = Instant::now();
    while found(client, &asked).await["items"].as_array().unwrap().is_empty() {
        assert!(since.elapsed() < PATIENCE, "what was said is not found");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
