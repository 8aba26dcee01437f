//! /rooms/{roomId}/notes

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::http::{Body, Caller, Params, Segments, etag, if_match};
use kernel::page::{Page, PageQuery};
use kernel::{Problem, RoomId};
use uuid::Uuid;

use crate::Talk;
use crate::model::note::NoteNo;
use crate::model::{Note, NoteComment, NoteSummary};
use crate::service::note_comments::AddNoteComment;
use crate::service::notes::{CreateNote, UpdateNote};

/// Notes of a room: the pinned first, then those written last.
#[utoipa::path(get, path = "/rooms/{roomId}/notes", operation_id = "listNotes", tag = "talk",
    params(("roomId" = RoomId, Path), PageQuery), responses((status = 200, body = Page<NoteSummary>)))]
pub(super) async fn list_notes(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<NoteSummary>>, Problem> {
    talk.list_notes(&principal, room, query).await.map(Json)
}

/// Makes a note; the room says so. Safe to repeat.
#[utoipa::path(post, path = "/rooms/{roomId}/notes", operation_id = "createNote", tag = "talk",
    params(("roomId" = RoomId, Path)), request_body = CreateNote, responses((status = 201, body = Note)))]
pub(super) async fn create_note(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Body(body): Body<CreateNote>,
) -> Result<Response, Problem> {
    let note = talk.create_note(&principal, room, body).await?;
    Ok((StatusCode::CREATED, etag(note.summary.rev), Json(note)).into_response())
}

/// One note; its `ETag` is its rev.
#[utoipa::path(get, path = "/rooms/{roomId}/notes/{no}", operation_id = "getNote", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), responses((status = 200, body = Note)))]
pub(super) async fn get_note(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, NoteNo)>,
) -> Result<Response, Problem> {
    let note = talk.get_note(&principal, room, no).await?;
    Ok((etag(note.summary.rev), Json(note)).into_response())
}

/// Writes a note anew, or pins it. Takes `If-Match`.
#[utoipa::path(patch, path = "/rooms/{roomId}/notes/{no}", operation_id = "updateNote", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), request_body = UpdateNote,
    responses((status = 200, body = Note), (status = 412, description = "changed meanwhile; carries `current`")))]
pub(super) async fn update_note(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, NoteNo)>,
    headers: HeaderMap,
    Body(body): Body<UpdateNote>,
) -> Result<Response, Problem> {
    let note = talk.update_note(&principal, room, no, if_match(&headers)?, body).await?;
    Ok((etag(note.summary.rev), Json(note)).into_response())
}

/// Deletes a note with all that was said about it.
#[utoipa::path(delete, path = "/rooms/{roomId}/notes/{no}", operation_id = "deleteNote", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), responses((status = 204)))]
pub(super) async fn delete_note(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, NoteNo)>,
) -> Result<StatusCode, Problem> {
    talk.delete_note(&principal, room, no).await.map(|()| StatusCode::NO_CONTENT)
}

/// What was said about a note, the oldest first.
#[utoipa::path(get, path = "/rooms/{roomId}/notes/{no}/comments", operation_id = "listNoteComments", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path), PageQuery), responses((status = 200, body = Page<NoteComment>)))]
pub(super) async fn list_note_comments(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, NoteNo)>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<NoteComment>>, Problem> {
    talk.list_note_comments(&principal, room, no, query).await.map(Json)
}

/// Says something about a note. Safe to repeat.
#[utoipa::path(post, path = "/rooms/{roomId}/notes/{no}/comments", operation_id = "addNoteComment", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path)), request_body = AddNoteComment,
    responses((status = 201, body = NoteComment)))]
pub(super) async fn add_note_comment(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no)): Segments<(RoomId, NoteNo)>,
    Body(body): Body<AddNoteComment>,
) -> Result<(StatusCode, Json<NoteComment>), Problem> {
    Ok((StatusCode::CREATED, Json(talk.add_note_comment(&principal, room, no, body).await?)))
}

/// Takes a comment away.
#[utoipa::path(delete, path = "/rooms/{roomId}/notes/{no}/comments/{commentId}", operation_id = "deleteNoteComment", tag = "talk",
    params(("roomId" = RoomId, Path), ("no" = i64, Path), ("commentId" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn delete_note_comment(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, no, comment)): Segments<(RoomId, NoteNo, Uuid)>,
) -> Result<StatusCode, Problem> {
    talk.delete_note_comment(&principal, room, no, comment).await.map(|()| StatusCode::NO_CONTENT)
}
