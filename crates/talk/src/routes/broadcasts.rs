//! /broadcasts

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Body, Caller, Params, Segments};
use kernel::page::{Page, PageQuery};
use kernel::{BroadcastId, Problem};

use crate::Talk;
use crate::service::broadcasts::{Broadcast, BroadcastDetail, BroadcastReplies, CountRecipients, CreateBroadcast, Recipients};

/// What the caller sent to many rooms, the newest first.
#[utoipa::path(get, path = "/broadcasts", operation_id = "listBroadcasts", tag = "talk", params(PageQuery),
    responses((status = 200, body = Page<Broadcast>)))]
pub(super) async fn list_broadcasts(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Broadcast>>, Problem> {
    Ok(Json(talk.list_broadcasts(&principal, query).await?))
}

/// Puts one message into many rooms, all or none. Each room sees its own; safe to repeat.
#[utoipa::path(post, path = "/broadcasts", operation_id = "createBroadcast", tag = "talk", request_body = CreateBroadcast,
    responses((status = 201, body = BroadcastDetail)))]
pub(super) async fn create_broadcast(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Body(body): Body<CreateBroadcast>,
) -> Result<(StatusCode, Json<BroadcastDetail>), Problem> {
    Ok((StatusCode::CREATED, Json(talk.create_broadcast(&principal, body).await?)))
}

/// Whom a message to these rooms would reach; nothing is sent.
#[utoipa::path(post, path = "/broadcasts/recipients", operation_id = "countRecipients", tag = "talk", request_body = CountRecipients,
    responses((status = 200, body = Recipients)))]
pub(super) async fn count_recipients(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Body(body): Body<CountRecipients>,
) -> Result<Json<Recipients>, Problem> {
    Ok(Json(talk.count_recipients(&principal, body).await?))
}

/// One that the caller sent: 既読, reactions and answers in each room.
#[utoipa::path(get, path = "/broadcasts/{id}", operation_id = "getBroadcast", tag = "talk",
    params(("id" = BroadcastId, Path, description = "Which.")), responses((status = 200, body = BroadcastDetail)))]
pub(super) async fn get_broadcast(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(id): Segments<BroadcastId>,
) -> Result<Json<BroadcastDetail>, Problem> {
    Ok(Json(talk.get_broadcast(&principal, id).await?))
}

/// Takes it back in every room.
#[utoipa::path(delete, path = "/broadcasts/{id}", operation_id = "recallBroadcast", tag = "talk",
    params(("id" = BroadcastId, Path, description = "Which.")), responses((status = 204)))]
pub(super) async fn recall_broadcast(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(id): Segments<BroadcastId>,
) -> Result<StatusCode, Problem> {
    talk.recall_broadcast(&principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers to it from all rooms, the newest first.
#[utoipa::path(get, path = "/broadcasts/{id}/replies", operation_id = "listBroadcastReplies", tag = "talk",
    params(("id" = BroadcastId, Path, description = "Which."), PageQuery), responses((status = 200, body = BroadcastReplies)))]
pub(super) async fn list_broadcast_replies(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(id): Segments<BroadcastId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<BroadcastReplies>, Problem> {
    Ok(Json(talk.list_broadcast_replies(&principal, id, query).await?))
}
