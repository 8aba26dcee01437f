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

/// All spans of one user in one room, in order. Closed ones never touch. The open one, which comes last, begins where
/// they came in: what lies before it they were shown, or saw when they were here before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// Puts spans in order and joins closed ones that touch.
    #[must_use]
    pub fn new(spans: &[Span]) -> Self {
        let open = spans.iter().filter(|span| span.left.is_none()).map(|span| span.from).min();
        let most = open.map_or(Seq::MAX, |from| from - 1);
        let closed = spans.iter().filter_map(|span| Some((span.from, span.left?.min(most))));
        let mut closed: Vec<(Seq, Seq)> = closed.filter(|(from, left)| from <= left).collect();
        closed.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(closed.len() + 1);
        for (from, left) in closed {
            match joined.last_mut() {
                Some(Span { left: Some(last), .. }) if from <= *last + 1 => *last = left.max(*last),
                _ => joined.push(Span { from, left: Some(left) }),
            }
        }
        joined.extend(open.map(|from| Span { from, left: None }));
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

    /// The first message that they are here to read: where the open span begins. Whether they have read is asked of no
    /// message before it.
    #[must_use]
    pub fn here_from(&self) -> Option<Seq> {
        self.0.last().filter(|span| span.left.is_none()).map(|span| span.from)
    }

    /// How far back they see without a gap.
    #[must_use]
    pub fn visible_from(&self) -> Option<Seq> {
        let here = self.here_from()?;
        let before = self.0.iter().rev().skip(1).take(1).filter(|span| span.left == Some(here - 1));
        Some(before.map(|span| span.from).next().unwrap_or(here))
    }

    /// They come in, and read from `from` on.
    #[must_use]
    pub fn opened_at(&self, from: Seq) -> Self {
        let mut spans = self.0.clone();
        spans.push(Span { from, left: None });
        Self::new(&spans)
    }

    /// They are shown what was said from `from` on before they came in.
    #[must_use]
    pub fn shown_from(&self, from: Seq) -> Self {
        let mut spans = self.0.clone();
        spans.extend(self.here_from().map(|here| Span { from, left: Some(here - 1) }));
        Self::new(&spans)
    }

    /// They go; the last message seen is `left`.
    #[must_use]
    pub fn closed_at(&self, left: Seq) -> Self {
        let mut spans = self.0.clone();
        for span in &mut spans {
            span.left.get_or_insert(left);
        }
        Self::new(&spans)
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

    /// What people do: come in with history from some seq back, be shown more, or leave, while messages arrive.
    #[derive(Clone, Debug)]
    enum Step {
        Messages(i64),
        Join { back: i64 },
        Show { back: i64 },
        Leave,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..5i64).prop_map(Step::Messages),
            (0..8i64).prop_map(|back| Step::Join { back }),
            (0..20i64).prop_map(|back| Step::Show { back }),
            Just(Step::Leave),
        ]
    }

    proptest! {
        #[test]
        fn spans_say_what_a_list_of_seqs_would(steps in prop::collection::vec(step(), 0..30)) {
            let (mut last, mut spans, mut present, mut here) = (0i64, Spans::default(), false, None);
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
                        (present, here) = (true, Some(from));
                    }
                    Step::Show { back } if present => {
                        let from = (last + 1 - back).max(1);
                        seen.extend(from..=last);
                        spans = spans.shown_from(from);
                    }
                    Step::Leave if present => {
                        spans = spans.closed_at(last);
                        (present, here) = (false, None);
                    }
                    _ => {}
                }
                prop_assert_eq!(spans.is_present(), present);
                prop_assert_eq!(spans.here_from(), here);
                let unseen = (1..here.unwrap_or(0)).rev().find(|seq| !seen.contains(seq));
                prop_assert_eq!(spans.visible_from(), here.map(|_| unseen.unwrap_or(0) + 1));
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
