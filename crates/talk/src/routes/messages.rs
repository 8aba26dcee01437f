//! /rooms/{roomId}/messages

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::http::{Body, Caller, Params, Segments, etag, if_match};
use kernel::{Problem, RoomId, Seq};

use crate::Talk;
use crate::model::Message;
use crate::service::edit::EditMessage;
use crate::service::messages::{FoundSeq, Messages, MessagesQuery, SeqQuery};
use crate::service::send::SendMessage;

/// Messages that one may see, ascending by seq.
#[utoipa::path(get, path = "/rooms/{roomId}/messages", operation_id = "listMessages", tag = "talk",
    params(("roomId" = RoomId, Path), MessagesQuery), responses((status = 200, body = Messages)))]
pub(super) async fn list_messages(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(query): Params<MessagesQuery>,
) -> Result<Json<Messages>, Problem> {
    talk.list_messages(&principal, room, query).await.map(Json)
}

/// Writes a message; durable once it is answered. Safe to repeat.
#[utoipa::path(post, path = "/rooms/{roomId}/messages", operation_id = "sendMessage", tag = "talk",
    params(("roomId" = RoomId, Path)), request_body = SendMessage, responses((status = 201, body = Message)))]
pub(super) async fn send_message(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Body(body): Body<SendMessage>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    Ok((StatusCode::CREATED, Json(talk.send(&principal, room, body).await?)))
}

/// Writes one's own message anew. Takes `If-Match`: the message's rev.
#[utoipa::path(patch, path = "/rooms/{roomId}/messages/{seq}", operation_id = "editMessage", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path)), request_body = EditMessage,
    responses((status = 200, body = Message), (status = 412, description = "changed meanwhile; carries `current`")))]
pub(super) async fn edit_message(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq)): Segments<(RoomId, Seq)>,
    headers: HeaderMap,
    Body(body): Body<EditMessage>,
) -> Result<Response, Problem> {
    let message = talk.edit(&principal, room, seq, if_match(&headers)?, body).await?;
    Ok((etag(message.rev), Json(message)).into_response())
}

/// Takes one's own message back; a trace stays.
#[utoipa::path(delete, path = "/rooms/{roomId}/messages/{seq}", operation_id = "recallMessage", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path)), responses((status = 204)))]
pub(super) async fn recall_message(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq)): Segments<(RoomId, Seq)>,
) -> Result<StatusCode, Problem> {
    talk.recall(&principal, room, seq).await.map(|_| StatusCode::NO_CONTENT)
}

/// The first message on or after a day.
#[utoipa::path(get, path = "/rooms/{roomId}/seq", operation_id = "findSeq", tag = "talk",
    params(("roomId" = RoomId, Path), SeqQuery), responses((status = 200, body = FoundSeq)))]
pub(super) async fn find_seq(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(query): Params<SeqQuery>,
) -> Result<Json<FoundSeq>, Problem> {
    talk.find_seq(&principal, room, &query.date).await.map(Json)
}
