//! The whole, as it is run: every operation as everybody, statements on both databases, kills and other faults, the command
//! line, the edge.

mod away;
mod check;
mod clocks;
mod commands;
mod crowd;
mod disk;
mod due;
mod edge;
mod faults;
mod fuzz;
mod graph;
mod hostile;
mod kills;
mod logs;
mod lost;
mod metrics;
mod model;
mod network;
mod pages;
mod papers;
mod search;
mod statements;
mod stops;
mod sweep;
mod tab;

/// The program, to be run as a process: the one built with these tests, or that of `IRORI_BIN`.
fn irori() -> &'static std::path::Path {
    static BINARY: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("IRORI_BIN").map_or_else(|| env!("CARGO_BIN_EXE_irori").into(), Into::into))
}

/// How much of something, or how long: as `make faults` says in the environment, else as little as tells.
fn at_length(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |told| told.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {told}")))
}

/// Where chance begins: in short runs always at the same point, in long ones each time at another, which is printed.
fn seed(at_length_too: bool) -> u64 {
    let seed = at_length("IRORI_SEED", if at_length_too { std::process::id().into() } else { 1 });
    println!("IRORI_SEED={seed}");
    seed
}

/// A client id, as our clients make them.
fn new_id() -> String {
    use kernel::{Clock as _, Random as _};
    kernel::chance::SystemRandom.new_id(kernel::clock::SystemClock.now()).to_string()
}

/// `irori check` finds nothing wrong with data that nobody serves.
fn ensure_sound(arguments: &[String]) {
    let check = std::process::Command::new(irori()).args(["check", "--stopped"]).args(arguments).output().unwrap();
    assert!(check.status.code().is_some_and(|code| code < 2), "irori check: {}", String::from_utf8_lossy(&check.stdout));
}
