//! What people rely on in talk, through HTTP and sockets, on both databases.

mod albums;
mod audit;
mod broadcasts;
mod cards;
mod creations;
mod history;
mod links;
mod memo;
mod messages;
mod notes;
mod reads;
mod reminders;
mod rooms;
mod scheduled;
mod search;
mod stickers;
mod streams;
mod together;
mod web;

use serde_json::{Value, json};
use testkit::{Client, Server};
use uuid::Uuid;

/// A group room of these people, made by the first.
async fn room_of(server: &Server, people: &[&str]) -> String {
    let others: Vec<String> = people[1..].iter().map(|login| server.id(login)).collect();
    let body = json!({ "kind": "group", "title": "水位監視", "memberIds": others, "clientId": new_id() });
    text(&server.client(people[0]).post_ok("/rooms", body).await["id"])
}

/// A direct room of the two, and its id.
async fn direct_room(server: &Server, one: &str, other: &str) -> String {
    let body = json!({ "kind": "direct", "memberIds": [server.id(other)] });
    text(&server.client(one).post_ok("/rooms", body).await["id"])
}

/// Sends a message; gives it back.
async fn say(client: &Client, room: &str, words: &str) -> Value {
    client.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "text": words })).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The texts of a room as somebody sees it, without system lines.
async fn texts(client: &Client, room: &str) -> Vec<String> {
    let page = client.get_ok(&format!("/rooms/{room}/messages?limit=200")).await;
    let items = page["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter(|message| message["kind"] == "text").map(|message| text(&message["text"])).collect()
}

/// A client id, as our clients make them.
fn new_id() -> Uuid {
    use kernel::{Clock as _, Random as _};
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now())
}
