//! One message, as its room has more of them, and its tenant more people.

use futures_util::future::try_join_all;
use kernel::{RoomId, UserId};
use store::Store;

use super::{Costs, Grown, Points, TURNS, flat, points};
use crate::Outcome;
use crate::fill::Filled;
use crate::report::{Report, median};
use crate::sends;
use crate::socket::{self, Reading, Writing};

/// Tenants whose room has so many messages.
const PASTS: [(&str, usize); 4] = [("past3", 1_000), ("past4", 10_000), ("past5", 100_000), ("past6", 1_000_000)];
/// Tenants of so many people.
const PEOPLE: [(&str, usize); 3] = [("people3", 1_000), ("people4", 10_000), ("people5", 100_000)];
/// Members of each room but that of all; every one of the measured room's is online and writes.
const SECTION: usize = 20;
/// What each of them writes in a turn, each message after the acknowledgement of the one before. Few, so that the smallest
/// room stays about as small as it was.
const EACH: usize = 10;

/// A room that is written in.
struct Place {
    tenant: &'static str,
    tokens: Vec<String>,
    room: RoomId,
}

/// The filled tenants.
pub struct Messages {
    pasts: Vec<Place>,
    people: Vec<Place>,
}

/// Fills them.
pub async fn fill(store: &Store) -> Outcome<Messages> {
    let mut filled = Messages { pasts: Vec::new(), people: Vec::new() };
    for (tenant, messages) in PASTS {
        filled.pasts.push(place(store, tenant, SECTION, messages).await?);
    }
    for (tenant, people) in PEOPLE {
        filled.people.push(place(store, tenant, people, PASTS[0].1).await?);
    }
    Ok(filled)
}

/// A tenant of `people` in sections and in a room of all; the first section has written `messages`.
async fn place(store: &Store, tenant: &'static str, people: usize, messages: usize) -> Outcome<Place> {
    let filled = Filled::create(store, tenant).await?;
    let people = filled.people(people).await?;
    let sections = filled.rooms(people.chunks(SECTION).map(<[UserId]>::to_vec).collect()).await?;
    filled.room(&people).await?;
    filled.past(&sections[..1], people[0], messages).await?;
    Ok(Place { tenant, tokens: filled.sessions(&people[..SECTION]).await?, room: sections[0] })
}

impl Messages {
    /// In turns.
    pub async fn measure(&self, grown: &Grown) -> Outcome<Report> {
        let (past_cpu, past_ack) = measure(grown, &self.pasts, PASTS.map(|(_, size)| size)).await?;
        let (people_cpu, people_ack) = measure(grown, &self.people, PEOPLE.map(|(_, size)| size)).await?;
        let series = vec![
            grown.series("a message", "µs of CPU", "messages in its room", past_cpu),
            grown.series("a message", "ms to its acknowledgement", "messages in its room", past_ack),
            grown.series("a message", "µs of CPU", "people in its tenant", people_cpu),
            grown.series("a message", "ms to its acknowledgement", "people in its tenant", people_ack),
        ];
        let rows = vec![
            flat("Growth, CPU of a message: room of 1,000,000 to room of 1,000", &series[0]),
            flat("Growth, CPU of a message: tenant of 100,000 people to tenant of 1,000", &series[2]),
        ];
        Ok(Report { rows, series })
    }
}

async fn measure<const N: usize>(grown: &Grown, places: &[Place], sizes: [usize; N]) -> Outcome<(Points, Points)> {
    let mut sockets = Vec::with_capacity(N);
    for place in places {
        let door = grown.door(place.tenant);
        sockets.push(try_join_all(place.tokens.iter().map(|token| socket::connect(door, token))).await?);
    }
    let mut costs: Vec<Costs> = std::iter::repeat_with(Costs::default).take(N).collect();
    for turn in 0..=TURNS {
        for ((place, sockets), costs) in places.iter().zip(&mut sockets).zip(&mut costs) {
            costs.note(turn, write(grown, &place.room.to_string(), sockets).await?);
        }
    }
    Ok(points(&sizes, &mut costs))
}

/// All members write; CPU of a message in µs, and the median time to its acknowledgement in ms.
async fn write(grown: &Grown, room: &str, sockets: &mut [(Reading, Writing)]) -> Outcome<(f64, f64)> {
    let before = grown.cpu().await?;
    let write = async |(reading, writing): &mut (Reading, Writing)| {
        let mut samples = Vec::with_capacity(EACH);
        for _ in 0..EACH {
            samples.push(sends::send(reading, writing, room).await?);
        }
        Outcome::Ok(samples)
    };
    let mut samples = try_join_all(sockets.iter_mut().map(write)).await?.concat();
    let cpu = grown.cpu().await?.micros_since(&before) / samples.len() as f64;
    Ok((cpu, median(&mut samples)))
}
