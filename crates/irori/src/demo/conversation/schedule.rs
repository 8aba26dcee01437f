//! When people talk: on worked days, by day, and round the clock when it storms.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Time;

use super::super::calendar;
use super::super::rng::{Rng, running_totals};

/// How much a room minds the clock and the weather.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// Office hours.
    Office,
    /// Out on the roads: somewhat busier in a storm.
    Field,
    /// Never asleep: watches, floods, fires.
    Watch,
}

/// By the hour, how much is said; a worked day, a free day, a storm.
const WORKED: [u64; 24] = [0, 0, 0, 0, 0, 0, 1, 3, 14, 15, 14, 12, 5, 14, 13, 12, 13, 9, 4, 2, 1, 1, 0, 0];
const FREE: [u64; 24] = [0, 0, 0, 0, 0, 0, 1, 2, 4, 5, 5, 4, 3, 4, 4, 4, 4, 3, 2, 2, 2, 1, 0, 0];
const STORM: [u64; 24] = [5, 5, 4, 4, 5, 6, 7, 9, 10, 10, 9, 8, 7, 8, 8, 8, 9, 9, 8, 8, 7, 7, 6, 6];

/// When a scene begins.
#[derive(Clone, Copy, Debug)]
pub struct Begin {
    /// On which day.
    pub day: Date,
    /// At which second of it.
    pub second: i64,
    /// In a storm?
    pub storm: bool,
}

/// The year's days and how much is said on each.
pub struct Schedule {
    days: Vec<(Date, bool, bool)>,
    totals: Vec<u64>,
    hours: [Vec<u64>; 3],
    temper: Temper,
}

impl Schedule {
    /// The year that ends on the day of `until`.
    pub fn new(temper: Temper, until: Time) -> Self {
        let last = calendar::day_of(until);
        let first = last.checked_sub(364.days()).unwrap_or(last);
        let days: Vec<_> = first
            .series(1.day())
            .take_while(|day| *day <= last)
            .map(|day| (day, calendar::is_worked(day), calendar::is_storm(day, last)))
            .collect();
        let totals = running_totals(days.iter().map(|&(_, worked, storm)| match temper {
            Temper::Office => {
                if worked {
                    100
                } else {
                    3
                }
            }
            Temper::Field => {
                if storm {
                    300
                } else if worked {
                    100
                } else {
                    8
                }
            }
            Temper::Watch => {
                if storm {
                    800
                } else if worked {
                    100
                } else {
                    30
                }
            }
        }));
        Self { days, totals, hours: [WORKED, FREE, STORM].map(running_totals), temper }
    }

    /// When a scene begins.
    pub fn draw(&self, rng: &mut Rng) -> Begin {
        let (day, worked, storm) = self.days[rng.weighted(&self.totals)];
        let storm = storm && self.temper != Temper::Office;
        let hours = if storm { 2 } else { usize::from(!worked) };
        let hour = i64::try_from(rng.weighted(&self.hours[hours])).unwrap_or(0);
        Begin { day, second: hour * 3600 + rng.span(0, 3600), storm }
    }
}
