//! The bounds of the live path.

use std::sync::Arc;
use std::time::Duration;

use crate::bus::{Bus, InProcess};

/// How the hub is set up.
#[derive(Clone)]
pub struct LiveConfig {
    /// This node's name, told in `welcome`.
    pub node: String,
    /// How events travel.
    pub bus: Arc<dyn Bus>,
    /// How often published revs are compared with the database.
    pub compare_every: Duration,
    /// Connections in this process, at most.
    pub most_connections: usize,
    /// Connections of one user, at most; the oldest goes.
    pub most_per_user: usize,
    /// Frames waiting for one connection, at most.
    pub queue_frames: usize,
    /// Bytes waiting for one connection, at most.
    pub queue_bytes: usize,
    /// A connection that takes nothing for this long is closed.
    pub stuck_after: Duration,
    /// A connection is pinged this often, and closed when it has been silent for three times as long.
    pub ping_every: Duration,
    /// An event stream waits for its reader for this long.
    pub stream_grace: Duration,
    /// Each session is looked up again at least this often.
    pub recheck_every: Duration,
    /// Without a sign of a person for this long, one is away.
    pub away_after: Duration,
}

impl Default for LiveConfig {
    fn default() -> Self {
        Self {
            node: "irori".to_owned(),
            bus: Arc::new(InProcess),
            compare_every: Duration::from_secs(1),
            most_connections: 18_000,
            most_per_user: 20,
            queue_frames: 1024,
            queue_bytes: 1 << 20,
            stuck_after: Duration::from_secs(30),
            ping_every: Duration::from_secs(25),
            stream_grace: Duration::from_secs(60),
            recheck_every: Duration::from_secs(30),
            away_after: Duration::from_secs(10 * 60),
        }
    }
}
