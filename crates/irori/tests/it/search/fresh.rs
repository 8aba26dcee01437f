//! How soon it is found, and that nothing stays unfound: not after a stop, a kill, a lost index, or data put back from a copy.

use std::time::{Duration, Instant};

use testkit::{Backend, Client, Process, Server};

use super::super::irori;
use super::{PATIENCE, found, room, say, settle, texts};

testkit::both! {
    async fn what_is_sent_is_found_within_a_second(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        settle(&aiko, &room).await;
        let sent = Instant::now();
        say(&aiko, &room, "避難所を開設しました").await;
        until_found(&kenji, "避難", 1).await;
        let took = sent.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
    }

    async fn what_another_wrote_before_the_start_is_found(server: Server) {
        let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
        for n in 0..30 {
            say(&server.client("aiko"), &room, &format!("避難の{n}")).await;
        }
        let cast = server.cast.clone();
        let data = server.into_data().await;
        if let Some(folder) = data.folder() {
            // As an installation that is older than the search has none.
            for entry in std::fs::read_dir(folder.join("tenants")).unwrap().flatten() {
                let _ = std::fs::remove_file(entry.path().join("search.db"));
                let _ = std::fs::remove_file(entry.path().join("search.db-wal"));
            }
        }
        let server = Server::over(data, cast).await;
        let found = until_found(&server.client("kenji"), "避難", 30).await;
        assert_eq!((found[0].as_str(), found[29].as_str()), ("避難の29", "避難の0"));
    }
}

/// Waits until so many are found; their texts.
async fn until_found(client: &Client, q: &str, count: usize) -> Vec<String> {
    let since = Instant::now();
    loop {
        let texts = texts(client, &[("q", q), ("in", "messages")]).await;
        if texts.len() == count {
            return texts;
        }
        assert!(since.elapsed() < PATIENCE, "{} of {count} are found", texts.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Killed right after each answer, the index has read it or not; started again, it has.
async fn killed_in_between(backend: Backend) {
    let server = Server::start(backend).await;
    let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
    let token = server.client("aiko").token().unwrap().to_owned();
    let data = server.into_data().await;
    for n in 1..=5 {
        let process = Process::start(irori(), &data.arguments()).await;
        let aiko = Client::new(&format!("http://{}", process.address), "city", Some(token.clone()));
        if n > 1 {
            found(&aiko, &[("q", "避難")]).await;
        }
        say(&aiko, &room, "避難所を開設しました").await;
        tokio::time::sleep(Duration::from_millis(12 * n)).await;
        process.kill();
    }
    let process = Process::start(irori(), &data.arguments()).await;
    let aiko = Client::new(&format!("http://{}", process.address), "city", Some(token));
    until_found(&aiko, "避難", 5).await;
    process.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_between_on_sqlite() {
    killed_in_between(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_between_on_postgres() {
    killed_in_between(Backend::Postgres).await;
}

/// The tenant's data is put back from a copy that is older than the index: what was said since is gone, and other things are said in
/// its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_ahead_of_its_data_is_made_anew() {
    let server = Server::start(Backend::Sqlite).await;
    let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
    say(&server.client("aiko"), &room, "避難の一").await;
    settle(&server.client("aiko"), &room).await;
    let cast = server.cast.clone();
    let data = server.into_data().await;
    let tenants = data.folder().unwrap().join("tenants");
    let files = || {
        std::fs::read_dir(&tenants)
            .unwrap()
            .flatten()
            .flat_map(|tenant| ["data.db", "data.db-wal"].map(|name| tenant.path().join(name)))
    };
    let copies: Vec<_> = files().filter_map(|path| std::fs::read(&path).ok().map(|bytes| (path, bytes))).collect();
    let server = Server::over(data, cast.clone()).await;
    for _ in 0..5 {
        say(&server.client("aiko"), &room, "避難の幻").await;
    }
    settle(&server.client("aiko"), &room).await;
    let data = server.into_data().await;
    files().for_each(|path| drop(std::fs::remove_file(path)));
    copies.into_iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    let server = Server::over(data, cast).await;
    let aiko = server.client("aiko");
    until_found(&aiko, "避難", 1).await;
    say(&aiko, &room, "避難の二").await;
    assert_eq!(until_found(&aiko, "避難", 2).await, ["避難の二", "避難の一"]);
}
