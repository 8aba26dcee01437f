//! Names that no one in particular bears: common family names and given names, paired without repetition.

use std::collections::HashSet;

use super::rng::Rng;

const SURNAMES: &str = include_str!("data/surnames.txt");
const GIVEN_NAMES: &str = include_str!("data/given_names.txt");

/// A name in kanji and in ふりがな, family name first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// As written.
    pub name: String,
    /// As read.
    pub kana: String,
}

impl Name {
    /// A name that is given rather than drawn.
    pub fn of(name: &str, kana: &str) -> Self {
        Self { name: name.to_owned(), kana: kana.to_owned() }
    }
}

/// Lines of 漢字 and かな.
pub fn pairs(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.lines().filter_map(|line| line.split_once(' ')).collect()
}

/// Gives names, none twice.
pub struct Names {
    surnames: Vec<(&'static str, &'static str)>,
    given: Vec<(&'static str, &'static str)>,
    taken: HashSet<String>,
    rng: Rng,
}

impl Names {
    /// Names but for those already `taken`.
    pub fn new(rng: Rng, taken: impl IntoIterator<Item = String>) -> Self {
        Self { surnames: pairs(SURNAMES), given: pairs(GIVEN_NAMES), taken: taken.into_iter().collect(), rng }
    }

    /// A name that has not been given yet.
    pub fn draw(&mut self) -> Name {
        loop {
            // The lists begin with the most common names; the smaller of two draws leans to them, as in life.
            let surname = self.surnames[self.rng.below(self.surnames.len()).min(self.rng.below(self.surnames.len()))];
            let given = *self.rng.pick(&self.given);
            let name = format!("{} {}", surname.0, given.0);
            if self.taken.insert(name.clone()) {
                return Name { name, kana: format!("{} {}", surname.1, given.1) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_long_enough_and_kana_is_kana() {
        for list in [pairs(SURNAMES), pairs(GIVEN_NAMES)] {
            assert!(list.len() >= 150);
            assert!(list.iter().all(|(_, kana)| kana.chars().all(|c| ('ぁ'..='ん').contains(&c))));
        }
    }
}
