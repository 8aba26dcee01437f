//! `kill -9` under load, again and again: no acknowledged message, edit or reaction is lost, none is there twice, and no seq is
//! missing; and tabs that came back each time hold what the database holds.

use std::time::Duration;

use reqwest::{Body, Method};
use testkit::{Backend, Client, Process, Server};

use super::crowd::{Crowd, Scene};
use super::{at_length, ensure_sound, irori};

async fn story(backend: Backend) {
    let scene = Scene::set(Server::start(backend).await).await;
    let arguments = scene.data.arguments();
    let mut process = Process::start(irori(), &arguments).await;
    let address = process.address;
    let crowd = Crowd::gather(scene.clients(&format!("http://{address}")), &scene.room).await;
    let kills = at_length("IRORI_KILLS", 20);
    for n in 0..kills {
        // Not always at the same point of what comes after a start.
        tokio::time::sleep(Duration::from_millis(60 + 37 * n % 160)).await;
        process.kill();
        process = Process::start_at(irori(), &arguments, address).await;
    }
    let (written, returns) = crowd.ensure_whole().await;
    println!("killed {kills} times on {backend:?}: {written} messages whole, tabs came back {returns} times");
    assert!(written > 7 && returns > 1, "there was load: {written} messages, and the tabs came back: {returns}");
    process.kill();
    ensure_sound(&arguments);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_sqlite() {
    story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_postgres() {
    story(Backend::Postgres).await;
}

/// What is told of a file under way: how much of it has come.
async fn offset(client: &Client, path: &str) -> usize {
    let answer = client.request(Method::HEAD, path).header("tus-resumable", "1.0.0").send().await.expect("the server answers");
    answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// Brings these bytes slowly; the server may go meanwhile.
async fn bring(client: Client, path: String, from: usize, bytes: Vec<u8>) {
    let pieces: Vec<Vec<u8>> = bytes[from..].chunks(256 * 1024).map(<[u8]>::to_vec).collect();
    let slowly = futures_util::stream::unfold(pieces.into_iter(), async |mut pieces| {
        tokio::time::sleep(Duration::from_millis(10)).await;
        pieces.next().map(|piece| (Ok::<_, std::io::Error>(piece), pieces))
    });
    let request = client.request(Method::PATCH, &path).header("tus-resumable", "1.0.0").header("upload-offset", from);
    let _ = request.header("content-type", "application/offset+octet-stream").body(Body::wrap_stream(slowly)).send().await;
}

async fn upload_story(backend: Backend) {
    let scene = Scene::set(Server::start(backend).await).await;
    let arguments = scene.data.arguments();
    let mut process = Process::start(irori(), &arguments).await;
    let address = process.address;
    let [aiko, _] = scene.clients(&format!("http://{address}"));
    let bytes: Vec<u8> = (0..20_000_000_usize).map(|at| (at * 31 % 251) as u8).collect();
    let begin = aiko.request(Method::POST, "/files").header("tus-resumable", "1.0.0").header("upload-length", bytes.len());
    let begun = begin.send().await.unwrap();
    let path = begun.headers()["location"].to_str().unwrap().strip_prefix("/city/api/v1").unwrap().to_owned();
    let mut stands = vec![0];
    for _ in 0..4 {
        let bringing = tokio::spawn(bring(aiko.clone(), path.clone(), stands[stands.len() - 1], bytes.clone()));
        tokio::time::sleep(Duration::from_millis(250)).await;
        process.kill();
        bringing.await.unwrap();
        process = Process::start_at(irori(), &arguments, address).await;
        stands.push(offset(&aiko, &path).await);
    }
    assert!(stands.is_sorted() && stands[4] > 0, "what had come stays: {stands:?}");
    bring(aiko.clone(), path.clone(), stands[4], bytes.clone()).await;
    let kept = aiko.request(Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
    assert!(kept == bytes, "of {} bytes {} came: {stands:?}", bytes.len(), kept.len());
    process.kill();
    ensure_sound(&arguments);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_outlives_kills_on_sqlite() {
    upload_story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_outlives_kills_on_postgres() {
    upload_story(Backend::Postgres).await;
}
