//! A disk that is full, and one that can't be synced, under the program on SQLite: writes are refused, reads go on, and nothing
//! that was acknowledged is gone. On PostgreSQL the same is the database's affair, which then refuses (`faults.rs`).
//!
//! After a failed sync the kernel takes what it could not write for written, so that trying the sync again proves nothing.
//! The write-ahead log needs no such try: what it could not make durable is not counted as part of it, and the next commit
//! writes it over. Until then the frames of the refused commit lie in the file, and a start may find them whole and take them
//! for committed; whoever was refused and sends again is then answered with that message, by its client id.

use std::ffi::OsString;
use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Backend, Client, Process, Server, Socket};

use super::crowd::{Crowd, Scene};
use super::tab::View;
use super::{at_length, ensure_sound, irori, new_id};

const FAULTS: [&str; 2] = ["full", "unsynced"];

/// A server whose data lies on a disk that can fail.
struct Fragile {
    scene: Scene,
    process: Process,
    control: PathBuf,
    _beside: tempfile::TempDir,
}

impl Fragile {
    async fn start() -> Self {
        let scene = Scene::set(Server::start(Backend::Sqlite).await).await;
        let beside = tempfile::tempdir().unwrap();
        let control = beside.path().join("fault");
        // Cargo puts it beside the tests that depend on it.
        let library = std::env::current_exe().unwrap().with_file_name("libfaultdisk.so");
        assert!(library.is_file(), "there is no {}", library.display());
        let variables = [
            ("LD_PRELOAD", OsString::from(library)),
            ("FAULTDISK_FOLDER", scene.data.folder().unwrap().into()),
            ("FAULTDISK_CONTROL", control.clone().into()),
        ];
        let process = Process::start_in(irori(), &scene.data.arguments(), &variables).await;
        Self { scene, process, control, _beside: beside }
    }

    fn clients(&self) -> [Client; 2] {
        self.scene.clients(&format!("http://{}", self.process.address))
    }

    fn fails(&self, fault: &str) {
        // At once or not at all, for the server may read it at this very moment.
        let written = self.control.with_extension("new");
        std::fs::write(&written, fault).unwrap();
        std::fs::rename(written, &self.control).unwrap();
    }

    fn works(&self) {
        std::fs::remove_file(&self.control).unwrap();
    }
}

fn sends(room: &str, id: &str) -> (String, Value) {
    (format!("/rooms/{room}/messages"), json!({ "clientId": id, "text": id }))
}

async fn send(client: &Client, room: &str, id: &str) -> i64 {
    let (path, body) = sends(room, id);
    client.post_ok(&path, body).await["seq"].as_i64().unwrap()
}

/// Refused in words, and with when to try again.
async fn ensure_refused(client: &Client, method: Method, path: &str, body: &Value) {
    let answer = client.request(method, path).json(body).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].as_bytes()), (503, &b"1"[..]), "{path}");
    let problem: Value = answer.json().await.unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.starts_with("ただいま利用できません。少し待ってからお試しください。"), "{detail}");
}

/// All that can be refused is, and all that can be read is read: what was there before, and nothing else.
async fn ensure_only_reads(clients: &[Client; 2], room: &str, kept: i64, refused: &[String]) {
    let [aiko, kenji] = clients;
    let before = View::fetch(kenji, room).await.expect("it can be read").messages;
    let mut socket = Socket::connect(kenji).await;
    for id in refused {
        let (path, body) = sends(room, id);
        ensure_refused(aiko, Method::POST, &path, &body).await;
        let frame = json!({ "type": "send", "ref": id, "roomId": room, "clientId": id, "text": id });
        socket.send(frame).await;
        let error = socket.expect("error").await;
        assert_eq!((&error["ref"], &error["problem"]["status"]), (&json!(id), &json!(503)));
    }
    let edit = json!({ "text": "訂正" });
    ensure_refused(aiko, Method::PATCH, &format!("/rooms/{room}/messages/{kept}"), &edit).await;
    assert_eq!(View::fetch(kenji, room).await.expect("reads go on").messages, before, "nothing refused is seen");
    let told = socket.settled().await;
    assert!(told.iter().all(|frame| frame["type"] != "message"), "nor told: {told:?}");
}

/// By the ids that were refused: each is there now, and once.
async fn ensure_taken_once(clients: &[Client; 2], room: &str, kept: (i64, &str), refused: &[String]) {
    let [aiko, kenji] = clients;
    for id in refused {
        send(aiko, room, id).await;
    }
    let stored = View::fetch(kenji, room).await.unwrap().messages;
    let ids: Vec<&str> = stored.values().filter_map(|message| message["clientId"].as_str()).collect();
    for id in refused.iter().map(String::as_str).chain([kept.1]) {
        assert_eq!(ids.iter().filter(|there| **there == id).count(), 1, "{id}");
    }
    assert_eq!(stored[&kept.0]["clientId"], kept.1, "what was acknowledged is where it was");
    assert!(stored.keys().copied().eq(1..=i64::try_from(stored.len()).unwrap()), "no seq is missing");
}

/// `killed`: the fault ends with the process, else by itself.
async fn story(fault: &str, killed: bool) {
    let mut server = Fragile::start().await;
    let (room, arguments) = (server.scene.room.clone(), server.scene.data.arguments());
    let clients = server.clients();
    let id = new_id();
    let kept = send(&clients[0], &room, &id).await;
    let refused = [new_id(), new_id(), new_id()];
    server.fails(fault);
    ensure_only_reads(&clients, &room, kept, &refused).await;
    if killed {
        let address = server.process.address;
        server.process.kill();
        server.process = Process::start_at(irori(), &arguments, address).await;
    } else {
        server.works();
    }
    ensure_taken_once(&clients, &room, (kept, &id), &refused).await;
    server.process.kill();
    ensure_sound(&arguments);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_refuses_what_is_written_until_it_is_not() {
    story("full", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_cannot_be_synced_refuses_what_is_written_until_it_can() {
    story("unsynced", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_after_a_full_disk_finds_all_that_was_acknowledged() {
    story("full", true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_after_a_disk_that_could_not_be_synced_finds_all_that_was_acknowledged() {
    story("unsynced", true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_again_and_again_under_load_loses_nothing() {
    let server = Fragile::start().await;
    let crowd = Crowd::gather(server.clients(), &server.scene.room).await;
    for n in 0..at_length("IRORI_DISK_FAULTS", 10) {
        rest(60).await;
        server.fails(FAULTS[usize::from(n % 2 == 1)]);
        rest(40).await;
        server.works();
    }
    let (written, _) = crowd.ensure_whole().await;
    println!("a disk that failed again and again: {written} messages whole");
    server.process.kill();
    ensure_sound(&server.scene.data.arguments());
}

async fn rest(millis: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
}
