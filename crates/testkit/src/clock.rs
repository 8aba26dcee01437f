//! A clock that goes with the machine's, and that a test can move.

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
        self.0.fetch_add(micros(by), Ordering::SeqCst);
    }

    /// Steps back, as a machine's clock does that was wrong.
    pub fn set_back(&self, by: Duration) {
        self.0.fetch_sub(micros(by), Ordering::SeqCst);
    }
}

fn micros(by: Duration) -> i64 {
    i64::try_from(by.as_micros()).expect("a test moves by years at most")
}

impl Clock for MovableClock {
    fn now(&self) -> Time {
        Time(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }
}
