//! A tab as our client has it: it holds one room, and comes back with what it holds.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Client, Socket};
use tokio::sync::watch;

/// What a tab holds of the room: its rev, and messages by seq.
pub struct View {
    rev: i64,
    pub messages: BTreeMap<i64, Value>,
}

impl View {
    /// As a tab fetches a room afresh; none while the server is away.
    pub async fn fetch(client: &Client, room: &str) -> Option<Self> {
        // First the rev: what comes after it is told again.
        let rev = get(client, &format!("/rooms/{room}")).await?["rev"].as_i64()?;
        let mut view = Self { rev, messages: BTreeMap::new() };
        loop {
            let after = view.messages.keys().last().copied().unwrap_or(0);
            let page = get(client, &format!("/rooms/{room}/messages?limit=200&afterSeq={after}")).await?;
            for message in page["items"].as_array()? {
                view.hold(message);
            }
            if page["hasAfter"] != true {
                return Some(view);
            }
        }
    }

    fn hold(&mut self, message: &Value) {
        let (seq, rev) = (message["seq"].as_i64().expect("a seq"), message["rev"].as_i64().expect("a rev"));
        if self.messages.get(&seq).is_some_and(|held| held["rev"].as_i64() >= Some(rev)) {
            return;
        }
        let mut message = message.clone();
        // Counted for whoever asks, and no part of the message.
        message.as_object_mut().expect("a message").remove("readCount");
        self.messages.insert(seq, message);
    }

    /// What is said of it in a hello.
    pub fn holds(&self, room: &str) -> Value {
        let last = self.messages.keys().last().copied().unwrap_or(0);
        json!({ "rooms": { room: last }, "revs": { room: self.rev } })
    }

    /// Takes a frame in; false where the room must be fetched afresh.
    pub fn take(&mut self, room: &str, frame: &Value) -> bool {
        match frame["type"].as_str() {
            Some("message") if frame["message"]["roomId"] == room => self.hold(&frame["message"]),
            Some("reset") if frame["roomId"] == room => return false,
            Some("behind") if frame["heads"][room]["rev"].as_i64() > Some(self.rev) => return false,
            Some("room") if frame["room"]["id"] == room => {}
            _ => return true,
        }
        self.rev = self.rev.max(frame["rev"].as_i64().unwrap_or(0));
        true
    }
}

async fn get(client: &Client, path: &str) -> Option<Value> {
    client.request(reqwest::Method::GET, path).send().await.ok()?.error_for_status().ok()?.json().await.ok()
}

/// Takes in what a socket brings until it breaks, or the tab is to close. What is held then, none where it must be fetched
/// afresh; and whether it was live.
async fn follow(mut view: View, room: &str, mut socket: Socket, stop: &mut watch::Receiver<bool>) -> (Option<View>, bool) {
    let last = *stop.borrow();
    let mut live = false;
    while !(last && live) {
        let frame = tokio::select! {
            frame = socket.next() => frame,
            _ = stop.changed(), if !last => None,
        };
        let Some(frame) = frame else { break };
        if !view.take(room, &frame) {
            return (None, live);
        }
        live |= frame["type"] == "ready";
    }
    (Some(view), live)
}

/// Holds a socket, and comes back with what it holds whenever it breaks; once more when told to stop. The view, and how often
/// it was live.
pub async fn watch(client: Client, room: String, mut stop: watch::Receiver<bool>) -> (View, usize) {
    let (mut held, mut lives) = (None, 0);
    loop {
        let last = *stop.borrow_and_update();
        if held.is_none() {
            held = View::fetch(&client, &room).await;
        }
        if let Ok(mut socket) = Socket::open(&client).await
            && let Some(view) = held.take()
        {
            let told = socket.try_hello(view.holds(&room)).await;
            let (view, live) = if told { follow(view, &room, socket, &mut stop).await } else { (Some(view), false) };
            lives += usize::from(live);
            match view {
                Some(view) if last && live => return (view, lives),
                view => held = view,
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
