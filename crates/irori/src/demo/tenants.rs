//! The two smaller organisations: the clinics on their tablets, and the consultation desk.

use std::time::Duration;

use kernel::principal::UserKind;
use kernel::{OrgUnitId, Random, Time, UserId};

use super::Size;
use super::city::known_name;
use super::names::{Name, Names};
use super::plan::{Person, Post, TenantPlan, Unit, UnitAt};
use super::rng::{Rng, SeededRandom};

const CLINICS: &str = "青葉|あおば 若葉|わかば 桜台|さくらだい 川東|かわひがし 松原|まつばら 山手|やまのて 中央|ちゅうおう 緑|みどり 栄|さかえ 下田|しもだ";
const KINDS_OF_CLINIC: &str = "内科|ないか 小児科|しょうにか クリニック|くりにっく";

struct Small {
    ids: SeededRandom,
    names: Names,
    plan: TenantPlan,
}

impl Small {
    fn new(seed: u64, name: &'static str, title: &'static str, made_at: Time) -> Self {
        Self {
            ids: SeededRandom::named(seed, name),
            names: Names::new(Rng::named(seed, name), []),
            plan: TenantPlan {
                name,
                title,
                made_at,
                units: Vec::new(),
                people: Vec::new(),
                groups: Vec::new(),
                rooms: Vec::new(),
            },
        }
    }

    fn unit(&mut self, parent: Option<UnitAt>, name: &str, theme: &'static str) -> UnitAt {
        let order = self.plan.units.iter().filter(|unit| unit.parent == parent).count();
        self.plan.units.push(Unit {
            id: OrgUnitId(self.ids.new_id(self.plan.made_at)),
            parent,
            name: name.to_owned(),
            place: String::new(),
            extension: String::new(),
            order: i64::try_from(order).unwrap_or(0),
            theme,
        });
        self.plan.units.len() - 1
    }

    fn add(&mut self, login: String, name: Name, kind: UserKind, post: Option<(UnitAt, &str)>) -> &mut Person {
        let head = matches!(login.as_str(), "vaccine01" | "counsel01");
        self.plan.people.push(Person {
            id: UserId(self.ids.new_id(self.plan.made_at)),
            administers: login == "admin",
            login,
            name,
            kind,
            assignments: post.map(|(unit, position)| Post { unit, position: position.to_owned(), head }).into_iter().collect(),
            mobile: None,
            extension: None,
            expires_at: None,
            actors: Vec::new(),
        });
        let last = self.plan.people.len() - 1;
        &mut self.plan.people[last]
    }

    fn add_admin(&mut self, unit: UnitAt) {
        let name = Name::of("システム管理者", "しすてむかんりしゃ");
        self.add("admin".to_owned(), name, UserKind::Person, Some((unit, "管理者")));
    }
}

/// 医療機関連絡: a team of three, who are the city's staff004 to staff006, and the clinics.
pub fn clinics(seed: u64, size: Size, made_at: Time) -> TenantPlan {
    let mut tenant = Small::new(seed, "clinics", "医療機関連絡", made_at);
    let root = tenant.unit(None, "医療機関連絡", "clinics");
    let team = tenant.unit(Some(root), "ワクチン担当", "clinics");
    let clinics = tenant.unit(Some(root), "医療機関", "clinics");
    tenant.add_admin(team);
    for number in 1..=3 {
        let Some(name) = known_name(&format!("staff{:03}", number + 3)) else { continue };
        tenant.add(format!("vaccine{number:02}"), name, UserKind::Person, Some((team, "担当")));
    }
    let pairs = |text: &'static str| text.split(' ').filter_map(|pair| pair.split_once('|'));
    let named = pairs(KINDS_OF_CLINIC).flat_map(|kind| pairs(CLINICS).map(move |place| (place, kind)));
    let count = if size == Size::Full { 30 } else { 5 };
    for (number, (place, kind)) in named.take(count).enumerate() {
        let name = Name::of(&format!("{}{}", place.0, kind.0), &format!("{}{}", place.1, kind.1));
        tenant.add(format!("clinic{:02}", number + 1), name, UserKind::Device, Some((clinics, "タブレット")));
    }
    tenant.plan
}

/// 市民相談: counsellors, and citizens who are lent an account until a date.
pub fn desk(seed: u64, size: Size, made_at: Time) -> TenantPlan {
    let mut tenant = Small::new(seed, "desk", "市民相談", made_at);
    let root = tenant.unit(None, "市民相談室", "counsel");
    tenant.add_admin(root);
    for number in 1..=5 {
        let name = known_name(&format!("staff{:03}", number + 10)).unwrap_or_else(|| tenant.names.draw());
        tenant.add(format!("counsel{number:02}"), name, UserKind::Person, Some((root, "相談員")));
    }
    for number in 1..=if size == Size::Full { 12 } else { 2 } {
        let name = tenant.names.draw();
        let until = made_at.plus(Duration::from_secs(86_400 * (365 + 15 * number)));
        tenant.add(format!("guest{number:02}"), name, UserKind::Guest, None).expires_at = Some(until);
    }
    tenant.plan
}
