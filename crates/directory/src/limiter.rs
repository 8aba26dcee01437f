//! Failed sign-ins, and who has to wait. Only failures count: 920 people share an address at half past eight and must all
//! get in, and nobody's failures lock another's account.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::time::Duration;

use kernel::{TenantId, Time};

/// Failures of one account from one address before it has to wait.
const FREE_TRIES: u32 = 5;
/// The longest wait of an account at an address.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// How long failures are remembered after the last.
const MEMORY: Duration = Duration::from_secs(60 * 60);
/// An address's failures within [`ADDRESS_WINDOW`] before only accounts that it knows may try.
const ADDRESS_FAILURES: u32 = 300;
const ADDRESS_WINDOW: Duration = Duration::from_secs(5 * 60);
/// Entries kept, at most; the oldest go first.
const ENTRIES: usize = 100_000;

/// Counts failures. One for the whole process.
#[derive(Debug, Default)]
pub struct Limiter {
    pairs: HashMap<(TenantId, String, IpAddr), Failures>,
    addresses: HashMap<IpAddr, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    first: Time,
    last: Time,
}

impl Limiter {
    /// How long this account has to wait at this address; zero: it may try. 2 s after the fifth failure, then twice as
    /// long each time.
    #[must_use]
    pub fn account_wait(&self, tenant: TenantId, login: &str, address: IpAddr, now: Time) -> Duration {
        let Some(failures) = self.pairs.get(&(tenant, login.to_owned(), address)) else { return Duration::ZERO };
        let Some(beyond) = failures.count.checked_sub(FREE_TRIES) else { return Duration::ZERO };
        let wait = Duration::from_secs(2_u64.saturating_pow(beyond.min(20) + 1)).min(LONGEST_WAIT);
        wait.saturating_sub(now.since(failures.last))
    }

    /// How long accounts that have not signed in from this address before have to wait there.
    #[must_use]
    pub fn stranger_wait(&self, address: IpAddr, now: Time) -> Duration {
        let Some(failures) = self.addresses.get(&address) else { return Duration::ZERO };
        if failures.count < ADDRESS_FAILURES { Duration::ZERO } else { ADDRESS_WINDOW.saturating_sub(now.since(failures.first)) }
    }

    /// Notes a failure.
    pub fn failed(&mut self, tenant: TenantId, login: &str, address: IpAddr, now: Time) {
        count(&mut self.pairs, (tenant, login.to_owned(), address), now, |failures| now.since(failures.last) < MEMORY);
        count(&mut self.addresses, address, now, |failures| now.since(failures.first) < ADDRESS_WINDOW);
    }

    /// A success forgives the account at this address; not the address.
    pub fn succeeded(&mut self, tenant: TenantId, login: &str, address: IpAddr) {
        self.pairs.remove(&(tenant, login.to_owned(), address));
    }
}

fn count<K: Hash + Eq + Clone>(entries: &mut HashMap<K, Failures>, key: K, now: Time, recent: impl Fn(&Failures) -> bool) {
    if entries.len() >= ENTRIES && !entries.contains_key(&key) {
        entries.retain(|_, failures| recent(failures));
        let oldest = entries.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest.filter(|_| entries.len() >= ENTRIES) {
            entries.remove(&oldest);
        }
    }
    let fresh = Failures { count: 0, first: now, last: now };
    let failures = entries.entry(key).or_insert(fresh);
    if !recent(failures) {
        *failures = fresh;
    }
    failures.count += 1;
    failures.last = now;
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: TenantId = TenantId(1);
    const HALL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn at(seconds: i64) -> Time {
        Time(seconds * 1_000_000)
    }

    #[test]
    fn waits_grow_for_one_account_at_one_address_only() {
        let mut limiter = Limiter::default();
        for _ in 0..4 {
            limiter.failed(CITY, "aiko", HALL, at(0));
        }
        assert_eq!(limiter.account_wait(CITY, "aiko", HALL, at(0)), Duration::ZERO);
        limiter.failed(CITY, "aiko", HALL, at(0));
        assert_eq!(limiter.account_wait(CITY, "aiko", HALL, at(0)), Duration::from_secs(2));
        limiter.failed(CITY, "aiko", HALL, at(2));
        assert_eq!(limiter.account_wait(CITY, "aiko", HALL, at(3)), Duration::from_secs(3));
        assert_eq!(limiter.account_wait(CITY, "aiko", HOME, at(3)), Duration::ZERO);
        assert_eq!(limiter.account_wait(CITY, "kenji", HALL, at(3)), Duration::ZERO);
        assert_eq!(limiter.account_wait(TenantId(2), "aiko", HALL, at(3)), Duration::ZERO);
        limiter.succeeded(CITY, "aiko", HALL);
        assert_eq!(limiter.account_wait(CITY, "aiko", HALL, at(3)), Duration::ZERO);
    }

    #[test]
    fn an_address_makes_strangers_wait_after_three_hundred() {
        let mut limiter = Limiter::default();
        for n in 0..300 {
            assert_eq!(limiter.stranger_wait(HALL, at(10)), Duration::ZERO, "after {n}");
            limiter.failed(CITY, &format!("guess{n}"), HALL, at(10));
        }
        assert_eq!(limiter.stranger_wait(HALL, at(70)), Duration::from_secs(240));
        assert_eq!(limiter.stranger_wait(HOME, at(70)), Duration::ZERO);
        assert_eq!(limiter.stranger_wait(HALL, at(310)), Duration::ZERO);
    }

    #[test]
    fn memory_stays_bounded() {
        let mut entries = HashMap::new();
        for n in 0..ENTRIES + 50 {
            count(&mut entries, n, at(i64::try_from(n).unwrap()), |_| true);
        }
        assert_eq!(entries.len(), ENTRIES);
        assert!(!entries.contains_key(&0), "the oldest went");
    }
}
