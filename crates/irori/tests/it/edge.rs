//! What every request passes: origins, proxies, headers, methods, set-up.

use serde_json::json;
use testkit::{Cast, Data, PASSWORD, Server};
use tower::ServiceExt as _;

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

    async fn a_large_answer_is_compressed_for_whoever_takes_it(server: Server) {
        let aiko = server.client("aiko");
        let get = |path: &str, takes: &str| aiko.request(reqwest::Method::GET, path).header("accept-encoding", takes).send();
        let users = get("/users?limit=200", "identity").await.unwrap();
        assert!(users.headers().get("content-encoding").is_none());
        let users = users.bytes().await.unwrap();
        assert!(users.len() > 1_024, "{}", users.len());
        let packed = get("/users?limit=200", "gzip").await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        assert!(packed.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
        let packed = packed.bytes().await.unwrap();
        assert!(packed.starts_with(&[0x1f, 0x8b]) && packed.len() < users.len() / 2, "RFC 1952 section 2.3.1: {}", packed.len());
        assert!(get("/me", "gzip").await.unwrap().headers().get("content-encoding").is_none(), "it is small");
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

    async fn a_nul_is_refused_by_its_field_on_either_database(server: Server) {
        let (admin, kenji) = (server.client("admin"), server.client("kenji"));
        let room = kenji.post_ok("/rooms", json!({ "kind": "direct", "memberIds": [server.id("mei")] })).await["id"].as_str().unwrap().to_owned();
        let client_id = "01900000-0000-7000-8000-000000000001";
        let sent = kenji.post_ok(&format!("/rooms/{room}/messages"), json!({ "clientId": client_id, "text": "一" })).await["seq"].clone();
        let refusals = [
            ("text", kenji.post(&format!("/rooms/{room}/messages"), json!({ "clientId": client_id, "text": "a\0b" })).await),
            ("title", kenji.post("/rooms", json!({ "kind": "group", "title": "\0", "memberIds": [server.id("mei")] })).await),
            ("phones.mobile", admin.patch(&format!("/users/{}", server.id("mei")), json!({ "phones": { "mobile": "0\0" } })).await),
            ("loginId", server.nobody("city").post("/session", json!({ "loginId": "a\0", "password": "b" })).await),
            ("q", kenji.get("/users?q=%00").await),
            ("action", admin.get("/auditEvents?action=a%00").await),
            ("emoji", kenji.put(&format!("/rooms/{room}/messages/{sent}/reactions/%00"), serde_json::Value::Null).await),
        ];
        for (field, (status, problem)) in refusals {
            assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!(field)), "{problem}");
        }
        let mut socket = testkit::Socket::connect(&kenji).await;
        socket.send(json!({ "type": "send", "ref": "mine", "roomId": room, "clientId": client_id, "text": "a\0b" })).await;
        assert_eq!(socket.expect("error").await["ref"], "mine", "over a socket the refusal names the frame");
        // A text inside a cursor, which only we make, gets as far as the database.
        let cursor = kernel::page::cursor(&("\0", client_id));
        assert!(kenji.get(&format!("/users?cursor={cursor}")).await.0 < 500);
    }

    async fn no_operation_takes_a_parameter_that_it_does_not_know(server: Server) {
        let document = server.nobody("city").get_ok("/openapi.json").await;
        let (admin, mut tried) = (server.client("admin"), 0);
        for (path, operations) in document["paths"].as_object().unwrap() {
            let path = path.split('/').map(|part| if part.starts_with('{') { client_id() } else { part.to_owned() }).collect::<Vec<_>>().join("/");
            for (method, operation) in operations.as_object().unwrap() {
                let request = admin.request(method.to_uppercase().parse().unwrap(), &format!("{path}?limit=1&nonsense=%E3%81%82"));
                let (status, problem) = admin.send(request).await;
                let lists = operation["parameters"].to_string().contains("\"limit\"");
                let named = if lists { "nonsense" } else { "limit" };
                assert_eq!(status, 400, "{method} {path}: {problem}");
                // What answers HEAD has no body.
                assert!(method == "head" || problem["errors"][0]["field"] == named, "{method} {path}: {problem}");
                tried += 1;
            }
        }
        assert!(tried > 40, "{tried}");
        assert_eq!(admin.get("/users?limit=1").await.0, 200, "what is known is taken");
    }
}

fn client_id() -> String {
    "01900000-0000-7000-8000-000000000001".to_owned()
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
    let again = http.get(&url).send().await.unwrap();
    assert_eq!((again.url().path(), again.status().as_u16()), ("/city/", 200), "a used link leads to where one signs in");
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

/// What a closed tab does to the request of its set-up: it is dropped once the organisation is there.
async fn set_up_and_close_the_tab(server: &Server, token: &str) {
    let body = json!({ "token": token, "tenantName": "city", "tenantTitle": "市役所", "loginId": "admin", "name": "管理", "password": PASSWORD });
    let request = axum::extract::Request::post("/setup")
        .header("content-type", "application/json")
        .body(axum::body::Body::from(body.to_string()));
    let mut making = server.app.router.clone().oneshot(request.unwrap());
    loop {
        tokio::select! {
            answer = &mut making => {
                assert_eq!(answer.unwrap().status(), 201);
                break;
            }
            tenants = server.app.store.list_tenants() => if !tenants.unwrap().is_empty() {
                break;
            }
        }
    }
}

async fn cut_short(backend: testkit::Backend) {
    let server = Server::over(Data::empty(backend).await, Cast::default()).await;
    let token = server.app.setup.offer().await.unwrap().expect("an empty installation offers a link");
    set_up_and_close_the_tab(&server, &token).await;
    let nobody = server.nobody("city");
    let signed_in = async || nobody.post("/session", json!({ "loginId": "admin", "password": PASSWORD })).await.0 == 200;
    let patience = tokio::time::timeout(std::time::Duration::from_secs(30), async {
        while !server.app.directory.has_accounts().await.unwrap() {}
    });
    patience.await.expect("the administrator is made, though nobody waits");
    assert!(signed_in().await);
}

async fn half_made(backend: testkit::Backend) {
    let server = Server::over(Data::empty(backend).await, Cast::default()).await;
    server.app.directory.create_tenant("hall", "市庁").await.unwrap();
    let token = server.app.setup.offer().await.unwrap().expect("nobody has an account yet");
    let body = json!({ "token": token, "tenantName": "city", "tenantTitle": "市役所", "loginId": "admin", "name": "管理", "password": PASSWORD });
    let url = format!("{}/setup", server.origin());
    assert_eq!(reqwest::Client::new().post(&url).json(&body).send().await.unwrap().status(), 201);
    let tenants: Vec<String> = server.app.store.list_tenants().await.unwrap().into_iter().map(|tenant| tenant.title).collect();
    assert_eq!(tenants, ["市役所"], "what was left half made is not in the way");
    server.nobody("city").post_ok("/session", json!({ "loginId": "admin", "password": PASSWORD })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_up_that_is_cut_short_is_done_or_repeated_on_sqlite() {
    cut_short(testkit::Backend::Sqlite).await;
    half_made(testkit::Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_up_that_is_cut_short_is_done_or_repeated_on_postgres() {
    cut_short(testkit::Backend::Postgres).await;
    half_made(testkit::Backend::Postgres).await;
}
