//! A live socket, as a tab holds one.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Client;

/// How long a frame is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open socket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one with the client's token, and says nothing yet.
    ///
    /// # Errors
    /// The status that refused it, 0 where there was none.
    pub async fn open(client: &Client) -> Result<Self, u16> {
        let mut request = client.live_url().into_client_request().expect("an address");
        if let Some(token) = client.token() {
            let value = format!("Bearer {token}").parse().expect("a token is plain text");
            request.headers_mut().insert("authorization", value);
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(_) => Err(0),
        }
    }

    /// Opens one that holds nothing yet, and waits until it is live.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn connect(client: &Client) -> Self {
        let mut socket = Self::open(client).await.expect("the socket opens");
        socket.hello(json!({})).await;
        socket.expect("ready").await;
        socket
    }

    /// Says what the tab holds: `{rooms, revs, reads, me}`, each left out where empty.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn hello(&mut self, holds: Value) {
        assert!(self.try_hello(holds).await, "the socket takes a hello");
    }

    /// As [`Self::hello`]; false where the server has gone meanwhile.
    pub async fn try_hello(&mut self, holds: Value) -> bool {
        let mut frame = json!({ "type": "hello" });
        for (name, value) in holds.as_object().into_iter().flatten() {
            frame[name] = value.clone();
        }
        self.try_send(frame).await
    }

    /// Sends a frame.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.expect("the socket takes a frame");
    }

    /// As [`Self::send`]; false where the server has gone meanwhile.
    pub async fn try_send(&mut self, frame: Value) -> bool {
        self.0.send(Message::text(frame.to_string())).await.is_ok()
    }

    /// Sends what is no frame.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.expect("the socket takes a message");
    }

    /// The next frame; none once the socket is closed, or when nothing comes for a while.
    pub async fn next(&mut self) -> Option<Value> {
        self.next_within(PATIENCE).await
    }

    /// As [`Self::next`], waiting this long.
    pub async fn next_within(&mut self, patience: Duration) -> Option<Value> {
        loop {
            match tokio::time::timeout(patience, self.0.next()).await.ok()?? {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                _ => return None,
            }
        }
    }

    /// The next frame of this type; others before it are passed over.
    ///
    /// # Panics
    /// When none comes.
    pub async fn expect(&mut self, kind: &str) -> Value {
        let mut passed = Vec::new();
        while let Some(frame) = self.next().await {
            if frame["type"] == kind {
                return frame;
            }
            passed.push(frame["type"].to_string());
        }
        panic!("no {kind} came, only {passed:?}");
    }

    /// Everything that has come by the time a ping sent now is answered: what is not in it was not sent.
    ///
    /// # Panics
    /// When the ping is not answered.
    pub async fn settled(&mut self) -> Vec<Value> {
        self.send(json!({ "type": "ping", "ref": "settled" })).await;
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.expect("a ping is answered");
            if frame["type"] == "pong" {
                return frames;
            }
            frames.push(frame);
        }
    }

    /// Waits until the server closes; with which code.
    pub async fn closed(&mut self) -> Option<u16> {
        while let Ok(Some(message)) = tokio::time::timeout(PATIENCE, self.0.next()).await {
            match message {
                Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
        None
    }
}
