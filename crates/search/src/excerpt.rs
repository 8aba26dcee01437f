//! What is shown of a hit: a part of its text around the words that were found, and where they stand in it.

use std::ops::Range;

use kernel::Folded;

/// Characters shown before the first word found, at most.
const BEFORE: usize = 30;
/// Characters shown in all.
const SHOWN: usize = 160;
/// Occurrences of one word that are looked at.
const OCCURRENCES: usize = 50;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The part, with … where something is left out.
    pub text: String,
    /// Where the words stand in it, in order.
    pub marks: Vec<Mark>,
}

/// A place in an excerpt, in UTF-16 code units, as browsers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it begins.
    pub start: usize,
    /// How long it is.
    pub length: usize,
}

/// Whether a folded text holds all of these.
#[must_use]
pub fn holds(folded: &str, terms: &[String]) -> bool {
    terms.iter().all(|term| folded.contains(term.as_str()))
}

/// How well a folded text that holds these answers to them: how much of it they are, and whether they follow one another.
#[must_use]
pub fn score(folded: &str, terms: &[String]) -> usize {
    let chars = |text: &str| text.chars().count();
    let said = terms.iter().map(|term| chars(term) * folded.matches(term.as_str()).take(3).count()).sum::<usize>();
    let together = terms.len() > 1 && folded.contains(&terms.concat());
    said * 1_000 / chars(folded).max(20) + if together { 500 } else { 0 }
}

/// The part of a text around the first of these words.
#[must_use]
pub fn excerpt(text: &str, terms: &[String]) -> Excerpt {
    let found = found(text, terms);
    let window = window(text, found.first());
    shown(text, window, found)
}

/// All of a short text, with these words marked.
#[must_use]
pub fn whole(text: &str, terms: &[String]) -> Excerpt {
    shown(text, 0..text.len(), found(text, terms))
}

fn found(text: &str, terms: &[String]) -> Vec<Range<usize>> {
    let folded = Folded::of(text);
    joined(terms.iter().flat_map(|term| occurrences(&folded, term)).collect())
}

fn shown(text: &str, window: Range<usize>, found: Vec<Range<usize>>) -> Excerpt {
    let before = if window.start > 0 { "…" } else { "" };
    let after = if window.end < text.len() { "…" } else { "" };
    let mark =
        |part: Range<usize>| Mark { start: units(before) + units(&text[window.start..part.start]), length: units(&text[part]) };
    let inside = found.into_iter().filter(|part| part.start >= window.start && part.start < window.end);
    let marks = inside.map(|part| mark(part.start..part.end.min(window.end))).collect();
    Excerpt { text: format!("{before}{}{after}", &text[window]), marks }
}

fn occurrences(folded: &Folded, term: &str) -> Vec<Range<usize>> {
    let found = folded.text().match_indices(term).take(OCCURRENCES);
    found.map(|(at, found)| folded.origin(&(at..at + found.len()))).filter(|part| !part.is_empty()).collect()
}

/// In order, and those that touch as one.
fn joined(mut parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
    parts.sort_unstable_by_key(|part| (part.start, part.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(parts.len());
    for part in parts {
        match joined.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => joined.push(part),
        }
    }
    joined
}

/// From the beginning where the first word stands near it; else from the beginning of its sentence, or a little before the word.
fn window(text: &str, first: Option<&Range<usize>>) -> Range<usize> {
    let first = first.map_or(0, |part| part.start);
    let back = text[..first].char_indices().rev();
    let mut start = back.clone().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    if start > 0 {
        let ends = back.take(BEFORE).find(|(_, c)| matches!(c, '。' | '\n' | '！' | '？'));
        start = ends.map_or(start, |(at, c)| at + c.len_utf8());
    }
    let end = text[start..].char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| start + at);
    start..end
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use kernel::japanese::fold;
    use proptest::prelude::*;

    use super::*;

    fn terms(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| fold(word)).collect()
    }

    fn marked(excerpt: &Excerpt) -> Vec<String> {
        let units: Vec<u16> = excerpt.text.encode_utf16().collect();
        excerpt.marks.iter().map(|mark| String::from_utf16(&units[mark.start..mark.start + mark.length]).unwrap()).collect()
    }

    #[test]
    fn words_are_marked_where_they_stand() {
        let found = excerpt("😀 道路ｶﾝｽｲ。道路は通行止め", &terms(&["道路", "かんすい"]));
        assert_eq!(found.text, "😀 道路ｶﾝｽｲ。道路は通行止め");
        assert_eq!(marked(&found), ["道路ｶﾝｽｲ", "道路"]);
        assert_eq!(found.marks[0].start, 3, "the face is two units");
        let name = whole(&format!("{}避難.pdf", "長".repeat(180)), &terms(&["避難"]));
        assert_eq!((name.text.chars().count(), marked(&name)), (186, vec!["避難".to_owned()]));
    }

    #[test]
    fn a_long_text_is_cut_at_a_sentence() {
        let text = format!("{}。川東の避難所を開設しました{}", "あ".repeat(100), "い".repeat(300));
        let found = excerpt(&text, &terms(&["避難"]));
        assert!(found.text.starts_with("…川東の避難所"), "{}", found.text);
        assert!(found.text.ends_with("い…"));
        assert_eq!(marked(&found), ["避難"]);
    }

    #[test]
    fn the_better_answer_says_it_with_fewer_other_words() {
        let words = terms(&["避難", "訓練"]);
        let (good, fair) = (fold("避難訓練のお知らせ"), fold("避難所の開設について。訓練の予定はまた後日お知らせします。"));
        assert!(holds(&good, &words) && holds(&fair, &words) && !holds(&good, &terms(&["火災"])));
        assert!(score(&good, &words) > score(&fair, &words));
    }

    proptest! {
        #[test]
        fn marks_lie_inside(text in "\\PC{0,300}", word in "\\PC{1,3}") {
            let word = fold(&word);
            if !word.is_empty() {
                let found = excerpt(&text, &[word]);
                let length = found.text.encode_utf16().count();
                prop_assert!(found.marks.iter().all(|mark| mark.length > 0 && mark.start + mark.length <= length));
                marked(&found);
            }
        }
    }
}
