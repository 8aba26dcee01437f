//! A long past for the client's own bench.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use kernel::{RoomId, TenantId, UserId};
use store::{Database, Store, StoreConfig};

use crate::Outcome;
use crate::fill::Filled;

/// Which room, and how long its past is to be.
#[derive(Debug, Args)]
pub struct Past {
    /// The data's folder.
    #[arg(long)]
    data: PathBuf,
    /// The tenant's number.
    #[arg(long, default_value_t = 1)]
    tenant: i64,
    /// The room.
    #[arg(long)]
    room: uuid::Uuid,
    /// Who said it all.
    #[arg(long)]
    sender: uuid::Uuid,
    /// How many messages.
    #[arg(long)]
    messages: usize,
}

/// Writes it.
pub async fn write(past: &Past) -> Outcome<()> {
    let database = Database::Sqlite { folder: past.data.clone() };
    let store = Store::open(StoreConfig::new(database), Arc::new(SystemClock), Arc::new(NoSink)).await?;
    let filled = Filled::of(&store, TenantId(past.tenant));
    Ok(filled.past(&[RoomId(past.room)], UserId(past.sender), past.messages).await?)
}
