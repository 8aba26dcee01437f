//! /rooms/{roomId}/historyRequests

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::PageQuery;
use kernel::{Page, Problem, RoomId};
use uuid::Uuid;

use crate::Talk;
use crate::service::history::{AnswerHistoryRequest, HistoryRequest};

/// Open requests to show what was said between two.
#[utoipa::path(get, path = "/rooms/{roomId}/historyRequests", operation_id = "listHistoryRequests", tag = "talk",
    params(("roomId" = RoomId, Path), PageQuery), responses((status = 200, body = Page<HistoryRequest>)))]
pub(super) async fn list_history_requests(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<HistoryRequest>>, Problem> {
    talk.list_history_requests(&principal, room, page).await.map(Json)
}

/// Agrees to show it, or not.
#[utoipa::path(put, path = "/rooms/{roomId}/historyRequests/{requestId}", operation_id = "answerHistoryRequest", tag = "talk",
    params(("roomId" = RoomId, Path), ("requestId" = Uuid, Path)), request_body = AnswerHistoryRequest,
    responses((status = 204)))]
pub(super) async fn answer_history_request(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, request)): Segments<(RoomId, Uuid)>,
    Body(body): Body<AnswerHistoryRequest>,
) -> Result<StatusCode, Problem> {
    talk.answer_history_request(&principal, room, request, body.agree).await.map(|()| StatusCode::NO_CONTENT)
}
