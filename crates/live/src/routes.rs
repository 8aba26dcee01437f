//! The live path over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::Problem;
use kernel::http::{Body, Caller, Params, Segments, prefers_english};
use kernel::live::Hello;
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::hub::Hub;
use crate::{event_stream, session, socket};

/// All routes, relative to `/{tenant}/api/v1`.
pub fn routes(hub: Arc<Hub>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(live))
        .routes(routes!(open_live_stream))
        .routes(routes!(read_live_stream))
        .routes(routes!(post_live_frame))
        .with_state(hub)
}

/// The live socket: a WebSocket of JSON frames.
#[utoipa::path(get, path = "/live", operation_id = "live", tag = "live",
    responses((status = 101, description = "a WebSocket"), (status = 426, description = "not asked for as a WebSocket")))]
async fn live(State(hub): State<Arc<Hub>>, Caller(principal): Caller, request: Request) -> Result<Response, Problem> {
    let english = prefers_english(request.headers());
    socket::upgrade(hub, principal, english, request)
        .ok_or_else(|| Problem::new(426, "upgrade-required", "WebSocketで接続してください。", "Connect with a WebSocket."))
}

#[derive(Deserialize, ToSchema)]
struct HelloFrame {
    /// `hello`, as on a socket; may be left out.
    #[serde(default, rename = "type")]
    kind: Option<String>,
    /// As on a socket: `rooms`, `revs`, `reads`, `me`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    hello: serde_json::Value,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OpenedStream {
    stream_id: Uuid,
}

/// Opens an event stream, where WebSockets don't get through.
#[utoipa::path(post, path = "/live/streams", operation_id = "openLiveStream", tag = "live", request_body = HelloFrame, responses((status = 201, body = OpenedStream)))]
async fn open_live_stream(State(hub): State<Arc<Hub>>, Caller(principal): Caller, request: Request) -> Result<Response, Problem> {
    let english = prefers_english(request.headers());
    let bytes = axum::body::to_bytes(request.into_body(), session::HELLO_BYTES).await.map_err(|_| session::too_large())?;
    let body: HelloFrame = kernel::http::parse_json(&bytes)?;
    if body.kind.is_some_and(|kind| kind != "hello") {
        return Err(Problem::malformed("type", "最初のフレームはhelloです。", "The first frame is hello."));
    }
    let hello: Hello = kernel::http::parse_value(&body.hello)?;
    let stream_id = event_stream::open(&hub, principal, english, hello).await?;
    Ok((StatusCode::CREATED, Json(OpenedStream { stream_id })).into_response())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// The stream, as openLiveStream named it.
    id: Uuid,
}

/// The stream's frames as server-sent events.
#[utoipa::path(get, path = "/live/stream", operation_id = "readLiveStream", tag = "live", params(StreamQuery),
    responses((status = 200, content_type = "text/event-stream", description = "frames, one an event")))]
async fn read_live_stream(
    State(hub): State<Arc<Hub>>,
    Caller(principal): Caller,
    Params(query): Params<StreamQuery>,
) -> Result<Response, Problem> {
    let connection = event_stream::find(&hub, &principal, query.id)?;
    Ok(event_stream::read(hub, connection)?.into_response())
}

/// Takes one frame of a client; what answers it comes on the stream.
#[utoipa::path(post, path = "/live/streams/{id}/frames", operation_id = "postLiveFrame", tag = "live", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 204)))]
async fn post_live_frame(
    State(hub): State<Arc<Hub>>,
    Caller(principal): Caller,
    Segments(id): Segments<Uuid>,
    Body(frame): Body<serde_json::Value>,
) -> Result<StatusCode, Problem> {
    let connection = event_stream::find(&hub, &principal, id)?;
    session::handle(&hub, &connection, &frame.to_string()).instrument(connection.span()).await;
    Ok(StatusCode::NO_CONTENT)
}
