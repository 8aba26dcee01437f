//! Bounds on what requests may take: how many at once, how long, how large.
//!
//! A body is received before the request has its turn, so that whoever sends slowly keeps nobody waiting: bodies that are still
//! coming share memory of their own, and take as much of it as has come. Files are received by their own handlers, piece by piece, for
//! as long as something comes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use kernel::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Requests worked on at once, at most; more wait briefly, then are told to come back.
const AT_ONCE: usize = 4096;
/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(5);
/// How long an answer may take. Sockets and event streams answer at once and then go on by themselves.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a body may take to come.
const BODY: Duration = Duration::from_secs(20);
/// The largest body but an import's; handlers have tighter bounds.
const BODY_BYTES: usize = 1024 * 1024;
/// How long an import's body and its answer may take: it hashes a password for each new account.
const IMPORT: Duration = Duration::from_secs(600);
const IMPORT_BYTES: usize = 8 * 1024 * 1024;
/// Files on their way at once, at most.
const FILES_AT_ONCE: usize = 1024;
/// What all bodies take together, at most.
const ROOM_BYTES: usize = 256 * 1024 * 1024;

/// Who is being served.
#[derive(Clone, Debug)]
pub struct Bounds {
    turns: Arc<Semaphore>,
    room: Arc<Semaphore>,
    files: Arc<Semaphore>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self::of(AT_ONCE, ROOM_BYTES)
    }
}

impl Bounds {
    fn of(turns: usize, room_bytes: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            room: Arc::new(Semaphore::new(room_bytes)),
            files: Arc::new(Semaphore::new(FILES_AT_ONCE)),
        }
    }
}

/// Keeps a request within bounds.
pub async fn keep(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    if brings_file(&request) {
        let Ok(_turn) = bounds.files.try_acquire() else { return Problem::unavailable().into_response() };
        return next.run(request).await;
    }
    let import = request.uri().path().ends_with("/users/import");
    let (coming, answer, most) = if import { (IMPORT, IMPORT, IMPORT_BYTES) } else { (BODY, ANSWER, BODY_BYTES) };
    let received = timeout(coming, receive(request, most, &bounds.room)).await;
    let (request, _room) = match received.unwrap_or_else(|_| Err(too_slow())) {
        Ok(received) => received,
        Err(problem) => return problem.into_response(),
    };
    let Ok(Ok(_turn)) = timeout(TURN, bounds.turns.acquire()).await else {
        return Problem::unavailable().into_response();
    };
    timeout(answer, next.run(request)).await.unwrap_or_else(|_| took_too_long().into_response())
}

/// Whether the body is a file, or a piece of one.
fn brings_file(request: &Request) -> bool {
    let path = request.uri().path();
    match *request.method() {
        Method::POST => path.ends_with("/api/v1/files"),
        Method::PATCH => path.rsplit_once('/').is_some_and(|(before, _)| before.ends_with("/api/v1/files")),
        _ => false,
    }
}

/// The request with its whole body, and the room that this takes.
async fn receive(request: Request, most: usize, room: &Arc<Semaphore>) -> Result<(Request, Vec<OwnedSemaphorePermit>), Problem> {
    let (parts, body) = request.into_parts();
    let (mut body, mut whole, mut taken) = (Limited::new(body, most), BytesMut::new(), Vec::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| if error.is::<LengthLimitError>() { Problem::too_large() } else { cut_short() })?;
        let Ok(data) = frame.into_data() else { continue };
        let size = u32::try_from(data.len()).map_err(|_| Problem::too_large())?;
        taken.push(Arc::clone(room).acquire_many_owned(size).await.map_err(|_| Problem::unavailable())?);
        whole.extend_from_slice(&data);
    }
    Ok((Request::from_parts(parts, Body::from(whole.freeze())), taken))
}

fn too_slow() -> Problem {
    Problem::new(
        408,
        "too-slow",
        "送信に時間がかかりすぎました。もう一度お試しください。",
        "The request took too long to come. Please try again.",
    )
}

fn cut_short() -> Problem {
    Problem::malformed("body", "途中で切れています。", "It was cut short.")
}

fn took_too_long() -> Problem {
    Problem::new(503, "timeout", "時間内に終わりませんでした。もう一度お試しください。", "It took too long. Please try again.")
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use bytes::Bytes;
    use futures_util::stream;
    use tower::ServiceExt as _;

    use super::*;

    fn served(turns: usize, room_bytes: usize) -> Router {
        let echo = async |body: Bytes| body;
        Router::new().route("/", post(echo)).layer(from_fn_with_state(Bounds::of(turns, room_bytes), keep))
    }

    async fn send(router: Router, body: Body) -> u16 {
        let request = Request::builder().method("POST").uri("/").body(body).unwrap();
        router.oneshot(request).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn a_body_that_never_ends_keeps_nobody_waiting() {
        let router = served(1, 1024);
        let never = || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let slow: Vec<_> = (0..10).map(|_| tokio::spawn(send(router.clone(), never()))).collect();
        tokio::task::yield_now().await;
        assert_eq!(send(router, Body::from("quick")).await, 200);
        assert!(slow.iter().all(|slow| !slow.is_finished()), "they were under way all the while");
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_and_leaves_its_room() {
        let router = served(1, BODY_BYTES * 2);
        for _ in 0..3 {
            assert_eq!(send(router.clone(), Body::from(vec![b'x'; BODY_BYTES + 1])).await, 413);
            assert_eq!(send(router.clone(), Body::from(vec![b'x'; BODY_BYTES])).await, 200);
        }
    }
}
