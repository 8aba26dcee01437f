//! Files are found by what they say: documents of every kind, soon, by those who may see them, and though the server was stopped
//! before it had read them. What was made to harm costs nobody anything.

use std::time::{Duration, Instant};

use files::Converters;
use serde_json::{Value, json};
use testkit::{Backend, Client, Process, Server};

use super::super::irori;
use super::super::papers::{bomb, docx, old_pdf, pdf, pdf_of, program};
use super::{PATIENCE, bring, found, room, say, settle, show, texts};

const NOTHING: [&str; 0] = [];

/// Our own program alone opens documents.
async fn reading(backend: Backend) -> Server {
    opening_with(backend, Converters { own: Some(irori().into()), ..Converters::default() }).await
}

async fn opening_with(backend: Backend, converters: Converters) -> Server {
    Server::keeping(backend, |files| files.converters = converters).await
}

/// Files that are found by these words, once there are so many.
async fn until_found(client: &Client, q: &str, count: usize) -> Vec<Value> {
    let since = Instant::now();
    loop {
        let items = found(client, &[("q", q), ("in", "files")]).await["items"].as_array().unwrap().clone();
        if items.len() == count {
            return items;
        }
        assert!(since.elapsed() < PATIENCE, "{q}: {} of {count} are found", items.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn documents_are_found(backend: Backend) {
    let server = reading(backend).await;
    let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
    let here = room(&server, "aiko", "水位監視", &["kenji"]).await;
    settle(&aiko, &here).await;
    // 川東小学校の体育館を開けます, in Shift_JIS.
    let old: &[u8] = b"\x90\xec\x93\x8c\x8f\xac\x8aw\x8dZ\x82\xcc\x91\xcc\x88\xe7\x8a\xd9\x82\xf0\x8aJ\x82\xaf\x82\xdc\x82\xb7";
    for (name, bytes, q, inside) in [
        ("手順.txt", old.to_vec(), "体育館", "川東小学校の体育館を開けます"),
        ("名簿.csv", "氏名,電話\n森 けんじ,0957-12-3456\n".into(), "12-34", "氏名,電話\n森 けんじ,0957-12-3456"),
        ("報告.docx", docx("堤防の点検結果をまとめました"), "点検", "堤防の点検結果をまとめました"),
        ("印刷.pdf", pdf("災害対策本部の議事録"), "対策本部", "災害対策本部の議事録"),
    ] {
        let sent = show(&aiko, &here, &bring(&aiko, name, bytes).await, "").await;
        let since = Instant::now();
        let hit = &until_found(&kenji, q, 1).await[0];
        println!("{name}: {:?}", since.elapsed());
        assert_eq!((&hit["kind"], &hit["file"]["name"], &hit["seq"]), (&json!("file"), &json!(name), &sent["seq"]));
        assert_eq!((&hit["roomTitle"], &hit["text"], &hit["nameHighlights"]), (&json!("水位監視"), &json!(inside), &json!([])));
        assert_eq!(hit["highlights"].as_array().unwrap().len(), 1, "{hit}");
        assert_eq!(found(&kenji, &[("q", q)]).await["items"], json!([hit]), "among all, once");
        assert_eq!(texts(&kenji, &[("q", q), ("in", "messages")]).await, NOTHING, "no message says it");
        for outside in [server.client("mei"), server.client("admin"), server.client_of("clinics", "admin")] {
            assert_eq!(texts(&outside, &[("q", q)]).await, NOTHING);
        }
    }
    assert_eq!(until_found(&kenji, "from:青木", 4).await[0]["file"]["name"], "印刷.pdf", "all that somebody sent, newest first");
    assert_eq!(texts(&kenji, &[("q", "点検 議事録"), ("in", "files")]).await, NOTHING, "no file alone says both");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_found_on_sqlite() {
    documents_are_found(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_found_on_postgres() {
    documents_are_found(Backend::Postgres).await;
}

async fn rights_follow_the_message(backend: Backend) {
    let server = reading(backend).await;
    let (aiko, kenji, mei) = (server.client("aiko"), server.client("kenji"), server.client("mei"));
    let (here, there) = (room(&server, "aiko", "水位監視", &["kenji"]).await, room(&server, "aiko", "当番表", &["mei"]).await);
    let file = bring(&aiko, "報告.docx", docx("堤防の点検結果")).await;
    let first = show(&aiko, &here, &file, "").await["seq"].clone();
    until_found(&kenji, "堤防", 1).await;
    assert_eq!(texts(&mei, &[("q", "堤防")]).await, NOTHING);
    // The text is known by now: it is there with the message.
    let body = json!({ "clientId": super::super::new_id(), "from": { "roomId": here, "seqs": [first] }, "toRoomIds": [there] });
    aiko.post_ok("/forwards", body).await;
    settle(&aiko, &there).await;
    assert_eq!(until_found(&mei, "堤防", 1).await[0]["roomTitle"], "当番表");
    assert_eq!(until_found(&aiko, "堤防", 2).await.len(), 2);
    // The words of a message count more than its file's: it is one answer.
    show(&aiko, &here, &file, "堤防の件です").await;
    settle(&aiko, &here).await;
    let all = found(&kenji, &[("q", "堤防")]).await["items"].clone();
    assert_eq!((&all[0]["kind"], &all[1]["kind"], all.as_array().unwrap().len()), (&json!("message"), &json!("file"), 2));
    until_found(&kenji, "堤防", 2).await;
    aiko.delete_ok(&format!("/rooms/{here}/messages/{first}")).await;
    settle(&aiko, &here).await;
    until_found(&kenji, "堤防", 1).await;
    assert_eq!(until_found(&mei, "堤防", 1).await.len(), 1, "what was forwarded stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_follow_the_message_on_sqlite() {
    rights_follow_the_message(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_follow_the_message_on_postgres() {
    rights_follow_the_message(Backend::Postgres).await;
}

/// Sent by a server that ended before it could read them; the next one does.
async fn left_unread(backend: Backend) {
    let server = Server::start(backend).await;
    let aiko = server.client("aiko");
    let here = room(&server, "aiko", "水位監視", &["kenji"]).await;
    for n in 0..3 {
        show(&aiko, &here, &bring(&aiko, "報告.docx", docx(&format!("堤防の点検結果{n}"))).await, "").await;
    }
    settle(&aiko, &here).await;
    assert_eq!(texts(&aiko, &[("q", "堤防")]).await, NOTHING, "nobody has read them");
    let token = aiko.token().unwrap().to_owned();
    let data = server.into_data().await;
    let process = Process::start(irori(), &data.arguments()).await;
    let aiko = Client::new(&format!("http://{}", process.address), "city", Some(token));
    until_found(&aiko, "堤防", 3).await;
    process.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn left_unread_on_sqlite() {
    left_unread(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn left_unread_on_postgres() {
    left_unread(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_to_harm_costs_nobody_anything() {
    let server = reading(Backend::Sqlite).await;
    let aiko = server.client("aiko");
    let here = room(&server, "aiko", "水位監視", &["kenji"]).await;
    let endless = pdf_of(&[b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1>>".to_vec()]);
    let deep = [b"%PDF-1.4\n1 0 obj\n".to_vec(), b"[".repeat(2_000_000)].concat();
    for (name, bytes) in [
        ("爆弾.docx", bomb()),
        ("深い.docx", docx(&"<w:p>".repeat(500_000))),
        ("壊れた.docx", b"PK\x03\x04\x14\0\0\0".to_vec()),
        ("輪.pdf", endless),
        ("深い.pdf", deep),
        ("半分.pdf", pdf("議事録")[..300].to_vec()),
    ] {
        show(&aiko, &here, &bring(&aiko, name, bytes).await, "").await;
    }
    // One at a time: what comes behind them is read when they are done with.
    show(&aiko, &here, &bring(&aiko, "無事.docx", docx("堤防は無事です")).await, "").await;
    until_found(&aiko, "堤防", 1).await;
    say(&aiko, &here, "続けます").await;
    assert_eq!(until_found(&aiko, "爆弾", 1).await[0]["text"], "", "its name at least");
}

/// A converter that never ends, and one that says more than anybody keeps.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poppler_is_taken_where_it_is_there_and_held_to_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let endless = program(&folder, "endless", "echo 堤防の点検; while true; do echo 終わりのない行; done");
    let converters = Converters { own: Some(irori().into()), pdftotext: Some(endless), ..Converters::default() };
    let server = opening_with(Backend::Sqlite, converters).await;
    let aiko = server.client("aiko");
    let here = room(&server, "aiko", "水位監視", &["kenji"]).await;
    show(&aiko, &here, &bring(&aiko, "長い.pdf", pdf("議事録")).await, "").await;
    assert_eq!(until_found(&aiko, "堤防", 1).await[0]["file"]["name"], "長い.pdf");

    let found = Converters::find();
    assert!(found.pdftotext.is_some(), "scripts/setup-test installs poppler-utils");
    let server = opening_with(Backend::Sqlite, Converters { own: Some(irori().into()), ..found }).await;
    let aiko = server.client("aiko");
    let here = room(&server, "aiko", "水位監視", &["kenji"]).await;
    // 橋の通行止め, in Shift_JIS.
    let old = old_pdf(b"\x8b\xb4\x82\xcc\x92\xca\x8ds\x8e~\x82\xdf");
    show(&aiko, &here, &bring(&aiko, "古い.pdf", old).await, "").await;
    assert_eq!(until_found(&aiko, "通行止", 1).await[0]["text"], "橋の通行止め");
}
