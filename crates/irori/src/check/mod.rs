//! Whether an installation is well, in words for whoever looks after it: the data, the folder, the server that runs. Looking
//! changes nothing.

mod converters;
mod data;
mod folder;
mod measures;
mod server;

use std::path::Path;

use clap::ValueEnum;
use files::Converters;
use kernel::Time;
use store::Database;

use crate::config::Settings;

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 良好: nothing to do.
    Good,
    /// 注意: somebody should look at it soon.
    Caution,
    /// 異常: it does not work, or soon won't.
    Fault,
}

/// In which words findings are said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// 日本語
    #[default]
    Ja,
    /// English
    En,
}

/// One thing that was looked at: how it is and, unless it is well, what to do.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How it is.
    pub level: Level,
    ja: String,
    en: String,
}

impl Finding {
    fn new(level: Level, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { level, ja: ja.into(), en: en.into() }
    }

    /// A setting that can't be used.
    #[must_use]
    pub fn of_settings(error: &crate::config::ConfigError) -> Self {
        Self::new(Level::Fault, error.to_string(), error.to_string())
    }

    /// One line.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        let (ja, en) = match self.level {
            Level::Good => ("良好", "OK"),
            Level::Caution => ("注意", "CAUTION"),
            Level::Fault => ("異常", "FAULT"),
        };
        match language {
            Language::Ja => format!("{ja}  {}", self.ja),
            Language::En => format!("{en}  {}", self.en),
        }
    }
}

/// What the machine is asked.
pub trait Probe: Sync {
    /// Bytes that whoever runs this may still write there.
    ///
    /// # Errors
    /// When there is no such place.
    fn free_bytes(&self, folder: &Path) -> std::io::Result<u64>;
}

/// The machine itself.
#[derive(Clone, Copy, Debug)]
pub struct Machine;

impl Probe for Machine {
    fn free_bytes(&self, folder: &Path) -> std::io::Result<u64> {
        let disk = rustix::fs::statvfs(folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// Looks at everything; at the running server only where one is `expected`.
pub async fn check(settings: &Settings, probe: &dyn Probe, expected: bool, now: Time) -> Vec<Finding> {
    let mut findings = data::look(&settings.store, now).await;
    match &settings.store.database {
        Database::Sqlite { folder } => findings.extend(folder::look(folder, probe)),
        Database::Postgres { .. } => findings.push(Finding::new(
            Level::Good,
            "データは PostgreSQL にあります。ディスクの空きはそのサーバーで確認してください",
            "the data is in PostgreSQL: look at the disk of its server there",
        )),
    }
    findings.push(converters::look(&Converters::find()));
    if expected {
        findings.extend(server::look(settings, now).await);
    }
    findings
}

/// As the worst of them is.
#[must_use]
pub fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Good)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
