//! What waits to be written to one connection: news and answers, in order, each within bounds.

use std::collections::VecDeque;

use crate::wire::Wire;

/// Answers waiting for one connection, at most; a client that gets none sends again.
const MOST_ANSWERS: usize = 256;

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// So many frames.
    pub frames: usize,
    /// So many bytes.
    pub bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What the client can be told to fetch afresh.
    News,
    /// What nobody tells it a second time.
    Answer,
}

#[derive(Clone, Copy, Debug, Default)]
struct Load {
    frames: usize,
    bytes: usize,
}

impl Load {
    fn with(self, frame: &Wire) -> Self {
        Self { frames: self.frames + frame.frames(), bytes: self.bytes + frame.bytes().len() }
    }

    fn exceeds(self, bounds: Bounds) -> bool {
        self.frames > bounds.frames || self.bytes > bounds.bytes
    }
}

/// A connection's queue.
#[derive(Debug, Default)]
pub struct Queue {
    /// Before all else, as long as it is.
    greeting: Vec<Wire>,
    waiting: VecDeque<(Kind, Wire)>,
    news: Load,
    answers: Load,
    behind: bool,
}

/// What a queue held, to be written in this order.
#[derive(Debug)]
pub struct Taken {
    /// What the client hears first of all.
    pub greeting: Vec<Wire>,
    /// News were dropped: the client must be told where its streams stand.
    pub behind: bool,
    /// What else there is.
    pub frames: VecDeque<Wire>,
}

impl Queue {
    /// Puts a greeting before all that waits.
    pub fn greet(&mut self, greeting: Vec<Wire>) {
        self.greeting = greeting;
    }

    /// Adds news. Over the bounds all news that wait are dropped, and those that come until the client has been told
    /// that it is behind; true then.
    pub fn tell(&mut self, frame: Wire, bounds: Bounds) -> bool {
        if self.behind {
            return false;
        }
        self.news = self.news.with(&frame);
        self.waiting.push_back((Kind::News, frame));
        if !self.news.exceeds(bounds) {
            return false;
        }
        self.waiting.retain(|(kind, _)| *kind == Kind::Answer);
        self.waiting.shrink_to_fit();
        self.news = Load::default();
        self.behind = true;
        true
    }

    /// Adds an answer, which stays when news are dropped.
    pub fn answer(&mut self, frame: Wire, bounds: Bounds) {
        let answers = self.answers.with(&frame);
        if !answers.exceeds(Bounds { frames: MOST_ANSWERS, ..bounds }) {
            self.answers = answers;
            self.waiting.push_back((Kind::Answer, frame));
        }
    }

    /// Takes all that waits.
    pub fn take(&mut self) -> Taken {
        let Self { greeting, waiting, behind, .. } = std::mem::take(self);
        Taken { greeting, behind, frames: waiting.into_iter().map(|(_, frame)| frame).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { frames: 2, bytes: 100 };

    fn texts(frames: impl IntoIterator<Item = Wire>) -> Vec<String> {
        frames.into_iter().flat_map(|frame| frame.texts().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn news_that_overflow_are_dropped_and_greeting_and_answers_stay() {
        let mut queue = Queue::default();
        queue.greet(["welcome", "missed", "ready"].map(Wire::text).into());
        assert!(!queue.tell(Wire::text("1"), BOUNDS));
        queue.answer(Wire::text("ack"), BOUNDS);
        assert!(!queue.tell(Wire::text("2"), BOUNDS), "the greeting does not count");
        assert!(queue.tell(Wire::text("3"), BOUNDS));
        assert!(!queue.tell(Wire::text("4"), BOUNDS), "until it is told");
        queue.answer(Wire::text("pong"), BOUNDS);
        let taken = queue.take();
        assert!(taken.behind);
        assert_eq!(texts(taken.greeting), ["welcome", "missed", "ready"]);
        assert_eq!(texts(taken.frames), ["ack", "pong"]);
        assert!(!queue.tell(Wire::text("5"), BOUNDS));
        let taken = queue.take();
        assert!(!taken.behind);
        assert_eq!(texts(taken.frames), ["5"]);
    }

    #[test]
    fn news_and_answers_keep_their_order_and_answers_are_bounded_too() {
        let mut queue = Queue::default();
        queue.answer(Wire::text("a"), BOUNDS);
        queue.tell(Wire::text("1"), BOUNDS);
        queue.answer("x".repeat(101).into(), BOUNDS);
        queue.answer(Wire::text("b"), BOUNDS);
        assert_eq!(texts(queue.take().frames), ["a", "1", "b"]);
        for _ in 0..=MOST_ANSWERS {
            queue.answer(Wire::text(""), Bounds { bytes: 10_000, ..BOUNDS });
        }
        assert_eq!(queue.take().frames.len(), MOST_ANSWERS);
    }
}
