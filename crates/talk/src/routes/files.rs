//! /rooms/{roomId}/files

use axum::Json;
use axum::extract::State;
use kernel::http::{Caller, Params, Segments};
use kernel::page::Page;
use kernel::{Problem, RoomId};

use crate::Talk;
use crate::service::files::{RoomFile, RoomFilesQuery};

/// Pictures and videos, or other files, of a room; the newest first.
#[utoipa::path(get, path = "/rooms/{roomId}/files", operation_id = "listRoomFiles", tag = "talk",
    params(("roomId" = RoomId, Path), RoomFilesQuery), responses((status = 200, body = Page<RoomFile>)))]
pub(super) async fn list_room_files(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(query): Params<RoomFilesQuery>,
) -> Result<Json<Page<RoomFile>>, Problem> {
    talk.list_room_files(&principal, room, query).await.map(Json)
}
