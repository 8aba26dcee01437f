//! An S3-compatible store instead of a folder.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use files::Objects;
use hyper_util::rt::{TokioExecutor, TokioIo};
use object_store::aws::AmazonS3Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use serde_json::json;
use testkit::{Backend, Server};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{address, bring, brought, fetched, new_id, png, room_of, show};

const KEYS: (&str, &str) = ("irori", "nothing-secret");

/// A store over a folder, that speaks S3.
async fn s3(folder: &Path, at: Option<SocketAddr>) -> (SocketAddr, JoinHandle<()>) {
    std::fs::create_dir_all(folder.join("photos")).unwrap();
    let mut service = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single(KEYS.0, KEYS.1));
    let service = service.build();
    let listener = TcpListener::bind(at.unwrap_or_else(|| ([127, 0, 0, 1], 0).into())).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut conversations = tokio::task::JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            conversations.spawn(async move {
                let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    (address, serving)
}

fn reached(at: SocketAddr) -> Objects {
    let builder =
        AmazonS3Builder::new().with_endpoint(format!("http://{at}")).with_region("ap-northeast-1").with_allow_http(true);
    Objects::s3_of(builder.with_access_key_id(KEYS.0).with_secret_access_key(KEYS.1), "s3://photos/city").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_may_lie_in_a_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let (at, serving) = s3(folder.path(), None).await;
    let server = Server::keeping(Backend::Sqlite, |files| files.objects = reached(at)).await;
    let room = room_of(&server, &["aiko", "kenji"]).await;
    let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
    let photo = brought(&aiko, "冠水.png", &png(400, 300)).await;
    // Larger than a piece, and than one request to such a store may be small.
    let film: Vec<u8> = [b"\0\0\0\x18ftypmp42\0\0\0\0isommp42".as_slice(), &vec![7; 12_000_000]].concat();
    let video = brought(&aiko, "川.mp4", &film).await;
    show(&aiko, &room, &[&photo, &video]).await;
    assert_eq!(fetched(&kenji, &address(&photo)).await, (200, png(400, 300)));
    assert_eq!(fetched(&kenji, &format!("{}/thumbnail", address(&photo))).await.0, 200);
    let part =
        kenji.request(reqwest::Method::GET, &address(&video)).header("range", "bytes=6000000-6000009").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.bytes().await.unwrap().to_vec()), (206, vec![7; 10]));

    // It goes away: what is said is clear, nothing is half kept; and it comes back.
    serving.abort();
    let _ = serving.await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (status, problem) = bring(&aiko, "別.png", &png(21, 20)).await;
    assert_eq!((status, problem["type"].as_str()), (503, Some("/problems/file-store-away")), "{problem}");
    assert_eq!(fetched(&kenji, &address(&photo)).await.0, 503);
    let path = format!("/rooms/{room}/messages");
    assert_eq!(kenji.post(&path, json!({ "clientId": new_id(), "text": "文字は送れます" })).await.0, 201);
    let (_, _serving) = s3(folder.path(), Some(at)).await;
    assert_eq!(fetched(&kenji, &address(&photo)).await.0, 200);
}
