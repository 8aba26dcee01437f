//! What the database is measured by: told to whoever scrapes, and what was slow to the log.

use std::time::{Duration, Instant};

use kernel::TenantId;
use kernel::clock::millis;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::slow::Throttle;
use crate::{Dialect, Statement};

type Label = [(&'static str, &'static str); 1];

/// A store's measures.
pub(crate) struct Measures {
    /// What waits for a SQLite writer, for a SQLite reader, for a PostgreSQL connection.
    pub writer: Line,
    pub readers: Line,
    pub connections: Line,
    pub group_waiting: Gauge,
    waiting: Family<Label, Gauge>,
    waited: Family<Label, Histogram>,
    statements: Histogram,
    commits: Histogram,
    pieces: Histogram,
    failed_commits: Counter,
    holds: Histogram,
    groups: Histogram,
    slow: Duration,
    slow_statements: Counter,
    long_holds: Counter,
    throttle: Throttle,
}

/// 50 µs to 13 s: a statement on a warm cache, and one past all patience.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.000_05, 4.0, 10))
}

fn sizes() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 2.0, 10))
}

impl Measures {
    pub fn new(slow: Duration) -> Self {
        let waiting: Family<Label, Gauge> = Family::default();
        let waited: Family<Label, Histogram> = Family::new_with_constructor(seconds);
        let line = |name| {
            let label = [("line", name)];
            Line { waiting: waiting.get_or_create_owned(&label), waited: waited.get_or_create_owned(&label) }
        };
        Self {
            writer: line("writer"),
            readers: line("readers"),
            connections: line("connections"),
            group_waiting: Gauge::default(),
            waiting,
            waited,
            statements: seconds(),
            commits: seconds(),
            pieces: sizes(),
            failed_commits: Counter::default(),
            holds: seconds(),
            groups: sizes(),
            slow,
            slow_statements: Counter::default(),
            long_holds: Counter::default(),
            throttle: Throttle::default(),
        }
    }

    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("database");
        registry.register("waiting", "Work that waits for its turn", self.waiting.clone());
        registry.register("wait_seconds", "How long work waited for its turn", self.waited.clone());
        registry.register("statement_seconds", "How long statements took", self.statements.clone());
        registry.register("slow_statements", "Statements past the threshold of the slow log", self.slow_statements.clone());
        registry.register("commit_seconds", "How long commits took", self.commits.clone());
        registry.register("commit_pieces", "Pieces of work that one commit took", self.pieces.clone());
        registry.register("failed_commits", "Commits that failed", self.failed_commits.clone());
        registry.register("writer_held_seconds", "How long a transaction held a SQLite writer", self.holds.clone());
        registry.register("long_holds", "Holds of a SQLite writer past the threshold of the slow log", self.long_holds.clone());
        registry.register("group_size", "Sends that one transaction took", self.groups.clone());
        registry.register("group_waiting", "Sends that wait for a transaction", self.group_waiting.clone());
    }

    /// A statement ran, well or not.
    pub fn ran(&self, statement: &'static Statement, dialect: Dialect, tenant: Option<TenantId>, rows: u64, took: Duration) {
        self.statements.observe(took.as_secs_f64());
        if took < self.slow {
            return;
        }
        self.slow_statements.inc();
        let Some(held_back) = self.throttle.admit(Instant::now()) else { return };
        let text = statement.text(dialect).split_whitespace().collect::<Vec<_>>().join(" ");
        let (ms, tenant) = (millis(took), tenant.map(|tenant| tenant.0));
        tracing::warn!(statement = statement.name, ms, rows, tenant, held_back, text, "a slow statement");
    }

    /// A commit ended, with so many pieces of work in it.
    pub fn committed(&self, took: Duration, well: bool, pieces: usize) {
        self.commits.observe(took.as_secs_f64());
        self.pieces.observe(pieces as f64);
        if !well {
            self.failed_commits.inc();
        }
    }

    /// A transaction held a SQLite writer, its commit included.
    pub fn held(&self, took: Duration, pieces: usize, tenant: Option<TenantId>) {
        self.holds.observe(took.as_secs_f64());
        if took < self.slow {
            return;
        }
        self.long_holds.inc();
        let Some(held_back) = self.throttle.admit(Instant::now()) else { return };
        let (ms, tenant) = (millis(took), tenant.map(|tenant| tenant.0));
        tracing::warn!(ms, pieces, tenant, held_back, "a transaction held the writer for long");
    }

    /// So many sends leave their line for one transaction.
    pub fn grouped(&self, sends: usize) {
        self.groups.observe(sends as f64);
        self.group_waiting.dec_by(i64::try_from(sends).unwrap_or(i64::MAX));
    }
}

/// A line in which work waits.
#[derive(Clone)]
pub(crate) struct Line {
    waiting: Gauge,
    waited: Histogram,
}

impl Line {
    /// Waits until it is dropped.
    pub fn join(&self) -> Place {
        self.waiting.inc();
        Place { line: self.clone(), since: Instant::now() }
    }
}

/// A place in a line. Whoever gives up has waited too.
pub(crate) struct Place {
    line: Line,
    since: Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.line.waiting.dec();
        self.line.waited.observe(self.since.elapsed().as_secs_f64());
    }
}
