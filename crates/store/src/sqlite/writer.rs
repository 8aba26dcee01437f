//! The writer: one thread owns the only writing connection of a file, and one commit takes all that waits.
//!
//! A piece of work arrives as a closure. The thread takes what has come meanwhile, runs each piece in a savepoint of
//! its own inside one transaction, commits once (one fsync for all), hands the events on, and only then answers. A piece
//! that fails or panics is rolled back alone; a commit that fails, or a transaction that the database gives up, fails all of
//! them.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use kernel::event::EventSink;
use kernel::{Event, TenantId};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

use super::checkpoints::Checkpoints;
use crate::measures::Measures;
use crate::panics::panicked;
use crate::tx::Conn;
use crate::{StoreError, Tx};

/// Pieces that may wait for the writer; beyond it whoever comes waits for a place.
const WAITING: usize = 4096;
/// Pieces in one commit, at most.
const TOGETHER: usize = 256;

type Work = Box<dyn FnOnce(&mut Connection) -> Done + Send>;
type Finish = Box<dyn FnOnce(Result<(), String>) + Send>;

/// A piece that has run inside the open transaction: what it said, and whom to answer after the commit.
struct Done {
    events: Vec<Event>,
    finish: Finish,
}

/// The line before the thread; the thread ends when the last of these is dropped.
pub(crate) struct Writer {
    line: mpsc::Sender<Work>,
    tenant: Option<TenantId>,
    measures: Arc<Measures>,
}

impl Writer {
    pub fn start(
        mut connection: Connection,
        path: PathBuf,
        tenant: Option<TenantId>,
        sink: Arc<dyn EventSink>,
        measures: Arc<Measures>,
    ) -> Result<Self, StoreError> {
        let (line, waiting) = mpsc::channel(WAITING);
        let runtime = tokio::runtime::Handle::current();
        let checkpoints = Checkpoints::watch(&mut connection, path, runtime.clone())
            .map_err(|error| StoreError::from_sqlite("open", &error))?;
        let writing = Writing { connection, tenant, sink, measures: Arc::clone(&measures), checkpoints };
        std::thread::Builder::new()
            .name(format!("writer-{}", tenant.map_or(0, |id| id.0)))
            .spawn(move || {
                // So that a piece which wrongly touches a timer gets an error of its own and not a panic here.
                let _entered = runtime.enter();
                writing.run(waiting);
            })
            .map_err(StoreError::unavailable)?;
        Ok(Self { line, tenant, measures })
    }

    pub async fn write<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<R, E>>();
        let (tenant, measures, asked_by) = (self.tenant, Arc::clone(&self.measures), Span::current());
        let place = measures.writer.join();
        let piece: Work = Box::new(move |connection| {
            drop(place);
            let (outcome, events) = asked_by.in_scope(|| in_savepoint(connection, tenant, &measures, work));
            let finish = Box::new(move |committed: Result<(), String>| {
                let outcome = match committed {
                    Err(error) if outcome.is_ok() => Err(StoreError::Unavailable(error).into()),
                    _ => outcome,
                };
                let _ = answer.send(outcome);
            });
            Done { events, finish }
        });
        let gone = || StoreError::Unavailable("the writer stopped".to_owned());
        self.line.send(piece).await.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone().into()))
    }
}

/// What the thread owns.
struct Writing {
    connection: Connection,
    tenant: Option<TenantId>,
    sink: Arc<dyn EventSink>,
    measures: Arc<Measures>,
    checkpoints: Checkpoints,
}

impl Writing {
    fn run(mut self, mut waiting: mpsc::Receiver<Work>) {
        let mut pieces = Vec::new();
        while waiting.blocking_recv_many(&mut pieces, TOGETHER) > 0 {
            if let Err(error) = self.connection.execute_batch("BEGIN IMMEDIATE") {
                tracing::error!(%error, "the writer can't begin");
                // Dropping the pieces answers each that the writer is away.
                pieces.clear();
                continue;
            }
            self.transact(&mut pieces);
            self.checkpoints.after_commit(&self.connection);
        }
    }

    /// Runs the pieces in the open transaction, commits, and answers.
    fn transact(&mut self, pieces: &mut Vec<Work>) {
        let begun = Instant::now();
        let mut done = run_pieces(&mut self.connection, pieces);
        let ran = Instant::now();
        let committed = commit(&self.connection);
        self.measures.committed(ran.elapsed(), committed.is_ok(), done.len());
        self.measures.held(begun.elapsed(), done.len(), self.tenant);
        if committed.is_ok() {
            let events: Vec<Event> = done.iter_mut().flat_map(|done| std::mem::take(&mut done.events)).collect();
            if !events.is_empty() {
                self.sink.committed(events);
            }
        }
        for done in done {
            (done.finish)(committed.clone());
        }
    }
}

/// Runs the pieces inside the open transaction. On some errors (the disk full, unreadable) SQLite rolls the whole
/// transaction back by itself; then none further is run, for the next savepoint would begin a transaction of its own, and
/// its release would commit it.
fn run_pieces(connection: &mut Connection, pieces: &mut Vec<Work>) -> Vec<Done> {
    let mut done = Vec::with_capacity(pieces.len());
    // Those that are not run are dropped here, which answers each that the writer is away.
    for piece in pieces.drain(..) {
        done.push(piece(connection));
        if connection.is_autocommit() {
            break;
        }
    }
    done
}

fn commit(connection: &Connection) -> Result<(), String> {
    if connection.is_autocommit() {
        tracing::error!("the database rolled a transaction back by itself");
        return Err("the transaction was rolled back".to_owned());
    }
    connection.execute_batch("COMMIT").map_err(|error| {
        tracing::error!(%error, "a commit failed");
        let _ = connection.execute_batch("ROLLBACK");
        error.to_string()
    })
}

fn in_savepoint<R, E, F>(
    connection: &mut Connection,
    tenant: Option<TenantId>,
    measures: &Measures,
    work: F,
) -> (Result<R, E>, Vec<Event>)
where
    F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E>,
    E: From<StoreError>,
{
    let failed = |error: rusqlite::Error| E::from(StoreError::from_sqlite("savepoint", &error));
    if let Err(error) = connection.execute_batch("SAVEPOINT piece") {
        return (Err(failed(error)), Vec::new());
    }
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut tx = Tx::new(Conn::Sqlite(connection), tenant, measures);
        let outcome = poll_once(work(&mut tx)).map_err(E::from).flatten();
        (outcome, tx.into_events())
    }));
    let (outcome, events) = ran.unwrap_or_else(|panic| (Err(panicked(panic.as_ref()).into()), Vec::new()));
    if connection.is_autocommit() {
        // The whole transaction is gone, and the savepoint with it.
        return (outcome, Vec::new());
    }
    let end = if outcome.is_ok() { "RELEASE piece" } else { "ROLLBACK TO piece; RELEASE piece" };
    match connection.execute_batch(end) {
        Err(error) => (Err(failed(error)), Vec::new()),
        Ok(()) if outcome.is_ok() => (outcome, events),
        Ok(()) => (outcome, Vec::new()),
    }
}

/// Every statement on SQLite returns at once, so a transaction's future is done at its first poll; one that is not has
/// awaited something outside the database, and would hold the writer for as long as that takes.
pub(super) fn poll_once<T>(future: impl Future<Output = T>) -> Result<T, StoreError> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Ok(outcome),
        Poll::Pending => {
            debug_assert!(false, "a transaction awaited something outside the database");
            Err(StoreError::Panicked("a transaction awaited something outside the database".to_owned()))
        }
    }
}
