//! The scripts in `data/talk`: short scenes with roles, blanks and choices.
//!
//! ```text
//! = w3 6-9 storm          a scene: its weight, its months, only in a storm (or `calm`: only out of one)
//! A: 冠水です。{place}    who says what; {blank}, [one|or|another], @B and @建設課 name somebody
//! B> 向かいます。         an answer that quotes the line before
//! ```
//! [=first|second] takes the same place as every other [=…|…] of its scene: an answer fits its question.
//! Roles: A to D whoever, H the head, M the mayor, J a junior, V the team that answers (the vaccine team, the disaster section), G a guest.

use std::collections::HashMap;

/// A part of a line.
#[derive(Debug)]
pub enum Piece {
    /// As it stands.
    Text(&'static str),
    /// A blank to fill.
    Blank(&'static str),
    /// One of these.
    Choice(Vec<Vec<Piece>>),
    /// One of these: in all such choices of a scene the same place, so that answers fit questions.
    Linked(Vec<Vec<Piece>>),
    /// @ somebody.
    Mention(&'static str),
}

/// What one says.
#[derive(Debug)]
pub struct Line {
    /// Who.
    pub role: char,
    /// Quotes the line before.
    pub replies: bool,
    /// What.
    pub pieces: Vec<Piece>,
}

/// When a scene may be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Whenever.
    Any,
    /// Only in a storm.
    Storm,
    /// Only out of one.
    Calm,
}

/// A short scene.
#[derive(Debug)]
pub struct Scene {
    /// How often, beside the others.
    pub weight: u64,
    /// From which month to which (may run over the year's end).
    pub months: Option<(i8, i8)>,
    /// In which weather.
    pub weather: Weather,
    /// What is said.
    pub lines: Vec<Line>,
}

impl Scene {
    /// Whether it may be played then.
    pub fn fits(&self, month: i8, storm: bool) -> bool {
        let season = self.months.is_none_or(
            |(from, to)| {
                if from <= to { (from..=to).contains(&month) } else { month >= from || month <= to }
            },
        );
        season && (self.weather == Weather::Any || (self.weather == Weather::Storm) == storm)
    }

    /// Whether somebody plays this role.
    pub fn needs(&self, role: char) -> bool {
        self.lines.iter().any(|line| line.role == role)
    }
}

/// All themes by name.
pub type Themes = HashMap<&'static str, Vec<Scene>>;

/// Reads all scripts.
pub fn themes() -> Themes {
    [
        ("clinics", include_str!("../data/talk/clinics.txt")),
        ("counsel", include_str!("../data/talk/counsel.txt")),
        ("counter", include_str!("../data/talk/counter.txt")),
        ("desk", include_str!("../data/talk/desk.txt")),
        ("direct", include_str!("../data/talk/direct.txt")),
        ("disaster", include_str!("../data/talk/disaster.txt")),
        ("fire", include_str!("../data/talk/fire.txt")),
        ("guest", include_str!("../data/talk/guest.txt")),
        ("local", include_str!("../data/talk/local.txt")),
        ("mayor", include_str!("../data/talk/mayor.txt")),
        ("mayor_direct", include_str!("../data/talk/mayor_direct.txt")),
        ("notices", include_str!("../data/talk/notices.txt")),
        ("nursery", include_str!("../data/talk/nursery.txt")),
        ("office", include_str!("../data/talk/office.txt")),
        ("project", include_str!("../data/talk/project.txt")),
        ("shelters", include_str!("../data/talk/shelters.txt")),
        ("welfare", include_str!("../data/talk/welfare.txt")),
        ("works", include_str!("../data/talk/works.txt")),
    ]
    .into_iter()
    .map(|(name, text)| (name, scenes(text)))
    .collect()
}

fn scenes(text: &'static str) -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("= ") {
            scenes.push(scene(head));
        } else if let (Some(role), Some(scene)) = (line.chars().next(), scenes.last_mut()) {
            let rest = &line[role.len_utf8()..];
            let (replies, said) = match rest.strip_prefix("> ") {
                Some(said) => (true, said),
                None => (false, rest.trim_start_matches(": ")),
            };
            scene.lines.push(Line { role, replies, pieces: pieces(said) });
        }
    }
    scenes
}

fn scene(head: &'static str) -> Scene {
    let mut scene = Scene { weight: 1, months: None, weather: Weather::Any, lines: Vec::new() };
    for word in head.split(' ') {
        if word == "storm" {
            scene.weather = Weather::Storm;
        } else if word == "calm" {
            scene.weather = Weather::Calm;
        } else if let Some(weight) = word.strip_prefix('w') {
            scene.weight = weight.parse().unwrap_or(1);
        } else if let Some((from, to)) = word.split_once('-') {
            scene.months = from.parse().ok().zip(to.parse().ok());
        }
    }
    scene
}

fn pieces(mut rest: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some(at) = rest.find(['{', '[', '@']) {
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        let (mark, after) = rest[at..].split_at(1);
        let (piece, left) = match mark {
            "{" => split(after, '}', Piece::Blank),
            "[" => split(after, ']', choice),
            _ => split(after, ' ', Piece::Mention),
        };
        pieces.push(piece);
        rest = left;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Choices hold no choices.
fn choice(text: &'static str) -> Piece {
    let all = |text: &'static str| text.split('|').map(pieces).collect();
    text.strip_prefix('=').map_or_else(|| Piece::Choice(all(text)), |linked| Piece::Linked(all(linked)))
}

fn split(text: &'static str, end: char, make: impl Fn(&'static str) -> Piece) -> (Piece, &'static str) {
    match text.split_once(end) {
        Some((inner, rest)) => (make(inner), rest),
        None => (make(text), ""),
    }
}

#[cfg(test)]
mod tests {
    use super::super::blanks::Blanks;
    use super::*;

    fn check(pieces: &[Piece], blanks: &Blanks) {
        for piece in pieces {
            match piece {
                Piece::Blank(name) => assert!(blanks.knows(name), "{name} is no blank"),
                Piece::Choice(choices) | Piece::Linked(choices) => choices.iter().for_each(|choice| check(choice, blanks)),
                Piece::Text(text) => assert!(!text.contains(['{', '}', '[', ']', '|']), "{text}"),
                Piece::Mention(who) => assert!(!who.is_empty()),
            }
        }
    }

    #[test]
    fn every_script_reads_and_every_blank_is_known() {
        let blanks = Blanks::read();
        for (theme, scenes) in themes() {
            assert!(!scenes.is_empty(), "{theme}");
            for scene in &scenes {
                assert!(!scene.lines.is_empty(), "{theme}");
                for line in &scene.lines {
                    assert!("ABCDHMJVG".contains(line.role), "{theme}: {}", line.role);
                    check(&line.pieces, &blanks);
                }
            }
        }
    }
}
