//! PDF: read by a library, where no better reader is on the machine (`crate::converters`). It ends the process on many a broken file.

use std::io;

pub fn text(bytes: &[u8]) -> io::Result<String> {
    pdf_extract::extract_text_from_mem(bytes).map_err(io::Error::other)
}

/// A page's lines end where its paper does: in Japanese they go on without a space. Paragraphs stand a line apart.
pub fn unwrapped(text: &str) -> String {
    let mut unwrapped = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        let goes_on =
            unwrapped.chars().next_back().zip(line.chars().next()).is_some_and(|(end, start)| is_wide(end) && is_wide(start));
        if !goes_on && !unwrapped.is_empty() {
            unwrapped.push('\n');
        }
        unwrapped.push_str(line);
    }
    unwrapped
}

/// Kana, kanji and their marks.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_paragraph_go_on_and_paragraphs_do_not() {
        let text = "避難所運営\n\n備蓄倉庫の鍵は防災課が保管しま\nす。Emergency contact\n0957-12-3456。\n次の行\n";
        assert_eq!(unwrapped(text), "避難所運営\n\n備蓄倉庫の鍵は防災課が保管します。Emergency contact\n0957-12-3456。次の行");
    }
}
