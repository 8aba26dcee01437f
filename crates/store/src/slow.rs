//! A bound on lines about what is slow: when everything is, the log must not fill the disk too.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lines in a minute, at most.
const MOST: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);

/// Lets so many lines a minute through.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Window>);

#[derive(Default)]
struct Window {
    since: Option<Instant>,
    lines: u32,
    held_back: u64,
}

impl Throttle {
    /// Whether a line may be written at this moment; then how many were held back since the last one.
    pub fn admit(&self, now: Instant) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.since.is_none_or(|since| now.saturating_duration_since(since) >= MINUTE) {
            window.since = Some(now);
            window.lines = 0;
        }
        if window.lines >= MOST {
            window.held_back += 1;
            return None;
        }
        window.lines += 1;
        Some(std::mem::take(&mut window.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_cut_short_and_counted() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let written = (0..1_000).filter(|_| throttle.admit(start).is_some()).count();
        assert_eq!(written, 20);
        assert_eq!(throttle.admit(start + MINUTE / 2), None);
        assert_eq!(throttle.admit(start + MINUTE), Some(981), "the next line tells of those before it");
        assert_eq!(throttle.admit(start + MINUTE), Some(0));
    }
}
