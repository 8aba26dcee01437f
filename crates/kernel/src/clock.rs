//! Time is an argument: everything that needs it is handed a [`Clock`].

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment, in microseconds since 1970-01-01T00:00:00Z, as stored. On the wire: RFC 3339 with Japan's offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    /// This moment and `by` more.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long since `earlier`; zero when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whether `earlier` lies less than `span` back. One that lies ahead does not: the clock was set back since.
    #[must_use]
    pub fn is_within(self, span: Duration, earlier: Self) -> bool {
        self >= earlier && self.since(earlier) < span
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// As headers bear it: an IMF-fixdate (RFC 9110, 5.6.7), to the second.
    #[must_use]
    pub fn http_date(self) -> String {
        let moment = Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// Reads RFC 3339 with an offset.
    ///
    /// # Errors
    /// When the text is something else, or out of range.
    pub fn parse(text: &str) -> Result<Self, jiff::Error> {
        Ok(Self(text.parse::<Timestamp>()?.as_microsecond()))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Japan has kept UTC+9 without summer time since 1951, so a fixed offset is exact.
        let zone = TimeZone::fixed(jiff::tz::offset(9));
        let moment = Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
        write!(f, "{}", moment.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z"))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|_| de::Error::custom("RFC 3339 の日時ではありません (not an RFC 3339 time)"))
    }
}

impl utoipa::PartialSchema for Time {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .into()
    }
}
impl utoipa::ToSchema for Time {}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    fn now(&self) -> Time {
        Time(Timestamp::now().as_microsecond())
    }
}

/// A duration in milliseconds, to a tenth, for the log.
#[must_use]
pub fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Moments to measure by while the process runs: where the clock is set back, these go on from where they were.
#[derive(Debug, Default)]
pub struct Steady {
    latest: Option<Time>,
    /// How far the clock was set back, all in all.
    behind: Duration,
}

impl Steady {
    /// The moment for what the clock says is `now`.
    pub fn moment(&mut self, now: Time) -> Time {
        let mut moment = now.plus(self.behind);
        if let Some(latest) = self.latest.filter(|latest| *latest > moment) {
            self.behind += latest.since(moment);
            moment = latest;
        }
        self.latest = Some(moment);
        moment
    }
}

/// A clock that tests move by hand.
#[derive(Debug)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

impl ManualClock {
    /// Stands at `start` until moved.
    #[must_use]
    pub fn at(start: Time) -> Self {
        Self(start.0.into())
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(by, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_goes_on_where_the_clock_is_set_back() {
        let mut steady = Steady::default();
        let moments = [100, 110, 40, 45, 20, 21].map(|now| steady.moment(Time(now)).0);
        assert_eq!(moments, [100, 110, 110, 115, 115, 116]);
    }

    #[test]
    fn what_lies_ahead_is_not_recent() {
        let span = Duration::from_micros(10);
        let recent = [109, 100, 99, 110].map(|now| Time(now).is_within(span, Time(100)));
        assert_eq!(recent, [true, true, false, false]);
    }

    #[test]
    fn headers_bear_the_date_as_rfc_9110_has_it() {
        let moment = Time::parse("1994-11-06T17:49:37+09:00").unwrap();
        assert_eq!(moment.http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
