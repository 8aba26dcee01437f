//! What notes and albums share: who sees them, who may take them away, and that the room is told.

use std::collections::{BTreeMap, BTreeSet};

use files::File;
use kernel::{FileId, Principal, Problem, RoomId, Seq, Time, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{StoreError, Tx};

use super::Talk;
use super::membership::log_room;
use super::send::client_id_taken;
use crate::live::wire::kept_event;
use crate::model::room::RoomRow;
use crate::policy::Kept;
use crate::store::changes::What;
use crate::store::{members, rooms};

/// Takes the room's next rev, logs that a note or an album changed, and tells whoever may see it.
pub(super) async fn tell(tx: &mut Tx<'_>, row: &mut RoomRow, at_seq: Seq, what: What) -> Result<(), StoreError> {
    let rev = log_room(tx, row, what).await?;
    let tenant = tx.tenant();
    if let Some(event) = kept_event(tenant, row, at_seq, rev, what) {
        tx.emit(event);
    }
    Ok(())
}

/// Which makers of things are still in their room.
pub(super) struct Makers(BTreeSet<UserId>);

impl Makers {
    /// Of these, in this room.
    pub(super) async fn of(tx: &mut Tx<'_>, room: RoomId, makers: impl Iterator<Item = UserId>) -> Result<Self, StoreError> {
        let asked: BTreeSet<UserId> = makers.collect();
        if asked.is_empty() {
            return Ok(Self(asked));
        }
        Ok(Self(members::present_among(tx, room, Vec::from_iter(asked)).await?.into_iter().collect()))
    }

    /// As the policy asks of something that they made.
    pub(super) fn kept(&self, author: UserId) -> Kept {
        Kept { author, is_here: self.0.contains(&author) }
    }
}

/// As the policy asks of one thing.
pub(super) async fn kept(tx: &mut Tx<'_>, room: RoomId, author: UserId) -> Result<Kept, StoreError> {
    Ok(Makers::of(tx, room, std::iter::once(author)).await?.kept(author))
}

/// Claims a creation's name; gives what it made before, if it did. What a creation makes is kept with [`rooms::settle_creation`].
///
/// # Errors
/// 409 where another user has used the client id.
pub(super) async fn made_before<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    principal: &Principal,
    operation: &'static str,
    client_id: kernel::ClientId,
) -> Result<Option<T>, Problem> {
    match rooms::claim_creation(tx, operation, client_id, principal.user).await? {
        None => Ok(None),
        Some((user, made)) if user == principal.user => serde_json::from_str(&made).map(Some).map_err(|_| Problem::internal()),
        Some(_) => Err(client_id_taken()),
    }
}

/// Keeps what a creation made, to be given again.
pub(super) async fn settle<T: Serialize + Sync>(
    tx: &mut Tx<'_>,
    operation: &'static str,
    client_id: kernel::ClientId,
    made: &T,
) -> Result<(), Problem> {
    let made = serde_json::to_string(made).map_err(|_| Problem::internal())?;
    Ok(rooms::settle_creation(tx, operation, client_id, &made).await?)
}

impl Talk {
    /// Files that the principal may show, held until the transaction ends so that none is taken away.
    pub(super) async fn take_files(
        &self,
        tx: &mut Tx<'_>,
        principal: &Principal,
        field: &'static str,
        ids: &[FileId],
    ) -> Result<Vec<File>, Problem> {
        ::files::store::lock_all(tx, ids.to_vec()).await?;
        self.0.files.attachable(tx, principal, field, ids).await
    }
}

/// Counts that files are used by something, and are no more.
pub(super) async fn use_files(
    tx: &mut Tx<'_>,
    now_used: impl Iterator<Item = FileId>,
    no_more: impl Iterator<Item = FileId>,
    now: Time,
) -> Result<(), StoreError> {
    let mut uses: BTreeMap<FileId, i64> = BTreeMap::new();
    now_used.for_each(|file| *uses.entry(file).or_default() += 1);
    no_more.for_each(|file| *uses.entry(file).or_default() -= 1);
    uses.retain(|_, by| *by != 0);
    ::files::store::count_uses(tx, &uses, now).await.map(drop)
}
