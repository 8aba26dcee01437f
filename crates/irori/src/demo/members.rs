//! Who sits in a room: since when, how far they have read, and how they keep it.

use std::collections::HashMap;

use kernel::Seq;
use kernel::principal::UserKind;

use super::conversation::Cast;
use super::endings::{Ending, FIRST_ACCOUNT};
use super::plan::{Member, Mention, PersonAt, Room, RoomKind, TenantPlan};
use super::rng::Rng;

fn last_seq(room: &Room) -> Seq {
    Seq::try_from(room.messages.len()).unwrap_or(0)
}

/// What is pinned: in most rooms of a section or group something the head said lately.
pub fn notice(room: &Room, cast: &Cast, rng: &mut Rng) -> Option<Seq> {
    if room.kind == RoomKind::Direct || !rng.per_mille(600) {
        return None;
    }
    let fit = |person: PersonAt| Some(person) == cast.head || cast.head.is_none();
    let (index, _) = room.messages.iter().enumerate().rev().skip(8).take(600).find(|(_, message)| {
        fit(message.sender) && message.recalled_at.is_none() && message.reply_to.is_none() && message.text.chars().count() > 16
    })?;
    Seq::try_from(index + 1).ok()
}

/// Seats the members.
pub fn seat(plan: &TenantPlan, room: &Room, members: &[(PersonAt, bool)], ending: Option<&Ending>, rng: &mut Rng) -> Vec<Member> {
    let said = said_by(room);
    let involved = first_involved(room);
    members
        .iter()
        .map(|&(person, invited)| {
            let last = last_seq(room);
            // A few joined a group later, and were not shown what was said before.
            let first = involved.get(&person).copied().unwrap_or(last);
            let late = room.kind == RoomKind::Group && ending.is_none() && first > 20 && rng.per_mille(60);
            let visible_from = if late { rng.span(2, first) } else { 1 };
            let unread = match ending {
                Some(ending) if plan.people[person].login == FIRST_ACCOUNT => ending.unread,
                _ => unread(plan.people[person].kind, &plan.people[person].login, rng),
            };
            // Who has written has read what stood there.
            let read = (last - unread).max(said.get(&person).copied().unwrap_or(0)).clamp(visible_from - 1, last);
            let muted = rng.per_mille(40) && ending.is_none() || room.title.starts_with("本庁舎1階");
            Member { person, invited, visible_from, read, muted, pinned: rng.per_mille(15) && ending.is_none() }
        })
        .collect()
}

/// Most have read all; some are a little behind, phones in a drawer are far behind.
fn unread(kind: UserKind, login: &str, rng: &mut Rng) -> Seq {
    let (up_to_date, most) = match kind {
        UserKind::Device => (200, 40),
        _ if login == FIRST_ACCOUNT => (960, 3),
        _ if login.starts_with("fire") => (600, 20),
        _ => (820, 8),
    };
    if rng.per_mille(up_to_date) { 0 } else { rng.span(1, most) }
}

fn said_by(room: &Room) -> HashMap<PersonAt, Seq> {
    room.messages.iter().zip(1..).map(|(message, seq)| (message.sender, seq)).collect()
}

/// The first message that somebody wrote, was named in or reacted to: they must have been there.
fn first_involved(room: &Room) -> HashMap<PersonAt, Seq> {
    let mut first = HashMap::new();
    for (message, seq) in room.messages.iter().zip(1..) {
        let named = message.mentions.iter().filter_map(|mention| match mention {
            Mention::Person(person) => Some(*person),
            Mention::Unit(_) | Mention::All => None,
        });
        let pressed = message.reactions.iter().flat_map(|(_, people)| people.iter().copied());
        for person in named.chain(pressed).chain([message.sender]) {
            first.entry(person).or_insert(seq);
        }
    }
    first
}
