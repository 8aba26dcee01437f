//! tus 1.0.0 (tus.io/protocols/resumable-upload): creation, creation-with-upload, termination, expiration. A file's own id is its
//! upload's.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::http::{Caller, Segments, to_the_end};
use kernel::{ClientId, FileId, Principal, Problem, TenantRef};

use super::fetch::said_of;
use crate::Files;
use crate::model::Upload;
use crate::service::NewFile;

/// Says that a request speaks tus.
pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// How a piece's bytes are called.
const PIECE: &str = "application/offset+octet-stream";

/// What is spoken here.
#[utoipa::path(options, path = "/files", operation_id = "getUploadOptions", tag = "files", responses((status = 204)))]
pub(super) async fn upload_options(State(files): State<Files>, Caller(_principal): Caller) -> Response {
    let said = [
        (HeaderName::from_static("tus-version"), VERSION),
        (
            HeaderName::from_static("tus-extension"),
            HeaderValue::from_static("creation,creation-with-upload,termination,expiration"),
        ),
        (HeaderName::from_static("tus-max-size"), HeaderValue::from(files.most_bytes())),
    ];
    (StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)], said).into_response()
}

/// Begins a file.
pub(super) async fn begin(
    files: Files,
    principal: Principal,
    tenant: &TenantRef,
    client_id: Option<ClientId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    ensure_version(&headers)?;
    let metadata = headers.get(&METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let size = number(&headers, &LENGTH)?;
    let content_type = claimed_type(named(metadata, "filetype").as_deref());
    let new = NewFile { name: named(metadata, "filename").unwrap_or_default(), content_type, size, client_id };
    let with_upload = headers.get(header::CONTENT_TYPE).is_some_and(|said| said == PIECE);
    let expires = expires(&files);
    let upload = to_the_end(async move {
        let begun = files.begin(&principal, new).await?;
        let body = if with_upload { body } else { Body::empty() };
        if begun.is_there() || begun.received > 0 { Ok(begun) } else { go_on(&files, &principal, begun.file.id, 0, body).await }
    });
    let upload = upload.await?;
    let location =
        HeaderValue::from_str(&format!("/{}/api/v1/files/{}", tenant.name, upload.file.id)).map_err(|_| Problem::internal())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], expires, said(&upload)).into_response())
}

/// With `Tus-Resumable`, how far one's own file has come; else as `getFile`, without the bytes.
#[utoipa::path(head, path = "/files/{fileId}", operation_id = "getUploadOffset", tag = "files", params(("fileId" = FileId, Path)),
    responses((status = 200)))]
pub(super) async fn upload_offset(
    State(files): State<Files>,
    Caller(principal): Caller,
    Segments(id): Segments<FileId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !headers.contains_key(RESUMABLE) {
        let content = files.open(&principal, id).await?;
        let mut said = said_of(&content.file, false);
        said.insert(header::CONTENT_LENGTH, HeaderValue::from(content.file.size));
        return Ok(said.into_response());
    }
    ensure_version(&headers)?;
    let upload = files.progress(&principal, id).await?;
    // What was taken out of a picture is no longer counted in its size, but has come.
    let length = if upload.is_there() { upload.received } else { upload.file.size };
    Ok(([(LENGTH, HeaderValue::from(length))], said(&upload)).into_response())
}

/// Brings the next bytes of one's own file, from `Upload-Offset` on. The last of them makes it be there.
#[utoipa::path(patch, path = "/files/{fileId}", operation_id = "resumeUpload", tag = "files", params(("fileId" = FileId, Path)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204), (status = 409, description = "the offset is not where it stands"), (status = 422, description = "refused for what it is")))]
pub(super) async fn resume_upload(
    State(files): State<Files>,
    Caller(principal): Caller,
    Segments(id): Segments<FileId>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    ensure_version(&parts.headers)?;
    if parts.headers.get(header::CONTENT_TYPE).is_none_or(|said| said != PIECE) {
        let mut problem = Problem::malformed(
            "Content-Type",
            "application/offset+octet-streamにしてください。",
            "Must be application/offset+octet-stream.",
        );
        problem.status = 415;
        return Err(problem);
    }
    let offset = number(&parts.headers, &OFFSET)?;
    let expires = expires(&files);
    let upload = to_the_end(async move { go_on(&files, &principal, id, offset, body).await }).await?;
    Ok((StatusCode::NO_CONTENT, expires, said(&upload)).into_response())
}

/// Gives up one's own file, unless a message shows it.
#[utoipa::path(delete, path = "/files/{fileId}", operation_id = "cancelUpload", tag = "files", params(("fileId" = FileId, Path)),
    responses((status = 204)))]
pub(super) async fn cancel_upload(
    State(files): State<Files>,
    Caller(principal): Caller,
    Segments(id): Segments<FileId>,
) -> Result<Response, Problem> {
    files.cancel(&principal, id).await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)]).into_response())
}

/// Takes what comes, and finishes the file where that was all.
async fn go_on(files: &Files, principal: &Principal, id: FileId, offset: i64, body: Body) -> Result<Upload, Problem> {
    let received = files.receive(principal, id, offset, body).await?;
    let mut upload = files.progress(principal, id).await?;
    if received == upload.file.size {
        upload.file = files.finish(principal, id).await?;
    }
    Ok(upload)
}

/// How far it has come: all of what was announced once it is there, whatever was taken out of it then.
fn said(upload: &Upload) -> [(HeaderName, HeaderValue); 3] {
    [
        (RESUMABLE, VERSION),
        (OFFSET, HeaderValue::from(upload.received)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

/// Until when it may be gone on with, or shown by a message for the first time.
fn expires(files: &Files) -> [(HeaderName, String); 1] {
    [(EXPIRES, files.kept_until().http_date())]
}

fn ensure_version(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get(RESUMABLE) == Some(&VERSION) {
        return Ok(());
    }
    let mut problem = Problem::malformed("Tus-Resumable", "tusの版が違います。1.0.0を使ってください。", "Must be 1.0.0.");
    problem.status = 412;
    Err(problem)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<i64, Problem> {
    let said = headers.get(name).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<i64>().ok());
    said.filter(|number| *number >= 0)
        .ok_or_else(|| Problem::malformed(name.as_str(), "0以上の整数が必要です。", "Must be a whole number from 0."))
}

/// The value of a key in `Upload-Metadata`: pairs of a key and a value in base64, between commas.
fn named(metadata: &str, key: &str) -> Option<String> {
    let mut pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let (_, value) = pairs.find(|(name, _)| *name == key)?;
    let bytes = STANDARD.decode(value.trim()).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What its bringer takes it for; what it is, is looked at.
pub(super) fn claimed_type(said: Option<&str>) -> String {
    said.filter(|said| !said.is_empty() && said.len() <= 100 && said.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
        .unwrap_or("application/octet-stream")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_by_its_keys() {
        let metadata = "filename 5Yag5rC0LmpwZw==,filetype aW1hZ2UvanBlZw==, is_confidential";
        assert_eq!(named(metadata, "filename").as_deref(), Some("冠水.jpg"));
        assert_eq!(named(metadata, "filetype").as_deref(), Some("image/jpeg"));
        assert_eq!(named(metadata, "other"), None);
        assert_eq!(named("filename !!", "filename"), None);
    }
}
