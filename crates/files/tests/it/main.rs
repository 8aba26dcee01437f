//! What people rely on when they send photos and files, through HTTP, on both databases.

mod rights;
mod s3;
mod scanner;
mod sending;
mod store;
mod sweep;
mod tus;
mod what_they_are;

use kernel::{Clock as _, Random as _};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Server};

/// A group room of these people, made by the first.
async fn room_of(server: &Server, people: &[&str]) -> String {
    let others: Vec<String> = people[1..].iter().map(|login| server.id(login)).collect();
    let body = json!({ "kind": "group", "title": "水位監視", "memberIds": others });
    text(&server.client(people[0]).post_ok("/rooms", body).await["id"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn new_id() -> String {
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now()).to_string()
}

/// Brings a file at once.
async fn bring(client: &Client, name: &str, bytes: &[u8]) -> (u16, Value) {
    let disposition = format!("attachment; filename=\"{name}\"");
    let request = client.request(Method::POST, "/files").header("content-type", "application/octet-stream");
    let request =
        request.header("content-disposition", reqwest::header::HeaderValue::from_bytes(disposition.as_bytes()).unwrap());
    client.send(request.body(bytes.to_vec())).await
}

async fn brought(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let (status, file) = bring(client, name, bytes).await;
    assert_eq!(status, 201, "{file}");
    file
}

/// Sends files without words.
async fn show(client: &Client, room: &str, files: &[&Value]) -> Value {
    let ids: Vec<_> = files.iter().map(|file| file["id"].clone()).collect();
    client.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": new_id(), "attachmentIds": ids })).await
}

fn address(file: &Value) -> String {
    format!("/files/{}", file["id"].as_str().unwrap())
}

/// A file's bytes, as somebody gets them.
async fn fetched(client: &Client, path: &str) -> (u16, Vec<u8>) {
    let answer = client.request(Method::GET, path).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

/// A picture of so many pixels, as PNG.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// How many objects lie in a server's folder of files.
fn objects(server: &Server) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }
    let tenants = std::fs::read_dir(server.data().files_folder().join("tenants")).into_iter().flatten().flatten();
    tenants.map(|tenant| count(&tenant.path().join("files"))).sum()
}
