//! One function an operation: check, write in one transaction, emit.

pub mod album_photos;
pub mod albums;
pub mod append;
pub mod broadcasts;
pub mod cards;
pub mod create;
pub mod describe;
pub mod due;
pub mod edit;
pub mod files;
pub mod forward;
mod found_texts;
pub mod history;
pub mod kept;
pub mod links;
pub mod members;
pub mod membership;
pub mod messages;
pub mod note_comments;
pub mod notes;
pub mod nudge;
pub mod reactions;
pub mod readers;
pub mod reads;
pub mod reminders;
pub mod rooms;
pub mod scheduled;
pub mod search;
pub mod send;
pub mod settings;
mod spread;
pub mod units;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::cards::Cards;
use ::files::{Files, Refers};
use kernel::event::EventSink;
use kernel::live::Boxed;
use kernel::{Clock, FileId, Principal, Problem, Random, RoomId, TenantId, Time, UserId};
use store::{Db, Group, Store, Tx, params};

use crate::model::Spans;
use crate::model::room::RoomRow;
use crate::store::{members as member_rows, rooms as room_rows};
use append::Appends;
use reads::ReadLine;

/// Talk's handle; cheap to clone.
#[derive(Clone)]
pub struct Talk(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub store: Store,
    pub files: Files,
    pub cards: Cards,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub sink: Arc<dyn EventSink>,
    pub reads: ReadLine,
    sends: Mutex<HashMap<TenantId, Group<Appends>>>,
}

impl Talk {
    /// Over `store`, showing `files` and `cards`; what passes without being stored (typing) goes straight to `sink`.
    #[must_use]
    pub fn new(
        store: Store,
        files: Files,
        cards: Cards,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        sink: Arc<dyn EventSink>,
    ) -> Self {
        Self(Arc::new(Inner { store, files, cards, clock, random, sink, reads: ReadLine::default(), sends: Mutex::default() }))
    }

    pub(crate) fn db(&self, tenant: TenantId) -> Db {
        self.0.store.tenant(tenant)
    }

    /// What a write needs beside its input.
    pub(crate) fn deed(&self, principal: &Principal) -> Deed {
        Deed { now: self.0.clock.now(), doer: Some(principal.user), random: Arc::clone(&self.0.random) }
    }

    pub(crate) fn sends(&self, tenant: TenantId) -> Group<Appends> {
        let mut sends = self.0.sends.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || Group::new(self.0.store.clone(), tenant, Arc::new(Appends { clock: Arc::clone(&self.0.clock) }));
        sends.entry(tenant).or_insert_with(make).clone()
    }
}

impl Refers for Talk {
    fn may_see<'a>(&'a self, tx: &'a mut Tx<'_>, principal: &'a Principal, file: FileId) -> Boxed<'a, Result<bool, Problem>> {
        Box::pin(async move {
            let user = principal.user;
            Ok(crate::store::files::is_shown_to(tx, file, user).await?
                || crate::store::notes::show(tx, file, user).await?
                || crate::store::albums::show(tx, file, user).await?
                || crate::store::scheduled::will_show(tx, file, user).await?)
        })
    }

    fn text_came(&self, tenant: TenantId, file: FileId) -> Boxed<'_, Result<(), Problem>> {
        Box::pin(self.touch_showing(tenant, file))
    }
}

/// Who does something, when, and with what chance.
#[derive(Clone)]
pub struct Deed {
    /// When.
    pub now: Time,
    /// Who; none when the tree of org units does.
    pub doer: Option<UserId>,
    /// For new ids.
    pub random: Arc<dyn Random>,
}

/// The room, and what `user` may see of it; 404 to whoever is not in it.
pub(crate) async fn enter(tx: &mut Tx<'_>, room: RoomId, user: UserId) -> Result<(RoomRow, Spans), Problem> {
    let asked = [(&member_rows::SPANS_OF_ONE, params![room, user].into()), (&room_rows::FIND_ROOMS, params![vec![room]].into())];
    let answers = tx.query_all(&asked).await?;
    let spans = member_rows::read_spans(&answers[0]);
    match answers[1].first() {
        Some(room) if spans.is_present() => Ok((room_rows::read(room), spans)),
        _ => Err(Problem::not_found()),
    }
}

/// As [`enter`], with the room held until the transaction ends.
pub(crate) async fn enter_locked(tx: &mut Tx<'_>, room: RoomId, user: UserId) -> Result<(RoomRow, Spans), Problem> {
    let room = room_rows::lock(tx, room).await?.ok_or_else(Problem::not_found)?;
    let spans = member_rows::spans_of(tx, room.id, user).await?;
    if spans.is_present() { Ok((room, spans)) } else { Err(Problem::not_found()) }
}
