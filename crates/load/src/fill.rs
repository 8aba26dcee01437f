//! Rows in bulk: people, rooms, and what was said in them long ago.

use std::sync::Arc;

use directory::Directory;
use directory::store::users::{Creation, UserRow};
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use kernel::principal::UserKind;
use kernel::{ClientId, Clock, Random, RoomId, TenantId, Time, UserId};
use store::{Db, Store, StoreError, Tx};
use talk::bulk::{self, MemberSeed, MessageSeed, RoomSeed};

use crate::Outcome;

/// Rows written in one transaction.
const TOGETHER: usize = 1_000;

/// A new id, as ours are made (UUIDv7).
pub fn new_id() -> uuid::Uuid {
    SystemRandom.new_id(SystemClock.now())
}

/// A tenant to be filled.
pub struct Filled {
    /// Its number.
    pub tenant: TenantId,
    /// Its data.
    pub db: Db,
    directory: Directory,
}

impl Filled {
    /// An empty tenant at this path.
    pub async fn create(store: &Store, slug: &str) -> Outcome<Self> {
        let tenant = directory(store).create_tenant(slug, "計測").await.map_err(say)?.id;
        Ok(Self::of(store, tenant))
    }

    /// A tenant that is there.
    pub fn of(store: &Store, tenant: TenantId) -> Self {
        Self { tenant, db: store.tenant(tenant), directory: directory(store) }
    }

    /// So many new accounts.
    pub async fn people(&self, count: usize) -> Outcome<Vec<UserId>> {
        let users: Vec<UserId> = std::iter::repeat_with(|| UserId(new_id())).take(count).collect();
        for chunk in users.chunks(TOGETHER) {
            insert_users(&self.db, chunk.to_vec()).await?;
        }
        Ok(users)
    }

    /// A session's token for each.
    pub async fn sessions(&self, users: &[UserId]) -> Outcome<Vec<String>> {
        let mut tokens = Vec::with_capacity(users.len());
        for chunk in users.chunks(TOGETHER) {
            tokens.extend(self.directory.open_sessions_as_operator(self.tenant, chunk.to_vec()).await.map_err(say)?);
        }
        Ok(tokens)
    }

    /// A room of these.
    pub async fn room(&self, members: &[UserId]) -> Outcome<RoomId> {
        Ok(self.rooms(vec![members.to_vec()]).await?.remove(0))
    }

    /// Rooms, each of these.
    pub async fn rooms(&self, rooms: Vec<Vec<UserId>>) -> Outcome<Vec<RoomId>> {
        self.rooms_since(SystemClock.now(), rooms).await
    }

    /// Rooms that were made some time ago: nothing can have been said in them before.
    pub async fn rooms_since(&self, since: Time, rooms: Vec<Vec<UserId>>) -> Outcome<Vec<RoomId>> {
        let mut ids = Vec::with_capacity(rooms.len());
        for chunk in rooms.chunks(TOGETHER / 20) {
            let chunk = chunk.to_vec();
            let insert = async move |tx: &mut Tx<'_>| {
                let mut ids = Vec::with_capacity(chunk.len());
                for members in &chunk {
                    ids.push(insert_room(tx, since, members).await?);
                }
                Ok::<_, StoreError>(ids)
            };
            ids.extend(self.db.write(insert).await?);
        }
        Ok(ids)
    }

    /// So many messages of one sender in each of the rooms, all the same, said just now.
    pub async fn past(&self, rooms: &[RoomId], sender: UserId, messages: usize) -> Result<(), StoreError> {
        self.said(rooms, sender, messages, |_, _| (SystemClock.now(), SAID.to_owned())).await
    }

    /// So many messages of one sender in each of the rooms; `say` tells when and what, by the room's place and the message's.
    pub async fn said(
        &self,
        rooms: &[RoomId],
        sender: UserId,
        messages: usize,
        mut say: impl FnMut(usize, usize) -> (Time, String),
    ) -> Result<(), StoreError> {
        let pieces = |at: usize| (0..messages).step_by(TOGETHER).map(move |from| (at, from, TOGETHER.min(messages - from)));
        let pieces: Vec<(usize, usize, usize)> = (0..rooms.len()).flat_map(pieces).collect();
        for chunk in pieces.chunks((TOGETHER / messages).max(1)) {
            let mut seeds = Vec::with_capacity(chunk.len());
            for (at, from, count) in chunk {
                let said = (*from..from + count).map(|place| seed(sender, say(*at, place))).collect::<Vec<_>>();
                seeds.push((rooms[*at], said));
            }
            let insert = async move |tx: &mut Tx<'_>| {
                for (room, said) in seeds {
                    bulk::insert_messages(tx, room, said).await?;
                }
                Ok(())
            };
            self.db.write(insert).await?;
        }
        Ok(())
    }
}

fn directory(store: &Store) -> Directory {
    Directory::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom))
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn say(problem: kernel::Problem) -> String {
    problem.detail.en.to_owned()
}

const SAID: &str = "川東の用水路があふれ始めています。現地の確認をお願いします。至急です。";

fn seed(sender: UserId, (sent_at, text): (Time, String)) -> MessageSeed {
    MessageSeed {
        client_id: ClientId(new_id()),
        sender,
        sent_at,
        text,
        reply_to: None,
        mentions: Vec::new(),
        actor: None,
        edited_at: None,
        recalled_at: None,
    }
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

async fn insert_room(tx: &mut Tx<'_>, created_at: Time, members: &[UserId]) -> Result<RoomId, StoreError> {
    let id = RoomId(new_id());
    let room = RoomSeed {
        id,
        kind: talk::model::room::RoomKind::Group,
        title: "計測".to_owned(),
        org_unit_id: None,
        include_children: false,
        pair: None,
        created_by: None,
        created_at,
    };
    bulk::insert_room(tx, room).await?;
    let seeds: Vec<MemberSeed> = members.iter().copied().map(MemberSeed::Invited).collect();
    bulk::insert_members(tx, id, &seeds).await?;
    Ok(id)
}
