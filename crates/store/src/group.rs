//! Group commit of sends: what waits is data, and one transaction takes all of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::TenantId;
use kernel::live::Boxed;
use tokio::sync::oneshot;

use crate::{Store, StoreError, Tx};

/// Items waiting for a transaction, at most; beyond it a sender is told to come back.
const MOST_WAITING: usize = 20_000;
/// Items in one transaction, at most: keeps a commit well under the 50 ms that nothing may hold a writer for.
const MOST_TOGETHER: usize = 512;

/// What is done with all the items that wait, in one transaction: one answer an item, in order.
pub trait GroupWork: Send + Sync + 'static {
    /// What is submitted.
    type In: Send + 'static;
    /// What its submitter gets.
    type Out: Send + 'static;

    /// Does it. A refused item is an answer; `Err` fails the whole group.
    fn run<'a>(&'a self, tx: &'a mut Tx<'_>, items: Vec<Self::In>) -> Boxed<'a, Result<Vec<Self::Out>, StoreError>>;
}

/// A line of items before one tenant's database. Whoever comes while a transaction runs goes with the next one: no
/// timer, load makes the groups.
pub struct Group<W: GroupWork> {
    inner: Arc<Inner<W>>,
}

struct Inner<W: GroupWork> {
    store: Store,
    tenant: TenantId,
    work: Arc<W>,
    line: Mutex<Line<W>>,
}

struct Line<W: GroupWork> {
    waiting: VecDeque<Waiting<W>>,
    running: bool,
}

type Answer<O> = oneshot::Sender<Result<O, StoreError>>;
type Waiting<W> = (<W as GroupWork>::In, Answer<<W as GroupWork>::Out>);

impl<W: GroupWork> Clone for Group<W> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<W: GroupWork> Group<W> {
    /// A line before a tenant's data. It does not hold it open: between groups an idle tenant may be closed.
    pub fn new(store: Store, tenant: TenantId, work: Arc<W>) -> Self {
        let line = Mutex::new(Line { waiting: VecDeque::new(), running: false });
        Self { inner: Arc::new(Inner { store, tenant, work, line }) }
    }

    /// Joins the line; returns once the item's transaction is durable.
    ///
    /// # Errors
    /// When the line is too long, or the transaction failed: then nothing of it was written.
    pub async fn submit(&self, item: W::In) -> Result<W::Out, StoreError> {
        let (answer, answered) = oneshot::channel();
        let start = {
            let mut line = self.inner.lock();
            if line.waiting.len() >= MOST_WAITING {
                return Err(StoreError::Unavailable("too many writes are waiting".to_owned()));
            }
            line.waiting.push_back((item, answer));
            self.inner.store.measures.group_waiting.inc();
            !std::mem::replace(&mut line.running, true)
        };
        if start {
            tokio::spawn(run(Arc::clone(&self.inner)));
        }
        answered.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the writer stopped".to_owned())))
    }
}

impl<W: GroupWork> Inner<W> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Line<W>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next group; none: the line is empty and the runner goes.
    fn next(&self) -> Option<Vec<Waiting<W>>> {
        let mut line = self.lock();
        let take = line.waiting.len().min(MOST_TOGETHER);
        line.running = take > 0;
        let group = (take > 0).then(|| line.waiting.drain(..take).collect());
        drop(line);
        if take > 0 {
            self.store.measures.grouped(take);
        }
        group
    }
}

async fn run<W: GroupWork>(inner: Arc<Inner<W>>) {
    while let Some(group) = inner.next() {
        let (items, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let work = Arc::clone(&inner.work);
        let outcome: Result<Vec<W::Out>, StoreError> =
            inner.store.tenant(inner.tenant).write(async move |tx: &mut Tx<'_>| work.run(tx, items).await).await;
        match outcome {
            Ok(outs) => {
                for (answer, out) in answers.into_iter().zip(outs) {
                    let _ = answer.send(Ok(out));
                }
            }
            Err(error) => {
                let message = error.to_string();
                tracing::error!(%error, "a group of writes failed");
                for answer in answers {
                    let _ = answer.send(Err(StoreError::Unavailable(message.clone())));
                }
            }
        }
    }
}
