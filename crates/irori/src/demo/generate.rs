//! The whole demo as plain data: the same for the same seed and end, down to the ids.

use std::time::Duration;

use kernel::Time;

use super::Size;
use super::conversation::Stage;
use super::conversation::blanks::Blanks;
use super::conversation::script;
use super::plan::TenantPlan;
use super::specs::Spec;
use super::{city, rooms, specs, tenants};

/// What the demo is made from.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Another seed, another city.
    pub seed: u64,
    /// When the year of talk ends.
    pub until: Time,
    /// How much of it.
    pub size: Size,
}

/// The three organisations.
pub fn generate(wish: Wish) -> Vec<TenantPlan> {
    let Wish { seed, until, size } = wish;
    // Everybody was there a day before the first word.
    let made_at = Time(until.0 - i64::try_from(Duration::from_secs(366 * 86_400).as_micros()).unwrap_or(0));
    let (in_city, in_clinics, at_desk) = if size == Size::Full { (100_000, 2_400, 600) } else { (2_700, 200, 100) };
    let city = city::plan(seed, size, made_at);
    let clinics = tenants::clinics(seed, size, made_at);
    let desk = tenants::desk(seed, size, made_at);
    let of_city = specs::of_city(seed, size, &city);
    let of_clinics = specs::of_clinics(&clinics);
    let of_desk = specs::of_desk(&desk);
    vec![fill(wish, city, of_city, in_city), fill(wish, clinics, of_clinics, in_clinics), fill(wish, desk, of_desk, at_desk)]
}

fn fill(wish: Wish, mut plan: TenantPlan, specs: Vec<Spec>, total: usize) -> TenantPlan {
    let (themes, blanks) = (script::themes(), Blanks::read());
    let stage = Stage::new(&themes, &blanks, &plan.people, &plan.units, wish.until);
    let rooms = rooms::fill(wish.seed, &plan, specs, total, &stage, wish.until);
    plan.rooms = rooms;
    plan
}
