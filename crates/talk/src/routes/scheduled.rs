//! /rooms/{roomId}/scheduledMessages, /scheduledMessages

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Body, Caller, Params, Segments};
use kernel::{Page, Problem, RoomId};
use uuid::Uuid;

use crate::Talk;
use crate::model::{Message, ScheduledMessage};
use crate::service::scheduled::{ScheduleMessage, ScheduledQuery, UpdateScheduledMessage};

/// Keeps a message until it is to be sent. Safe to repeat; once it is sent or cancelled, repeating it is 409.
#[utoipa::path(post, path = "/rooms/{roomId}/scheduledMessages", operation_id = "scheduleMessage", tag = "talk",
    params(("roomId" = RoomId, Path)), request_body = ScheduleMessage, responses((status = 201, body = ScheduledMessage)))]
pub(super) async fn schedule_message(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Body(body): Body<ScheduleMessage>,
) -> Result<(StatusCode, Json<ScheduledMessage>), Problem> {
    Ok((StatusCode::CREATED, Json(talk.schedule(&principal, room, body).await?)))
}

/// One's own messages that wait to be sent, of all rooms, and those that could not be sent.
#[utoipa::path(get, path = "/scheduledMessages", operation_id = "listScheduledMessages", tag = "talk",
    params(ScheduledQuery), responses((status = 200, body = Page<ScheduledMessage>)))]
pub(super) async fn list_scheduled_messages(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Params(query): Params<ScheduledQuery>,
) -> Result<Json<Page<ScheduledMessage>>, Problem> {
    talk.list_scheduled(&principal, query).await.map(Json)
}

/// Changes the words or the time of a message that waits.
#[utoipa::path(patch, path = "/scheduledMessages/{id}", operation_id = "updateScheduledMessage", tag = "talk",
    params(("id" = Uuid, Path)), request_body = UpdateScheduledMessage, responses((status = 200, body = ScheduledMessage)))]
pub(super) async fn update_scheduled_message(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(id): Segments<Uuid>,
    Body(body): Body<UpdateScheduledMessage>,
) -> Result<Json<ScheduledMessage>, Problem> {
    talk.update_scheduled(&principal, id, body).await.map(Json)
}

/// A message that waits is not to be sent.
#[utoipa::path(delete, path = "/scheduledMessages/{id}", operation_id = "cancelScheduledMessage", tag = "talk",
    params(("id" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn cancel_scheduled_message(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(id): Segments<Uuid>,
) -> Result<StatusCode, Problem> {
    talk.cancel_scheduled(&principal, id).await.map(|()| StatusCode::NO_CONTENT)
}

/// Sends a message that waits at once.
#[utoipa::path(post, path = "/scheduledMessages/{id}/send", operation_id = "sendScheduledMessage", tag = "talk",
    params(("id" = Uuid, Path)), responses((status = 200, body = Message)))]
pub(super) async fn send_scheduled_message(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(id): Segments<Uuid>,
) -> Result<Json<Message>, Problem> {
    talk.send_scheduled(&principal, id).await.map(Json)
}
