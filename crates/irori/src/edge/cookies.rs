//! Cookies are `Secure` wherever people come from another machine: on every origin but loopback.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use super::origin::OwnOrigin;

/// Adds `Secure` to the cookie that an answer sets.
pub async fn secure(State(own): State<OwnOrigin>, request: Request, next: Next) -> Response {
    let authority = own.authority().map(str::to_owned).or_else(|| host(request.headers(), request.uri()));
    let mut response = next.run(request).await;
    if authority.is_some_and(|authority| is_loopback(&authority)) {
        return response;
    }
    if let Some(cookie) = response.headers_mut().get_mut(header::SET_COOKIE)
        && let Ok(secured) = HeaderValue::try_from(format!("{}; Secure", cookie.to_str().unwrap_or_default()))
    {
        *cookie = secured;
    }
    response
}

/// The authority that a request came to.
pub(super) fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    named.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str)).map(str::to_ascii_lowercase)
}

fn is_loopback(authority: &str) -> bool {
    let name = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for own in ["localhost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["talk.city.example", "192.0.2.1:8080", "localhost.city.example", "[2001:db8::1]"] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
