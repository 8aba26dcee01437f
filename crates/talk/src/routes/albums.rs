//! /rooms/{roomId}/albums

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::{Page, PageQuery};
use kernel::{FileId, Problem, RoomId};

use crate::Talk;
use crate::model::album::AlbumNo;
use crate::model::{Album, AlbumPhoto};
use crate::service::album_photos::AddAlbumPhotos;
use crate::service::albums::{CreateAlbum, UpdateAlbum};

/// Albums of a room: those to which photos came last first.
#[utoipa::path(get, path = "/rooms/{roomId}/albums", operation_id = "listAlbums", tag = "talk",
    params(("roomId" = RoomId, Path), PageQuery), responses((status = 200, body = Page<Album>)))]
pub(super) async fn list_albums(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Album>>, Problem> {
    talk.list_albums(&principal, room, query).await.map(Json)
}

/// Makes an album; the room says so. Safe to repeat.
#[utoipa::path(post, path = "/rooms/{roomId}/albums", operation_id = "createAlbum", tag = "talk",
    params(("roomId" = RoomId, Path)), request_body = CreateAlbum, responses((status = 201, body = Album)))]
pub(super) async fn create_album(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Body(body): Body<CreateAlbum>,
) -> Result<(StatusCode, Json<Album>), Problem> {
    Ok((StatusCode::CREATED, Json(talk.create_album(&principal, room, body).await?)))
}

/// One album.
#[utoipa::path(get, path = "/rooms/{roomId}/albums/{no}", operation_id = "getAlbum", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), responses((status = 200, body = Album)))]
pub(super) async fn get_album(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, AlbumNo)>,
) -> Result<Json<Album>, Problem> {
    talk.get_album(&principal, room, no).await.map(Json)
}

/// Renames an album.
#[utoipa::path(patch, path = "/rooms/{roomId}/albums/{no}", operation_id = "updateAlbum", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), request_body = UpdateAlbum, responses((status = 200, body = Album)))]
pub(super) async fn update_album(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, AlbumNo)>,
    Body(body): Body<UpdateAlbum>,
) -> Result<Json<Album>, Problem> {
    talk.update_album(&principal, room, no, body).await.map(Json)
}

/// Deletes an album; the messages that showed its photos stay.
#[utoipa::path(delete, path = "/rooms/{roomId}/albums/{no}", operation_id = "deleteAlbum", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), responses((status = 204)))]
pub(super) async fn delete_album(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, AlbumNo)>,
) -> Result<StatusCode, Problem> {
    talk.delete_album(&principal, room, no).await.map(|()| StatusCode::NO_CONTENT)
}

/// An album's photos and videos, in the order in which they came.
#[utoipa::path(get, path = "/rooms/{roomId}/albums/{no}/photos", operation_id = "listAlbumPhotos", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path), PageQuery), responses((status = 200, body = Page<AlbumPhoto>)))]
pub(super) async fn list_album_photos(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, AlbumNo)>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<AlbumPhoto>>, Problem> {
    talk.list_album_photos(&principal, room, no, query).await.map(Json)
}

/// Puts photos and videos into an album. Safe to repeat.
#[utoipa::path(post, path = "/rooms/{roomId}/albums/{no}/photos", operation_id = "addAlbumPhotos", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), request_body = AddAlbumPhotos, responses((status = 200, body = Album)))]
pub(super) async fn add_album_photos(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, AlbumNo)>,
    Body(body): Body<AddAlbumPhotos>,
) -> Result<Json<Album>, Problem> {
    talk.add_album_photos(&principal, room, no, body).await.map(Json)
}

/// Takes a photo out of an album; the message that showed it stays.
#[utoipa::path(delete, path = "/rooms/{roomId}/albums/{no}/photos/{fileId}", operation_id = "removeAlbumPhoto", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path), ("fileId" = FileId, Path)), responses((status = 204)))]
pub(super) async fn remove_album_photo(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no, file)): Segments<(RoomId, AlbumNo, FileId)>,
) -> Result<StatusCode, Problem> {
    talk.remove_album_photo(&principal, room, no, file).await.map(|()| StatusCode::NO_CONTENT)
}
