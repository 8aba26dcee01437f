//! What every route shares: who asks, a body that names the field it dislikes, refusals in the caller's language, and work
//! that goes on when the caller hangs up.

use std::future::Future;
use std::panic::resume_unwind;

use axum::body::Body as RawBody;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Principal, Problem, TenantRef};

/// The largest JSON body, in bytes; imports have a bound of their own.
pub const BODY_BYTES: usize = 256 * 1024;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Whether the caller would rather read English than Japanese.
#[must_use]
pub fn prefers_english(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|languages| languages.trim_start().to_ascii_lowercase().starts_with("en"))
}

/// The outermost layer: writes each refusal out in the language that the caller asked for.
pub async fn say_problems(request: Request, next: Next) -> Response {
    let english = prefers_english(request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let body = problem.document(english).to_string();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove(header::CONTENT_LENGTH);
    if let Some(seconds) = problem.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    *response.body_mut() = RawBody::from(body);
    response
}

/// Who asks; 401 where nobody is signed in.
#[derive(Clone, Debug)]
pub struct Caller(pub Principal);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Principal>().cloned().map(Self).ok_or_else(Problem::unauthenticated)
    }
}

/// An entity's rev as its `ETag` (RFC 9110 section 8.8.3).
#[must_use]
pub fn etag(rev: i64) -> [(header::HeaderName, HeaderValue); 1] {
    [(header::ETAG, HeaderValue::from_str(&format!("\"{rev}\"")).unwrap_or(HeaderValue::from_static("\"0\"")))]
}

/// The rev that `If-Match` names, if it names one.
///
/// # Errors
/// 400 when it is no `ETag` of ours.
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    if text == "*" {
        return Ok(None);
    }
    let rev = text.trim_matches('"').parse();
    rev.map(Some).map_err(|_| Problem::malformed("If-Match", "ETagの値ではありません。", "Not an ETag of ours."))
}

/// The tenant that the path names; the edge has put it there.
#[derive(Clone, Debug)]
pub struct Tenant(pub TenantRef);

impl<S: Send + Sync> FromRequestParts<S> for Tenant {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<TenantRef>().cloned().map(Self).ok_or_else(Problem::not_found)
    }
}

/// The caller's address, as the edge found it (behind a trusted proxy, the forwarded one).
#[derive(Clone, Copy, Debug)]
pub struct Address(pub std::net::IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(Problem::internal)
    }
}

/// A JSON body. Types derive `serde::Deserialize` with `deny_unknown_fields` and `rename_all = "camelCase"`. A NUL in any text is
/// 422, naming the field.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let bytes = axum::body::to_bytes(request.into_body(), BODY_BYTES).await.map_err(|_| Problem::too_large())?;
        let body = parse_json(&bytes)?;
        // JSON can only write a NUL as this escape, so nearly no body is read twice.
        if bytes.windows(NUL_ESCAPE.len()).any(|window| window == NUL_ESCAPE) {
            refuse_nul(&parse_json(&bytes)?)?;
        }
        Ok(Self(body))
    }
}

/// Parses JSON, naming the field that is unknown, missing or of a wrong type.
///
/// # Errors
/// 400, with `errors[0].field` where serde tells which field it was.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Keeping track of the field costs as much again: only what is wrong is read with it.
    serde_json::from_slice(bytes).or_else(|_| parse_json_by_field(bytes))
}

fn parse_json_by_field<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        malformed(&path, &error.into_inner())
    })?;
    deserializer.end().map_err(|error| malformed("", &error))?;
    Ok(parsed)
}

/// As [`parse_json`], from a value already read: a socket's frame, whose `ref` is known by now.
///
/// # Errors
/// 400 naming the field, 422 naming one with a NUL.
pub fn parse_value<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    refuse_nul(value)?;
    T::deserialize(value).or_else(|_| {
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            malformed(&path, &error.into_inner())
        })
    })
}

/// How JSON writes the character that PostgreSQL keeps in no text.
const NUL_ESCAPE: &[u8] = b"\\u0000";

/// Both databases keep the same texts: those without a NUL.
fn refuse_nul(value: &Value) -> Result<(), Problem> {
    nul_in(value).map_or(Ok(()), |field| Err(has_nul(if field.is_empty() { "body".to_owned() } else { field })))
}

/// Where the first text with a NUL stands; the way there is written only where there is one.
fn nul_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| nul_in(item).map(|rest| below(&format!("[{index}]"), &rest)))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| nul_in(field).map(|rest| below(name, &rest))),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn below(place: &str, rest: &str) -> String {
    if rest.is_empty() || rest.starts_with('[') { format!("{place}{rest}") } else { format!("{place}.{rest}") }
}

fn has_nul(field: String) -> Problem {
    Problem::invalid(field, "使えない文字が含まれています。", "Contains a character that can't be used.")
}

fn malformed(path: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    // serde names an unknown or missing field only in its message, between backquotes.
    let named = text.split('`').nth(1).filter(|_| text.starts_with("unknown field") || text.starts_with("missing field"));
    let parent = if path == "." || path == "?" { "" } else { path };
    let field = match named {
        // On an unknown field the path already ends with it; on a missing one it is the parent.
        Some(name) if parent.is_empty() || parent == name || parent.ends_with(&format!(".{name}")) => {
            if parent.is_empty() {
                name.to_owned()
            } else {
                parent.to_owned()
            }
        }
        Some(name) => format!("{parent}.{name}"),
        None if parent.is_empty() => "body".to_owned(),
        None => parent.to_owned(),
    };
    if text.starts_with("unknown field") {
        Problem::malformed(field, "知らない項目です。", "Unknown field.")
    } else if text.starts_with("missing field") {
        Problem::malformed(field, "この項目が必要です。", "This field is required.")
    } else if error.is_data() {
        Problem::malformed(field, "値の型が正しくありません。", "Wrong type of value.")
    } else {
        Problem::malformed(field, "JSONとして読めません。", "Not valid JSON.")
    }
}

/// The parameters of a query, decoded; none where they can't be.
#[must_use]
pub fn query_pairs(uri: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(uri).map_or_else(|_| Vec::new(), |Query(pairs)| pairs)
}

/// Query parameters; 400 naming the one that is unknown or of a wrong type, 422 naming one with a NUL.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(value) = Query::<T>::from_request_parts(parts, state).await.map_err(|rejection| {
            let text = rejection.body_text();
            // An unknown or missing one stands between backquotes, one of a wrong type before what is wrong with it.
            let is_named = ["unknown field", "missing field"].iter().any(|said| text.contains(said));
            let field = text.split(if is_named { "`" } else { ": " }).nth(1).unwrap_or("query").to_owned();
            Problem::malformed(field, "クエリの値が正しくありません。", "Not a valid query parameter.")
        })?;
        if let Some((field, _)) = query_pairs(&parts.uri).into_iter().find(|(_, text)| text.contains('\0')) {
            return Err(has_nul(field));
        }
        Ok(Self(value))
    }
}

/// Path parameters; what is no id cannot exist: 404. A NUL in a text is 422, naming it.
#[derive(Clone, Copy, Debug)]
pub struct Segments<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(value) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        let raw = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        if let Some((field, _)) = raw.iter().find(|(_, text)| text.contains('\0')) {
            return Err(has_nul(field.to_owned()));
        }
        Ok(Self(value))
    }
}

/// Does work that must not stop half-way: a request's future is dropped when its caller hangs up, a task is not.
///
/// # Errors
/// What the work says.
pub async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(work).await {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        // Only a runtime that shuts down ends a task.
        Err(_) => Err(Problem::unavailable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(json: &'static str) -> Option<(u16, String)> {
        let refused = Body::<Value>::from_request(Request::new(RawBody::from(json)), &()).await.err();
        refused.map(|problem| (problem.status, problem.errors[0].field.clone()))
    }

    #[tokio::test]
    async fn a_nul_is_refused_where_it_stands() {
        assert_eq!(refused(r#"{"text":"a\u0000b"}"#).await, Some((422, "text".to_owned())));
        assert_eq!(refused(r#"{"people":[{"name":"a"},{"name":"\u0000"}]}"#).await, Some((422, "people[1].name".to_owned())));
        assert_eq!(refused(r#""\u0000""#).await, Some((422, "body".to_owned())));
        assert_eq!(refused(r#"{"text":"a\\u0000b"}"#).await, None, "that is a backslash and five more characters");
        assert!(parse_value::<Value>(&serde_json::json!({ "text": "\0" })).is_err(), "nor over a socket");
    }
}
