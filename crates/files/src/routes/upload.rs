//! POST /files: a whole file at once, or the beginning of one by tus.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::http::{Caller, Params, Tenant, to_the_end};
use kernel::{ClientId, Principal, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{disposition, tus};
use crate::Files;
use crate::model::File;
use crate::service::NewFile;

/// How a file is brought.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct UploadQuery {
    /// A UUID of the client's making; bringing it again gives the same file.
    pub client_id: Option<ClientId>,
}

/// Brings a file: its bytes, with `Content-Type`, `Content-Length` and `Content-Disposition` (`filename*=UTF-8''…`). With
/// `Tus-Resumable: 1.0.0` the same address begins a file by tus 1.0 (tus.io), with `Upload-Length` and `Upload-Metadata`
/// (`filename`, `filetype`): its address is then said in `Location`.
#[utoipa::path(post, path = "/files", operation_id = "uploadFile", tag = "files", params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = File), (status = 413, description = "too large"), (status = 422, description = "refused for what it is"),
        (status = 507, description = "the store is full")))]
pub(super) async fn upload_file(
    State(files): State<Files>,
    Caller(principal): Caller,
    Tenant(tenant): Tenant,
    Params(query): Params<UploadQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if parts.headers.contains_key(tus::RESUMABLE) {
        return tus::begin(files, principal, &tenant, query.client_id, parts.headers, body).await;
    }
    let new = announced(&parts.headers, query.client_id)?;
    let file = to_the_end(whole(files, principal, new, body)).await?;
    Ok((StatusCode::CREATED, Json(file)).into_response())
}

fn announced(headers: &HeaderMap, client_id: Option<ClientId>) -> Result<NewFile, Problem> {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let size = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()).ok_or_else(length_required)?;
    let name = headers.get(header::CONTENT_DISPOSITION).and_then(disposition::file_name).unwrap_or_default();
    Ok(NewFile { name, content_type: tus::claimed_type(text(header::CONTENT_TYPE)), size, client_id })
}

/// What is cut short leaves nothing: there is nobody who would go on.
async fn whole(files: Files, principal: Principal, new: NewFile, body: Body) -> Result<File, Problem> {
    let begun = files.begin(&principal, new).await?;
    if begun.is_there() {
        return Ok(begun.file);
    }
    let id = begun.file.id;
    let brought = match files.receive(&principal, id, 0, body).await {
        Ok(received) if received < begun.file.size => {
            Err(Problem::malformed("body", "途中で切れています。", "It was cut short."))
        }
        Ok(_) => files.finish(&principal, id).await,
        Err(problem) => Err(problem),
    };
    if brought.is_err() {
        let _ = files.cancel(&principal, id).await;
    }
    brought
}

fn length_required() -> Problem {
    let mut problem = Problem::malformed("Content-Length", "ファイルの大きさが必要です。", "The file's length is required.");
    problem.status = 411;
    problem
}
