//! A folded text that knows which part of the original each of its parts was made of: what was found is marked in what was written.

use std::ops::Range;

use unicode_normalization::char::canonical_combining_class;

use crate::japanese::fold;

/// A text, folded.
#[derive(Clone, Debug)]
pub struct Folded {
    text: String,
    /// Where each piece begins: in the folded text, and in the original.
    pieces: Vec<(usize, usize)>,
    length: usize,
}

impl Folded {
    /// Folds a text piece by piece. Where its pieces fold to something else alone than together, it is one piece.
    #[must_use]
    pub fn of(original: &str) -> Self {
        let starts = original.char_indices().filter(|(at, c)| *at == 0 || begins(*c)).map(|(at, _)| at);
        let mut starts: Vec<usize> = starts.collect();
        starts.push(original.len());
        let (mut text, mut pieces) = (String::with_capacity(original.len()), Vec::with_capacity(starts.len()));
        for piece in starts.windows(2) {
            pieces.push((text.len(), piece[0]));
            text.push_str(&fold(&original[piece[0]..piece[1]]));
        }
        let whole = fold(original);
        if text != whole {
            (text, pieces) = (whole, vec![(0, 0)]);
        }
        Self { text, pieces, length: original.len() }
    }

    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the original that this part of the folded text was made of, both in bytes.
    #[must_use]
    pub fn origin(&self, part: &Range<usize>) -> Range<usize> {
        let first = self.pieces.partition_point(|(folded, _)| *folded <= part.start).saturating_sub(1);
        let after = self.pieces.partition_point(|(folded, _)| *folded < part.end);
        let start = self.pieces.get(first).map_or(0, |(_, original)| *original);
        start..self.pieces.get(after).map_or(self.length, |(_, original)| *original)
    }
}

/// Whether folding can be begun anew here: not at what joins the character before it, as the half-width ﾞ and ﾟ do.
fn begins(c: char) -> bool {
    canonical_combining_class(c) == 0 && !matches!(c, '\u{FF9E}' | '\u{FF9F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked<'a>(original: &'a str, word: &str) -> Option<&'a str> {
        let folded = Folded::of(original);
        let word = fold(word);
        let at = folded.text().find(&word)?;
        Some(&original[folded.origin(&(at..at + word.len()))])
    }

    #[test]
    fn what_is_found_is_marked_as_it_was_written() {
        assert_eq!(marked("髙橋さんへ", "高橋"), Some("髙橋"));
        assert_eq!(marked("本日ﾊﾞｽは運休", "ばす"), Some("ﾊﾞｽ"));
        assert_eq!(marked("道路 冠水、注意", "道路冠水"), Some("道路 冠水"));
        assert_eq!(marked("至急　避難　所へ", "避難"), Some("避難"));
        assert_eq!(marked("㍿いろり", "会社"), Some("㍿"), "one character that folds to four");
        assert_eq!(marked("か\u{3099}っこう", "がっこう"), Some("か\u{3099}っこう"));
        assert_eq!(marked("避難", "訓練"), None);
    }

    proptest! {
        #[test]
        fn folding_in_pieces_is_folding(text in "\\PC{0,40}") {
            let folded = Folded::of(&text);
            prop_assert_eq!(folded.text(), fold(&text));
        }

        #[test]
        fn every_part_has_an_origin(text in "\\PC{1,20}", from in 0usize..20, length in 1usize..5) {
            let folded = Folded::of(&text);
            let starts: Vec<usize> = folded.text().char_indices().map(|(at, _)| at).chain([folded.text().len()]).collect();
            if from + length < starts.len() {
                let part = starts[from]..starts[from + length];
                let origin = &text[folded.origin(&part)];
                prop_assert!(fold(origin).contains(&folded.text()[part]));
            }
        }
    }
}
