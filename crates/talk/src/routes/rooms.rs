//! /rooms

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::http::{Body, Caller, Params, Segments, etag, if_match};
use kernel::{Page, Problem, RoomId};

use crate::Talk;
use crate::model::Room;
use crate::service::create::CreateRoom;
use crate::service::rooms::{RoomsQuery, UpdateRoom};
use crate::service::settings::UpdateMembership;

/// One's rooms, the one written in last first.
#[utoipa::path(get, path = "/rooms", operation_id = "listRooms", tag = "talk", params(RoomsQuery),
    responses((status = 200, body = Page<Room>)))]
pub(super) async fn list_rooms(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Params(query): Params<RoomsQuery>,
) -> Result<Json<Page<Room>>, Problem> {
    talk.list_rooms(&principal, query).await.map(Json)
}

/// Makes a room; a pair that has a direct room already is given that one.
#[utoipa::path(post, path = "/rooms", operation_id = "createRoom", tag = "talk", request_body = CreateRoom,
    responses((status = 201, body = Room, description = "It is new"), (status = 200, body = Room, description = "It was there")))]
pub(super) async fn create_room(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Body(body): Body<CreateRoom>,
) -> Result<(StatusCode, Json<Room>), Problem> {
    let created = talk.create_room(&principal, body).await?;
    Ok((if created.new { StatusCode::CREATED } else { StatusCode::OK }, Json(created.room)))
}

/// One room; its `ETag` is its rev.
#[utoipa::path(get, path = "/rooms/{roomId}", operation_id = "getRoom", tag = "talk", params(("roomId" = RoomId, Path)),
    responses((status = 200, body = Room)))]
pub(super) async fn get_room(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
) -> Result<Response, Problem> {
    let room = talk.get_room(&principal, room).await?;
    Ok((etag(room.rev), Json(room)).into_response())
}

/// Renames a room, takes in the units below, pins a message for all. Takes `If-Match`.
#[utoipa::path(patch, path = "/rooms/{roomId}", operation_id = "updateRoom", tag = "talk", params(("roomId" = RoomId, Path)),
    request_body = UpdateRoom,
    responses((status = 200, body = Room), (status = 412, description = "changed meanwhile; carries `current`")))]
pub(super) async fn update_room(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    headers: HeaderMap,
    Body(body): Body<UpdateRoom>,
) -> Result<Response, Problem> {
    let room = talk.update_room(&principal, room, if_match(&headers)?, body).await?;
    Ok((etag(room.rev), Json(room)).into_response())
}

/// Mutes, hides or pins a room for oneself.
#[utoipa::path(patch, path = "/rooms/{roomId}/membership", operation_id = "updateMembership", tag = "talk",
    params(("roomId" = RoomId, Path)), request_body = UpdateMembership, responses((status = 200, body = Room)))]
pub(super) async fn update_membership(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Body(body): Body<UpdateMembership>,
) -> Result<Json<Room>, Problem> {
    talk.update_membership(&principal, room, body).await.map(Json)
}
