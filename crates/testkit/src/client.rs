//! A signed-in caller of the API.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// Calls one tenant's API, as somebody or as nobody.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    origin: String,
    tenant: String,
    token: Option<String>,
}

impl Client {
    /// Of the server at `origin`, with a session's token or without.
    #[must_use]
    pub fn new(origin: &str, tenant: &str, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { http, origin: origin.to_owned(), tenant: tenant.to_owned(), token }
    }

    /// The session's token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The address of an operation, such as `/rooms`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}/api/v1{path}", self.origin, self.tenant)
    }

    /// The address of the live socket.
    #[must_use]
    pub fn live_url(&self) -> String {
        self.url("/live").replacen("http", "ws", 1)
    }

    /// A request to add to: headers, a raw body.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.url(path));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends, and reads the answer: its status and its JSON (null where there is none).
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        let response = request.send().await.expect("the server answers");
        let status = response.status().as_u16();
        let bytes = response.bytes().await.expect("the answer ends");
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// GET.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// PUT with a JSON body; without one where it is null.
    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(Method::PUT, path);
        self.send(if body.is_null() { request } else { request.json(&body) }).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> (u16, Value) {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// GET that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn get_ok(&self, path: &str) -> Value {
        succeeded("GET", path, self.get(path).await)
    }

    /// POST that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn post_ok(&self, path: &str, body: Value) -> Value {
        succeeded("POST", path, self.post(path, body).await)
    }

    /// PUT that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn put_ok(&self, path: &str, body: Value) -> Value {
        succeeded("PUT", path, self.put(path, body).await)
    }

    /// PATCH that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn patch_ok(&self, path: &str, body: Value) -> Value {
        succeeded("PATCH", path, self.patch(path, body).await)
    }

    /// DELETE that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn delete_ok(&self, path: &str) -> Value {
        succeeded("DELETE", path, self.delete(path).await)
    }
}

fn succeeded(method: &str, path: &str, (status, json): (u16, Value)) -> Value {
    assert!((200..300).contains(&status), "{method} {path} answered {status}: {json}");
    json
}
