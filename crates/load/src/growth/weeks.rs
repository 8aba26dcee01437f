//! The greeting of somebody who comes back after a week away.

use std::time::Instant;

use store::Store;

use super::{Costs, Grown, TURNS, points};
use crate::Outcome;
use crate::fill::Filled;
use crate::report::{Report, Row};
use crate::socket::{self, Held};

const TENANT: &str = "weeks";
/// Rooms that each is in.
const ROOMS: usize = 50;
/// Messages that each missed in each room; the first missed nothing.
const MISSED: [usize; 5] = [0, 2, 20, 200, 2_000];
/// Messages in each room.
const MESSAGES: usize = 2_100;

/// Somebody for each of [`MISSED`], by their tokens.
pub struct Weeks(Vec<String>);

/// Fills the tenant.
pub async fn fill(store: &Store) -> Outcome<Weeks> {
    let filled = Filled::create(store, TENANT).await?;
    let people = filled.people(MISSED.len() + 10).await?;
    let rooms = filled.rooms(vec![people.clone(); ROOMS]).await?;
    filled.past(&rooms, people[MISSED.len()], MESSAGES).await?;
    Ok(Weeks(filled.sessions(&people[..MISSED.len()]).await?))
}

impl Weeks {
    /// In turns.
    pub async fn measure(&self, grown: &Grown) -> Outcome<Report> {
        let door = grown.door(TENANT);
        let mut away: Vec<Held> = Vec::with_capacity(MISSED.len());
        for (token, missed) in self.0.iter().zip(MISSED) {
            away.push(socket::connect_noting(door, token).await?.2.before(i64::try_from(missed)?));
        }
        let mut costs: Vec<Costs> = MISSED.iter().map(|_| Costs::default()).collect();
        for turn in 0..=TURNS {
            for ((token, held), costs) in self.0.iter().zip(&away).zip(&mut costs) {
                let (before, started) = (grown.cpu().await?, Instant::now());
                drop(socket::resume(door, token, &held.hello()).await?);
                let took = started.elapsed().as_secs_f64() * 1e3;
                costs.note(turn, (grown.cpu().await?.micros_since(&before), took));
            }
        }
        let (cpu, time) = points(&MISSED.map(|missed| missed * ROOMS), &mut costs);
        let longest = time.iter().map(|(_, took)| *took).fold(0.0, f64::max);
        let rows =
            vec![Row::cost("Growth, hello after a week away from 50 rooms, the slowest", grown.ground.database(), longest, "ms")];
        let series = vec![
            grown.series("a greeting", "µs of CPU", "changes missed", cpu),
            grown.series("a greeting", "ms", "changes missed", time),
        ];
        Ok(Report { rows, series })
    }
}
