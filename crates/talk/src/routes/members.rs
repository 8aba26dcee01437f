//! /rooms/{roomId}/members

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::PageQuery;
use kernel::{Page, Problem, RoomId, UserId};

use crate::Talk;
use crate::model::Room;
use crate::service::members::{AddMembers, Member};

/// Who is in a room, by ふりがな.
#[utoipa::path(get, path = "/rooms/{roomId}/members", operation_id = "listMembers", tag = "talk",
    params(("roomId" = RoomId, Path), PageQuery), responses((status = 200, body = Page<Member>)))]
pub(super) async fn list_members(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    talk.list_members(&principal, room, page).await.map(Json)
}

/// Asks people in; a third in a direct room makes it a group, and seeing what was said before waits for consent.
#[utoipa::path(post, path = "/rooms/{roomId}/members", operation_id = "addMembers", tag = "talk",
    params(("roomId" = RoomId, Path)), request_body = AddMembers, responses((status = 200, body = Room)))]
pub(super) async fn add_members(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Body(body): Body<AddMembers>,
) -> Result<Json<Room>, Problem> {
    talk.add_members(&principal, room, body).await.map(Json)
}

/// Takes somebody out; with one's own id, leaves.
#[utoipa::path(delete, path = "/rooms/{roomId}/members/{userId}", operation_id = "removeMember", tag = "talk",
    params(("roomId" = RoomId, Path), ("userId" = UserId, Path)), responses((status = 204)))]
pub(super) async fn remove_member(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, user)): Segments<(RoomId, UserId)>,
) -> Result<StatusCode, Problem> {
    talk.remove_member(&principal, room, user).await.map(|()| StatusCode::NO_CONTENT)
}
