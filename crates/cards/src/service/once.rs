//! The same work once, however many wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::TenantId;
use kernel::live::Boxed;
use tokio::sync::watch;

/// Works under way or waiting for their turn; more are not begun.
const MOST: usize = 64;

type Key = (TenantId, Vec<u8>);

/// Works under way, by what they are for.
#[derive(Clone, Debug, Default)]
pub(super) struct Once(Arc<Mutex<HashMap<Key, watch::Receiver<()>>>>);

/// Says that the work is over, whichever way it ended.
struct UnderWay {
    once: Once,
    key: Key,
    /// Those who wait hear it go.
    _over: watch::Sender<()>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.once.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Once {
    /// Begins the work, unless it is under way; the answer returns once it is over, and need not be waited for. None: too much is under way.
    pub(super) fn begin(&self, key: Key, work: impl Future<Output = ()> + Send + 'static) -> Option<Boxed<'static, ()>> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut over = match under_way.get(&key) {
            Some(over) => over.clone(),
            None if under_way.len() >= MOST => return None,
            None => {
                let (sender, over) = watch::channel(());
                under_way.insert(key.clone(), over.clone());
                let guard = UnderWay { once: self.clone(), key, _over: sender };
                tokio::spawn(async move {
                    work.await;
                    drop(guard);
                });
                over
            }
        };
        Some(Box::pin(async move { while over.changed().await.is_ok() {} }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn key(n: usize) -> Key {
        (TenantId(1), n.to_be_bytes().to_vec())
    }

    #[tokio::test]
    async fn many_who_wait_are_served_by_one() {
        let (once, count) = (Once::default(), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let count = Arc::clone(&count);
            async move {
                tokio::task::yield_now().await;
                count.fetch_add(1, Ordering::Relaxed);
            }
        };
        let waiting: Vec<_> = (0..10).map(|_| once.begin(key(1), work()).unwrap()).collect();
        futures_util::future::join_all(waiting).await;
        assert_eq!(count.load(Ordering::Relaxed), 1);
        once.begin(key(1), work()).unwrap().await;
        assert_eq!(count.load(Ordering::Relaxed), 2, "once over, it may begin anew");
    }

    #[tokio::test]
    async fn a_work_that_panics_is_over_too() {
        let once = Once::default();
        once.begin(key(1), async { panic!("on purpose") }).unwrap().await;
        assert!(once.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_is_too_much_is_not_begun() {
        let once = Once::default();
        for n in 0..MOST {
            assert!(once.begin(key(n), std::future::pending()).is_some());
        }
        assert!(once.begin(key(MOST), std::future::pending()).is_none());
        assert!(once.begin(key(0), std::future::pending()).is_some(), "what is under way can still be waited for");
    }
}
