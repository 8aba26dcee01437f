//! Where a document stands in the index: by the time of its writing, so that the index names the newest first and knows a span of
//! time without looking. Two of one moment stand side by side.

use kernel::Time;

/// Microseconds that one place stands for: as many places as anybody writes messages.
const MOMENT: i64 = 10;
/// What was written at once may stand this much behind its time: a minute.
const CROWDED: i64 = 60 * 1_000_000 / MOMENT;

/// Where a document of this time would stand.
#[must_use]
pub fn wanted(at: Time) -> i64 {
    at.0.div_euclid(MOMENT)
}

/// Nothing written after this stands lower.
#[must_use]
pub fn least(after: Time) -> i64 {
    wanted(after)
}

/// All that was written before this stands lower, and perhaps some more.
#[must_use]
pub fn below(before: Time) -> i64 {
    wanted(before).saturating_add(CROWDED)
}

/// Places for these wishes, in their order, from `least` on; each its own.
#[must_use]
pub fn in_a_row(wishes: &[i64], least: i64) -> Vec<i64> {
    let mut next = least;
    let place = |wish: &i64| {
        let place = next.max(*wish);
        next = place + 1;
        place
    };
    wishes.iter().map(place).collect()
}

/// Where to look for a free place behind one that is taken: twice as far each time, so that a crowd, however large, is soon passed.
pub fn further(taken: i64) -> impl Iterator<Item = i64> {
    (0..40).map(move |doublings| taken.saturating_add(1 << doublings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_soon_passed() {
        assert_eq!(further(10).take(4).collect::<Vec<_>>(), [11, 12, 14, 18]);
        assert!(further(0).last().unwrap() > CROWDED);
    }

    #[test]
    fn each_has_a_place_of_its_own() {
        assert_eq!(in_a_row(&[5, 5, 5, 9, 10], i64::MIN), [5, 6, 7, 9, 10]);
        assert_eq!(in_a_row(&[5, 5, 9], 8), [8, 9, 10]);
    }
}
