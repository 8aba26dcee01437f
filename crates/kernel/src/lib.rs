//! What every other crate speaks: ids, time and chance, who asks, refusals, paging, Japanese text, and the
//! traits by which sockets meet capabilities. Nothing here touches the disk, the network or the wall clock
//! (but for [`clock::SystemClock`] and [`chance::SystemRandom`], which only `irori` hands in).
//!
//! To add an id: one line in [`id`]. To add a right: one variant in [`principal::Right`].

pub mod chance;
pub mod clock;
pub mod event;
pub mod folded;
pub mod http;
pub mod id;
pub mod japanese;
pub mod live;
pub mod page;
pub mod panics;
pub mod principal;
pub mod problem;

pub use chance::Random;
pub use clock::{Clock, Time};
pub use event::{Event, Frame, MembershipChange, Reach, StreamId};
pub use folded::Folded;
pub use id::{ActorId, BroadcastId, ClientId, FileId, GroupId, OrgUnitId, RoomId, SessionId, TenantId, UserId};
pub use page::Page;
pub use principal::{Grant, Principal, Right, Scope, TenantRef};
pub use problem::{Problem, Text};

/// A message's place in its room: 1, 2, 3… without gaps.
pub type Seq = i64;
/// Counts every change of a stream (a room's, or a user's own).
pub type Rev = i64;
