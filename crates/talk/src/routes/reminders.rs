//! /reminders, /rooms/{roomId}/messages/{seq}/reminder

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::PageQuery;
use kernel::{Page, Problem, RoomId, Seq};

use crate::Talk;
use crate::model::Reminder;
use crate::service::reminders::SetReminder;

/// What one wants to be reminded of, what is due first.
#[utoipa::path(get, path = "/reminders", operation_id = "listReminders", tag = "talk", params(PageQuery),
    responses((status = 200, body = Page<Reminder>)))]
pub(super) async fn list_reminders(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Reminder>>, Problem> {
    talk.list_reminders(&principal, page).await.map(Json)
}

/// Reminds one of a message, or at another time than before.
#[utoipa::path(put, path = "/rooms/{roomId}/messages/{seq}/reminder", operation_id = "setReminder", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path)), request_body = SetReminder, responses((status = 200, body = Reminder)))]
pub(super) async fn set_reminder(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq)): Segments<(RoomId, Seq)>,
    Body(body): Body<SetReminder>,
) -> Result<Json<Reminder>, Problem> {
    talk.set_reminder(&principal, room, seq, body).await.map(Json)
}

/// One is done with a reminder, or does not want it any more.
#[utoipa::path(delete, path = "/rooms/{roomId}/messages/{seq}/reminder", operation_id = "dropReminder", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path)), responses((status = 204)))]
pub(super) async fn drop_reminder(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq)): Segments<(RoomId, Seq)>,
) -> Result<StatusCode, Problem> {
    talk.drop_reminder(&principal, room, seq).await.map(|()| StatusCode::NO_CONTENT)
}
