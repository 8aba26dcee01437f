//! What people rely on in the directory, through HTTP, on both databases.

mod actors;
mod audit;
mod grants;
mod groups;
mod import;
mod limits;
mod password;
mod sessions;
mod sign_in;
mod tenant_settings;
mod units;
mod users;

use serde_json::Value;
use testkit::Client;
use uuid::Uuid;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The rows of a list.
fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap_or_else(|| panic!("no list: {page}")).clone()
}

/// A client id, as our clients make them.
fn new_id() -> Uuid {
    use kernel::{Clock as _, Random as _};
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now())
}

/// PATCH with the state that it is meant for; the status, the answer and its `ETag`.
async fn patch_if(client: &Client, path: &str, etag: &str, body: Value) -> (u16, Value) {
    client.send(client.request(reqwest::Method::PATCH, path).header("if-match", etag).json(&body)).await
}

/// The `ETag` that a change answers with.
async fn etag_after(client: &Client, path: &str, body: Value) -> String {
    let answer = client.request(reqwest::Method::PATCH, path).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.headers()["etag"].to_str().unwrap().to_owned()
}

/// The same creation three times at once: each gives the same thing, whose id it is.
async fn thrice(client: &Client, path: &str, body: Value) -> String {
    let (a, b, c) =
        tokio::join!(client.post(path, body.clone()), client.post(path, body.clone()), client.post(path, body.clone()));
    for answer in [&a, &b, &c] {
        assert_eq!(answer.0, 201, "{path}: {}", answer.1);
        assert_eq!(answer.1["id"], a.1["id"], "{path}");
    }
    text(&a.1["id"])
}
