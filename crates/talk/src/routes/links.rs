//! /rooms/{roomId}/links, and the cards of a message's links.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::http::{Caller, Params, Segments};
use kernel::page::{Page, PageQuery};
use kernel::{Problem, RoomId, Seq};

use crate::Talk;
use crate::service::cards::LinkCards;
use crate::service::links::RoomLink;

/// Links of a room; the newest first.
#[utoipa::path(get, path = "/rooms/{roomId}/links", operation_id = "listRoomLinks", tag = "talk",
    params(("roomId" = RoomId, Path), PageQuery), responses((status = 200, body = Page<RoomLink>)))]
pub(super) async fn list_room_links(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments(room): Segments<RoomId>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<RoomLink>>, Problem> {
    talk.list_room_links(&principal, room, query).await.map(Json)
}

/// What the pages say of themselves that a message's first three links lead to. Those that nobody has asked for a week are asked now, which
/// takes up to 6 s.
#[utoipa::path(get, path = "/rooms/{roomId}/messages/{seq}/cards", operation_id = "listLinkCards", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path)), responses((status = 200, body = LinkCards)))]
pub(super) async fn list_link_cards(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq)): Segments<(RoomId, Seq)>,
) -> Result<Json<LinkCards>, Problem> {
    talk.link_cards(&principal, room, seq).await.map(Json)
}

/// The picture of a message's card.
#[utoipa::path(get, path = "/rooms/{roomId}/messages/{seq}/cards/{cardId}/image", operation_id = "getCardImage", tag = "talk",
    params(("roomId" = RoomId, Path), ("seq" = i64, Path), ("cardId" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 404, description = "not there, or no picture")))]
pub(super) async fn get_card_image(
    State(talk): State<Talk>,
    Caller(principal): Caller,
    Segments((room, seq, card)): Segments<(RoomId, Seq, String)>,
) -> Result<Response, Problem> {
    let bytes = talk.card_image(&principal, room, seq, &card).await?;
    let said = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        // As a file's: who may see it may change.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ];
    Ok((said, bytes).into_response())
}
