//! The whole, as it is run: every operation as everybody, statements on both databases, kills and other faults, the command
//! line, the edge.

mod check;
mod commands;
mod edge;
mod faults;
mod graph;
mod kills;
mod logs;
mod lost;
mod metrics;
mod statements;
mod stops;
mod sweep;
mod tab;

/// A client id, as our clients make them.
fn new_id() -> String {
    use kernel::{Clock as _, Random as _};
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now()).to_string()
}
