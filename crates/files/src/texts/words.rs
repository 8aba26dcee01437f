//! Text as it is kept: without what can't be seen, spaces and lines once each, and no more than so much.

use unicode_normalization::UnicodeNormalization as _;

use super::MOST_CHARS;

/// Radicals that PDF printers write for the characters that look like them, where Unicode knows no decomposition
/// (`EquivalentUnifiedIdeograph.txt`).
const RADICALS: &[(char, char)] = &[
    ('⺅', '亻'),
    ('⺉', '刂'),
    ('⺌', '小'),
    ('⺍', '小'),
    ('⺙', '攵'),
    ('⺝', '月'),
    ('⺟', '母'),
    ('⺠', '民'),
    ('⺡', '氵'),
    ('⺣', '灬'),
    ('⺤', '爪'),
    ('⺩', '王'),
    ('⺫', '目'),
    ('⺭', '礻'),
    ('⺮', '竹'),
    ('⺹', '耂'),
    ('⺼', '肉'),
    ('⺾', '艹'),
    ('⻀', '艹'),
    ('⻁', '虎'),
    ('⻂', '衤'),
    ('⻄', '西'),
    ('⻅', '見'),
    ('⻆', '角'),
    ('⻌', '辶'),
    ('⻎', '辶'),
    ('⻏', '阝'),
    ('⻑', '長'),
    ('⻖', '阝'),
    ('⻘', '青'),
    ('⻝', '食'),
    ('⻞', '食'),
    ('⻟', '飠'),
    ('⻤', '鬼'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻫', '斉'),
    ('⻭', '歯'),
    ('⻯', '竜'),
    ('⻲', '亀'),
];

/// What stands between two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
}

/// Gathers text up to [`MOST_CHARS`].
#[derive(Clone, Debug, Default)]
pub struct Words {
    text: String,
    chars: usize,
    gap: Gap,
}

impl Words {
    /// Adds text.
    pub fn push(&mut self, text: &str) {
        for c in text.chars() {
            if self.is_full() {
                return;
            }
            match c {
                '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.line(),
                _ if c.is_whitespace() => self.space(),
                _ if is_unseen(c) => {}
                _ => self.put(c),
            }
        }
    }

    /// What follows stands apart.
    pub fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// What follows stands in a line of its own.
    pub fn line(&mut self) {
        self.gap = Gap::Line;
    }

    /// Whether more is of no use.
    #[must_use]
    pub fn is_full(&self) -> bool {
        // A character may come with a gap before it.
        self.chars + 2 > MOST_CHARS
    }

    /// What has been gathered.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    fn put(&mut self, c: char) {
        let gap = std::mem::take(&mut self.gap);
        if !self.text.is_empty() && gap != Gap::None {
            self.text.push(if gap == Gap::Line { '\n' } else { ' ' });
            self.chars += 1;
        }
        match c {
            '\u{2e80}'..='\u{2fdf}' => match RADICALS.iter().find(|(radical, _)| *radical == c) {
                Some((_, usual)) => self.text.push(*usual),
                None => self.text.extend(std::iter::once(c).nfkc()),
            },
            _ => self.text.push(c),
        }
        self.chars += 1;
    }
}

/// Controls, marks of direction, and what stands for no character: PostgreSQL takes no NUL.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
        || matches!(c, '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        let mut words = Words::default();
        words.push(text);
        words.into_text()
    }

    #[test]
    fn gaps_are_one_and_what_cannot_be_seen_goes() {
        assert_eq!(kept("  避難所\t\t一覧 \r\n\r\n 川東\0小\u{200b}学校\u{f8f0} "), "避難所 一覧\n川東小学校");
    }

    #[test]
    fn radicals_become_the_characters_that_they_look_like() {
        assert_eq!(kept("⼩学校 公⺠館 ⻑寿"), "小学校 公民館 長寿");
    }

    #[test]
    fn no_more_is_kept_than_so_much() {
        let chars = kept(&"あ ".repeat(MOST_CHARS)).chars().count();
        assert!((MOST_CHARS - 1..=MOST_CHARS).contains(&chars), "{chars}");
    }
}
