//! Signing in: what it takes, what it gives, and what ends it.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Client, PASSWORD, Server};

/// Signs in; the status and the answer.
pub async fn sign_in(server: &Server, login_id: &str, password: &str) -> (u16, Value) {
    server.nobody("city").post("/session", json!({ "loginId": login_id, "password": password })).await
}

/// Somebody newly signed in, beside the session that the cast has.
pub async fn signed_in(server: &Server, login_id: &str, password: &str) -> Client {
    let (status, answer) = sign_in(server, login_id, password).await;
    assert_eq!(status, 200, "{login_id}: {answer}");
    Client::new(&server.origin(), "city", answer["token"].as_str().map(str::to_owned))
}

testkit::both! {
    async fn a_session_is_what_the_right_password_gives(server: Server) {
        let (status, answer) = sign_in(&server, "MEI", PASSWORD).await;
        assert_eq!((status, &answer["user"]["loginId"]), (200, &json!("mei")), "a login id is the same in any case");
        let mei = Client::new(&server.origin(), "city", answer["token"].as_str().map(str::to_owned));
        assert_eq!(mei.get_ok("/me").await["name"], "林 めい");
        mei.delete_ok("/session").await;
        assert_eq!(mei.get("/me").await.0, 401);
        assert_eq!(server.client("mei").get("/me").await.0, 200, "her other session goes on");
    }

    async fn which_part_was_wrong_is_not_told(server: Server) {
        assert_eq!(sign_in(&server, "mei", PASSWORD).await.0, 200, "she is there");
        let tried = async |login_id: &str| {
            let (status, mut answer) = sign_in(&server, login_id, "wrong").await;
            // Each request has a number of its own.
            assert!(answer["requestId"].take().is_string());
            (status, answer)
        };
        let wrong = tried("mei").await;
        assert_eq!(wrong.0, 401);
        assert_eq!(wrong, tried("nobody-of-that-name").await);
        assert_eq!(wrong, tried(&"x".repeat(100_000)).await);
        let events = server.client("admin").get_ok("/auditEvents?action=signInFailed").await;
        let tried: Vec<&Value> = events["items"].as_array().unwrap().iter().map(|event| &event["detail"]["loginId"]).collect();
        assert_eq!(tried, ["", "nobody-of-that-name", "mei"], "what is no login id is not kept");
    }

    async fn a_reset_leaves_no_session_that_the_old_password_opened(server: Server) {
        let city = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
        let mut password = PASSWORD.to_owned();
        for round in 0..6 {
            let (opened, reset) = tokio::join!(sign_in(&server, "mei", &password), server.app.directory.reset_password_as_operator(city, "mei"));
            if opened.0 == 200 {
                let session = Client::new(&server.origin(), "city", opened.1["token"].as_str().map(str::to_owned));
                assert_eq!(session.get("/me").await.0, 401, "round {round}");
            }
            password = reset.unwrap();
        }
        assert_eq!(sign_in(&server, "mei", &password).await.0, 200);
    }

    async fn a_guest_is_out_when_the_time_has_come(server: Server) {
        let until = kernel::Time(kernel::Clock::now(server.clock.as_ref()).0).plus(Duration::from_secs(3600)).to_string();
        let guest = json!({ "loginId": "guest", "name": "応援 一郎", "kind": "guest", "expiresAt": until, "password": PASSWORD });
        server.client("admin").post_ok("/users", guest).await;
        let guest = signed_in(&server, "guest", PASSWORD).await;
        assert_eq!(guest.get("/me").await.0, 200);
        server.clock.advance(Duration::from_secs(3600));
        assert_eq!(guest.get("/me").await.0, 401);
        assert_eq!(sign_in(&server, "guest", PASSWORD).await.0, 401);
    }

    async fn a_suspended_account_is_out_at_once(server: Server) {
        let mei = server.client("mei");
        assert_eq!(mei.get("/me").await.0, 200);
        let suspension = format!("/users/{}/suspension", server.id("mei"));
        server.client("admin").put_ok(&suspension, Value::Null).await;
        assert_eq!(mei.get("/me").await.0, 401);
        assert_eq!(sign_in(&server, "mei", PASSWORD).await.0, 401);
        server.client("admin").delete_ok(&suspension).await;
        assert_eq!(mei.get("/me").await.0, 401, "a session that has ended stays so");
        assert_eq!(sign_in(&server, "mei", PASSWORD).await.0, 200);
    }
}
