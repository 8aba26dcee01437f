//! Failed sign-ins: who has to wait, and who has not.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, Server};

use super::sign_in::sign_in;

/// Signs in through a proxy that says where the caller is.
async fn from(server: &Server, address: &str, login_id: &str, password: &str) -> u16 {
    let nobody = server.nobody("city");
    let request = nobody.request(Method::POST, "/session").header("x-forwarded-for", address);
    nobody.send(request.json(&json!({ "loginId": login_id, "password": password }))).await.0
}

testkit::both! {
    async fn however_many_guess_at_once_five_are_tried(server: Server) {
        let guesses = stream::iter(0..40).map(|_| sign_in(&server, "mei", "wrong"));
        let statuses: Vec<u16> = guesses.buffer_unordered(40).map(|(status, _)| status).collect().await;
        let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(401), count(429)), (5, 35), "{statuses:?}");
        assert_eq!(sign_in(&server, "mei", PASSWORD).await.0, 429);
        assert_eq!(sign_in(&server, "kenji", PASSWORD).await.0, 200, "nobody else waits");
    }

    async fn after_three_hundred_failures_an_address_lets_in_whom_it_knows(server: Server) {
        let newcomer = json!({ "loginId": "newcomer", "name": "新人", "password": PASSWORD });
        server.client("admin").post_ok("/users", newcomer).await;
        let guesses = stream::iter(0..300).map(async |n| sign_in(&server, &format!("guess{n}"), "wrong").await.0);
        let statuses: Vec<u16> = guesses.buffer_unordered(4).collect().await;
        assert!(statuses.iter().all(|status| *status == 401), "{statuses:?}");
        let nobody = server.nobody("city");
        let request = nobody.request(Method::POST, "/session").json(&json!({ "loginId": "newcomer", "password": PASSWORD }));
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 429);
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=300).contains(&wait), "{wait}");
        assert_eq!(sign_in(&server, "mei", PASSWORD).await.0, 200, "she has signed in from here before");
        assert_eq!(sign_in(&server, "mei", "wrong").await.0, 401, "and may mistype");
        server.clock.advance(Duration::from_secs(wait));
        assert_eq!(sign_in(&server, "newcomer", PASSWORD).await.0, 200);
    }

    async fn an_address_is_believed_from_a_trusted_proxy_only(server: Server) {
        for n in 0..5 {
            assert_eq!(from(&server, &format!("192.0.2.{n}"), "mei", "wrong").await, 401);
        }
        assert_eq!(from(&server, "192.0.2.9", "mei", PASSWORD).await, 429, "it is all one: the peer");
        let server = server.behind("127.0.0.1/32").await;
        for _ in 0..5 {
            assert_eq!(from(&server, "192.0.2.1", "mei", "wrong").await, 401);
        }
        assert_eq!(from(&server, "192.0.2.1", "mei", PASSWORD).await, 429);
        assert_eq!(from(&server, "192.0.2.2", "mei", PASSWORD).await, 200, "elsewhere she need not wait");
    }

    async fn an_ipv6_host_does_not_get_away_with_another_of_its_addresses(server: Server) {
        let server = server.behind("127.0.0.1/32").await;
        for n in 0..5 {
            assert_eq!(from(&server, &format!("2001:db8:1:2::{n}"), "mei", "wrong").await, 401);
        }
        assert_eq!(from(&server, "2001:db8:1:2:3:4:5:6", "mei", PASSWORD).await, 429);
        assert_eq!(from(&server, "2001:db8:1:3::1", "mei", PASSWORD).await, 200);
    }
}
