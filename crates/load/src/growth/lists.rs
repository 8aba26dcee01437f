//! The room list of somebody in many rooms.

use std::time::Instant;

use kernel::UserId;
use serde::Deserialize;
use store::Store;

use super::{Costs, Grown, TURNS, flat, points};
use crate::Outcome;
use crate::fill::Filled;
use crate::report::{Report, Row};

const TENANT: &str = "lists";
/// Somebody is in so many rooms.
const SIZES: [usize; 3] = [20, 200, 2_000];
/// The others in each room.
const OTHERS: usize = 9;
/// Messages in each room, none of them read.
const MESSAGES: usize = 30;
/// Rooms asked for at once, as our client does.
const PAGE: usize = 200;

/// Somebody for each of [`SIZES`], by their tokens.
pub struct Lists(Vec<String>);

/// Fills the tenant. Whoever is in few rooms is in the first of those of whoever is in many.
pub async fn fill(store: &Store) -> Outcome<Lists> {
    let filled = Filled::create(store, TENANT).await?;
    let people = filled.people(SIZES.len() + 20 * OTHERS).await?;
    let (askers, others) = people.split_at(SIZES.len());
    let members = |index: usize| {
        let here = SIZES.iter().zip(askers).filter(|(size, _)| index < **size).map(|(_, asker)| *asker);
        here.chain(others.chunks(OTHERS).nth(index % 20).unwrap_or_default().iter().copied()).collect::<Vec<UserId>>()
    };
    // The newest stand first in the list.
    let rooms = filled.rooms((0..SIZES[SIZES.len() - 1]).map(members).collect()).await?;
    filled.past(&rooms, others[0], MESSAGES).await?;
    Ok(Lists(filled.sessions(askers).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    next_cursor: Option<String>,
}

impl Lists {
    /// In turns.
    pub async fn measure(&self, grown: &Grown) -> Outcome<Report> {
        let (mut whole, mut first): (Vec<Costs>, Vec<Costs>) =
            self.0.iter().map(|_| (Costs::default(), Costs::default())).unzip();
        for turn in 0..=TURNS {
            for (index, token) in self.0.iter().enumerate() {
                first[index].note(turn, list(grown, token, 1).await?);
                let (cpu, time) = list(grown, token, usize::MAX).await?;
                let rooms = SIZES[index] as f64;
                whole[index].note(turn, (cpu / rooms, time / rooms));
            }
        }
        let (page_cpu, page_time) = points(&SIZES, &mut first);
        let (whole_cpu, whole_time) = points(&SIZES, &mut whole);
        let series = vec![
            grown.series("a room in the whole list", "µs of CPU", "rooms that one is in", whole_cpu),
            grown.series("a room in the whole list", "ms", "rooms that one is in", whole_time),
            grown.series("the list's first page", "µs of CPU", "rooms that one is in", page_cpu),
            grown.series("the list's first page", "ms", "rooms that one is in", page_time),
        ];
        Ok(Report {
            rows: vec![Row { first: None, ..flat("Growth, CPU of a room in the whole list: 2,000 rooms to 20", &series[0]) }],
            series,
        })
    }
}

/// Asks for at most so many pages: CPU in µs, time in ms.
async fn list(grown: &Grown, token: &str, pages: usize) -> Outcome<(f64, f64)> {
    let client = reqwest::Client::new();
    let address = format!("http://{}/{TENANT}/api/v1/rooms?limit={PAGE}", grown.server.address);
    let (before, started) = (grown.cpu().await?, Instant::now());
    let mut next = Some(address.clone());
    for _ in 0..pages {
        let Some(page) = next else { break };
        let answer = client.get(page).bearer_auth(token).send().await?.error_for_status()?;
        let listed: Listed = serde_json::from_slice(&answer.bytes().await?)?;
        next = listed.next_cursor.map(|cursor| format!("{address}&cursor={cursor}"));
    }
    let took = started.elapsed().as_secs_f64() * 1e3;
    Ok((grown.cpu().await?.micros_since(&before), took))
}
