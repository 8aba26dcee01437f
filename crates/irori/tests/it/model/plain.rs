//! What a room should be: no database, no revs, no spans; a list of messages, and for each person the seqs that they have seen.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::{PEOPLE, Who};

/// A message as somebody holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// None: the room says it.
    pub sender: Option<String>,
    pub text: String,
    pub recalled: bool,
    pub reactions: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Debug, Default)]
struct Said {
    sender: Option<Who>,
    text: String,
    recalled: bool,
    reactions: BTreeMap<String, BTreeSet<Who>>,
}

#[derive(Clone, Debug, Default)]
struct Person {
    is_in: bool,
    sees: BTreeSet<i64>,
    /// Where they came in last.
    here: i64,
    read: i64,
}

/// A room.
pub struct Plain {
    said: BTreeMap<i64, Said>,
    people: [Person; PEOPLE.len()],
}

impl Plain {
    /// Just made, by the first for all but the last, with what the room has said of that.
    pub fn new(last: i64) -> Self {
        let said: BTreeMap<i64, Said> = (1..=last).map(|seq| (seq, Said::default())).collect();
        let mut people = <[Person; PEOPLE.len()]>::default();
        for person in &mut people[..PEOPLE.len() - 1] {
            *person = Person { is_in: true, sees: said.keys().copied().collect(), here: 1, read: 0 };
        }
        Self { said, people }
    }

    pub fn is_in(&self, who: Who) -> bool {
        self.people[who].is_in
    }

    fn last(&self) -> i64 {
        self.said.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    pub fn pick(&self, which: usize) -> Option<i64> {
        self.said.keys().copied().nth(which.checked_rem(self.said.len())?)
    }

    pub fn say(&mut self, seq: i64, sender: Option<Who>, text: &str) -> Result<(), TestCaseError> {
        prop_assert_eq!(seq, self.last() + 1, "the next seq");
        self.said.insert(seq, Said { sender, text: text.to_owned(), ..Said::default() });
        for person in self.people.iter_mut().filter(|person| person.is_in) {
            person.sees.insert(seq);
        }
        Ok(())
    }

    fn the_room_says(&mut self) {
        self.say(self.last() + 1, None, "").expect("it is the next");
    }

    /// One's own text; else why it is refused.
    fn own(&mut self, who: Who, seq: i64) -> Result<&mut Said, u16> {
        if !self.is_in(who) || !self.people[who].sees.contains(&seq) {
            return Err(404);
        }
        let said = self.said.get_mut(&seq).ok_or(404_u16)?;
        if said.sender == Some(who) { Ok(said) } else { Err(403) }
    }

    pub fn edit(&mut self, who: Who, seq: i64, text: &str) -> u16 {
        match self.own(who, seq) {
            Ok(said) if said.recalled => 409,
            Ok(said) => {
                text.clone_into(&mut said.text);
                200
            }
            Err(refused) => refused,
        }
    }

    pub fn recall(&mut self, who: Who, seq: i64) -> u16 {
        match self.own(who, seq) {
            Ok(said) => {
                *said = Said { sender: said.sender, recalled: true, ..Said::default() };
                204
            }
            Err(refused) => refused,
        }
    }

    pub fn react(&mut self, who: Who, seq: i64, emoji: &str, on: bool) -> u16 {
        let said = match self.own(who, seq) {
            Err(404) => return 404,
            _ => self.said.get_mut(&seq).expect("it is there"),
        };
        if said.recalled || said.sender.is_none() {
            return 409;
        }
        let those = said.reactions.entry(emoji.to_owned()).or_default();
        if on {
            those.insert(who)
        } else {
            those.remove(&who)
        };
        said.reactions.retain(|_, those| !those.is_empty());
        204
    }

    pub fn read(&mut self, who: Who, seq: i64) -> u16 {
        if !self.is_in(who) {
            return 404;
        }
        self.people[who].read = self.people[who].read.max(seq);
        204
    }

    pub fn join(&mut self, who: Who, with_history: bool) -> u16 {
        if self.is_in(who) {
            return 200;
        }
        let next = self.last() + 1;
        let from = if with_history { 1 } else { next };
        let person = &mut self.people[who];
        person.sees.extend(from..next);
        // What they have read stays read, unless they are shown more than they had.
        if person.read < from || person.here > from {
            person.read = from - 1;
        }
        (person.is_in, person.here) = (true, from);
        self.the_room_says();
        200
    }

    pub fn leave(&mut self, who: Who) -> u16 {
        if !self.is_in(who) {
            return 404;
        }
        self.people[who].is_in = false;
        self.the_room_says();
        204
    }

    /// What somebody holds of it.
    pub fn seen_by(&self, who: Who, ids: &[String]) -> BTreeMap<i64, Seen> {
        let person = &self.people[who];
        let seen = self.said.iter().filter(|(seq, _)| person.is_in && person.sees.contains(seq));
        let named = |those: &BTreeSet<Who>| those.iter().map(|who| ids[*who].clone()).collect();
        seen.map(|(seq, said)| {
            let reactions = said.reactions.iter().map(|(emoji, those)| (emoji.clone(), named(those))).collect();
            let sender = said.sender.map(|who| ids[who].clone());
            (*seq, Seen { sender, text: said.text.clone(), recalled: said.recalled, reactions })
        })
        .collect()
    }

    /// How far somebody has read, how far the room goes, how many are in it, and how many messages are unread.
    pub fn counts(&self, who: Who) -> [i64; 4] {
        let person = &self.people[who];
        let is_unread = |(seq, said): &(&i64, &Said)| {
            **seq > person.read && person.sees.contains(*seq) && !said.recalled && said.sender.is_some_and(|sender| sender != who)
        };
        let members = self.people.iter().filter(|person| person.is_in).count();
        let unread = self.said.iter().filter(is_unread).count();
        let count = |many: usize| i64::try_from(many).expect("few");
        [person.read, self.last(), count(members), count(unread)]
    }
}
