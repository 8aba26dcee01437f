//! /rooms/{roomId}/read, …/readers, …/nudges

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Body, Caller, Params, Segments};
use kernel::{Problem, RoomId, Seq};

use crate::Talk;
use crate::service::nudge::Nudged;
use crate::service::readers::{Readers, ReadersQuery};
use crate::service::reads::MarkRead;

/// Says how far one has read; stored once it is answered.
#[utoipa::path(post, path = "/rooms/{roomId}/read", operation_id = "markRead", tag = "talk",
    params(("roomId" = RoomId, Path)), request_body = MarkRead, responses((status = 204)))]
pub(super) async fn mark_read(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Body(body): Body<MarkRead>,
) -> Result<StatusCode, Problem> {
    talk.mark_read(&principal, room, body.seq).await.map(|()| StatusCode::NO_CONTENT)
}

/// Who has read a message and who has not: names, never the minute.
#[utoipa::path(get, path = "/rooms/{roomId}/messages/{seq}/readers", operation_id = "listReaders", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path), ReadersQuery), responses((status = 200, body = Readers)))]
pub(super) async fn list_readers(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq)): Segments<(RoomId, Seq)>,
    Params(query): Params<ReadersQuery>,
) -> Result<Json<Readers>, Problem> {
    talk.list_readers(&principal, room, seq, query).await.map(Json)
}

/// Lets those who have not read one's own message know, gently.
#[utoipa::path(post, path = "/rooms/{roomId}/messages/{seq}/nudges", operation_id = "nudge", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path)), responses((status = 200, body = Nudged)))]
pub(super) async fn nudge(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq)): Segments<(RoomId, Seq)>,
) -> Result<Json<Nudged>, Problem> {
    talk.nudge(&principal, room, seq).await.map(Json)
}
