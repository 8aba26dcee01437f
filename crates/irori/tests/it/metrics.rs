//! `/metrics`: what it tells, to whom, and that nobody can make it grow.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use irori::app::Outside;
use serde_json::json;
use testkit::{Backend, Server, Socket};
use tower::ServiceExt as _;

use super::new_id;

async fn scrape(server: &Server) -> String {
    let answer = reqwest::get(format!("{}/metrics", server.origin())).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.unwrap()
}

/// One sample, by its name and labels.
fn sample(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

testkit::both! {
    async fn a_scrape_tells_how_the_server_fares(server: Server) {
        let (aiko, kenji) = (server.client("aiko"), server.client("kenji"));
        let room = aiko.post_ok("/rooms", json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] })).await;
        let path = format!("/rooms/{}/messages", room["id"].as_str().unwrap());
        let mut socket = Socket::connect(&kenji).await;
        let before = scrape(&server).await;
        aiko.post_ok(&path, json!({ "clientId": new_id(), "text": "届く" })).await;
        socket.expect("message").await;
        assert_eq!(kenji.post(&path, json!({ "clientId": new_id(), "text": "x".repeat(300_000) })).await.0, 413);
        let after = scrape(&server).await;
        let grown = |name: &str| sample(&after, name) - sample(&before, name);
        assert!(grown("irori_live_deliveries_total") >= 1.0 && grown("irori_live_events_total") >= 1.0);
        assert!(grown("irori_database_commit_seconds_count") >= 1.0 && grown("irori_database_statement_seconds_count") >= 1.0);
        assert_eq!(grown("irori_database_group_size_count"), 1.0);
        let route = "route=\"/{tenant}/api/v1/rooms/{roomId}/messages\"";
        for status in [201, 413] {
            assert_eq!(sample(&after, &format!("irori_http_requests_total{{method=\"POST\",{route},status=\"{status}\"}}")), 1.0);
        }
        assert_eq!(sample(&after, &format!("irori_http_request_seconds_count{{{route}}}")), 2.0);
        assert_eq!(sample(&after, "irori_http_limited_total{kind=\"too-large\"}"), 1.0);
        assert_eq!(sample(&after, "irori_live_sockets"), 1.0);
        assert!(sample(&after, "process_resident_memory_bytes") > 1_000_000.0);
        let database = if server.backend() == Backend::Sqlite { "sqlite" } else { "postgres" };
        assert!(after.contains(&format!("irori_build_info{{version=\"{}\",database=\"{database}\"}} 1", env!("CARGO_PKG_VERSION"))));
        assert!(!["city", "kenji", "訓練"].iter().any(|name| after.contains(name)), "it names nobody");
    }

    async fn strangers_make_it_no_longer(server: Server) {
        let http = reqwest::Client::new();
        let knock = async |n: usize| {
            for path in [format!("/{n}"), format!("/city/api/v1/{n}"), format!("/city/api/v1/rooms/{n}"), format!("/city/{n}")] {
                let method = reqwest::Method::from_bytes(format!("M{n}").as_bytes()).unwrap();
                for method in [method, reqwest::Method::GET] {
                    http.request(method, format!("{}{path}", server.origin())).send().await.unwrap();
                }
            }
        };
        knock(0).await;
        let series = |text: String| text.lines().filter(|line| line.starts_with("irori_http_requests_total")).count();
        scrape(&server).await;
        let before = series(scrape(&server).await);
        for n in 1..20 {
            knock(n).await;
        }
        assert_eq!(series(scrape(&server).await), before);
    }
}

/// What `/metrics` answers to this peer.
async fn asked_by(server: &Server, peer: &str, header: Option<&str>) -> u16 {
    let mut request = Request::get("/metrics").body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    if let Some(name) = header {
        request.headers_mut().insert(name.parse::<axum::http::HeaderName>().unwrap(), "192.0.2.7".parse().unwrap());
    }
    server.app.router.clone().oneshot(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn only_whoever_asks_on_the_machine_itself_may_read() {
    let server = Server::start(Backend::Sqlite).await;
    for own in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert_eq!(asked_by(&server, own, None).await, 200, "{own}");
    }
    for other in ["192.0.2.1:1", "10.0.0.1:1", "[2001:db8::1]:1"] {
        assert_eq!(asked_by(&server, other, None).await, 404, "{other}");
    }
    for header in ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"] {
        assert_eq!(asked_by(&server, "127.0.0.1:1", Some(header)).await, 404, "a proxy asks for somebody: {header}");
    }
}

#[tokio::test]
async fn where_it_has_an_address_of_its_own_it_is_only_there() {
    let server = Server::start(Backend::Sqlite).await;
    let cast = server.cast.clone();
    let outside = Outside { metrics_elsewhere: true, ..Outside::default() };
    let server = Server::outside(server.into_data().await, cast, outside).await;
    assert_eq!(asked_by(&server, "127.0.0.1:1", None).await, 404);
    let there = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        server.app.metrics.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    assert_eq!((there("/metrics").await, there("/healthz").await, there("/city/").await), (200, 404, 404));
}
