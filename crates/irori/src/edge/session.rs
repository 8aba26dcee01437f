//! Who asks: by the token in `Authorization: Bearer`, else by the session cookie.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use directory::{Directory, SESSION_COOKIE};
use kernel::http::Address;
use kernel::{Problem, TenantRef};

/// Marks a request whose principal was made from the cookie, which a browser sends unasked.
#[derive(Clone, Copy, Debug)]
pub struct ByCookie;

/// Puts the principal into the request, where its token is good. Whether one is needed, each operation says.
pub async fn authenticate(State(directory): State<Directory>, mut request: Request, next: Next) -> Response {
    match identify(&directory, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn identify(directory: &Directory, request: &mut Request) -> Result<(), Problem> {
    let tenant = request.extensions().get::<TenantRef>().ok_or_else(Problem::not_found)?.id;
    let Address(address) = *request.extensions().get::<Address>().ok_or_else(Problem::internal)?;
    let (token, by_cookie) = match bearer(request.headers()) {
        Some(token) => (Some(token), false),
        None => (cookie(request.headers()), true),
    };
    let Some(token) = token.map(str::to_owned) else { return Ok(()) };
    if let Some(principal) = directory.authenticate(tenant, &token, address).await? {
        request.extensions_mut().insert(principal);
        if by_cookie {
            request.extensions_mut().insert(ByCookie);
        }
    }
    Ok(())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies =
        headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut named = cookies.filter_map(|cookie| cookie.trim().split_once('=')).filter(|(name, _)| *name == SESSION_COOKIE);
    named.next().map(|(_, token)| token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn tokens_are_found_in_either_header() {
        let mut headers = HeaderMap::new();
        assert_eq!((bearer(&headers), cookie(&headers)), (None, None));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer abc"));
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; irori_session=xyz"));
        assert_eq!((bearer(&headers), cookie(&headers)), (Some("abc"), Some("xyz")));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic abc"));
        assert_eq!(bearer(&headers), None);
    }
}
