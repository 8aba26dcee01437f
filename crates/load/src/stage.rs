//! The tenant that the load plays in: 10,000 accounts with open sessions, each in the room of all, in a section of 40 and
//! in six teams of 20, as people of a large city are; rooms of some sizes, rooms of two, and a room with a long past.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use kernel::UserId;
use store::Store;

use crate::Outcome;
use crate::fill::Filled;
use crate::ground::{Ground, Measured, Raw};
use crate::sends::CLIENTS;
use crate::server::Server;
use crate::socket::Door;

/// The first part of its paths.
pub const TENANT: &str = "bench";
/// Accounts.
pub const PEOPLE: usize = 10_000;
/// The sizes of the rooms that messages fan out in.
pub const ROOMS: [usize; 3] = [100, 1_000, 5_000];
/// Messages of the room with a long past.
pub const DEEP: usize = 250_000;
/// Members of a section, and of a team.
const SECTION: usize = 40;
const TEAM: usize = 20;
/// Teams that each is in.
const TEAMS: usize = 6;

/// A served tenant full of people.
pub struct Stage {
    /// The server under measure.
    pub server: Server,
    /// The tenant's number.
    pub tenant: i64,
    /// A session's token a user.
    pub tokens: Vec<String>,
    /// The rooms of two, in the order of their members.
    pub pair_rooms: Vec<String>,
    /// The room of [`DEEP`] messages; the first account is in it.
    pub deep_room: String,
    rooms: HashMap<usize, String>,
    binary: PathBuf,
    ground: Ground,
}

impl Stage {
    /// Makes the tenant and starts the server.
    pub async fn set(binary: &Path, measured: Measured) -> Outcome<Self> {
        let (ground, store) = Ground::lay(measured).await?;
        let People { tenant, tokens, rooms, pair_rooms, deep_room } = people(&store).await?;
        drop(store);
        ground.settle().await?;
        let server = ground.serve(binary).await?;
        Ok(Self { server, tenant, tokens, pair_rooms, deep_room, rooms, binary: binary.to_owned(), ground })
    }

    /// Kills the server and starts another on the same data.
    pub async fn restart(&mut self) -> Outcome<()> {
        self.server.kill()?;
        self.server = self.ground.serve(&self.binary).await?;
        Ok(())
    }

    /// Where its people come in.
    pub fn door(&self) -> Door {
        Door { address: self.server.address, tenant: TENANT }
    }

    /// As the table names it.
    pub fn database(&self) -> &'static str {
        self.ground.database()
    }

    /// Where the floors find the rows.
    pub fn raw(&self) -> Raw {
        self.ground.raw()
    }

    /// The room of so many members.
    pub fn room_of(&self, members: usize) -> Outcome<&str> {
        Ok(self.rooms.get(&members).ok_or("there is no room of that size")?)
    }
}

struct People {
    tenant: i64,
    tokens: Vec<String>,
    rooms: HashMap<usize, String>,
    pair_rooms: Vec<String>,
    deep_room: String,
}

async fn people(store: &Store) -> Outcome<People> {
    let filled = Filled::create(store, TENANT).await?;
    let users = filled.people(PEOPLE).await?;
    let tokens = filled.sessions(&users).await?;
    let mut rooms = HashMap::new();
    for members in ROOMS.into_iter().chain([PEOPLE]) {
        rooms.insert(members, filled.room(&users[..members]).await?.to_string());
    }
    let pairs = users[..CLIENTS].chunks(2).map(<[UserId]>::to_vec).collect();
    let pair_rooms = filled.rooms(pairs).await?.iter().map(ToString::to_string).collect();
    filled.rooms(users.chunks(SECTION).map(<[UserId]>::to_vec).collect()).await?;
    for round in 1..=TEAMS {
        // Strides that share nothing with the number of people mix them anew each round.
        let mixed: Vec<UserId> = (0..PEOPLE).map(|index| users[index * (round * 20 + 1) % PEOPLE]).collect();
        filled.rooms(mixed.chunks(TEAM).map(<[UserId]>::to_vec).collect()).await?;
    }
    let deep = filled.room(&users[..2]).await?;
    filled.past(&[deep], users[0], DEEP).await?;
    Ok(People { tenant: filled.tenant.0, tokens, rooms, pair_rooms, deep_room: deep.to_string() })
}
