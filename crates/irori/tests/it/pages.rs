//! First pages of documents, as pictures: where the machine has what draws them, to whom may see the document.

use std::path::Path;
use std::time::{Duration, Instant};

use files::Converters;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Backend, Client, Server};

use super::papers::{bomb, docx, pdf, program};
use super::{irori, new_id};

/// A file of aiko's in a room with kenji.
async fn shown(server: &Server, name: &str, bytes: Vec<u8>) -> Value {
    let aiko = server.client("aiko");
    let body = json!({ "kind": "group", "title": "水位監視", "memberIds": [server.id("kenji")] });
    let room = aiko.post_ok("/rooms", body).await["id"].as_str().unwrap().to_owned();
    let name = reqwest::header::HeaderValue::from_bytes(format!("attachment; filename=\"{name}\"").as_bytes()).unwrap();
    let file = aiko.send(aiko.request(Method::POST, "/files").header("content-disposition", name).body(bytes)).await.1;
    let path = format!("/rooms/{room}/messages");
    let message = aiko.post_ok(&path, json!({ "clientId": new_id(), "attachmentIds": [file["id"]] })).await;
    let on_shelf = aiko.get_ok(&format!("/rooms/{room}/files?kind=files")).await["items"][0]["file"].clone();
    assert_eq!((&message["attachments"][0], &on_shelf), (&file, &file), "it is said alike everywhere");
    file
}

/// The width of the picture that somebody gets, or why they get none.
async fn picture(client: &Client, file: &Value, width: u32) -> Result<u32, u16> {
    let path = format!("/files/{}/thumbnail?width={width}", file["id"].as_str().unwrap());
    let answer = client.request(Method::GET, &path).send().await.unwrap();
    if answer.status() != 200 {
        return Err(answer.status().as_u16());
    }
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    let jpeg = answer.bytes().await.unwrap();
    // The frame's header (ITU T.81, B.2.2): marker, length, precision, height, width.
    let frame = jpeg.windows(9).find(|nine| nine[0] == 0xff && (nine[1] == 0xc0 || nine[1] == 0xc2)).unwrap();
    Ok(u32::from(frame[7]) << 8 | u32::from(frame[8]))
}

fn drawing() -> Converters {
    let found = Converters::find();
    assert!(found.pdftoppm.is_some(), "scripts/setup-test installs poppler-utils");
    Converters { own: Some(irori().into()), soffice: None, ..found }
}

async fn drawing_with(backend: Backend, soffice: Option<&Path>) -> Server {
    Server::keeping(backend, |files| files.converters = Converters { soffice: soffice.map(Into::into), ..drawing() }).await
}

async fn first_pages_are_drawn(backend: Backend) {
    let server = drawing_with(backend, None).await;
    let file = shown(&server, "議事録.pdf", pdf("災害対策本部")).await;
    assert_eq!(file["hasPicture"], true);
    let kenji = server.client("kenji");
    // An A4 page, by its longer side.
    assert_eq!((picture(&kenji, &file, 320).await, picture(&kenji, &file, 1280).await), (Ok(226), Ok(905)));
    assert_eq!(picture(&server.client("mei"), &file, 320).await, Err(404), "not hers to see");
    let text = shown(&server, "手順.txt", b"abc".to_vec()).await;
    assert_eq!((&text["hasPicture"], picture(&kenji, &text, 320).await), (&Value::Null, Err(404)));
    let office = shown(&server, "報告.docx", docx("堤防")).await;
    assert_eq!((&office["hasPicture"], picture(&kenji, &office, 320).await), (&Value::Null, Err(404)), "no soffice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_pages_are_drawn_on_sqlite() {
    first_pages_are_drawn(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_pages_are_drawn_on_postgres() {
    first_pages_are_drawn(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn office_documents_become_pdfs_first() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("printed.pdf"), pdf("堤防の点検")).unwrap();
    // As the true one is called: … --outdir FOLDER SOURCE. It counts how often.
    let printed = folder.path().join("printed.pdf");
    let text = format!(
        "echo x >> {0}/calls; while [ \"$1\" != --outdir ]; do shift; done; grep -q harm \"$3\" && exit 1; cp {1} \"$2/source.pdf\"",
        folder.path().display(),
        printed.display()
    );
    let server = drawing_with(Backend::Sqlite, Some(&program(&folder, "soffice", &text))).await;
    let kenji = server.client("kenji");
    let file = shown(&server, "報告.docx", docx("堤防")).await;
    assert_eq!((&file["hasPicture"], picture(&kenji, &file, 320).await), (&json!(true), Ok(226)));
    assert_eq!(picture(&kenji, &file, 1280).await, Ok(905));
    // Stored as it is, so that the script sees it.
    let harm = [&b"PK\x03\x04\x14\0\0\0harm"[..], &bomb()[..64]].concat();
    let file = shown(&server, "害.docx", harm).await;
    assert_eq!((picture(&kenji, &file, 320).await, picture(&kenji, &file, 320).await), (Err(404), Err(404)));
    let calls = std::fs::read_to_string(folder.path().join("calls")).unwrap();
    assert_eq!(calls.lines().count(), 2, "what can't be drawn is not tried again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drawer_that_takes_too_much_is_ended_and_the_next_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let greedy = program(&folder, "pdftoppm", "x=a; while true; do x=$x$x$x$x; done");
    let server = Server::keeping(Backend::Sqlite, |files| files.converters.own = Some(irori().into())).await;
    assert_eq!(shown(&server, "議事録.pdf", pdf("本部")).await["hasPicture"], Value::Null, "nothing draws");
    let server = Server::keeping(Backend::Sqlite, |files| {
        files.converters = Converters { own: Some(irori().into()), pdftoppm: Some(greedy), ..Converters::default() };
    })
    .await;
    let (since, kenji) = (Instant::now(), server.client("kenji"));
    for name in ["一.pdf", "二.pdf"] {
        let file = shown(&server, name, pdf(name)).await;
        assert_eq!(picture(&kenji, &file, 320).await, Err(404));
    }
    assert!(since.elapsed() < Duration::from_secs(40), "bounded in memory");
}
