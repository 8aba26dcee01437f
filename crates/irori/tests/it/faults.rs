//! A database that takes nothing more: what only reads goes on, and what waits is written once it takes it again.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Backend, Data, Server, Socket};
use tokio_postgres::NoTls;

use super::new_id;

/// Runs SQL beside the server, as the data's owner, in `city`'s data.
async fn meddle(data: &Data, sqlite: &str, on_postgres: &str) {
    if let Some(folder) = data.folder() {
        let file = rusqlite::Connection::open(folder.join("tenants/1/data.db")).unwrap();
        file.execute_batch(sqlite).unwrap();
    } else {
        let (client, connection) = tokio_postgres::connect(&data.owner().unwrap(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(on_postgres).await.unwrap();
    }
}

/// From now on no row of this table can be changed.
async fn fill_disk(data: &Data, table: &str) {
    let sqlite = format!("CREATE TRIGGER full_disk BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    let postgres = format!(
        "CREATE FUNCTION irori.full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$;
         CREATE TRIGGER full_disk BEFORE UPDATE ON irori.{table} FOR EACH ROW EXECUTE FUNCTION irori.full_disk()"
    );
    meddle(data, &sqlite, &postgres).await;
}

async fn clear_disk(data: &Data, table: &str) {
    let postgres = format!("DROP TRIGGER full_disk ON irori.{table}");
    meddle(data, "DROP TRIGGER full_disk", &postgres).await;
}

/// A group room of aiko and kenji with a message in it: the room, and the message's seq.
async fn room_with_a_message(server: &Server) -> (String, Value) {
    let aiko = server.client("aiko");
    let body = json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] });
    let room = aiko.post_ok("/rooms", body).await["id"].as_str().unwrap().to_owned();
    let body = json!({ "clientId": new_id(), "text": "読めますか" });
    let seq = aiko.post_ok(&format!("/rooms/{room}/messages"), body).await["seq"].clone();
    (room, seq)
}

testkit::both! {
    async fn a_full_disk_stops_no_reading(server: Server) {
        let (room, seq) = room_with_a_message(&server).await;
        let kenji = server.client("kenji");
        fill_disk(server.data(), "members").await;
        let (status, _) = kenji.post(&format!("/rooms/{room}/read"), json!({ "seq": seq })).await;
        assert!(status >= 500, "it takes no read: {status}");
        let mut socket = Socket::open(&kenji).await.unwrap();
        socket.hello(json!({ "reads": { room: seq } })).await;
        socket.expect("ready").await;
    }

    async fn a_session_is_known_although_its_use_cannot_be_noted(server: Server) {
        fill_disk(server.data(), "sessions").await;
        server.clock.advance(Duration::from_secs(3600));
        assert_eq!(server.client("kenji").get_ok("/me").await["loginId"], "kenji");
    }
}

// SQLite can't be told from outside to say that it is full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_waits_for_a_database_that_is_away() {
    let server = Server::start(Backend::Postgres).await;
    let (room, seq) = room_with_a_message(&server).await;
    let kenji = server.client("kenji");
    let mut socket = Socket::connect(&kenji).await;
    fill_disk(server.data(), "members").await;
    socket.send(json!({ "type": "read", "roomId": room, "seq": seq })).await;
    socket.settled().await;
    assert!(!server.app.talk.write_reads().await, "it can't be written");
    clear_disk(server.data(), "members").await;
    while socket.expect("read").await["seq"] != seq {}
    assert_eq!(kenji.get_ok(&format!("/rooms/{room}")).await["readSeq"], seq);
}
