//! tus 1.0.0, as any client of it speaks.

use futures_util::StreamExt as _;
use reqwest::{Method, Response};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use testkit::Client;

use super::{address, new_id};

async fn begin(client: &Client, size: usize, more: &str) -> Response {
    // "川.bin"
    let request = client.request(Method::POST, &format!("/files{more}")).header("tus-resumable", "1.0.0");
    request
        .header("upload-length", size)
        .header("upload-metadata", "filename 5bedLmJpbg==,filetype YXBwbGljYXRpb24vb2N0ZXQtc3RyZWFt")
        .send()
        .await
        .unwrap()
}

/// The path of an operation on what `Location` says.
fn path_of(answer: &Response) -> String {
    let location = answer.headers()["location"].to_str().unwrap();
    location.strip_prefix("/city/api/v1").expect("a path of ours").to_owned()
}

fn patch(client: &Client, path: &str, offset: usize) -> reqwest::RequestBuilder {
    let request = client.request(Method::PATCH, path).header("tus-resumable", "1.0.0");
    request.header("content-type", "application/offset+octet-stream").header("upload-offset", offset)
}

fn offset(answer: &Response) -> usize {
    answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

async fn head(client: &Client, path: &str) -> Response {
    client.request(Method::HEAD, path).header("tus-resumable", "1.0.0").send().await.unwrap()
}

fn noise(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 31 % 251) as u8).collect()
}

testkit::both! {
    async fn cut_at_every_tenth_and_resumed_it_is_the_same(server: Server) {
        let (aiko, bytes) = (server.client("aiko"), noise(1_000_000));
        let begun = begin(&aiko, bytes.len(), "").await;
        assert_eq!((begun.status().as_u16(), offset(&begun)), (201, 0));
        assert!(begun.headers()["upload-expires"].to_str().unwrap().ends_with(" GMT"), "{begun:?}");
        let path = path_of(&begun);
        for cut in (1..10).map(|tenth| bytes.len() / 10 * tenth) {
            let from = offset(&head(&aiko, &path).await);
            let piece = bytes[from..cut].to_vec();
            // The connection breaks where more was to come.
            let broken = futures_util::stream::iter(vec![Ok(piece), Err(std::io::Error::other("cut"))]).then(async |part| {
                if part.is_err() {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                part
            });
            // While the cut before this one is not yet heard of, the answer is that the offset is another.
            let heard = patch(&aiko, &path, from).body(reqwest::Body::wrap_stream(broken)).send().await;
            assert!(heard.is_err() || heard.is_ok_and(|answer| answer.status() == 409));
        }
        // The last cut is heard of a moment later.
        let mut from = 0;
        while from < bytes.len() {
            from = offset(&head(&aiko, &path).await);
            let rest = patch(&aiko, &path, from).body(bytes[from..].to_vec()).send().await.unwrap();
            if rest.status() == 204 {
                from = offset(&rest);
            }
        }
        let file = aiko.get_ok(&format!("{path}/info")).await;
        assert_eq!((&file["name"], &file["size"]), (&json!("川.bin"), &json!(bytes.len())));
        assert_eq!(file["sha256"], format!("{:x}", Sha256::digest(&bytes)));
        assert_eq!(crate::fetched(&aiko, &path).await, (200, bytes.clone()));
        assert_eq!(crate::objects(&server), 1, "the pieces are gone");
        let ended = head(&aiko, &path).await;
        assert_eq!((offset(&ended), ended.headers()["upload-length"].to_str().unwrap()), (bytes.len(), "1000000"));
    }

    async fn what_tus_clients_ask_for_is_said(server: Server) {
        let aiko = server.client("aiko");
        let options = aiko.request(Method::OPTIONS, "/files").send().await.unwrap();
        assert_eq!((options.status().as_u16(), options.headers()["tus-version"].to_str().unwrap()), (204, "1.0.0"));
        assert_eq!(options.headers()["tus-max-size"], (1i64 << 30).to_string().as_str());
        let at_once = aiko.request(Method::POST, "/files").header("tus-resumable", "1.0.0").header("upload-length", 3);
        let at_once = at_once.header("content-type", "application/offset+octet-stream").body("abc").send().await.unwrap();
        assert_eq!((at_once.status().as_u16(), offset(&at_once)), (201, 3));
        assert_eq!(aiko.get_ok(&format!("{}/info", path_of(&at_once))).await["size"], 3);
        let empty = begin(&aiko, 0, "").await;
        assert_eq!(aiko.get_ok(&format!("{}/info", path_of(&empty))).await["size"], 0);
        let id = new_id();
        let once = begin(&aiko, 10, &format!("?clientId={id}")).await;
        let again = begin(&aiko, 10, &format!("?clientId={id}")).await;
        assert_eq!(path_of(&once), path_of(&again));
        assert_eq!(begin(&server.client("kenji"), 10, &format!("?clientId={id}")).await.status(), 409);
        assert_eq!(aiko.request(Method::DELETE, &path_of(&once)).header("tus-resumable", "1.0.0").send().await.unwrap().status(), 204);
        assert_eq!(head(&aiko, &path_of(&once)).await.status(), 404);
    }

    async fn bad_input_changes_nothing(server: Server) {
        let aiko = server.client("aiko");
        let path = path_of(&begin(&aiko, 10, "").await);
        let post = || aiko.request(Method::POST, "/files");
        let piece = || patch(&aiko, &path, 0);
        for (request, status, field) in [
            (post().header("tus-resumable", "0.2.2").header("upload-length", 3), 412, Some("Tus-Resumable")),
            (post().header("tus-resumable", "1.0.0"), 400, Some("upload-length")),
            (post().header("tus-resumable", "1.0.0").header("upload-length", "-1"), 400, Some("upload-length")),
            (post().header("tus-resumable", "1.0.0").header("upload-length", (1i64 << 30) + 1), 413, None),
            (aiko.request(Method::PATCH, &path).header("tus-resumable", "1.0.0").header("upload-offset", 0), 415, Some("Content-Type")),
            (patch(&aiko, &path, 5).body("abcde"), 409, None),
            (piece().body("more than ten bytes"), 413, None),
            (post().body(reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::io::Error>("x")]))), 411, Some("Content-Length")),
        ] {
            let (answered, problem) = aiko.send(request).await;
            assert_eq!((answered, problem["errors"][0]["field"].as_str()), (status, field), "{problem}");
        }
        let (status, problem) = aiko.get(&format!("{path}/info")).await;
        assert_eq!((status, problem["type"].as_str()), (409, Some("/problems/unfinished")));
        assert_eq!(offset(&head(&aiko, &path).await), 0);
        assert_eq!(aiko.get(&path).await.0, 404, "there is nothing to read yet");
        assert_eq!(aiko.post(&format!("/rooms/{}/messages", crate::room_of(&server, &["aiko", "kenji"]).await), json!({ "clientId": new_id(), "attachmentIds": [address(&json!({"id": path.trim_start_matches("/files/")})).trim_start_matches("/files/")] })).await.0, 422, "nor to send");
    }
}
