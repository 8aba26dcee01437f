//! A clock that goes with the machine's, and that a test can move on.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kernel::clock::SystemClock;
use kernel::{Clock, Time};

/// The machine's time, and as much more as a test has moved it.
#[derive(Debug, Default)]
pub struct MovableClock(AtomicI64);

impl MovableClock {
    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).expect("a test moves by years at most");
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Time {
        Time(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }
}
