//! What fills the blanks of a script.

use std::collections::HashMap;

use jiff::civil::Date;

use super::super::calendar;
use super::super::rng::Rng;

const BLANKS: &str = include_str!("../data/slots.txt");

/// The lists of words.
pub struct Blanks(HashMap<&'static str, Vec<&'static str>>);

impl Blanks {
    /// Reads the lists.
    pub fn read() -> Self {
        let lines = BLANKS.lines().filter(|line| !line.starts_with('#'));
        Self(lines.filter_map(|line| line.split_once('\t')).map(|(name, words)| (name, words.split('|').collect())).collect())
    }

    /// Whether something fills that blank.
    #[cfg(test)]
    pub fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name) || ["n", "n2", "n4", "time", "date", "A", "B", "C", "D", "H", "J"].contains(&name)
    }
}

/// The blanks of one scene as they have been filled: what is named twice is the same twice.
pub struct Filled<'a> {
    blanks: &'a Blanks,
    day: Date,
    second: i64,
    /// The place that the scene's linked choices take.
    pub place: usize,
    words: Vec<(&'static str, String)>,
}

impl<'a> Filled<'a> {
    /// Nothing filled yet, for a scene that begins at that second of that day.
    pub fn new(blanks: &'a Blanks, day: Date, second: i64, place: usize) -> Self {
        Self { blanks, day, second, place, words: Vec::new() }
    }

    /// Writes what fills the blank.
    pub fn write(&mut self, name: &'static str, rng: &mut Rng, out: &mut String) {
        use std::fmt::Write as _;
        // Writing to a String can't fail.
        let _ = match name {
            "n" => write!(out, "{}", rng.range(2, 10)),
            "n2" => write!(out, "{}", rng.range(10, 50)),
            "n4" => write!(out, "{:04}", rng.below(10_000)),
            _ => {
                if let Some((_, word)) = self.words.iter().find(|(known, _)| *known == name) {
                    out.push_str(word);
                } else {
                    let word = self.word(name, rng);
                    out.push_str(&word);
                    self.words.push((name, word));
                }
                Ok(())
            }
        };
    }

    fn word(&self, name: &str, rng: &mut Rng) -> String {
        match name {
            "time" => {
                // To the next ten minutes, half an hour to two and a half hours ahead.
                let minute = (self.second / 60 + rng.span(30, 150)) / 10 * 10 % (24 * 60);
                if minute % 60 == 0 { format!("{}時", minute / 60) } else { format!("{}時{}分", minute / 60, minute % 60) }
            }
            "date" => calendar::in_words(calendar::worked_day_after(self.day, rng.range(1, 10))),
            _ => self.blanks.0.get(name).map(|words| (*rng.pick(words)).to_owned()).unwrap_or_default(),
        }
    }
}
