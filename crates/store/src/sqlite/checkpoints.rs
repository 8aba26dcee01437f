//! Keeps the write-ahead log short: what it holds is copied back into the file, and the log begins anew.
//!
//! The long copying happens off the writer's thread, so that no commit waits for it. Beside a busy writer it always ends
//! with newer frames behind it, and a log that holds anything uncopied can't begin anew; so the writer copies those few
//! itself, between two commits.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

use rusqlite::Connection;

use super::file::BUSY;

/// So many frames (pages) more in the log, and it is copied back: 8 MB.
const FRAMES: i32 = 2_000;
/// How long the writer waits for readers of the log before it lets it grow on.
const PATIENCE: Duration = Duration::from_millis(20);

/// Watches the log of the writer's connection.
pub(super) struct Checkpoints {
    path: PathBuf,
    runtime: tokio::runtime::Handle,
    /// How long the log was at the last commit, in frames.
    frames: Arc<AtomicI32>,
    /// How long it was when it was last copied back; 0 since it began anew.
    copied: i32,
    helper: Helper,
}

/// The connection that copies; kept, since opening one costs more than a commit.
enum Helper {
    Rests(Option<Connection>),
    Copies(Receiver<Option<Connection>>),
}

impl Checkpoints {
    pub fn watch(writer: &mut Connection, path: PathBuf, runtime: tokio::runtime::Handle) -> Result<Self, rusqlite::Error> {
        let frames = Arc::new(AtomicI32::new(0));
        let count = Arc::clone(&frames);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, length| {
            count.store(length, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { path, runtime, frames, copied: 0, helper: Helper::Rests(None) })
    }

    /// Between two commits: starts the copying when it is time, and ends what has been started.
    pub fn after_commit(&mut self, writer: &Connection) {
        let frames = self.frames.load(Ordering::Relaxed);
        if frames < self.copied {
            self.copied = 0;
        }
        match &mut self.helper {
            Helper::Rests(connection) if frames - self.copied >= FRAMES => {
                let connection = connection.take();
                self.helper = Helper::Copies(self.start(connection));
            }
            Helper::Rests(_) => {}
            Helper::Copies(done) => match done.try_recv() {
                Err(TryRecvError::Empty) => {}
                ended => {
                    self.helper = Helper::Rests(ended.ok().flatten());
                    self.copied = frames;
                    warn(copy_the_rest(writer));
                }
            },
        }
    }

    fn start(&self, connection: Option<Connection>) -> Receiver<Option<Connection>> {
        let (tell, done) = sync_channel(1);
        let path = self.path.clone();
        self.runtime.spawn_blocking(move || {
            // One that failed is not kept. Nobody listens once the file is closed.
            let _ = tell.send(warn(copy(connection, &path)));
        });
        done
    }
}

/// PASSIVE waits for nobody.
fn copy(connection: Option<Connection>, path: &std::path::Path) -> Result<Connection, rusqlite::Error> {
    let connection = match connection {
        Some(connection) => connection,
        None => {
            let connection = Connection::open(path)?;
            connection.execute_batch("PRAGMA busy_timeout = 0; PRAGMA synchronous = FULL;")?;
            connection
        }
    };
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(connection)
}

/// RESTART copies, and waits until no reader needs the log: then the next commit begins it anew.
fn copy_the_rest(writer: &Connection) -> Result<(), rusqlite::Error> {
    writer.busy_timeout(PATIENCE)?;
    let copied = writer.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()));
    writer.busy_timeout(BUSY)?;
    copied
}

fn warn<T>(copied: Result<T, rusqlite::Error>) -> Option<T> {
    copied.inspect_err(|error| tracing::warn!(%error, "the write-ahead log could not be copied back")).ok()
}
