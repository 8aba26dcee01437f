//! Who may see which messages: the one rule, over spans, that every read goes through.

use kernel::Seq;

/// From which to which seq somebody may see a room's messages; without a `left` they are in the room now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first seq seen.
    pub from: Seq,
    /// The last seq seen, once they have left.
    pub left: Option<Seq>,
}

/// All spans of one user in one room, in order and never touching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// Puts spans in order and joins those that touch.
    #[must_use]
    pub fn new(mut spans: Vec<Span>) -> Self {
        spans.retain(|span| span.left.is_none_or(|left| left >= span.from));
        spans.sort_by_key(|span| span.from);
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if last.left.is_none_or(|left| span.from <= left + 1) => {
                    last.left = match (last.left, span.left) {
                        (Some(a), Some(b)) => Some(a.max(b)),
                        _ => None,
                    };
                }
                _ => joined.push(span),
            }
        }
        Self(joined)
    }

    /// **The predicate.** Only those who are in the room see anything of it; they see what lies in any of their spans.
    #[must_use]
    pub fn see(&self, seq: Seq) -> bool {
        self.is_present() && self.0.iter().any(|span| span.from <= seq && span.left.is_none_or(|left| seq <= left))
    }

    /// The seqs seen, from first to last, cut to `1..=last_seq`: the same rule as [`Self::see`], for ranges.
    pub fn ranges(&self, last_seq: Seq) -> impl DoubleEndedIterator<Item = (Seq, Seq)> + '_ {
        let present = self.is_present();
        self.0
            .iter()
            .filter(move |_| present)
            .map(move |span| (span.from.max(1), span.left.map_or(last_seq, |left| left.min(last_seq))))
            .filter(|(from, to)| from <= to)
    }

    /// Whether they are in the room now.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.0.last().is_some_and(|span| span.left.is_none())
    }

    /// Where the open span begins.
    #[must_use]
    pub fn visible_from(&self) -> Option<Seq> {
        self.0.last().filter(|span| span.left.is_none()).map(|span| span.from)
    }

    /// They come in, or may see from further back: everything from `from` on.
    #[must_use]
    pub fn opened_at(&self, from: Seq) -> Self {
        let mut spans = self.0.clone();
        spans.push(Span { from, left: None });
        Self::new(spans)
    }

    /// They go; the last message seen is `left`.
    #[must_use]
    pub fn closed_at(&self, left: Seq) -> Self {
        let mut spans = self.0.clone();
        for span in &mut spans {
            span.left.get_or_insert(left);
        }
        Self::new(spans)
    }

    /// As the hub and the rows hold them.
    #[must_use]
    pub fn pairs(&self) -> Vec<(Seq, Option<Seq>)> {
        self.0.iter().map(|span| (span.from, span.left)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What people do: come in with history from some seq back, or leave, while messages arrive.
    #[derive(Clone, Debug)]
    enum Step {
        Messages(i64),
        Join { back: i64 },
        Leave,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![(0..5i64).prop_map(Step::Messages), (0..8i64).prop_map(|back| Step::Join { back }), Just(Step::Leave)]
    }

    proptest! {
        #[test]
        fn spans_say_what_a_list_of_seqs_would(steps in prop::collection::vec(step(), 0..30)) {
            let (mut last, mut spans, mut present) = (0i64, Spans::default(), false);
            let mut seen = std::collections::BTreeSet::new();
            for step in steps {
                match step {
                    Step::Messages(n) => {
                        for _ in 0..n {
                            last += 1;
                            if present { seen.insert(last); }
                        }
                    }
                    Step::Join { back } if !present => {
                        let from = (last + 1 - back).max(1);
                        seen.extend(from..=last);
                        spans = spans.opened_at(from);
                        present = true;
                    }
                    Step::Leave if present => {
                        spans = spans.closed_at(last);
                        present = false;
                    }
                    _ => {}
                }
                prop_assert_eq!(spans.is_present(), present);
                for seq in 1..=last {
                    prop_assert_eq!(spans.see(seq), present && seen.contains(&seq), "seq {}", seq);
                }
                let ranged: Vec<i64> = spans.ranges(last).flat_map(|(from, to)| from..=to).collect();
                let expected: Vec<i64> = if present { seen.iter().copied().collect() } else { Vec::new() };
                prop_assert_eq!(ranged, expected);
            }
        }
    }

    #[test]
    fn one_who_leaves_before_anything_was_said_has_seen_nothing() {
        let spans = Spans::default().opened_at(1).closed_at(0);
        assert_eq!(spans.pairs(), vec![]);
        assert!(!spans.is_present());
    }
}
