//! The log: lines on standard error, for people or for programs, and never with what people wrote.

use std::io::{BufWriter, IsTerminal as _};

use clap::ValueEnum;
use tracing::{Level, Metadata};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::prelude::*;

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// Our crates. Others' debug lines quote what passes through them: statements with their parameters, frames, headers.
const OURS: [&str; 6] = ["irori", "kernel", "store", "directory", "talk", "live"];

/// Lines that wait to be written, at most; beyond it they are lost. Nobody waits for whoever reads the log.
const WAITING: usize = 10_000;

/// Starts the log, for the whole process. What waits is written when the guard is dropped.
///
/// A thread of its own writes what has come together in one go: ten thousand requests at once spent two fifths of their time on
/// a write each, and on waking whoever reads them.
pub fn start(format: Format) -> WorkerGuard {
    let builder = NonBlockingBuilder::default().buffered_lines_limit(WAITING).thread_name("log");
    let (writer, guard) = builder.finish(BufWriter::new(std::io::stderr()));
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = wanted.and(filter_fn(is_discreet));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match format {
        Format::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).compact().with_filter(filter).boxed(),
        Format::Json => lines.json().flatten_event(true).with_current_span(false).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(lines).init();
    std::panic::set_hook(Box::new(|panic| {
        let said = kernel::panics::said(panic.payload());
        let at = panic.location().map(ToString::to_string);
        tracing::error!(at, said, "a panic");
    }));
    guard
}

fn is_discreet(of: &Metadata<'_>) -> bool {
    let from = of.target().split("::").next().unwrap_or_default();
    *of.level() <= Level::INFO || OURS.contains(&from)
}
