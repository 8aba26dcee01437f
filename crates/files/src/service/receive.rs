//! Bytes come in, and are kept piece by piece: what has come is never sent again.
//!
//! A piece is written out when it is large, when it is old, or when memory is short, so that whoever sends slowly holds little of it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use kernel::{FileId, Principal, Problem, TenantId};
use store::Tx;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::{Files, folder};
use crate::store as rows;

/// A piece of so many bytes is written out.
const PIECE_BYTES: usize = 2 * 1024 * 1024;
/// So is one of this age.
const PIECE_AGE: Duration = Duration::from_secs(5);
/// Whoever sends nothing for so long has gone.
const SILENCE: Duration = Duration::from_secs(30);

/// What a body gave before it ended, was cut, or was full enough to be written out.
struct Piece {
    /// As they came, uncopied.
    frames: Vec<Bytes>,
    size: usize,
    then: Then,
    _room: Vec<OwnedSemaphorePermit>,
}

enum Then {
    More,
    End,
    Cut(Problem),
}

impl Files {
    /// Takes what comes of one's own file from `offset` on; gives how far it has come. What came before a cut is kept.
    ///
    /// # Errors
    /// 404 where it is another's or gone; 409 where `offset` is not where it stands; 413 where more comes than was announced; 408
    /// where nothing comes; 507 and 503 where it can't be kept.
    pub async fn receive(&self, principal: &Principal, id: FileId, offset: i64, mut body: Body) -> Result<i64, Problem> {
        let upload = self.progress(principal, id).await?;
        if offset != upload.received {
            return Err(not_there_yet());
        }
        let mut at = offset;
        loop {
            let piece = next_piece(&mut body, &self.0.room).await;
            let to = at + i64::try_from(piece.size).unwrap_or(i64::MAX);
            if to > upload.file.size {
                return Err(Problem::too_large());
            }
            if to > at {
                self.keep(principal.tenant, id, (at, to), piece.frames).await?;
                at = to;
            }
            match piece.then {
                Then::More => {}
                Then::End => return Ok(at),
                Then::Cut(problem) => return Err(problem),
            }
        }
    }

    async fn keep(&self, tenant: TenantId, id: FileId, (from, to): (i64, i64), frames: Vec<Bytes>) -> Result<(), Problem> {
        let now = self.0.clock.now();
        // Two may send the same piece: each under a name of its own, and the database takes one.
        let object = format!("{}/parts/{id}/{from:016x}-{}", folder(tenant), self.0.random.new_id(now).simple());
        self.objects().put(&object, frames.into_iter().collect()).await?;
        let named = object.clone();
        let kept = self
            .db(tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                Ok(rows::advance(tx, id, (from, to), &named, now).await?)
            })
            .await;
        if !matches!(kept, Ok(true)) {
            self.objects().remove(&[object]).await;
        }
        if kept? { Ok(()) } else { Err(not_there_yet()) }
    }
}

async fn next_piece(body: &mut Body, room: &Arc<Semaphore>) -> Piece {
    let (mut frames, mut size, mut taken) = (Vec::new(), 0, Vec::new());
    let old = Instant::now() + PIECE_AGE;
    let then = loop {
        if size >= PIECE_BYTES {
            break Then::More;
        }
        let patience = if size == 0 { SILENCE } else { old.saturating_duration_since(Instant::now()) };
        match timeout(patience, body.frame()).await {
            Err(_) if size == 0 => break Then::Cut(too_slow()),
            Err(_) => break Then::More,
            Ok(None) => break Then::End,
            Ok(Some(Err(_))) => break Then::Cut(cut_short()),
            Ok(Some(Ok(frame))) => {
                let Ok(data) = frame.into_data() else { continue };
                let room_needed = u32::try_from(data.len()).unwrap_or(u32::MAX);
                let first = size == 0;
                size += data.len();
                frames.push(data);
                match Arc::clone(room).try_acquire_many_owned(room_needed) {
                    Ok(permit) => taken.push(permit),
                    Err(_) if first => taken.extend(Arc::clone(room).acquire_many_owned(room_needed).await.ok()),
                    Err(_) => break Then::More,
                }
            }
        }
    };
    Piece { frames, size, then, _room: taken }
}

fn not_there_yet() -> Problem {
    Problem::new(
        409,
        "offset-mismatch",
        "ファイルの続きの位置が合いません。",
        "The offset is not where the file stands: ask where, and go on from there.",
    )
}

fn too_slow() -> Problem {
    Problem::new(408, "too-slow", "通信が止まりました。もう一度お試しください。", "Nothing came for too long. Please go on.")
}

fn cut_short() -> Problem {
    Problem::malformed("body", "途中で切れています。", "It was cut short.")
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn body(chunks: Vec<Result<Vec<u8>, std::io::Error>>) -> Body {
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn what_came_before_a_cut_is_given() {
        let room = Arc::new(Semaphore::new(1_000));
        let mut cut = body(vec![Ok(vec![1; 10]), Ok(vec![2; 10]), Err(std::io::Error::other("gone"))]);
        let piece = next_piece(&mut cut, &room).await;
        assert_eq!(piece.size, 20);
        assert!(matches!(piece.then, Then::Cut(_)));
    }

    #[tokio::test]
    async fn large_pieces_are_written_out_and_short_memory_makes_small_ones() {
        const CHUNK: usize = PIECE_BYTES / 8;
        let room = Arc::new(Semaphore::new(PIECE_BYTES * 2));
        let chunks = || (0..9).map(|_| Ok(vec![0; CHUNK])).collect();
        let mut large = body(chunks());
        let piece = next_piece(&mut large, &room).await;
        assert_eq!((piece.size, matches!(piece.then, Then::More)), (PIECE_BYTES, true));
        let rest = next_piece(&mut large, &room).await;
        assert_eq!((rest.size, matches!(rest.then, Then::End)), (CHUNK, true));

        let short = Arc::new(Semaphore::new(CHUNK));
        let mut large = body(chunks());
        let piece = next_piece(&mut large, &short).await;
        assert_eq!((piece.size, matches!(piece.then, Then::More)), (2 * CHUNK, true));
        drop(piece);
        assert_eq!(short.available_permits(), CHUNK);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_sends_slowly_holds_little_and_whoever_sends_nothing_goes() {
        let room = Arc::new(Semaphore::new(1_000));
        let silent = stream::iter([Ok::<_, std::io::Error>(vec![1; 10])]);
        let mut body = Body::from_stream(futures_util::StreamExt::chain(silent, stream::pending()));
        let piece = next_piece(&mut body, &room).await;
        assert_eq!((piece.size, matches!(piece.then, Then::More)), (10, true));
        assert!(matches!(next_piece(&mut body, &room).await.then, Then::Cut(problem) if problem.status == 408));
    }
}
