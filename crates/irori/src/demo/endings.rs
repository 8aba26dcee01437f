//! How the year ends in the rooms that the first account opens: written out, so that its list looks alive.

use kernel::{ClientId, Random, Seq, Time};

use super::plan::{Mention, Message, PersonAt, RoomKind, TenantPlan};
use super::rng::{Rng, SeededRandom};
use super::specs::Spec;

const ENDINGS: &str = include_str!("data/endings.txt");
const MINUTE: i64 = 60_000_000;

/// The account for whom they are written.
pub const FIRST_ACCOUNT: &str = "staff001";

/// The last lines of one room.
pub struct Ending {
    room: String,
    pair: Option<(PersonAt, PersonAt)>,
    /// How many the first account has not read.
    pub unread: Seq,
    /// What is said.
    pub lines: Vec<Said>,
}

/// One of those lines.
pub struct Said {
    minutes_before: i64,
    sender: PersonAt,
    replies: bool,
    text: String,
    mentions: Vec<Mention>,
    reactions: Vec<(&'static str, usize)>,
}

/// Those of the city; other tenants have none.
pub fn read(plan: &TenantPlan) -> Vec<Ending> {
    let login = |login: &str| plan.people.iter().position(|person| person.login == login);
    let mut endings: Vec<Ending> = Vec::new();
    if plan.name != "city" {
        return endings;
    }
    for line in ENDINGS.lines().filter(|line| !line.starts_with('#')) {
        if let Some((room, unread)) = line.strip_prefix("== ").and_then(|head| head.split_once(" | ")) {
            let pair = room.split_once(' ').and_then(|(one, other)| login(one).zip(login(other)));
            endings.push(Ending { room: room.to_owned(), pair, unread: unread.parse().unwrap_or(0), lines: Vec::new() });
        } else if let Some(ending) = endings.last_mut() {
            ending.lines.extend(said(line, plan, &login));
        }
    }
    endings
}

fn said(line: &'static str, plan: &TenantPlan, login: &impl Fn(&str) -> Option<PersonAt>) -> Option<Said> {
    let mut cells = line.split('\t');
    let (minutes, sender, words) = (cells.next()?, login(cells.next()?)?, cells.next()?);
    let (replies, words) = words.strip_prefix("> ").map_or((false, words), |words| (true, words));
    let (mut text, mut mentions) = (String::new(), Vec::new());
    for (index, part) in words.split('@').enumerate() {
        if index == 0 {
            text.push_str(part);
            continue;
        }
        let (who, rest) = part.split_once(' ').unwrap_or((part, ""));
        let unit =
            plan.units.iter().position(|unit| unit.name == who).map(|at| (plan.units[at].name.as_str(), Mention::Unit(at)));
        let person = login(who).map(|at| (plan.people[at].name.name.as_str(), Mention::Person(at)));
        let (name, mention) = person.or(unit)?;
        text.push_str(&format!("@{name} {rest}"));
        mentions.push(mention);
    }
    let reactions = cells.next().unwrap_or("").split(' ').filter_map(|reaction| {
        let digits = reaction.find(|c: char| c.is_ascii_digit())?;
        Some((&reaction[..digits], reaction[digits..].parse().ok()?))
    });
    let reactions = reactions.collect();
    Some(Said { minutes_before: minutes.parse().ok()?, sender, replies, text, mentions, reactions })
}

impl Ending {
    /// Whether it is this room's.
    pub fn is_of(&self, spec: &Spec) -> bool {
        match (spec.kind, self.pair) {
            (RoomKind::Direct, Some((one, other))) => spec.members.iter().all(|&(member, _)| member == one || member == other),
            (RoomKind::Direct, None) | (_, Some(_)) => false,
            _ => spec.title == self.room,
        }
    }

    /// Those who speak, and those who are named.
    pub fn people(&self) -> impl Iterator<Item = PersonAt> {
        self.lines.iter().flat_map(|line| {
            let named = line.mentions.iter().filter_map(|mention| match mention {
                Mention::Person(person) => Some(*person),
                Mention::Unit(_) | Mention::All => None,
            });
            named.chain([line.sender])
        })
    }

    /// Nothing else is said from then on.
    pub fn begins(&self, until: Time) -> Time {
        let first = self.lines.iter().map(|line| line.minutes_before).max().unwrap_or(0);
        Time(until.0 - (first + 25) * MINUTE)
    }

    /// Adds the last `count` lines to what was said before.
    pub fn play(
        &self,
        plan: &TenantPlan,
        until: Time,
        messages: &mut Vec<Message>,
        count: usize,
        ids: &SeededRandom,
        rng: &mut Rng,
    ) {
        let start = self.lines.len() - count;
        // Whoever is in the scenes, so that reactions come from people of the room.
        let mut present: Vec<PersonAt> = messages.iter().rev().map(|message| message.sender).take(400).collect();
        present.sort_unstable();
        present.dedup();
        for (index, line) in self.lines.iter().enumerate().skip(start) {
            let sent_at = Time(until.0 - line.minutes_before * MINUTE + rng.span(0, MINUTE));
            let reply_to = (line.replies && index > start).then_some(Seq::try_from(messages.len()).unwrap_or(0));
            let mut others: Vec<PersonAt> = present.iter().copied().filter(|&at| at != line.sender).collect();
            let reactions = line.reactions.iter().map(|&(emoji, times)| {
                rng.shuffle(&mut others);
                (emoji, others.iter().copied().take(times).collect::<Vec<_>>())
            });
            let reactions = reactions.filter(|(_, people)| !people.is_empty()).collect();
            messages.push(Message {
                client_id: ClientId(ids.new_id(sent_at)),
                sender: line.sender,
                actor: plan.people[line.sender].actors.first().map(|actor| actor.0),
                sent_at,
                text: line.text.clone(),
                reply_to: reply_to.filter(|&seq| seq > 0),
                mentions: line.mentions.clone(),
                reactions,
                edited_at: None,
                recalled_at: None,
            });
        }
    }
}
