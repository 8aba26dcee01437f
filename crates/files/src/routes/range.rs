//! `Range`: one part of a file (RFC 9110, section 14). Several at once are answered with the whole, as a server may.

use std::ops::Range;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that are not there.
    Beyond,
}

/// Reads a `Range` header for a file of `length` bytes.
#[must_use]
pub fn asked(header: Option<&str>, length: u64) -> Asked {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Asked::Whole };
    let Some((first, last)) = spec.split_once('-').filter(|_| !spec.contains(',')) else { return Asked::Whole };
    let (first, last) = (first.trim().parse::<u64>(), last.trim().parse::<u64>());
    match (first, last) {
        (Ok(first), _) if first >= length => Asked::Beyond,
        (Ok(first), Ok(last)) if last >= first => Asked::Part(first..last.saturating_add(1).min(length)),
        (Ok(first), Err(_)) if spec.trim().ends_with('-') => Asked::Part(first..length),
        (Err(_), Ok(last)) if spec.trim().starts_with('-') => match last {
            0 => Asked::Beyond,
            last => Asked::Part(length.saturating_sub(last)..length),
        },
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut_to_what_is_there() {
        assert_eq!(asked(None, 10), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-4"), 10), Asked::Part(0..5));
        assert_eq!(asked(Some("bytes=5-"), 10), Asked::Part(5..10));
        assert_eq!(asked(Some("bytes=5-99"), 10), Asked::Part(5..10));
        assert_eq!(asked(Some("bytes=-3"), 10), Asked::Part(7..10));
        assert_eq!(asked(Some("bytes=-30"), 10), Asked::Part(0..10));
        assert_eq!(asked(Some("bytes=10-"), 10), Asked::Beyond);
        assert_eq!(asked(Some("bytes=-0"), 10), Asked::Beyond);
        for odd in ["bytes=0-1,4-5", "bytes=4-2", "bytes=x-y", "lines=1-2", "bytes=18446744073709551616-"] {
            assert_eq!(asked(Some(odd), 10), Asked::Whole, "{odd}");
        }
        assert_eq!(asked(Some("bytes=0-18446744073709551615"), 10), Asked::Part(0..10));
    }
}
