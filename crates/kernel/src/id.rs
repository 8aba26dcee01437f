//! Ids are types, so that a room's can't be passed for a user's. All but the tenant's are UUIDv7 (RFC 9562).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A tenant's number, handed out by the instance; leads every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(pub i64);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The 16 bytes as stored.
            pub fn bytes(&self) -> Vec<u8> {
                self.0.as_bytes().to_vec()
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// An account in one tenant.
    UserId,
    /// A person inside a shared account.
    ActorId,
    /// A node of the organisation tree.
    OrgUnitId,
    /// A named set of users and org units.
    GroupId,
    /// A signed-in device.
    SessionId,
    /// Where messages live.
    RoomId,
    /// A file that somebody brought.
    FileId,
    /// One message sent to many rooms.
    BroadcastId,
    /// What a client names a creation by, so that repeating it is safe.
    ClientId,
}
