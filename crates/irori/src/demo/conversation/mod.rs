//! What is said in a room over a year: scenes from the scripts, played by its members, woven into each other.
//!
//! To add a scene: a few lines in `data/talk`. To add a theme: a file there and a line in `script::themes`.

pub mod blanks;
pub mod schedule;
pub mod script;

use std::collections::VecDeque;

use kernel::principal::UserKind;
use kernel::{ClientId, Random, Seq, Time};

use self::blanks::{Blanks, Filled};
use self::schedule::{Begin, Schedule, Temper};
use self::script::{Line, Piece, Scene, Themes, Weather};
use super::calendar;
use super::plan::{Mention, Message, Person, PersonAt, Unit};
use super::rng::{Rng, SeededRandom, running_totals};

/// Who plays which role in a room.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    /// A to D: who talks, and how much.
    pub speakers: Vec<(PersonAt, u64)>,
    /// M.
    pub mayor: Option<PersonAt>,
    /// H.
    pub head: Option<PersonAt>,
    /// J.
    pub juniors: Vec<PersonAt>,
    /// V.
    pub team: Vec<PersonAt>,
    /// G.
    pub guest: Option<PersonAt>,
}

impl Cast {
    /// Everybody who may be named or react.
    fn everybody(&self) -> Vec<PersonAt> {
        let mut all: Vec<_> = self.speakers.iter().map(|&(person, _)| person).collect();
        all.extend(self.mayor.iter().chain(&self.guest).chain(&self.team));
        all
    }
}

/// What a room's year is made from.
pub struct Brief<'a> {
    /// How many messages.
    pub count: usize,
    /// Themes and how often each.
    pub mix: &'a [(&'static str, u64)],
    /// When it is busy.
    pub temper: Temper,
    /// Who talks.
    pub cast: &'a Cast,
    /// Nothing later than this.
    pub until: Time,
}

/// One scene's line before it has a place in the room.
struct Draft {
    at: i64,
    scene: usize,
    sender: PersonAt,
    text: String,
    mentions: Vec<Mention>,
    replies: bool,
    first: bool,
    short: bool,
}

/// The scripts, and the tenant whose people play them.
pub struct Stage<'a> {
    themes: &'a Themes,
    blanks: &'a Blanks,
    people: &'a [Person],
    units: &'a [Unit],
    schedules: [Schedule; 3],
}

impl<'a> Stage<'a> {
    /// Sets the stage for the year that ends at `until`.
    pub fn new(themes: &'a Themes, blanks: &'a Blanks, people: &'a [Person], units: &'a [Unit], until: Time) -> Self {
        let schedules = [Temper::Office, Temper::Field, Temper::Watch].map(|temper| Schedule::new(temper, until));
        Self { themes, blanks, people, units, schedules }
    }

    /// Plays scenes until the room has as many messages as were asked for.
    pub fn play(&self, brief: &Brief<'_>, mut rng: Rng, ids: &SeededRandom) -> Vec<Message> {
        let scenes: Vec<(&Scene, u64)> = brief
            .mix
            .iter()
            .flat_map(|&(theme, weight)| {
                self.themes.get(theme).into_iter().flatten().map(move |scene| (scene, weight * scene.weight))
            })
            .filter(|(scene, _)| self.can_play(scene, brief.cast))
            .collect();
        let totals = running_totals(scenes.iter().map(|&(_, weight)| weight));
        let mut drafts: Vec<Draft> = Vec::with_capacity(brief.count + 8);
        let mut played = 0;
        let stormy = scenes.iter().filter(|(scene, _)| scene.weather == Weather::Storm).count() > 3;
        while drafts.len() < brief.count && !scenes.is_empty() {
            // In order of time, so that no scene comes twice in a row; what is still missing then, again so.
            let missing = (brief.count - drafts.len()) / 4 + 1;
            let mut begins: Vec<Begin> = (0..missing).map(|_| self.schedules[brief.temper as usize].draw(&mut rng)).collect();
            begins.sort_by_key(|begin| (begin.day, begin.second));
            let mut recent: VecDeque<usize> = VecDeque::new();
            for begin in begins {
                // Where floods are fought, little else is talked about meanwhile.
                let storm_only = stormy && begin.storm && rng.per_mille(900);
                let Some(chosen) = choose(&scenes, &totals, begin, storm_only, &recent, &mut rng) else { continue };
                recent.push_front(chosen);
                recent.truncate(scenes.len() / 3);
                let lines = self.perform(scenes[chosen].0, played, begin, brief, &mut rng);
                if lines.last().is_none_or(|line| line.at <= brief.until.0) {
                    drafts.extend(lines);
                    played += 1;
                }
            }
        }
        // A scene cut short at its end is still a scene.
        drafts.truncate(brief.count);
        self.weave(drafts, brief, &mut rng, ids)
    }

    fn can_play(&self, scene: &Scene, cast: &Cast) -> bool {
        (!scene.needs('M') || cast.mayor.is_some())
            && (!scene.needs('V') || !cast.team.is_empty())
            && (!scene.needs('G') || cast.guest.is_some())
            && !cast.speakers.is_empty()
    }

    fn perform(&self, scene: &Scene, number: usize, begin: Begin, brief: &Brief<'_>, rng: &mut Rng) -> Vec<Draft> {
        let mut roles = Roles::assign(brief.cast, rng);
        let mut filled = Filled::new(self.blanks, begin.day, begin.second, rng.below(60));
        let mut at = calendar::moment(begin.day, begin.second).0 + rng.span(0, 1_000_000);
        let mut drafts = Vec::with_capacity(scene.lines.len());
        for (index, line) in scene.lines.iter().enumerate() {
            if index > 0 {
                // Mostly at once; now and then somebody was on the telephone.
                let seconds = if rng.per_mille(820) { rng.span(12, 150) } else { rng.span(150, 1500) };
                at += seconds * 1_000_000 + rng.span(0, 1_000_000);
            }
            let (mut text, mentions) = self.speak(line, &mut roles, &mut filled, rng);
            let first = index == 0;
            let polite = brief.temper == Temper::Office && text.ends_with('。') && !text.ends_with("か。");
            let to_several = brief.cast.speakers.len() > 3 && line.role == 'A';
            if first && polite && to_several && rng.per_mille(250) {
                filled.write("closing", rng, &mut text);
            }
            let sender = roles.of(line.role, rng);
            let short = text.chars().count() < 9;
            drafts.push(Draft { at, scene: number, sender, text, mentions, replies: line.replies, first, short });
        }
        drafts
    }

    fn speak(&self, line: &Line, roles: &mut Roles<'_>, filled: &mut Filled<'_>, rng: &mut Rng) -> (String, Vec<Mention>) {
        let (mut text, mut mentions) = (String::with_capacity(96), Vec::new());
        let mut rest: Vec<&Piece> = line.pieces.iter().rev().collect();
        while let Some(piece) = rest.pop() {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Linked(choices) => rest.extend(choices[filled.place % choices.len()].iter().rev()),
                Piece::Choice(choices) => rest.extend(rng.pick(choices).iter().rev()),
                Piece::Blank(name) if name.len() == 1 && *name != "n" => {
                    let role = name.chars().next().unwrap_or('A');
                    text.push_str(self.people[roles.of(role, rng)].called());
                }
                Piece::Blank(name) => filled.write(name, rng, &mut text),
                Piece::Mention(who) => {
                    let (words, mention) = self.mention(who, roles, rng);
                    text.push_str(&words);
                    mentions.extend(mention);
                }
            }
        }
        (text, mentions)
    }

    /// `@B`, `@all`, `@other` (a section) or `@建設課`.
    fn mention(&self, who: &str, roles: &mut Roles<'_>, rng: &mut Rng) -> (String, Option<Mention>) {
        match who {
            "all" => ("@全員 ".to_owned(), Some(Mention::All)),
            _ if who.len() == 1 => {
                let person = roles.of(who.chars().next().unwrap_or('A'), rng);
                (format!("@{} ", self.people[person].name.name), Some(Mention::Person(person)))
            }
            _ => {
                let named = self.units.iter().position(|unit| unit.name == who);
                let unit = named.unwrap_or_else(|| rng.below(self.units.len()));
                (format!("@{} ", self.units[unit].name), Some(Mention::Unit(unit)))
            }
        }
    }

    /// Puts the scenes' lines in order of time and makes messages of them.
    fn weave(&self, mut drafts: Vec<Draft>, brief: &Brief<'_>, rng: &mut Rng, ids: &SeededRandom) -> Vec<Message> {
        drafts.sort_by_key(|draft| (draft.at, draft.scene));
        let count = drafts.len();
        let everybody = brief.cast.everybody();
        let mut last_of_scene: Vec<Seq> = vec![0; drafts.iter().map(|draft| draft.scene + 1).max().unwrap_or(0)];
        let mut messages = Vec::with_capacity(count);
        for (index, draft) in drafts.into_iter().enumerate() {
            let seq = Seq::try_from(index).unwrap_or(0) + 1;
            let before = std::mem::replace(&mut last_of_scene[draft.scene], seq);
            // Where another conversation has come between, people quote what they answer.
            let torn_apart = !draft.first && before != seq - 1;
            let quotes = draft.replies && rng.per_mille(850) || torn_apart && rng.per_mille(if draft.short { 700 } else { 400 });
            let reply_to = (quotes && before > 0).then_some(before);
            let mut message = Message {
                client_id: ClientId(ids.new_id(Time(draft.at))),
                sender: draft.sender,
                actor: self.actor(draft.sender, rng),
                sent_at: Time(draft.at),
                text: draft.text,
                reply_to,
                mentions: draft.mentions,
                reactions: Vec::new(),
                edited_at: None,
                recalled_at: None,
            };
            self.react(&mut message, brief.cast, &everybody, rng);
            // What has just been said stands as it was said.
            if index + 5 < count {
                revise(&mut message, rng);
            }
            messages.push(message);
        }
        messages
    }

    fn actor(&self, sender: PersonAt, rng: &mut Rng) -> Option<kernel::ActorId> {
        let actors = &self.people[sender].actors;
        (!actors.is_empty()).then(|| rng.pick(actors).0)
    }

    fn react(&self, message: &mut Message, cast: &Cast, everybody: &[PersonAt], rng: &mut Rng) {
        const EMOJI: [&str; 10] = ["👍", "👍", "👍", "🙏", "🙏", "😊", "👀", "🎉", "🙇", "❤️"];
        let (times, most) = if Some(message.sender) == cast.mayor { (350, 14) } else { (60, 5) };
        if everybody.len() < 3 || !rng.per_mille(times) {
            return;
        }
        for _ in 0..rng.range(1, 3) {
            let emoji = *rng.pick(&EMOJI);
            if message.reactions.iter().any(|(known, _)| *known == emoji) {
                continue;
            }
            let mut people: Vec<PersonAt> = Vec::new();
            for _ in 0..rng.range(1, most) {
                let person = *rng.pick(everybody);
                let may = person != message.sender && self.people[person].kind == UserKind::Person;
                if may && !people.contains(&person) {
                    people.push(person);
                }
            }
            if !people.is_empty() {
                message.reactions.push((emoji, people));
            }
        }
    }
}

/// A scene that fits the day and was not played lately.
fn choose(
    scenes: &[(&Scene, u64)],
    totals: &[u64],
    begin: Begin,
    storm_only: bool,
    recent: &VecDeque<usize>,
    rng: &mut Rng,
) -> Option<usize> {
    let fits = |index: &usize| {
        let scene = scenes[*index].0;
        scene.fits(begin.day.month(), begin.storm) && (!storm_only || scene.weather == Weather::Storm)
    };
    let mut drawn = (0..24).map(|_| rng.weighted(totals)).filter(fits);
    let first = drawn.next()?;
    // On a day when little fits, what came lately comes again.
    Some(std::iter::once(first).chain(drawn).find(|index| !recent.contains(index)).unwrap_or(first))
}

/// Some are corrected soon after, a few are taken back.
fn revise(message: &mut Message, rng: &mut Rng) {
    let later = |rng: &mut Rng| Some(Time(message.sent_at.0 + rng.span(20, 240) * 1_000_000));
    if rng.per_mille(4) && message.mentions.is_empty() {
        message.recalled_at = later(rng);
        message.text.clear();
        message.reactions.clear();
    } else if rng.per_mille(12) {
        message.edited_at = later(rng);
    }
}

/// Who plays what in one scene; drawn when first needed, then kept.
struct Roles<'a> {
    cast: &'a Cast,
    totals: Vec<u64>,
    known: Vec<(char, PersonAt)>,
}

impl<'a> Roles<'a> {
    fn assign(cast: &'a Cast, rng: &mut Rng) -> Self {
        let totals = running_totals(cast.speakers.iter().map(|&(_, weight)| weight));
        let mut roles = Self { cast, totals, known: Vec::with_capacity(4) };
        roles.of('A', rng);
        roles
    }

    fn of(&mut self, role: char, rng: &mut Rng) -> PersonAt {
        if let Some(&(_, person)) = self.known.iter().find(|&&(known, _)| known == role) {
            return person;
        }
        let special = match role {
            'M' => self.cast.mayor,
            'H' => self.cast.head,
            'G' => self.cast.guest,
            'V' if !self.cast.team.is_empty() => Some(*rng.pick(&self.cast.team)),
            'J' if !self.cast.juniors.is_empty() => Some(*rng.pick(&self.cast.juniors)),
            _ => None,
        };
        let person = special.unwrap_or_else(|| self.somebody_else(rng));
        self.known.push((role, person));
        person
    }

    /// A speaker without a role yet; in a small room the same one plays two.
    fn somebody_else(&self, rng: &mut Rng) -> PersonAt {
        let free = |person: &PersonAt| !self.known.iter().any(|(_, known)| known == person);
        let drawn: Vec<PersonAt> = (0..6).map(|_| self.cast.speakers[rng.weighted(&self.totals)].0).collect();
        let anybody = self.cast.speakers.iter().map(|&(person, _)| person);
        drawn.iter().copied().chain(anybody).find(free).unwrap_or(drawn[0])
    }
}
