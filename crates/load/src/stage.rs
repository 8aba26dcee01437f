//! The tenant that the load plays in: 10,000 accounts with open sessions, each in the room of all, in a section of 40 and
//! in six teams of 20, as people of a large city are; rooms of some sizes, rooms of two, and a room with a long past.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use directory::Directory;
use directory::store::users::{Creation, UserRow};
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use kernel::principal::UserKind;
use kernel::{ClientId, Clock, Random, RoomId, TenantId, UserId};
use store::postgres::prepare::{Role, prepare};
use store::{Database, Db, Store, StoreConfig, StoreError, Tx};
use talk::bulk::{self, MemberSeed, MessageSeed, RoomSeed};
use tempfile::TempDir;

use crate::Outcome;
use crate::sends::CLIENTS;
use crate::server::Server;

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
/// Rows written in one transaction.
const TOGETHER: usize = 500;

/// Which database is measured.
pub enum Measured {
    /// A folder.
    Sqlite,
    /// A database that is made for this, by its owner's address.
    Postgres(String),
}

impl Measured {
    /// As the table names it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// SQLite, and PostgreSQL where there is one.
pub fn databases(postgres: Option<&str>) -> Vec<Measured> {
    std::iter::once(Measured::Sqlite).chain(postgres.map(|url| Measured::Postgres(url.to_owned()))).collect()
}

/// Where the rows lie, for the floors.
pub enum Raw {
    /// The folder of the tenants' folders.
    Sqlite {
        /// Its path.
        tenants: PathBuf,
    },
    /// The owner's address of the measured database.
    Postgres {
        /// Its address.
        owner: String,
    },
}

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
    measured: Measured,
    floor_url: Option<String>,
    binary: PathBuf,
    arguments: [String; 2],
    folder: TempDir,
}

impl Stage {
    /// Makes the tenant and starts the server.
    pub async fn set(binary: &Path, measured: Measured) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let (database, arguments, floor_url) = match &measured {
            Measured::Sqlite => {
                let path = folder.path().to_owned();
                let arguments = ["--data".to_owned(), path.to_string_lossy().into_owned()];
                (Database::Sqlite { folder: path }, arguments, None)
            }
            Measured::Postgres(owner) => {
                let (owned, served) = make_database(owner).await?;
                (Database::Postgres { url: served.clone() }, ["--database".to_owned(), served], Some(owned))
            }
        };
        let store = Store::open(StoreConfig::new(database), Arc::new(SystemClock), Arc::new(NoSink)).await?;
        let People { tenant, tokens, rooms, pair_rooms, deep_room } = people(&store).await?;
        drop(store);
        if let Some(owner) = &floor_url {
            analyze(owner).await?;
        }
        let server = Server::start(binary, &arguments).await?;
        let binary = binary.to_owned();
        Ok(Self { server, tenant, tokens, pair_rooms, deep_room, rooms, measured, floor_url, binary, arguments, folder })
    }

    /// Kills the server and starts another on the same data.
    pub async fn restart(&mut self) -> Outcome<()> {
        self.server.kill()?;
        self.server = Server::start(&self.binary, &self.arguments).await?;
        Ok(())
    }

    /// As the table names it.
    pub fn database(&self) -> &'static str {
        self.measured.name()
    }

    /// Where the floors find the rows.
    pub fn raw(&self) -> Raw {
        match &self.floor_url {
            None => Raw::Sqlite { tenants: self.folder.path().join("tenants") },
            Some(owner) => Raw::Postgres { owner: owner.clone() },
        }
    }

    /// The room of so many members.
    pub fn room_of(&self, members: usize) -> Outcome<&str> {
        Ok(self.rooms.get(&members).ok_or("there is no room of that size")?)
    }

    /// A new client id, as our clients make them (UUIDv7).
    pub fn next_id(&self) -> String {
        new_id().to_string()
    }

    /// Client ids without end.
    pub fn ids(&self) -> impl Iterator<Item = String> + Send + use<> {
        std::iter::repeat_with(|| new_id().to_string())
    }
}

fn new_id() -> uuid::Uuid {
    SystemRandom.new_id(SystemClock.now())
}

/// A fresh database: its owner's address, and the one to serve with.
async fn make_database(owner: &str) -> Outcome<(String, String)> {
    let (server, _) = owner.rsplit_once('/').ok_or("the owner's address names a database")?;
    let name = format!("bench_{}", new_id().simple());
    let (client, connection) = tokio_postgres::connect(owner, tokio_postgres::NoTls).await?;
    let driving = tokio::spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    drop(client);
    driving.await??;
    let owned = format!("{server}/{name}");
    prepare(&owned, &Role { name: "irori_bench".to_owned(), password: Some("bench".to_owned()) }).await?;
    let (scheme, rest) = server.split_once("://").ok_or("the owner's address has a scheme")?;
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    Ok((owned, format!("{scheme}://irori_bench:bench@{host}/{name}")))
}

/// What autovacuum does within a minute of rows that come this fast; without it PostgreSQL plans for empty tables.
async fn analyze(owner: &str) -> Outcome<()> {
    let (client, connection) = tokio_postgres::connect(owner, tokio_postgres::NoTls).await?;
    let driving = tokio::spawn(connection);
    client.batch_execute("VACUUM ANALYZE").await?;
    drop(client);
    driving.await??;
    Ok(())
}

struct People {
    tenant: i64,
    tokens: Vec<String>,
    rooms: HashMap<usize, String>,
    pair_rooms: Vec<String>,
    deep_room: String,
}

async fn people(store: &Store) -> Outcome<People> {
    let directory = Directory::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
    let say = |problem: kernel::Problem| problem.detail.en.to_owned();
    let tenant: TenantId = directory.create_tenant("bench", "計測").await.map_err(say)?.id;
    let db = store.tenant(tenant);
    let users: Vec<UserId> = std::iter::repeat_with(|| UserId(new_id())).take(PEOPLE).collect();
    for chunk in users.chunks(TOGETHER) {
        insert_users(&db, chunk.to_vec()).await?;
    }
    let mut tokens = Vec::with_capacity(PEOPLE);
    for chunk in users.chunks(TOGETHER) {
        tokens.extend(directory.open_sessions_as_operator(tenant, chunk.to_vec()).await.map_err(say)?);
    }
    let mut rooms = HashMap::new();
    for members in ROOMS.into_iter().chain([PEOPLE]) {
        rooms.insert(members, insert_room(&db, users[..members].to_vec()).await?.to_string());
    }
    let mut pair_rooms = Vec::new();
    for pair in users[..CLIENTS].chunks(2) {
        pair_rooms.push(insert_room(&db, pair.to_vec()).await?.to_string());
    }
    for section in users.chunks(SECTION) {
        insert_room(&db, section.to_vec()).await?;
    }
    for round in 1..=TEAMS {
        // Strides that share nothing with the number of people mix them anew each round.
        let mixed: Vec<UserId> = (0..PEOPLE).map(|index| users[index * (round * 20 + 1) % PEOPLE]).collect();
        for team in mixed.chunks(TEAM) {
            insert_room(&db, team.to_vec()).await?;
        }
    }
    let deep = insert_room(&db, users[..2].to_vec()).await?;
    insert_past(&db, deep, users[0]).await?;
    Ok(People { tenant: tenant.0, tokens, rooms, pair_rooms, deep_room: deep.to_string() })
}

async fn insert_past(db: &Db, room: RoomId, sender: UserId) -> Result<(), StoreError> {
    for _ in 0..DEEP / TOGETHER {
        let now = SystemClock.now();
        let seed = || MessageSeed {
            client_id: ClientId(new_id()),
            sender,
            sent_at: now,
            text: "川東の用水路があふれ始めています。現地の確認をお願いします。至急です。".to_owned(),
            reply_to: None,
            mentions: Vec::new(),
            actor: None,
            edited_at: None,
            recalled_at: None,
        };
        let seeds: Vec<MessageSeed> = std::iter::repeat_with(seed).take(TOGETHER).collect();
        db.write(async move |tx: &mut Tx<'_>| bulk::insert_messages(tx, room, seeds).await).await?;
    }
    Ok(())
}

async fn insert_users(db: &Db, users: Vec<UserId>) -> Result<(), StoreError> {
    db.write(async move |tx: &mut Tx<'_>| {
        for id in users {
            let row = UserRow {
                id,
                login_id: format!("user-{id}"),
                name: "計測 たろう".to_owned(),
                kana: "けいそく たろう".to_owned(),
                kind: UserKind::Person,
                email: None,
                phones: directory::Phones::default(),
                expires_at: None,
            };
            // No password fits this hash: the sessions are opened by hand.
            directory::store::users::insert(tx, &row, "none", Creation::default()).await?;
        }
        Ok(())
    })
    .await
}

async fn insert_room(db: &Db, members: Vec<UserId>) -> Result<RoomId, StoreError> {
    let id = RoomId(new_id());
    let room = RoomSeed {
        id,
        kind: talk::model::room::RoomKind::Group,
        title: "計測".to_owned(),
        org_unit_id: None,
        include_children: false,
        pair: None,
        created_by: None,
        created_at: SystemClock.now(),
    };
    db.write(async move |tx: &mut Tx<'_>| {
        bulk::insert_room(tx, room).await?;
        let seeds: Vec<MemberSeed> = members.into_iter().map(MemberSeed::Invited).collect();
        bulk::insert_members(tx, id, &seeds).await
    })
    .await?;
    Ok(id)
}
