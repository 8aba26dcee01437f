//! Which rooms there are and who is in them.

use kernel::principal::UserKind;

use super::Size;
use super::plan::{PersonAt, RoomKind, TenantPlan, UnitAt};
use super::rng::Rng;

const GROUPS: &str = include_str!("data/groups.txt");

/// A room to be.
pub struct Spec {
    /// What kind.
    pub kind: RoomKind,
    /// What it is called.
    pub title: String,
    /// Themes, and when it is busy.
    pub theme: &'static str,
    /// Its share of all messages.
    pub weight: u64,
    /// Who, and whether added by hand.
    pub members: Vec<(PersonAt, bool)>,
}

impl Spec {
    fn has(&self, person: PersonAt) -> bool {
        self.members.iter().any(|&(member, _)| member == person)
    }

    /// Adds somebody by hand, who is not there yet.
    pub fn invite(&mut self, person: PersonAt) {
        if !self.has(person) {
            self.members.push((person, true));
        }
    }
}

/// Finds people and units of a tenant.
pub struct Roll<'a>(pub &'a TenantPlan);

impl Roll<'_> {
    fn login(&self, login: &str) -> Option<PersonAt> {
        self.0.people.iter().position(|person| person.login == login)
    }

    fn unit(&self, name: &str) -> Option<UnitAt> {
        self.0.units.iter().position(|unit| unit.name == name)
    }

    fn below(&self, unit: UnitAt, ancestor: UnitAt) -> bool {
        std::iter::successors(Some(unit), |&unit| self.0.units[unit].parent).any(|found| found == ancestor)
    }

    fn of_unit(&self, unit: UnitAt, include_children: bool) -> Vec<PersonAt> {
        let belongs = |at: UnitAt| if include_children { self.below(at, unit) } else { at == unit };
        (0..self.0.people.len())
            .filter(|&person| self.0.people[person].assignments.iter().any(|post| belongs(post.unit)))
            .collect()
    }

    fn starting(&self, login: &str) -> Vec<PersonAt> {
        (0..self.0.people.len()).filter(|&person| self.0.people[person].login.starts_with(login)).collect()
    }

    /// Those whom a line of `data/groups.txt` names.
    fn named(&self, who: &str, rng: &mut Rng) -> Vec<PersonAt> {
        let mut found = Vec::new();
        for name in who.split(',') {
            let these = match (name.split_once(':'), name.split_once('/')) {
                (Some((kind, count)), _) => {
                    let mut these = self.starting(kind);
                    rng.shuffle(&mut these);
                    these.truncate(count.parse().unwrap_or(0));
                    these
                }
                (None, Some((unit, share))) => {
                    let members = self.unit(unit).map(|unit| self.of_unit(unit, false)).unwrap_or_default();
                    members.into_iter().step_by(share.parse().unwrap_or(1)).collect()
                }
                _ if name == "heads" => (0..self.0.people.len()).filter(|&at| self.0.people[at].heads().is_some()).collect(),
                _ if name == "nurseries" => self.starting("nursery"),
                _ => match self.unit(name) {
                    Some(unit) => self.of_unit(unit, false),
                    None => self.login(name).into_iter().collect(),
                },
            };
            found.extend(these.into_iter().filter(|&person| self.0.people[person].login != "admin"));
        }
        // The first mention keeps its place: who is named by login stands before those of a section.
        let mut seen = std::collections::HashSet::new();
        found.retain(|&person| seen.insert(person));
        found
    }
}

/// The city's rooms: each section's, with the mayor in it; groups; pairs.
pub fn of_city(seed: u64, size: Size, city: &TenantPlan) -> Vec<Spec> {
    let roll = Roll(city);
    let mut rng = Rng::named(seed, "city rooms");
    let mut specs = unit_rooms(&roll);
    specs.extend(group_rooms(&roll, &mut rng));
    specs.extend(pairs(&roll, size, &mut rng));
    specs
}

fn unit_rooms(roll: &Roll<'_>) -> Vec<Spec> {
    let mayor = roll.login("mayor");
    let mut specs = Vec::new();
    for (at, unit) in roll.0.units.iter().enumerate() {
        // The whole city hall, and the fire brigade, take in all below them.
        let include_children = at == 0 || unit.name == "消防本部";
        let own = roll.of_unit(at, include_children);
        let members = own.iter().filter(|&&person| Some(person) != mayor || at == 0).map(|&person| (person, false)).collect();
        let weight = match unit.theme {
            "all" => 8,
            "-" => 6,
            "shelters" => 25,
            _ => 12 + own.len() as u64,
        };
        let title = if at == 0 { "全庁連絡".to_owned() } else { unit.name.clone() };
        let kind = RoomKind::OrgUnit { unit: at, include_children };
        let mut spec = Spec { kind, title, theme: unit.theme, weight, members };
        if unit.theme == "-" {
            let heads = roll
                .0
                .people
                .iter()
                .enumerate()
                .filter(|(_, person)| person.heads().is_some_and(|headed| roll.0.units[headed].parent == Some(at)));
            heads.for_each(|(person, _)| spec.invite(person));
        }
        match unit.theme {
            "nursery" if unit.name != "保育課" => {
                ["staff014", "staff018"].iter().filter_map(|login| roll.login(login)).for_each(|person| spec.invite(person));
            }
            "shelters" => roll
                .unit("防災課")
                .map(|section| roll.of_unit(section, false))
                .unwrap_or_default()
                .into_iter()
                .for_each(|person| spec.invite(person)),
            _ if unit.name == "健康づくり課" || unit.name == "建設課" => {
                roll.login("staff001").into_iter().for_each(|person| spec.invite(person));
            }
            _ => {}
        }
        mayor.into_iter().for_each(|mayor| spec.invite(mayor));
        if spec.members.len() > 1 {
            specs.push(spec);
        }
    }
    specs
}

fn group_rooms(roll: &Roll<'_>, rng: &mut Rng) -> Vec<Spec> {
    let mut specs: Vec<Spec> = GROUPS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (title, theme, weight, who) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let members = roll.named(who, rng).into_iter().map(|person| (person, true)).collect();
            Some(Spec { kind: RoomKind::Group, title: title.to_owned(), theme, weight: weight.parse().unwrap_or(1) * 4, members })
        })
        .filter(|spec| spec.members.len() > 2)
        .collect();
    let hosts = roll.unit("福祉課").map(|section| roll.of_unit(section, false)).unwrap_or_default();
    for guest in roll.starting("guest") {
        let members = hosts.iter().copied().take(3).chain([guest]).map(|person| (person, true)).collect();
        let title = format!("ご相談（{}さん）", roll.0.people[guest].called());
        specs.push(Spec { kind: RoomKind::Group, title, theme: "guest", weight: 4, members });
    }
    specs
}

fn pairs(roll: &Roll<'_>, size: Size, rng: &mut Rng) -> Vec<Spec> {
    let people = &roll.0.people;
    let persons: Vec<PersonAt> =
        (0..people.len()).filter(|&at| people[at].kind == UserKind::Person && people[at].login != "admin").collect();
    let mut pairs: Vec<(PersonAt, PersonAt)> = Vec::new();
    let mut add = |one: PersonAt, other: PersonAt| {
        let known = pairs.iter().any(|&pair| pair == (one, other) || pair == (other, one));
        if one != other && !known {
            pairs.push((one, other));
        }
    };
    let by_login = |login: &str| roll.login(login);
    if let Some(me) = by_login("staff001") {
        ["staff002", "staff009", "mayor", "it003", "staff003", "staff007", "staff015", "staff016", "fire003", "nursery01"]
            .iter()
            .filter_map(|login| by_login(login))
            .for_each(|other| add(me, other));
    }
    let (from_mayor, others) = if size == Size::Full { (26, 640) } else { (4, 24) };
    if let Some(mayor) = by_login("mayor") {
        (0..from_mayor).for_each(|_| add(mayor, *rng.pick(&persons)));
    }
    for _ in 0..others {
        let one = *rng.pick(&persons);
        let unit = people[one].assignments.first().map(|post| post.unit);
        let near: Vec<PersonAt> = unit.map(|unit| roll.of_unit(unit, false)).unwrap_or_default();
        let near: Vec<PersonAt> = near.into_iter().filter(|at| persons.contains(at)).collect();
        let other = if rng.per_mille(550) && !near.is_empty() { *rng.pick(&near) } else { *rng.pick(&persons) };
        add(one, other);
    }
    let mayor = by_login("mayor");
    pairs
        .into_iter()
        .map(|(one, other)| Spec {
            kind: RoomKind::Direct,
            title: String::new(),
            theme: if mayor.is_some_and(|mayor| mayor == one || mayor == other) { "mayor" } else { "direct" },
            weight: 1 + rng.below(4) as u64,
            members: vec![(one, true), (other, true)],
        })
        .collect()
}

/// The clinics' rooms: one for all, one of the team, one between the team and each clinic that asked.
pub fn of_clinics(plan: &TenantPlan) -> Vec<Spec> {
    let roll = Roll(plan);
    let all = roll.of_unit(0, true).into_iter().filter(|&at| plan.people[at].login != "admin").map(|at| (at, true)).collect();
    let team = roll.starting("vaccine");
    let mut specs = vec![
        Spec { kind: RoomKind::Group, title: "ワクチン 連絡".to_owned(), theme: "clinics", weight: 20, members: all },
        Spec {
            kind: RoomKind::Group,
            title: "ワクチン担当 打合せ".to_owned(),
            theme: "office",
            weight: 6,
            members: team.iter().map(|&at| (at, true)).collect(),
        },
    ];
    for clinic in roll.starting("clinic") {
        let members = team.iter().copied().chain([clinic]).map(|at| (at, true)).collect();
        let title = format!("{} ×市", plan.people[clinic].called());
        specs.push(Spec { kind: RoomKind::Group, title, theme: "clinics", weight: 2, members });
    }
    specs
}

/// The consultation desk's rooms: the counsellors', and one with each citizen.
pub fn of_desk(plan: &TenantPlan) -> Vec<Spec> {
    let roll = Roll(plan);
    let counsellors = roll.starting("counsel");
    let members = counsellors.iter().map(|&at| (at, false)).chain(roll.login("admin").map(|at| (at, false))).collect();
    let kind = RoomKind::OrgUnit { unit: 0, include_children: false };
    let mut specs = vec![Spec { kind, title: "市民相談室".to_owned(), theme: "counsel", weight: 12, members }];
    for (number, guest) in roll.starting("guest").into_iter().enumerate() {
        let two = [counsellors[number % counsellors.len()], counsellors[(number + 1) % counsellors.len()], guest];
        let title = format!("ご相談（{}さん）", plan.people[guest].called());
        specs.push(Spec { kind: RoomKind::Group, title, theme: "guest", weight: 3, members: two.map(|at| (at, true)).to_vec() });
    }
    specs
}
