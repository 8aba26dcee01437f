//! The web client's files, inside the binary. The build wrote most of them compressed as well.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/build"]
struct Embedded;

/// The page that every address of the client's own starts from.
const PAGE: &str = "index.html";
/// Names in here contain a hash of what they name.
const IMMUTABLE: &str = "_app/immutable/";

/// One form of a file: as it is, or compressed.
#[derive(Debug)]
struct Form {
    bytes: Bytes,
    etag: HeaderValue,
}

#[derive(Debug)]
struct Asset {
    plain: Form,
    brotli: Option<Form>,
    gzip: Option<Form>,
    content_type: HeaderValue,
}

/// All files by their path without the leading slash.
#[derive(Debug)]
pub struct Assets(HashMap<String, Asset>);

impl Assets {
    /// Those inside the binary; a debug build reads the folder, once.
    pub fn embedded() -> &'static Self {
        static ASSETS: OnceLock<Assets> = OnceLock::new();
        ASSETS.get_or_init(|| {
            let mut forms: HashMap<String, Form> =
                Embedded::iter().filter_map(|path| Some((path.to_string(), form(&path)?))).collect();
            let paths: Vec<String> =
                forms.keys().filter(|path| !path.ends_with(".br") && !path.ends_with(".gz")).cloned().collect();
            let assets = paths.into_iter().filter_map(|path| {
                let asset = Asset {
                    plain: forms.remove(&path)?,
                    brotli: forms.remove(&format!("{path}.br")),
                    gzip: forms.remove(&format!("{path}.gz")),
                    content_type: content_type(&path),
                };
                Some((path, asset))
            });
            Self(assets.collect())
        })
    }

    /// The text of the client's page; none when the client was not built.
    #[must_use]
    pub fn page_text(&self) -> Option<Cow<'_, str>> {
        self.0.get(PAGE).map(|page| String::from_utf8_lossy(&page.plain.bytes))
    }

    /// The file at this path of the origin, if it is one.
    #[must_use]
    pub fn file(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
        let path = path.trim_start_matches('/');
        let asset = self.0.get(path).filter(|_| path != PAGE)?;
        let caching = if path.starts_with(IMMUTABLE) { "public, max-age=31536000, immutable" } else { "no-cache" };
        Some(asset.answer(method, headers, caching))
    }

    /// The client's page, or words saying that it was not built.
    #[must_use]
    pub fn page(&self, method: &Method, headers: &HeaderMap) -> Response {
        match self.0.get(PAGE) {
            Some(page) => page.answer(method, headers, "no-cache"),
            None => not_built(),
        }
    }
}

fn form(path: &str) -> Option<Form> {
    let file = Embedded::get(path)?;
    let etag = format!("\"{}\"", store::hex(&file.metadata.sha256_hash()[..12]));
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    Some(Form { bytes, etag: HeaderValue::try_from(etag).ok()? })
}

fn content_type(path: &str) -> HeaderValue {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    let text = guess.type_() == "text" || matches!(guess.subtype().as_str(), "javascript" | "json");
    let text = if text { format!("{}; charset=utf-8", guess.essence_str()) } else { guess.essence_str().to_owned() };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

impl Asset {
    fn answer(&self, method: &Method, asked: &HeaderMap, caching: &'static str) -> Response {
        let (form, encoding) = self.choose(asked);
        let mut response = StatusCode::OK.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ETAG, form.etag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if holds(asked, &form.etag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(form.bytes.len()));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if *method != Method::HEAD {
            *response.body_mut() = Body::from(form.bytes.clone());
        }
        response
    }

    fn choose(&self, asked: &HeaderMap) -> (&Form, Option<&'static str>) {
        let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
        match (&self.brotli, &self.gzip) {
            (Some(form), _) if accepts(accepted, "br") => (form, Some("br")),
            (_, Some(form)) if accepts(accepted, "gzip") => (form, Some("gzip")),
            _ => (&self.plain, None),
        }
    }
}

/// Whether `Accept-Encoding` names this coding with a weight above zero.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.filter_map(|part| part.strip_prefix("q=")).any(|weight| weight.parse() == Ok(0.0_f32));
        named && !refused
    })
}

fn holds(asked: &HeaderMap, etag: &HeaderValue) -> bool {
    let Some(held) = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else { return false };
    held.split(',').any(|held| held.trim().trim_start_matches("W/").as_bytes() == etag.as_bytes())
}

fn not_built() -> Response {
    let page = "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\"><title>Irori</title>\
        <p>画面がこのプログラムに含まれていません。web/ をビルドしてから、もう一度作成してください（make build）。</p>\
        <p lang=\"en\">This binary was built without the web client. Build web/ first (make build).</p></html>";
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_chosen_by_name_and_weight() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("BR;q=0.5", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[test]
    fn a_held_form_is_not_sent_again() {
        let etag = HeaderValue::from_static("\"abc\"");
        let mut asked = HeaderMap::new();
        assert!(!holds(&asked, &etag));
        asked.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"x\", W/\"abc\""));
        assert!(holds(&asked, &etag));
    }
}
