//! /forwards

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::Problem;
use kernel::http::{Body, Caller};

use crate::Talk;
use crate::service::forward::{ForwardMessages, Forwards};

/// Puts messages into other rooms, and a word after them. Safe to repeat.
#[utoipa::path(post, path = "/forwards", operation_id = "forwardMessages", tag = "talk", request_body = ForwardMessages,
    responses((status = 201, body = Forwards)))]
pub(super) async fn forward_messages(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Body(body): Body<ForwardMessages>,
) -> Result<(StatusCode, Json<Forwards>), Problem> {
    Ok((StatusCode::CREATED, Json(talk.forward(&principal, body).await?)))
}
