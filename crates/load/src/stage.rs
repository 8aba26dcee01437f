//! The tenant that the load plays in: 5,000 accounts with open sessions, one room of 1,000, 100 rooms of two.

use std::path::Path;
use std::sync::Arc;

use directory::Directory;
use directory::store::users::{Creation, UserRow};
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use kernel::principal::UserKind;
use kernel::{Clock, Random, RoomId, TenantId, UserId};
use store::postgres::prepare::{Role, prepare};
use store::{Database, Db, Store, StoreConfig, StoreError, Tx};
use talk::bulk::{self, MemberSeed, RoomSeed};
use tempfile::TempDir;

use crate::Outcome;
use crate::sends::CLIENTS;
use crate::server::Server;

/// Members of the large room.
pub const FAN_OUT_MEMBERS: usize = 1_000;
/// Connections that say nothing.
pub const IDLE: usize = 5_000;
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

/// A served tenant full of people.
pub struct Stage {
    /// The server under measure.
    pub server: Server,
    /// A session's token a user.
    pub tokens: Vec<String>,
    /// The room of [`FAN_OUT_MEMBERS`].
    pub crowd_room: String,
    /// The rooms of two, in the order of their members.
    pub pair_rooms: Vec<String>,
    measured: Measured,
    floor_url: Option<String>,
    _folder: TempDir,
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
        let people = people(&store).await?;
        drop(store);
        let server = Server::start(binary, &arguments).await?;
        let People { tokens, crowd_room, pair_rooms } = people;
        Ok(Self { server, tokens, crowd_room, pair_rooms, measured, floor_url, _folder: folder })
    }

    /// As the table names it.
    pub fn database(&self) -> &'static str {
        self.measured.name()
    }

    /// Where the floor of PostgreSQL is measured.
    pub fn floor_url(&self) -> Option<String> {
        self.floor_url.clone()
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

struct People {
    tokens: Vec<String>,
    crowd_room: String,
    pair_rooms: Vec<String>,
}

async fn people(store: &Store) -> Outcome<People> {
    let directory = Directory::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
    let say = |problem: kernel::Problem| problem.detail.en.to_owned();
    let tenant: TenantId = directory.create_tenant("bench", "計測").await.map_err(say)?.id;
    let db = store.tenant(tenant);
    let users: Vec<UserId> = std::iter::repeat_with(|| UserId(new_id())).take(IDLE).collect();
    for chunk in users.chunks(TOGETHER) {
        insert_users(&db, chunk.to_vec()).await?;
    }
    let mut tokens = Vec::with_capacity(IDLE);
    for chunk in users.chunks(TOGETHER) {
        tokens.extend(directory.open_sessions_as_operator(tenant, chunk.to_vec()).await.map_err(say)?);
    }
    let crowd_room = insert_room(&db, users[..FAN_OUT_MEMBERS].to_vec()).await?;
    let mut pair_rooms = Vec::new();
    for pair in users[..CLIENTS].chunks(2) {
        pair_rooms.push(insert_room(&db, pair.to_vec()).await?);
    }
    Ok(People { tokens, crowd_room, pair_rooms })
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

async fn insert_room(db: &Db, members: Vec<UserId>) -> Result<String, StoreError> {
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
    Ok(id.to_string())
}
