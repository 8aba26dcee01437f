//! What every request passes: origins, proxies, headers, methods, set-up.

use serde_json::json;
use testkit::{Cast, Data, PASSWORD, Server};

testkit::both! {
    async fn a_browsers_session_is_a_cookie_that_only_our_pages_may_use(server: Server) {
        let http = reqwest::Client::new();
        let url = server.nobody("city").url("/session");
        let body = json!({ "loginId": "mei", "password": PASSWORD });
        let elsewhere = http.post(&url).header("origin", "https://evil.example").json(&body).send().await.unwrap();
        assert_eq!(elsewhere.status(), 403);
        let answer = http.post(&url).header("origin", server.origin()).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/city/"), "{cookie}");
        assert!(!cookie.contains("Secure"), "on loopback there is no TLS: {cookie}");
        assert!(answer.json::<serde_json::Value>().await.unwrap().get("token").is_none(), "a page gets no token");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let me = server.nobody("city").url("/me");
        let change = json!({ "settings": { "theme": "dark" } });
        let write = |origin: Option<String>| {
            let request = http.patch(&me).header("cookie", &cookie).json(&change);
            async move { origin.into_iter().fold(request, |request, origin| request.header("origin", origin)).send().await.unwrap().status() }
        };
        assert_eq!(http.get(&me).header("cookie", &cookie).send().await.unwrap().status(), 200);
        assert_eq!(write(Some(server.origin())).await, 200);
        assert_eq!(write(Some("https://evil.example".to_owned())).await, 403);
        assert_eq!(write(None).await, 403);
    }

    async fn refusals_are_problems_in_the_callers_language(server: Server) {
        let kenji = server.client("kenji");
        let (status, problem) = kenji.get("/nothing").await;
        assert_eq!((status, problem["status"].as_i64()), (404, Some(404)));
        let (status, _) = kenji.delete("/me").await;
        assert_eq!(status, 405);
        let english = kenji.request(reqwest::Method::GET, "/rooms?limit=900").header("accept-language", "en-GB");
        let (status, problem) = kenji.send(english).await;
        assert_eq!((status, problem["errors"][0]["message"].as_str()), (422, Some("Must be from 1 to 200.")));
        let (_, problem) = kenji.get("/rooms?limit=900").await;
        assert_eq!(problem["errors"][0]["message"], "1から200までで指定してください。");
        let elsewhere = testkit::Client::new(&server.origin(), "nowhere", None);
        assert_eq!(elsewhere.get("/me").await.0, 404);
        let large = kenji.request(reqwest::Method::POST, "/rooms").header("content-type", "application/json").body("x".repeat(300 * 1024));
        assert_eq!(kenji.send(large).await.0, 413);
    }

    async fn another_tenants_session_is_no_session_here(server: Server) {
        let token = server.client_of("clinics", "admin").token().unwrap().to_owned();
        let stranger = testkit::Client::new(&server.origin(), "city", Some(token));
        assert_eq!(server.client_of("clinics", "admin").get("/me").await.0, 200, "at home it is one");
        assert_eq!(stranger.get("/me").await.0, 401);
    }

    async fn answers_carry_a_strict_policy(server: Server) {
        let answer = reqwest::get(format!("{}/healthz", server.origin())).await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }

    async fn failures_are_limited_and_lock_nobody_else(server: Server) {
        let nobody = server.nobody("city");
        let sign_in = async |login: &str, password: &str| nobody.post("/session", json!({ "loginId": login, "password": password })).await.0;
        for _ in 0..5 {
            assert_eq!(sign_in("mei", "wrong").await, 401);
        }
        assert_eq!(sign_in("mei", PASSWORD).await, 429, "even the right one waits now");
        assert_eq!(sign_in("kenji", PASSWORD).await, 200, "nobody else does");
        server.clock.advance(std::time::Duration::from_secs(3));
        assert_eq!(sign_in("mei", PASSWORD).await, 200);
        assert_eq!(sign_in("no-such-account", "wrong").await, 401);
    }
}

async fn empty(backend: testkit::Backend) {
    let server = Server::over(Data::empty(backend).await, Cast::default()).await;
    let http = reqwest::Client::new();
    let url = format!("{}/setup", server.origin());
    let token = server.app.setup.offer().await.unwrap().expect("an empty installation offers a link");
    let make = |token: &str, password: &str| {
        let body = json!({ "token": token, "tenantName": "city", "tenantTitle": "市役所", "loginId": "admin", "name": "管理", "password": password });
        http.post(&url).json(&body).send()
    };
    assert_eq!(make("guess", "a good long one").await.unwrap().status(), 404);
    assert_eq!(make(&token, "short").await.unwrap().status(), 422, "and the link still works");
    assert_eq!(make(&token, "a good long one").await.unwrap().status(), 201);
    assert_eq!(make(&token, "a good long one").await.unwrap().status(), 404, "once");
    assert!(server.app.setup.offer().await.unwrap().is_none());
    let admin = server.nobody("city").post_ok("/session", json!({ "loginId": "admin", "password": "a good long one" })).await;
    assert_eq!(admin["user"]["name"], "管理");
}

#[tokio::test]
async fn the_set_up_link_works_once_on_sqlite() {
    empty(testkit::Backend::Sqlite).await;
}

#[tokio::test]
async fn the_set_up_link_works_once_on_postgres() {
    empty(testkit::Backend::Postgres).await;
}
