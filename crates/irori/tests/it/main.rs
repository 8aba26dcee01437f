//! The whole, as it is run: every operation as everybody, statements on both databases, kills and other faults, the command
//! line, the edge.

mod away;
mod commands;
mod crowd;
mod disk;
mod edge;
mod faults;
mod graph;
mod kills;
mod lost;
mod network;
mod statements;
mod stops;
mod sweep;
mod tab;

/// The program, to be run as a process.
fn irori() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_BIN_EXE_irori"))
}

/// How much of something, or how long: as `make faults` says in the environment, else as little as tells.
fn at_length(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |told| told.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {told}")))
}

/// A client id, as our clients make them.
fn new_id() -> String {
    use kernel::{Clock as _, Random as _};
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now()).to_string()
}
