//! `irori demo`: a fictional city, the same every time.
//!
//! [`generate`] makes it as plain data from a seed and a moment: [`city`] and [`tenants`] the people, [`specs`] where they
//! talk, [`rooms`] and [`conversation`] what they say, out of the scripts in `data/`. [`load`] writes it.

mod calendar;
mod city;
mod conversation;
mod endings;
mod generate;
mod load;
mod members;
mod names;
mod plan;
mod rng;
mod rooms;
mod specs;
mod steps;
mod tenants;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use clap::Args;
use directory::Directory;
use jiff::civil::Date;
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use kernel::{Clock, Random as _, Time};
use store::Store;

use self::generate::{Wish, generate};
use crate::cli::Failure;
use crate::config::{DataFlags, ServeFlags, Settings};

/// How much of the city is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 920 accounts and a year of 100,000 messages.
    Full,
    /// About sixty accounts and 3,000 messages of the same kind, for tests.
    Small,
}

/// Makes the demo city.
#[derive(Args, Debug)]
pub struct Demo {
    /// Another number, another city
    #[arg(long, env = "IRORI_DEMO_SEED", default_value_t = 1)]
    seed: u64,
    /// When its year of talk ends: 2026-11-23 (at 10:45 in Japan), or a time such as 2026-11-23T18:00:00+09:00 [now]
    #[arg(long, env = "IRORI_DEMO_AS_OF", value_name = "DATE", value_parser = parse_as_of)]
    as_of: Option<Time>,
    /// About sixty accounts and 3,000 messages, for tests
    #[arg(long)]
    small: bool,
    /// Everyone's password; one is made and printed where none is given
    #[arg(long, env = "IRORI_DEMO_PASSWORD", hide_env_values = true, value_name = "PASSWORD")]
    password: Option<String>,
}

/// A morning on which the city hall is awake.
const MORNING_SECONDS: i64 = 10 * 3600 + 45 * 60;

fn parse_as_of(text: &str) -> Result<Time, String> {
    if let Ok(day) = text.parse::<Date>()
        && text.len() == "2026-11-23".len()
    {
        return Ok(calendar::moment(day, MORNING_SECONDS));
    }
    Time::parse(text).map_err(|_| "日付または日時ではありません / neither a date nor a time with an offset".to_owned())
}

/// Makes the demo in an empty installation.
pub async fn run(data: &DataFlags, command: Demo) -> Result<(), Failure> {
    let clock = Arc::new(SystemClock);
    // To the minute: the year must not end in the middle of somebody's sentence.
    let now = Time(clock.now().0 / 60_000_000 * 60_000_000);
    let size = if command.small { Size::Small } else { Size::Full };
    let settings = Settings::load(data, &ServeFlags::default())?;
    let store = Store::open(settings.store, Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(NoSink)).await?;
    if !store.list_tenants().await?.is_empty() {
        return Err(Failure(
            "デモは空の環境にだけ作れます。すでに組織があります / the demo is made in an empty installation only: there are organisations here".to_owned(),
        ));
    }
    let directory = Directory::new(store.clone(), clock, Arc::new(SystemRandom));
    // As short as whoever tries it wants it; the rule for chosen passwords is for real ones.
    let password = command.password.filter(|password| !password.is_empty()).unwrap_or_else(made_password);
    let plans = generate(Wish { seed: command.seed, until: command.as_of.unwrap_or(now), size });
    for plan in plans {
        let (name, title) = (plan.name, plan.title);
        let loaded = load::write(&store, &directory, plan, &password).await?;
        eprintln!("{title} (/{name}/): {} accounts, {} rooms, {} messages", loaded.people, loaded.rooms, loaded.messages);
    }
    println!("パスワード / password of every account: {password}");
    Ok(())
}

/// 48 random bits that can be read aloud.
fn made_password() -> String {
    let mut bytes = [0; 6];
    SystemRandom.fill(&mut bytes);
    format!("irori-{}", store::hex(&bytes))
}
