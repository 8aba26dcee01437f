//! `irori check`: whether the installation is well, in plain words.

use std::process::ExitCode;

use clap::Args;
use kernel::Clock as _;
use kernel::clock::SystemClock;

use crate::check::{Finding, Language, Level, Machine, check, worst};
use crate::config::{DataFlags, ServeFlags, Settings};

/// Looks at the data, the disk and the running server, and changes nothing. It takes the flags and the environment of 'irori serve', to
/// check them too. Ends with 0 where all is well, 1 with a caution, 2 with a fault.
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    flags: ServeFlags,
    /// Which words to use
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
    /// The server is meant to be stopped: nothing is asked of it
    #[arg(long)]
    stopped: bool,
}

/// Says what it found.
pub async fn run(data: &DataFlags, command: Check) -> ExitCode {
    let findings = match Settings::load(data, &command.flags) {
        Ok(settings) => check(&settings, &Machine, !command.stopped, SystemClock.now()).await,
        Err(error) => vec![Finding::of_settings(&error)],
    };
    for finding in &findings {
        println!("{}", finding.line(command.lang));
    }
    ExitCode::from(match worst(&findings) {
        Level::Good => 0,
        Level::Caution => 1,
        Level::Fault => 2,
    })
}
