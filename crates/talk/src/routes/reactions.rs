//! /rooms/{roomId}/messages/{seq}/reactions

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Caller, Segments};
use kernel::{Problem, RoomId, Seq};

use crate::Talk;

/// Puts an emoji on a message.
#[utoipa::path(put, path = "/rooms/{roomId}/messages/{seq}/reactions/{emoji}", operation_id = "react", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path), ("emoji" = String, Path)), responses((status = 204)))]
pub(super) async fn react(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq, emoji)): Segments<(RoomId, Seq, String)>,
) -> Result<StatusCode, Problem> {
    talk.react(&principal, room, seq, emoji, true).await.map(|_| StatusCode::NO_CONTENT)
}

/// Takes one's own emoji back.
#[utoipa::path(delete, path = "/rooms/{roomId}/messages/{seq}/reactions/{emoji}", operation_id = "unreact", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path), ("emoji" = String, Path)), responses((status = 204)))]
pub(super) async fn unreact(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq, emoji)): Segments<(RoomId, Seq, String)>,
) -> Result<StatusCode, Problem> {
    talk.react(&principal, room, seq, emoji, false).await.map(|_| StatusCode::NO_CONTENT)
}
