//! The days of a city hall: which are worked, which are holidays, which bring a storm.

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use kernel::Time;

/// Japan's zone; without summer time since 1951, so an offset is exact.
pub fn japan() -> TimeZone {
    TimeZone::fixed(Offset::constant(9))
}

/// The day on which this moment falls in Japan.
pub fn day_of(time: Time) -> Date {
    jiff::Timestamp::from_microsecond(time.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(japan()).date()
}

/// The moment of that second of the day in Japan.
pub fn moment(day: Date, second: i64) -> Time {
    let midnight = day.to_zoned(japan()).map_or(0, |zoned| zoned.timestamp().as_microsecond());
    Time(midnight + second * 1_000_000)
}

/// 11月26日（木）
pub fn in_words(day: Date) -> String {
    let weekday = match day.weekday() {
        Weekday::Monday => '月',
        Weekday::Tuesday => '火',
        Weekday::Wednesday => '水',
        Weekday::Thursday => '木',
        Weekday::Friday => '金',
        Weekday::Saturday => '土',
        Weekday::Sunday => '日',
    };
    format!("{}月{}日（{weekday}）", day.month(), day.day())
}

/// Whether the city hall is open.
pub fn is_worked(day: Date) -> bool {
    let year_end = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
    !(matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || year_end || is_holiday(day))
}

/// The next day but one… the `n`th worked day after `day`.
pub fn worked_day_after(day: Date, n: usize) -> Date {
    let mut found = day;
    for _ in 0..n {
        found = next(found);
        while !is_worked(found) {
            found = next(found);
        }
    }
    found
}

fn next(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// A national holiday (祝日法), with its substitutes (振替休日) and the day between two of them.
pub fn is_holiday(day: Date) -> bool {
    if is_named_holiday(day) {
        return true;
    }
    let Ok(before) = day.yesterday() else { return false };
    // A holiday on a Sunday moves to the next day that is none.
    let mut back = before;
    while is_named_holiday(back) {
        if back.weekday() == Weekday::Sunday {
            return true;
        }
        let Ok(earlier) = back.yesterday() else { return false };
        back = earlier;
    }
    is_named_holiday(before) && is_named_holiday(next(day)) && day.weekday() != Weekday::Sunday
}

fn is_named_holiday(day: Date) -> bool {
    let nth_monday = |n: i8| day.weekday() == Weekday::Monday && (day.day() - 1) / 7 + 1 == n;
    match (day.month(), day.day()) {
        (1, 1) | (2, 11 | 23) | (4, 29) | (5, 3..=5) | (8, 11) | (11, 3 | 23) => true,
        (1 | 10, _) => nth_monday(2),
        (7, _) => nth_monday(3),
        (3, date) => i32::from(date) == equinox(day.year(), 20.8431),
        (9, date) => nth_monday(3) || i32::from(date) == equinox(day.year(), 23.2488),
        _ => false,
    }
}

/// The day of the month of an equinox; the formula holds from 1980 to 2099.
fn equinox(year: i16, base: f64) -> i32 {
    let years = i32::from(year) - 1980;
    #[expect(clippy::cast_possible_truncation, reason = "a day of the month")]
    let day = (base + 0.242_194 * f64::from(years)).floor() as i32;
    day - years.div_euclid(4)
}

/// Whether the city has a storm on its hands: heavy rain in June, a typhoon in September, another in October, the day
/// before each and the day after it; and the rain with which the year of talk ends.
pub fn is_storm(day: Date, last: Date) -> bool {
    matches!((day.month(), day.day()), (6, 27..=29) | (7, 14) | (9, 11..=13) | (10, 4..=5)) || day == last || next(day) == last
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn holidays_are_those_of_the_official_list() {
        let of_2026 = [
            (1, 1),
            (1, 12),
            (2, 11),
            (2, 23),
            (3, 20),
            (4, 29),
            (5, 3),
            (5, 4),
            (5, 5),
            (5, 6),
            (7, 20),
            (8, 11),
            (9, 21),
            (9, 22),
            (9, 23),
            (10, 12),
            (11, 3),
            (11, 23),
        ];
        let mut day = date(2026, 1, 1);
        let mut found = Vec::new();
        while day.year() == 2026 {
            if is_holiday(day) {
                found.push((day.month(), day.day()));
            }
            day = next(day);
        }
        assert_eq!(found, of_2026);
    }

    #[test]
    fn worked_days_skip_week_ends_and_holidays() {
        assert_eq!(worked_day_after(date(2026, 11, 20), 1), date(2026, 11, 24));
        assert_eq!(in_words(date(2026, 11, 26)), "11月26日（木）");
        assert_eq!(day_of(moment(date(2026, 11, 23), 60)), date(2026, 11, 23));
    }
}
