//! The city's tree and its 920 accounts.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use kernel::principal::UserKind;
use kernel::{ActorId, OrgUnitId, Random, Time, UserId};

use super::Size;
use super::names::{Name, Names, pairs};
use super::plan::{NamedGroup, Person, PersonAt, Post, TenantPlan, Unit, UnitAt};
use super::rng::{Rng, SeededRandom};

const SECTIONS: &str = include_str!("data/sections.txt");
const NAMED: &str = include_str!("data/named.txt");
const NURSERIES: &str = include_str!("data/nurseries.txt");
const SHELTERS: &str = include_str!("data/shelters.txt");

/// How many accounts of each kind a city has, beside `admin`, `mayor` and the three of the IT section.
struct Headcount {
    staff: usize,
    fire: usize,
    nurseries: usize,
    shelters: usize,
    guests: usize,
}

impl Headcount {
    fn of(size: Size) -> Self {
        match size {
            Size::Full => Self { staff: 705, fire: 150, nurseries: 12, shelters: 40, guests: 8 },
            Size::Small => Self { staff: 27, fire: 5, nurseries: 2, shelters: 2, guests: 1 },
        }
    }
}

/// What those are who lead nobody; more often named, more of them.
const POSITIONS: &[&str] = &["主査", "主査", "主任", "主任", "主任", "主事", "主事", "主事", "会計年度任用職員"];
const RANKS: &[&str] = &["消防司令", "消防司令補", "消防司令補", "消防士長", "消防士長", "消防副士長", "消防士", "消防士"];

/// A line of the table of sections.
struct Section {
    depth: usize,
    share: usize,
    unit: Unit,
}

/// A line of the table of people whom the scenes name.
struct Known {
    login: &'static str,
    name: Name,
    section: &'static str,
    position: &'static str,
    head: bool,
    also: &'static str,
}

/// The city without its rooms.
pub fn plan(seed: u64, size: Size, made_at: Time) -> TenantPlan {
    let mut city = Builder::new(seed, size, made_at);
    city.add_known_people();
    city.add_staff();
    city.add_firefighters();
    city.add_nurseries();
    city.add_shelters();
    city.add_guests();
    city.add_second_posts();
    city.number_phones();
    city.finish()
}

/// The people whom the scenes name, for tenants that the same people have a second account in.
pub fn known_name(login: &str) -> Option<Name> {
    known().into_iter().find(|person| person.login == login).map(|person| person.name)
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn known() -> Vec<Known> {
    rows(NAMED)
        .filter_map(|row| match row[..] {
            [login, name, kana, section, position, head, also] => {
                Some(Known { login, name: Name::of(name, kana), section, position, head: head == "head", also })
            }
            _ => None,
        })
        .collect()
}

fn sections(size: Size, ids: &SeededRandom, made_at: Time) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for row in rows(SECTIONS) {
        let [depth, name, share, place, extension, theme, small] = row[..] else { continue };
        if size == Size::Small && small != "*" {
            continue;
        }
        let depth = depth.parse().unwrap_or(0);
        let parent = sections.iter().rposition(|section| section.depth < depth);
        let order = sections.iter().filter(|section| section.unit.parent == parent).count();
        let unit = Unit {
            id: OrgUnitId(ids.new_id(made_at)),
            parent,
            name: name.to_owned(),
            place: place.to_owned(),
            extension: extension.to_owned(),
            order: i64::try_from(order).unwrap_or(0),
            theme,
        };
        sections.push(Section { depth, share: share.parse().unwrap_or(0), unit });
    }
    sections
}

struct Builder {
    size: Size,
    count: Headcount,
    made_at: Time,
    ids: SeededRandom,
    rng: Rng,
    names: Names,
    shares: Vec<usize>,
    units: Vec<Unit>,
    people: Vec<Person>,
    also: Vec<(PersonAt, &'static str)>,
}

impl Builder {
    fn new(seed: u64, size: Size, made_at: Time) -> Self {
        let ids = SeededRandom::named(seed, "city ids");
        let (shares, units) = sections(size, &ids, made_at).into_iter().map(|section| (section.share, section.unit)).unzip();
        Self {
            size,
            count: Headcount::of(size),
            made_at,
            ids,
            rng: Rng::named(seed, "city people"),
            names: Names::new(Rng::named(seed, "city names"), known().into_iter().map(|person| person.name.name)),
            shares,
            units,
            people: Vec::new(),
            also: Vec::new(),
        }
    }

    fn unit(&self, name: &str) -> Option<UnitAt> {
        self.units.iter().position(|unit| unit.name == name)
    }

    fn has(&self, login: &str) -> bool {
        self.people.iter().any(|person| person.login == login)
    }

    fn add(&mut self, login: impl Into<String>, name: Name, kind: UserKind, posts: Vec<Post>) -> PersonAt {
        self.people.push(Person {
            id: UserId(self.ids.new_id(self.made_at)),
            login: login.into(),
            name,
            kind,
            assignments: posts,
            mobile: None,
            extension: None,
            expires_at: None,
            actors: Vec::new(),
            administers: false,
        });
        self.people.len() - 1
    }

    fn add_unit(&mut self, parent: UnitAt, name: String, place: &str, theme: &'static str) -> UnitAt {
        let order = self.units.iter().filter(|unit| unit.parent == Some(parent)).count();
        self.units.push(Unit {
            id: OrgUnitId(self.ids.new_id(self.made_at)),
            parent: Some(parent),
            name,
            place: place.to_owned(),
            extension: format!("8{:03}", self.units.len()),
            order: i64::try_from(order).unwrap_or(0),
            theme,
        });
        self.units.len() - 1
    }

    fn add_known_people(&mut self) {
        for person in known() {
            let Some(unit) = self.unit(person.section) else { continue };
            let post = Post { unit, position: person.position.to_owned(), head: person.head };
            let at = self.add(person.login, person.name, UserKind::Person, vec![post]);
            self.people[at].administers = person.login == "admin";
            if person.also != "-" {
                self.also.push((at, person.also));
            }
        }
    }

    /// Fills the sections with staff in the measure of their shares; those above them get a head each.
    fn add_staff(&mut self) {
        let mut posts = self.open_posts();
        let logins: Vec<String> =
            (1..=self.count.staff).map(|number| format!("staff{number:03}")).filter(|login| !self.has(login)).collect();
        // Rounding leaves a few over or under: the largest section gives or takes.
        while posts.len() < logins.len() {
            let last = posts.iter().rev().find(|post| !post.head).cloned();
            posts.extend(last);
        }
        for (login, post) in logins.into_iter().zip(posts) {
            let name = self.names.draw();
            self.add(login, name, UserKind::Person, vec![post]);
        }
    }

    fn open_posts(&mut self) -> Vec<Post> {
        let headless = |people: &[Person], unit| !people.iter().any(|person| person.heads() == Some(unit));
        let mut posts = Vec::new();
        let (total_share, fire) = (self.shares.iter().sum::<usize>().max(1), self.unit("消防本部"));
        for unit in 0..self.units.len() {
            let of_fire = fire == Some(unit) || (fire.is_some() && self.units[unit].parent == fire);
            if of_fire || unit == 0 {
                continue;
            }
            let section = self.shares[unit] > 0;
            if headless(&self.people, unit) {
                let position = if section { "課長" } else { "部長" };
                posts.push(Post { unit, position: position.to_owned(), head: true });
            }
            let wanted = self.shares[unit] * self.count.staff.saturating_sub(8) / total_share;
            let there = self.people.iter().filter(|person| person.assignments[0].unit == unit).count();
            for rank in there.max(1)..wanted {
                posts.push(Post { unit, position: self.position_of_rank(rank).to_owned(), head: false });
            }
        }
        posts
    }

    fn position_of_rank(&mut self, rank: usize) -> &'static str {
        match rank {
            1 => "課長補佐",
            rank if rank % 6 == 2 => "係長",
            _ => self.rng.pick::<&str>(POSITIONS),
        }
    }

    fn add_firefighters(&mut self) {
        let sections: Vec<UnitAt> =
            ["消防総務課", "予防課", "通信指令課", "消防署"].iter().filter_map(|name| self.unit(name)).collect();
        for number in 1..=self.count.fire {
            let login = format!("fire{number:03}");
            if self.has(&login) {
                continue;
            }
            let place = match number {
                4..=11 => 0,
                12..=21 => 1,
                22..=35 => 2,
                _ => 3,
            };
            let Some(&unit) = sections.get(place).or(sections.last()) else { continue };
            let head = matches!(number, 4 | 12 | 22) && sections.len() > 1;
            let position = if head { "消防司令長" } else { self.rng.pick::<&str>(RANKS) };
            let name = self.names.draw();
            self.add(login, name, UserKind::Person, vec![Post { unit, position: position.to_owned(), head }]);
        }
    }

    fn add_nurseries(&mut self) {
        let Some(parent) = self.unit("保育課") else { return };
        for (number, (name, kana)) in pairs(NURSERIES).into_iter().take(self.count.nurseries).enumerate() {
            let unit = self.add_unit(parent, format!("{name}保育園"), &format!("{name}保育園"), "nursery");
            let account = Name::of(&format!("{name}保育園（代表）"), &format!("{kana}ほいくえん だいひょう"));
            let post = Post { unit, position: "代表".to_owned(), head: false };
            let at = self.add(format!("nursery{:02}", number + 1), account, UserKind::Shared, vec![post]);
            for _ in 0..self.rng.range(3, 6) {
                let actor = (ActorId(self.ids.new_id(self.made_at)), self.names.draw());
                self.people[at].actors.push(actor);
            }
        }
    }

    fn add_shelters(&mut self) {
        let Some(parent) = self.unit("防災課") else { return };
        let unit = self.add_unit(parent, "避難所（公用スマホ）".to_owned(), "各避難所", "shelters");
        for (number, place) in SHELTERS.lines().take(self.count.shelters).enumerate() {
            let number = number + 1;
            let name = Name::of(&format!("避難所{number:02} {place}"), &format!("ひなんじょ{number:02}"));
            let post = Post { unit, position: "公用端末".to_owned(), head: false };
            self.add(format!("shelter{number:02}"), name, UserKind::Device, vec![post]);
        }
    }

    fn add_guests(&mut self) {
        for number in 1..=self.count.guests {
            let name = self.names.draw();
            let at = self.add(format!("guest{number:02}"), name, UserKind::Guest, Vec::new());
            let days = 365 + 20 * (number as u64 + 1);
            self.people[at].expires_at = Some(self.made_at.plus(Duration::from_secs(days * 86_400)));
        }
    }

    /// 兼務: those whom the table names, and one in twenty-five of the others.
    fn add_second_posts(&mut self) {
        for (at, section) in std::mem::take(&mut self.also) {
            if let Some(unit) = self.unit(section) {
                let position = self.people[at].assignments[0].position.clone();
                self.people[at].assignments.push(Post { unit, position, head: false });
            }
        }
        let sections: Vec<UnitAt> = (0..self.shares.len()).filter(|&unit| self.shares[unit] > 0).collect();
        for at in 0..self.people.len() {
            let person = &self.people[at];
            if !person.login.starts_with("staff") || person.assignments.len() > 1 || !self.rng.per_mille(40) {
                continue;
            }
            let unit = *self.rng.pick(&sections);
            if self.people[at].assignments[0].unit != unit {
                let position = self.people[at].assignments[0].position.clone();
                self.people[at].assignments.push(Post { unit, position, head: false });
            }
        }
    }

    fn number_phones(&mut self) {
        let mut mobiles: HashSet<usize> = HashSet::new();
        let mut desks: HashMap<UnitAt, usize> = HashMap::new();
        for person in &mut self.people {
            let Some(post) = person.assignments.first() else { continue };
            if matches!(person.kind, UserKind::Person | UserKind::Device) && person.login != "admin" {
                let number = loop {
                    let number = self.rng.below(10_000);
                    if mobiles.insert(number) {
                        break number;
                    }
                };
                person.mobile = Some(format!("080-0000-{number:04}"));
            }
            if matches!(person.kind, UserKind::Person | UserKind::Shared) {
                // Four to a telephone, as on a real floor.
                let desk = desks.entry(post.unit).and_modify(|desk| *desk += 1).or_insert(0);
                let base: usize = self.units[post.unit].extension.parse().unwrap_or(0);
                person.extension = Some(format!("{}", base + *desk / 4));
            }
        }
    }

    fn finish(self) -> TenantPlan {
        let groups = if self.size == Size::Full { groups(&self.people, &self.units) } else { Vec::new() };
        TenantPlan {
            name: "city",
            title: "ひのき市役所",
            made_at: self.made_at,
            units: self.units,
            people: self.people,
            groups,
            rooms: Vec::new(),
        }
    }
}

fn groups(people: &[Person], units: &[Unit]) -> Vec<NamedGroup> {
    let heads = (0..people.len()).filter(|&at| people[at].heads().is_some()).collect();
    let unit = |name: &str| units.iter().position(|unit| unit.name == name);
    let new = (0..people.len()).filter(|&at| people[at].login.starts_with("staff") && at % 60 == 7).collect();
    vec![
        NamedGroup { name: "管理職", people: heads, units: Vec::new() },
        NamedGroup {
            name: "災害対策本部員",
            people: (0..people.len()).filter(|&at| people[at].assignments.iter().any(|post| post.position == "部長")).collect(),
            units: ["防災課", "建設課", "広報課"].iter().filter_map(|name| unit(name)).collect(),
        },
        NamedGroup { name: "衛生委員会", people: new, units: Vec::new() },
    ]
}
