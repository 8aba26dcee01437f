//! A plan's rooms as small writes in order, so that any number of them make a transaction.

use std::collections::HashMap;

use kernel::{ActorId, OrgUnitId, RoomId, Seq, Time, UserId};
use store::{StoreError, Tx};
use talk::bulk::{self, MemberSeed, MessageSeed, RoomSeed};
use talk::model::message::{Mention as Named, MentionAll, MentionOrgUnit, MentionUser};
use talk::model::room::RoomKind as StoredKind;

use super::plan::{Member, Mention, Message, PersonAt, Room, RoomKind, TenantPlan};

/// One small write.
pub enum Step {
    /// Makes a room.
    Open(RoomSeed),
    /// Lets people in, to see what is said from here on.
    Enter(RoomId, Vec<MemberSeed>),
    /// Says something.
    Say(RoomId, Vec<MessageSeed>),
    /// Puts emoji on it.
    React(RoomId, Vec<(Seq, String, UserId, Time)>),
    /// Everybody reads.
    Read(RoomId, HashMap<UserId, Seq>, HashMap<ActorId, Seq>),
    /// Somebody mutes the room or keeps it at the top.
    Keep(RoomId, UserId, bool, bool),
    /// Pins a message.
    Pin(RoomId, Seq),
}

/// Messages of one step, at most.
const MESSAGES_AT_ONCE: usize = 2000;

impl Step {
    /// About how many rows it writes.
    pub fn rows(&self) -> usize {
        match self {
            Self::Open(_) | Self::Keep(..) | Self::Pin(..) => 1,
            Self::Enter(_, members) => members.len() * 4,
            Self::Say(_, messages) => messages.len() * 2,
            Self::React(_, reactions) => reactions.len(),
            Self::Read(_, cursors, _) => cursors.len(),
        }
    }

    /// Takes it.
    ///
    /// # Errors
    /// When the database refuses or is away.
    pub async fn take(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        match self {
            Self::Open(seed) => bulk::insert_room(tx, seed).await,
            Self::Enter(room, members) => bulk::insert_members(tx, room, &members).await,
            Self::Say(room, messages) => bulk::insert_messages(tx, room, messages).await.map(drop),
            Self::React(room, reactions) => bulk::insert_reactions(tx, room, &reactions).await,
            Self::Read(room, cursors, actors) => {
                bulk::set_cursors(tx, room, &cursors).await?;
                bulk::set_actor_cursors(tx, room, &actors).await
            }
            Self::Keep(room, user, muted, pinned) => bulk::set_settings(tx, room, user, muted, pinned).await,
            Self::Pin(room, seq) => bulk::set_notice(tx, room, seq).await,
        }
    }
}

/// All steps of a plan's rooms.
pub fn of(mut plan: TenantPlan) -> impl Iterator<Item = Step> {
    let rooms = std::mem::take(&mut plan.rooms);
    rooms.into_iter().flat_map(move |room| of_room(&plan, room))
}

fn of_room(plan: &TenantPlan, mut room: Room) -> Vec<Step> {
    let id = room.id;
    let user = |at: PersonAt| plan.people[at].id;
    let mut steps = vec![Step::Open(open(plan, &room))];
    let mut reactions = Vec::new();
    for (message, seq) in room.messages.iter().zip(1..) {
        let (mut at, step) = (message.sent_at.0, 7_000_000);
        for (emoji, people) in &message.reactions {
            for &person in people {
                at += step;
                reactions.push((seq, (*emoji).to_owned(), user(person), Time(at)));
            }
        }
    }
    // People enter before the first message that they may see; what lies between two entries is said in steps.
    let mut entries: Vec<&Member> = room.members.iter().collect();
    entries.sort_by_key(|member| member.visible_from);
    let mut messages = std::mem::take(&mut room.messages).into_iter();
    let mut said: Seq = 0;
    for together in entries.chunk_by(|one, other| one.visible_from == other.visible_from) {
        let from = together[0].visible_from;
        steps.extend(say(plan, id, messages.by_ref().take(usize::try_from(from - 1 - said).unwrap_or(0))));
        said = from - 1;
        steps.push(Step::Enter(id, together.iter().flat_map(|member| reasons(plan, room.kind, member)).collect()));
    }
    steps.extend(say(plan, id, messages));
    if !reactions.is_empty() {
        steps.push(Step::React(id, reactions));
    }
    let cursors = room.members.iter().map(|member| (user(member.person), member.read)).collect();
    let actors =
        room.members.iter().flat_map(|member| plan.people[member.person].actors.iter().map(|actor| (actor.0, member.read)));
    steps.push(Step::Read(id, cursors, actors.collect()));
    let kept = room.members.iter().filter(|member| member.muted || member.pinned);
    steps.extend(kept.map(|member| Step::Keep(id, user(member.person), member.muted, member.pinned)));
    steps.extend(room.notice_seq.map(|seq| Step::Pin(id, seq)));
    steps
}

fn open(plan: &TenantPlan, room: &Room) -> RoomSeed {
    let user = |at: PersonAt| plan.people[at].id;
    let (kind, unit, include_children) = match room.kind {
        RoomKind::Direct => (StoredKind::Direct, None, false),
        RoomKind::Group => (StoredKind::Group, None, false),
        RoomKind::OrgUnit { unit, include_children } => (StoredKind::OrgUnit, Some(&plan.units[unit]), include_children),
    };
    RoomSeed {
        id: room.id,
        kind,
        // A room that bears its unit's name follows it when it is renamed.
        title: if unit.is_some_and(|unit| unit.name == room.title) { String::new() } else { room.title.clone() },
        org_unit_id: unit.map(|unit| unit.id),
        include_children,
        pair: (room.kind == RoomKind::Direct).then(|| (user(room.members[0].person), user(room.members[1].person))),
        created_by: Some(user(room.creator)),
        created_at: room.created_at,
    }
}

/// Why somebody is in the room: each post that brings them there, or an invitation.
fn reasons(plan: &TenantPlan, kind: RoomKind, member: &Member) -> Vec<MemberSeed> {
    let person = &plan.people[member.person];
    let RoomKind::OrgUnit { unit, include_children } = kind else { return vec![MemberSeed::Invited(person.id)] };
    let below = |of: usize| std::iter::successors(plan.units[of].parent, |&at| plan.units[at].parent).any(|at| at == unit);
    let id = |at: usize| -> OrgUnitId { plan.units[at].id };
    let mut reasons: Vec<MemberSeed> = person
        .assignments
        .iter()
        .filter_map(|post| match post.unit {
            at if at == unit => Some(MemberSeed::Unit(person.id, id(at))),
            at if include_children && below(at) => Some(MemberSeed::ChildUnit(person.id, id(at))),
            _ => None,
        })
        .collect();
    if member.invited || reasons.is_empty() {
        reasons.push(MemberSeed::Invited(person.id));
    }
    reasons
}

fn say(plan: &TenantPlan, room: RoomId, messages: impl Iterator<Item = Message>) -> Vec<Step> {
    let seeds: Vec<MessageSeed> = messages.map(|message| seed(plan, message)).collect();
    let mut steps = Vec::new();
    let mut rest = seeds.into_iter().peekable();
    while rest.peek().is_some() {
        steps.push(Step::Say(room, rest.by_ref().take(MESSAGES_AT_ONCE).collect()));
    }
    steps
}

fn seed(plan: &TenantPlan, message: Message) -> MessageSeed {
    let sender = &plan.people[message.sender];
    let actor = message.actor.and_then(|id| sender.actors.iter().find(|actor| actor.0 == id));
    let mentions = message.mentions.iter().map(|mention| match *mention {
        Mention::Person(at) => Named::User(MentionUser { user_id: plan.people[at].id }),
        Mention::Unit(at) => Named::OrgUnit(MentionOrgUnit { org_unit_id: plan.units[at].id }),
        Mention::All => Named::All(MentionAll { all: true }),
    });
    MessageSeed {
        client_id: message.client_id,
        sender: sender.id,
        sent_at: message.sent_at,
        text: message.text,
        reply_to: message.reply_to,
        mentions: mentions.collect(),
        actor: actor.map(|(id, name)| (*id, name.name.clone())),
        edited_at: message.edited_at,
        recalled_at: message.recalled_at,
    }
}
