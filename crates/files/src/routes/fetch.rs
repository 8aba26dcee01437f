//! Files as browsers get them. Nothing in a file can run: what could is only ever saved, and a policy of its own holds it.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::http::{Caller, Params, Segments, to_the_end};
use kernel::{FileId, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::disposition::disposition;
use super::range::{Asked, asked};
use crate::Files;
use crate::kinds::is_shown_inline;
use crate::model::File;

/// A file never changes, but who may see it does: a browser keeps it for an hour, and nothing between keeps it at all.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=3600");
/// A file opened in a window of its own loads nothing and runs nothing (Content Security Policy Level 3). A PDF's viewer is the
/// browser's own, which `sandbox` would keep out.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; sandbox");
const POLICY_OF_PDF: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf");

/// How a file is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// To be saved, under its name.
    pub download: Option<bool>,
}

/// Which picture is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThumbnailQuery {
    /// Of at least so many pixels on its longer side, if we make such large ones (320 unless told).
    pub width: Option<u32>,
}

/// A file's bytes, or the part that `Range` names; `If-None-Match` takes its `ETag`.
#[utoipa::path(get, path = "/files/{fileId}", operation_id = "getFile", tag = "files", params(("fileId" = FileId, Path), FileQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "a part"), (status = 304, description = "as it was"), (status = 416, description = "no such part")))]
pub(super) async fn get_file(
    State(files): State<Files>,
    Caller(principal): Caller,
    Segments(id): Segments<FileId>,
    Params(query): Params<FileQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = files.open(&principal, id).await?;
    let file = &content.file;
    let (length, etag) = (u64::try_from(file.size).unwrap_or(0), etag(file));
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag), (header::CACHE_CONTROL, KEPT)]).into_response());
    }
    // A part of what has changed is no use; nothing changes here, but the name may stand for another file elsewhere.
    let same = headers.get(header::IF_RANGE).is_none_or(|said| *said == etag);
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).filter(|_| same);
    let (status, part) = match asked(range, length) {
        Asked::Whole => (StatusCode::OK, None),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, Some(part)),
        Asked::Beyond => {
            let whole = HeaderValue::from_str(&format!("bytes */{length}")).unwrap_or(HeaderValue::from_static("bytes */*"));
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, whole)]).into_response());
        }
    };
    let coming = part.as_ref().map_or(length, |part| part.end - part.start);
    let body = files.read(&content, part.clone()).await?;
    let mut response = (status, said_of(file, query.download.unwrap_or(false))).into_response();
    let said = response.headers_mut();
    said.insert(header::CONTENT_LENGTH, HeaderValue::from(coming));
    if let Some(part) = part
        && let Ok(range) = HeaderValue::from_str(&format!("bytes {}-{}/{length}", part.start, part.end - 1))
    {
        said.insert(header::CONTENT_RANGE, range);
    }
    *response.body_mut() = Body::from_stream(futures_util::StreamExt::map(body, |bytes| {
        bytes.map_err(|problem| std::io::Error::other(problem.detail.en))
    }));
    Ok(response)
}

/// What a file's answer says beside its bytes.
pub(super) fn said_of(file: &File, download: bool) -> HeaderMap {
    let mut said = HeaderMap::new();
    // A picture too large to be shown small would be too large in a window too.
    let shown = is_shown_inline(&file.content_type) && (!file.content_type.starts_with("image/") || file.width.is_some());
    let content_type = HeaderValue::from_str(&file.content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    said.insert(header::CONTENT_TYPE, content_type);
    said.insert(header::CONTENT_DISPOSITION, disposition(&file.name, shown && !download));
    let policy = if file.content_type == "application/pdf" { POLICY_OF_PDF } else { POLICY };
    said.insert(header::CONTENT_SECURITY_POLICY, policy);
    said.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    said.insert(header::CACHE_CONTROL, KEPT);
    said.insert(header::ETAG, etag(file));
    said
}

fn etag(file: &File) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{}\"", file.sha256)).unwrap_or(HeaderValue::from_static("\"\""))
}

/// What is known of a file. Whoever brought it finishes it by this, where the end of it was not heard.
#[utoipa::path(get, path = "/files/{fileId}/info", operation_id = "describeFile", tag = "files", params(("fileId" = FileId, Path)),
    responses((status = 200, body = File), (status = 409, description = "not all of it has come")))]
pub(super) async fn describe_file(
    State(files): State<Files>,
    Caller(principal): Caller,
    Segments(id): Segments<FileId>,
) -> Result<Json<File>, Problem> {
    to_the_end(async move { files.describe(&principal, id).await }).await.map(Json)
}

/// A small JPEG of a picture, turned the right way, or of a document's first page.
#[utoipa::path(get, path = "/files/{fileId}/thumbnail", operation_id = "getThumbnail", tag = "files",
    params(("fileId" = FileId, Path), ThumbnailQuery),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 404, description = "not there, or no picture")))]
pub(super) async fn get_thumbnail(
    State(files): State<Files>,
    Caller(principal): Caller,
    Segments(id): Segments<FileId>,
    Params(query): Params<ThumbnailQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = files.open(&principal, id).await?;
    let side = query.width.unwrap_or(320);
    let etag = HeaderValue::from_str(&format!("\"{}-{side}\"", content.file.sha256)).map_err(|_| Problem::internal())?;
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag), (header::CACHE_CONTROL, KEPT)]).into_response());
    }
    let bytes = files.thumbnail(&content, side).await?;
    let said =
        [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")), (header::CACHE_CONTROL, KEPT), (header::ETAG, etag)];
    Ok((said, bytes).into_response())
}
