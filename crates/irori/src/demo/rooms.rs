//! Fills rooms with a year of talk.

use kernel::principal::UserKind;
use kernel::{Random, RoomId, Time};

use super::conversation::schedule::Temper;
use super::conversation::{Brief, Cast, Stage};
use super::endings::{self, Ending};
use super::plan::{Room, TenantPlan};
use super::rng::{Rng, SeededRandom};
use super::specs::Spec;

/// What is talked about under a theme, and when.
fn manner(theme: &str) -> (&'static [(&'static str, u64)], Temper) {
    match theme {
        "disaster" => (&[("disaster", 8), ("office", 3), ("mayor", 1), ("works", 1)], Temper::Watch),
        "watch" => (&[("disaster", 4), ("works", 2), ("office", 1)], Temper::Watch),
        "fire" => (&[("fire", 8), ("office", 1), ("mayor", 1)], Temper::Watch),
        "works" | "roads" | "water" => (&[("works", 6), ("office", 4), ("mayor", 1)], Temper::Field),
        "environment" | "farm" | "industry" | "tourism" | "citizens" | "school" | "local" => {
            (&[("local", 6), ("office", 4), ("mayor", 1)], Temper::Office)
        }
        "counter" => (&[("counter", 5), ("office", 4), ("mayor", 1)], Temper::Office),
        "welfare" | "health" => (&[("welfare", 5), ("office", 4), ("mayor", 1)], Temper::Office),
        "children" | "nursery" | "lunch" => (&[("nursery", 5), ("office", 3), ("mayor", 1)], Temper::Office),
        "project" => (&[("project", 6), ("desk", 1), ("office", 2)], Temper::Office),
        "press" => (&[("desk", 4), ("office", 3), ("mayor", 3), ("local", 1)], Temper::Office),
        "direct" => (&[("direct", 1)], Temper::Office),
        "mayor" => (&[("mayor_direct", 1)], Temper::Office),
        "all" => (&[("notices", 1)], Temper::Office),
        "shelters" => (&[("shelters", 1)], Temper::Watch),
        "clinics" => (&[("clinics", 1)], Temper::Office),
        "counsel" => (&[("counsel", 3), ("office", 2)], Temper::Office),
        "guest" => (&[("guest", 1)], Temper::Office),
        "office" => (&[("office", 1)], Temper::Office),
        _ => (&[("desk", 4), ("office", 5), ("mayor", 1)], Temper::Office),
    }
}

/// Fills the rooms with a year of talk: `total` messages, a third of them in `largest`.
pub fn fill(seed: u64, plan: &TenantPlan, specs: Vec<Spec>, total: usize, stage: &Stage<'_>, until: Time) -> Vec<Room> {
    let ids = SeededRandom::named(seed, &format!("{} rooms", plan.name));
    let endings = endings::read(plan);
    let counts = share_out(&specs, total);
    specs
        .into_iter()
        .zip(counts)
        .enumerate()
        .map(|(index, (mut spec, count))| {
            let rng = Rng::named(seed, &format!("{} room {index}", plan.name));
            let ending = endings.iter().find(|ending| ending.is_of(&spec));
            ending.iter().flat_map(|ending| ending.people()).for_each(|person| spec.invite(person));
            fill_one(plan, spec, count, stage, until, ending, rng, &ids)
        })
        .collect()
}

/// The section with the very long history.
const LARGEST: &str = "防災課";

fn share_out(specs: &[Spec], total: usize) -> Vec<usize> {
    let is_largest = |spec: &Spec| spec.title == LARGEST;
    let largest = if specs.iter().any(is_largest) { total * 32 / 100 } else { 0 };
    let weights: u64 = specs.iter().filter(|spec| !is_largest(spec)).map(|spec| spec.weight).sum();
    let rest = (total - largest) as u64;
    let mut counts: Vec<usize> = specs
        .iter()
        .map(|spec| if is_largest(spec) { largest } else { usize::try_from(rest * spec.weight / weights.max(1)).unwrap_or(0) })
        .collect();
    // What rounding left over goes to the first ones, one each.
    let mut missing = total - counts.iter().sum::<usize>();
    for (count, spec) in counts.iter_mut().zip(specs) {
        if missing > 0 && !is_largest(spec) {
            *count += 1;
            missing -= 1;
        }
    }
    counts
}

fn cast(plan: &TenantPlan, spec: &Spec, rng: &mut Rng) -> Cast {
    let mut cast = Cast::default();
    for &(at, _) in &spec.members {
        let person = &plan.people[at];
        let junior = person.assignments.first().is_some_and(|post| matches!(post.position.as_str(), "主事" | "消防士"));
        match person.login.as_str() {
            "mayor" => cast.mayor = Some(at),
            "admin" => {}
            login if login.starts_with("vaccine") && spec.theme == "clinics" => cast.team.push(at),
            _ if person.kind == UserKind::Person && spec.theme == "shelters" => cast.team.push(at),
            _ if person.kind == UserKind::Guest => cast.guest = Some(at),
            _ if person.kind == UserKind::Device && spec.theme == "all" => {}
            _ => cast.speakers.push((at, 1 + rng.below(8) as u64)),
        }
        if junior {
            cast.juniors.push(at);
        }
        if person.heads().is_some() && Some(at) != cast.mayor {
            cast.head = Some(cast.head.unwrap_or(at));
        }
    }
    if spec.theme == "all" {
        // To everybody, only the heads speak.
        cast.speakers.retain(|&(at, _)| plan.people[at].heads().is_some());
    }
    cast
}

#[expect(clippy::too_many_arguments, reason = "one call, of what a room is made from")]
fn fill_one(
    plan: &TenantPlan,
    spec: Spec,
    count: usize,
    stage: &Stage<'_>,
    until: Time,
    ending: Option<&Ending>,
    mut rng: Rng,
    ids: &SeededRandom,
) -> Room {
    let cast = cast(plan, &spec, &mut rng);
    let (mix, temper) = manner(spec.theme);
    let lines = ending.map_or(0, |ending| ending.lines.len().min(count));
    let quiet_from = ending.map_or(until, |ending| ending.begins(until));
    let brief = Brief { count: count - lines, mix, temper, cast: &cast, until: quiet_from };
    let mut messages = stage.play(&brief, rng.clone(), ids);
    if let Some(ending) = ending {
        ending.play(plan, until, &mut messages, lines, ids, &mut rng);
    }
    let begun = plan.made_at.0 - rng.span(1, 200) * 86_400_000_000;
    let created_at = messages.first().map_or(begun, |first| first.sent_at.0.min(plan.made_at.0 + 86_400_000_000) - 3_600_000_000);
    let mut room = Room {
        id: RoomId(ids.new_id(Time(created_at))),
        kind: spec.kind,
        title: spec.title,
        created_at: Time(created_at),
        creator: cast.head.unwrap_or(spec.members[0].0),
        members: Vec::new(),
        messages,
        notice_seq: None,
    };
    room.notice_seq = super::members::notice(&room, &cast, &mut rng);
    room.members = super::members::seat(plan, &room, &spec.members, ending, &mut rng);
    room
}
