//! A tab that may or may not be in the room: it folds what its socket brings, and fetches afresh when it must.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Client, Socket};

use super::plain::Seen;
use crate::tab::View;

/// How long a frame is waited for that should come.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Tab {
    client: Client,
    room: String,
    socket: Option<Socket>,
    /// None: not in the room, as far as it knows.
    view: Option<View>,
    visible_from: Option<i64>,
}

impl Tab {
    pub fn new(client: Client, room: &str) -> Self {
        Self { client, room: room.to_owned(), socket: None, view: None, visible_from: None }
    }

    /// Comes with what it holds, and hears what it missed.
    pub async fn come(&mut self) {
        let mut socket = Socket::open(&self.client).await.expect("it is let in");
        socket.hello(self.view.as_ref().map_or(json!({}), |view| view.holds(&self.room))).await;
        loop {
            let frame = socket.next().await.expect("it is greeted");
            self.take(&frame).await;
            if frame["type"] == "ready" {
                break;
            }
        }
        self.socket = Some(socket);
    }

    /// Goes, hearing first what is there to be heard or not.
    pub async fn leave(&mut self, unheard: bool) {
        let Some(mut socket) = self.socket.take() else { return };
        if !unheard {
            for frame in socket.settled().await {
                self.take(&frame).await;
            }
        }
    }

    /// Comes where it is not there, and hears on until it holds this, or nothing more is told; what it holds then.
    pub async fn hear(&mut self, expected: &BTreeMap<i64, Seen>) -> BTreeMap<i64, Seen> {
        if self.socket.is_none() {
            self.come().await;
        }
        while self.holds() != *expected {
            let frame = match &mut self.socket {
                Some(socket) => socket.next_within(PATIENCE).await,
                None => None,
            };
            let Some(frame) = frame else { break };
            self.take(&frame).await;
        }
        self.holds()
    }

    fn holds(&self) -> BTreeMap<i64, Seen> {
        self.view.iter().flat_map(|view| &view.messages).map(|(seq, message)| (*seq, seen(message))).collect()
    }

    async fn take(&mut self, frame: &Value) {
        let about_it = frame["type"] == "room" && frame["room"]["id"] == *self.room;
        if about_it && frame["room"]["gone"] == true {
            (self.view, self.visible_from) = (None, None);
            return;
        }
        let from = frame["room"]["visibleFromSeq"].as_i64();
        let shown_otherwise = about_it && (self.view.is_none() || (from.is_some() && from != self.visible_from));
        let stale = self.view.as_mut().is_some_and(|view| !view.take(&self.room, frame));
        if shown_otherwise || stale {
            self.fetch().await;
        }
    }

    async fn fetch(&mut self) {
        let (_, room) = self.client.get(&format!("/rooms/{}", self.room)).await;
        self.visible_from = room["visibleFromSeq"].as_i64();
        self.view = View::fetch(&self.client, &self.room).await;
    }
}

fn seen(message: &Value) -> Seen {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let reactions = message["reactions"].as_array().into_iter().flatten().map(|reaction| {
        let those = reaction["userIds"].as_array().into_iter().flatten().filter_map(text).collect();
        (text(&reaction["emoji"]).unwrap_or_default(), those)
    });
    Seen {
        sender: text(&message["senderId"]).filter(|_| message["kind"] == "text"),
        text: text(&message["text"]).unwrap_or_default(),
        recalled: !message["recalledAt"].is_null(),
        reactions: reactions.collect(),
    }
}
