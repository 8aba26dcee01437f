//! A browser sends its cookie with whatever page asks it to. So what is authenticated by cookie and writes, or opens a
//! socket, must say that it comes from a page of ours. A bearer token is never sent unasked, and needs no such proof.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::{Principal, Problem};

use super::session::ByCookie;

/// The origin that our pages come from: the one of `--public-url`, or whatever Host a request came to.
#[derive(Clone, Debug, Default)]
pub struct OwnOrigin(Option<Arc<str>>);

impl OwnOrigin {
    /// `scheme://host[:port]` of `--public-url`.
    #[must_use]
    pub fn new(public_url: Option<&str>) -> Self {
        Self(public_url.map(|url| url.trim_end_matches('/').to_ascii_lowercase().into()))
    }

    /// `host[:port]` of `--public-url`, where there is one.
    pub(super) fn authority(&self) -> Option<&str> {
        self.0.as_deref().and_then(|url| url.split_once("://")).map(|(_, authority)| authority)
    }

    fn allows(&self, request: &Request) -> bool {
        let by_cookie = request.extensions().get::<ByCookie>().is_some();
        let by_token = !by_cookie && request.extensions().get::<Principal>().is_some();
        let says_nothing = !request.headers().contains_key(header::ORIGIN);
        by_token || (says_nothing && !by_cookie) || self.is_of(request.headers(), request.uri())
    }

    /// Whether the request says that a page of ours made it.
    fn is_of(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
        let origin = origin.to_ascii_lowercase();
        if let Some(own) = &self.0 {
            return *own.as_ref() == *origin;
        }
        // TLS may end at a proxy, so that our own scheme is not known here.
        let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        authority.is_some() && authority.map(str::to_owned) == super::cookies::host(headers, uri)
    }
}

fn opens_socket(request: &Request) -> bool {
    request.headers().contains_key(header::UPGRADE)
}

/// Refuses a write or a socket by cookie from elsewhere; and what nobody signed for, where its `Origin` is another's: a
/// sign-in from there would set a cookie.
pub async fn check(State(own): State<OwnOrigin>, request: Request, next: Next) -> Response {
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if (writes || opens_socket(&request)) && !own.allows(&request) {
        return bad_origin().into_response();
    }
    next.run(request).await
}

fn bad_origin() -> Problem {
    Problem::new(
        403,
        "bad-origin",
        "このページからの操作は受け付けられません。",
        "This page may not act for you: the Origin is not this server's.",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn is_own(public_url: Option<&str>, host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        OwnOrigin::new(public_url).is_of(&headers, &Uri::from_static("/city/api/v1/me"))
    }

    #[test]
    fn the_host_is_the_origin_unless_told() {
        assert!(is_own(None, "talk.example:8080", Some("http://talk.example:8080")));
        assert!(is_own(None, "Talk.example", Some("https://talk.example")));
        assert!(!is_own(None, "talk.example", Some("https://evil.example")));
        assert!(!is_own(None, "talk.example", Some("null")));
        assert!(!is_own(None, "talk.example", None));
    }

    #[test]
    fn a_public_url_is_exact() {
        let url = Some("https://Talk.example/");
        assert!(is_own(url, "127.0.0.1:8080", Some("https://talk.example")));
        assert!(!is_own(url, "127.0.0.1:8080", Some("http://talk.example")));
        assert!(!is_own(url, "127.0.0.1:8080", Some("http://127.0.0.1:8080")));
    }
}
