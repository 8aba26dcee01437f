//! A virus scanner in the way.

use files::scanner::Scanner;
use testkit::{Backend, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{address, bring, brought, fetched};

/// What every scanner takes for a virus (eicar.org), in two halves, so that none takes this file for one.
const EICAR: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];

/// Speaks as clamd does, and knows one virus.
async fn clamd() -> Scanner {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut command = [0; 10];
                socket.read_exact(&mut command).await.unwrap();
                assert_eq!(&command, b"zINSTREAM\0");
                let mut seen = Vec::new();
                loop {
                    let length = socket.read_u32().await.unwrap();
                    if length == 0 {
                        break;
                    }
                    let mut piece = vec![0; length as usize];
                    socket.read_exact(&mut piece).await.unwrap();
                    seen.extend(piece);
                }
                let found = String::from_utf8_lossy(&seen).contains(&EICAR.concat());
                socket.write_all(if found { b"stream: Eicar-Signature FOUND\0" } else { b"stream: OK\0" }).await.unwrap();
            });
        }
    });
    Scanner::Tcp(place)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_finds_is_refused_and_all_else_passes() {
    let scanner = clamd().await;
    let server = Server::keeping(Backend::Sqlite, |files| files.scanner = Some(scanner)).await;
    let aiko = server.client("aiko");
    let (status, problem) = bring(&aiko, "試験.txt", EICAR.concat().as_bytes()).await;
    assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("file")), "{problem}");
    assert_eq!(crate::objects(&server), 0);
    let file = brought(&aiko, "報告.txt", "異常なし".as_bytes()).await;
    assert_eq!(fetched(&aiko, &address(&file)).await.0, 200);
    let photo = brought(&aiko, "写真.png", &crate::png(20, 20)).await;
    assert_eq!(fetched(&aiko, &address(&photo)).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_is_away_nothing_passes() {
    let free = testkit::free_address().to_string();
    let server = Server::keeping(Backend::Sqlite, |files| files.scanner = Some(Scanner::Tcp(free))).await;
    let (status, problem) = bring(&server.client("aiko"), "報告.txt", "異常なし".as_bytes()).await;
    assert_eq!((status, problem["type"].as_str()), (503, Some("/problems/scanner-away")));
    assert_eq!(crate::objects(&server), 0, "nothing half kept");
}
