//! The server that runs, asked at the address where it listens.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use http_body_util::{BodyExt as _, Limited};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use kernel::Time;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::measures::{self, Measures};
use super::{Finding, Level};
use crate::config::Settings;
use crate::server::reachable;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer: some hundred series.
const ANSWER_BYTES: usize = 8 * 1024 * 1024;

pub async fn look(settings: &Settings, now: Time) -> Vec<Finding> {
    let address = reachable(settings.listen);
    let health = health(address, &get(address, "/healthz").await);
    if health.level != Level::Good {
        return vec![health];
    }
    let mut findings = vec![health];
    match get(settings.metrics_listen.map_or(address, reachable), "/metrics").await {
        Ok((200, text)) => findings.extend(measures::judge(&Measures::read(&text), now)),
        _ => findings.push(Finding::new(
            Level::Caution,
            "サーバーの数値（/metrics）を読めません。サーバーと同じ機械で、同じ設定（--metrics-listen など）で実行してください",
            "/metrics can't be read: run this on the server's machine, with its settings (--metrics-listen)",
        )),
    }
    findings
}

fn health(address: SocketAddr, answer: &Result<(u16, String), NoAnswer>) -> Finding {
    let (level, ja, en) = match answer {
        Ok((200, _)) => (Level::Good, "は動いています", "is ready"),
        Ok(_) => (
            Level::Fault,
            "は動いていますが、応じる準備ができていません。ログの ERROR の行を見てください",
            "is not ready: look for ERROR in the log",
        ),
        Err(NoAnswer::Closed) => (
            Level::Caution,
            "は動いていません。動いているはずなら: systemctl status irori。止めてあるなら --stopped を付けてください",
            "does not run: systemctl status irori; if it is stopped, say --stopped",
        ),
        Err(NoAnswer::Broken) => (
            Level::Fault,
            "が応じません。systemctl restart irori で再起動し、ログの ERROR の行を見てください",
            "does not answer: restart it, and look for ERROR in the log",
        ),
    };
    Finding::new(level, format!("サーバー（{address}）{ja}"), format!("the server at {address} {en}"))
}

enum NoAnswer {
    /// Nobody listens there.
    Closed,
    /// Somebody does, and says nothing of use.
    Broken,
}

async fn get(address: SocketAddr, path: &str) -> Result<(u16, String), NoAnswer> {
    timeout(PATIENCE, ask(address, path)).await.unwrap_or(Err(NoAnswer::Broken))
}

async fn ask(address: SocketAddr, path: &str) -> Result<(u16, String), NoAnswer> {
    let stream = TcpStream::connect(address).await.map_err(|_| NoAnswer::Closed)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer::Broken)?;
    tokio::spawn(connection);
    let request = Request::get(path).header("host", address.to_string()).body(Body::empty()).map_err(|_| NoAnswer::Broken)?;
    let answer = sender.send_request(request).await.map_err(|_| NoAnswer::Broken)?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), ANSWER_BYTES).collect().await.map_err(|_| NoAnswer::Broken)?;
    Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
}
