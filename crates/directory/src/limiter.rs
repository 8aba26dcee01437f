//! Tries at passwords, and who has to wait. Only failures count: 920 people share an address at half past eight and must all
//! get in, and nobody's failures lock another's account.
//!
//! A try is counted when it [begins](Limiter::begin), in the same step that looks whether it may: however many come at once,
//! none passes on the count of before. A success takes it back.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use kernel::clock::Steady;
use kernel::{TenantId, Time, UserId};

/// Failures of one account from one address before it has to wait.
const FREE_TRIES: u32 = 5;
/// The longest wait of an account at an address.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// How long an account's failures are remembered after the last.
const MEMORY: Duration = Duration::from_secs(60 * 60);
/// An address's failures within any [`ADDRESS_WINDOW`] before only accounts that it knows may try.
const ADDRESS_FAILURES: usize = 300;
const ADDRESS_WINDOW: Duration = Duration::from_secs(5 * 60);
/// Entries kept, at most; the oldest go first.
const ENTRIES: usize = 100_000;
/// How often what is past is forgotten.
const SWEEP: Duration = Duration::from_secs(60);

/// Which password is tried: two kinds that never meet under one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Secret {
    /// That of a login id, as compared, to sign in.
    SignIn(String),
    /// One's own, by somebody signed in who wants to change it.
    Current(UserId),
}

/// A try: at which password, from where.
#[derive(Clone, Debug)]
pub struct Attempt {
    key: (TenantId, Secret, IpAddr),
    known: bool,
}

impl Attempt {
    /// At `secret`, from `address`; `known`: the account has signed in from there before.
    #[must_use]
    pub fn new(tenant: TenantId, secret: Secret, address: IpAddr, known: bool) -> Self {
        Self { key: (tenant, secret, network(address)), known }
    }

    fn network(&self) -> IpAddr {
        self.key.2
    }
}

/// What counts as one address: of IPv6 the /64, since a host there may take any address within it.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Counts failures. One for the whole process.
#[derive(Debug, Default)]
pub struct Limiter {
    pairs: HashMap<(TenantId, Secret, IpAddr), Pair>,
    addresses: HashMap<IpAddr, Address>,
    swept: Option<Time>,
    /// Nobody waits for an hour because the clock was set back by one.
    steady: Steady,
}

/// An account at an address. A try under way counts as failed.
#[derive(Clone, Copy, Debug)]
struct Pair {
    count: u32,
    last: Time,
}

#[derive(Debug, Default)]
struct Address {
    /// The last [`ADDRESS_FAILURES`], oldest first.
    failures: VecDeque<Time>,
    under_way: usize,
    last: Option<Time>,
}

impl Address {
    /// How long accounts that are strangers here have to wait.
    fn wait(&self, now: Time) -> Duration {
        let recent = self.failures.iter().filter(|at| now.since(**at) < ADDRESS_WINDOW).count();
        match self.failures.front() {
            // While the oldest of the last 300 lies within the window, all 300 do.
            Some(oldest) if recent >= ADDRESS_FAILURES => ADDRESS_WINDOW.saturating_sub(now.since(*oldest)),
            // How those under way end is told within a moment.
            _ if recent + self.under_way >= ADDRESS_FAILURES => Duration::from_secs(1),
            _ => Duration::ZERO,
        }
    }

    fn failed(&mut self, now: Time) {
        if self.failures.len() == ADDRESS_FAILURES {
            self.failures.pop_front();
        }
        self.failures.push_back(now);
    }
}

impl Limiter {
    /// How long this try has to wait; zero: it may begin. An account waits 2 s after its fifth failure at an address, then
    /// twice as long each time; a stranger also while its address has had too many failures.
    #[must_use]
    pub fn wait(&mut self, attempt: &Attempt, now: Time) -> Duration {
        let now = self.steady.moment(now);
        let stranger = match self.addresses.get(&attempt.network()) {
            Some(address) if !attempt.known => address.wait(now),
            _ => Duration::ZERO,
        };
        self.account_wait(attempt, now).max(stranger)
    }

    fn account_wait(&self, attempt: &Attempt, now: Time) -> Duration {
        let Some(pair) = self.pairs.get(&attempt.key) else { return Duration::ZERO };
        let Some(beyond) = pair.count.checked_sub(FREE_TRIES) else { return Duration::ZERO };
        let wait = Duration::from_secs(2_u64.saturating_pow(beyond.min(20) + 1)).min(LONGEST_WAIT);
        wait.saturating_sub(now.since(pair.last))
    }

    /// Begins a try and counts it, until [`Self::ended`] says how it went.
    ///
    /// # Errors
    /// How long to wait instead; then nothing is counted.
    pub fn begin(&mut self, attempt: &Attempt, now: Time) -> Result<(), Duration> {
        let wait = self.wait(attempt, now);
        if !wait.is_zero() {
            return Err(wait);
        }
        let now = self.steady.moment(now);
        self.sweep(now);
        let fresh = Pair { count: 0, last: now };
        let pair = entry(&mut self.pairs, &attempt.key, fresh, |pair| Some(pair.last));
        if now.since(pair.last) >= MEMORY {
            *pair = fresh;
        }
        pair.count += 1;
        pair.last = now;
        let address = entry(&mut self.addresses, &attempt.network(), Address::default(), |address| address.last);
        address.under_way += 1;
        address.last = Some(now);
        Ok(())
    }

    /// How a try went. A success forgives the account at this address; not the address.
    pub fn ended(&mut self, attempt: &Attempt, succeeded: bool, now: Time) {
        let now = self.steady.moment(now);
        if succeeded {
            self.pairs.remove(&attempt.key);
        }
        if let Some(address) = self.addresses.get_mut(&attempt.network()) {
            address.under_way = address.under_way.saturating_sub(1);
            if !succeeded {
                address.failed(now);
            }
        }
    }

    /// How many tries from there have begun and not ended.
    #[cfg(test)]
    pub fn under_way(&self, address: IpAddr) -> usize {
        self.addresses.get(&network(address)).map_or(0, |address| address.under_way)
    }

    fn sweep(&mut self, now: Time) {
        if self.swept.is_some_and(|swept| now.since(swept) < SWEEP) {
            return;
        }
        self.swept = Some(now);
        self.pairs.retain(|_, pair| now.since(pair.last) < MEMORY);
        self.addresses.retain(|_, address| {
            let recent = address.failures.back().is_some_and(|last| now.since(*last) < ADDRESS_WINDOW);
            recent || address.under_way > 0
        });
    }
}

/// The entry of `key`, made where it is missing; at [`ENTRIES`] the one that was used longest ago makes room.
fn entry<'a, K: Hash + Eq + Clone, V>(
    entries: &'a mut HashMap<K, V>,
    key: &K,
    fresh: V,
    last: impl Fn(&V) -> Option<Time>,
) -> &'a mut V {
    if entries.len() >= ENTRIES && !entries.contains_key(key) {
        let oldest = entries.iter().min_by_key(|(_, value)| last(value)).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest {
            entries.remove(&oldest);
        }
    }
    entries.entry(key.clone()).or_insert(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: TenantId = TenantId(1);
    const HALL: &str = "192.0.2.1";
    const HOME: &str = "192.0.2.2";

    fn at(seconds: i64) -> Time {
        Time(seconds * 1_000_000)
    }

    fn sign_in(login: &str, address: &str) -> Attempt {
        Attempt::new(CITY, Secret::SignIn(login.to_owned()), address.parse().unwrap(), false)
    }

    fn known(login: &str, address: &str) -> Attempt {
        Attempt { known: true, ..sign_in(login, address) }
    }

    fn fail(limiter: &mut Limiter, attempt: &Attempt, now: Time) {
        limiter.begin(attempt, now).unwrap();
        limiter.ended(attempt, false, now);
    }

    fn seconds(limiter: &mut Limiter, attempt: &Attempt, now: i64) -> u64 {
        limiter.wait(attempt, at(now)).as_secs()
    }

    #[test]
    fn waits_grow_for_one_account_at_one_address_only() {
        let mut limiter = Limiter::default();
        let aiko = sign_in("aiko", HALL);
        for _ in 0..5 {
            fail(&mut limiter, &aiko, at(0));
        }
        assert_eq!(seconds(&mut limiter, &aiko, 0), 2);
        assert_eq!(limiter.begin(&aiko, at(1)), Err(Duration::from_secs(1)));
        fail(&mut limiter, &aiko, at(2));
        assert_eq!(seconds(&mut limiter, &aiko, 3), 3);
        assert_eq!(seconds(&mut limiter, &sign_in("aiko", HOME), 3), 0);
        assert_eq!(seconds(&mut limiter, &sign_in("kenji", HALL), 3), 0);
        let elsewhere = Attempt { key: (TenantId(2), aiko.key.1.clone(), aiko.network()), known: false };
        assert_eq!(seconds(&mut limiter, &elsewhere, 3), 0);
        limiter.begin(&aiko, at(6)).unwrap();
        limiter.ended(&aiko, true, at(6));
        assert_eq!(seconds(&mut limiter, &aiko, 6), 0);
    }

    #[test]
    fn tries_at_once_are_counted_before_any_has_ended() {
        let mut limiter = Limiter::default();
        let begun = (0..1000).filter(|_| limiter.begin(&sign_in("aiko", HALL), at(0)).is_ok()).count();
        assert_eq!(begun, 5);
    }

    #[test]
    fn an_address_makes_strangers_wait_after_three_hundred() {
        let mut limiter = Limiter::default();
        for n in 0..300 {
            fail(&mut limiter, &sign_in(&format!("guess{n}"), HALL), at(n));
        }
        let stranger = sign_in("mei", HALL);
        assert_eq!(seconds(&mut limiter, &stranger, 299), 1);
        assert_eq!(seconds(&mut limiter, &sign_in("mei", HOME), 299), 0);
        assert_eq!(seconds(&mut limiter, &known("mei", HALL), 299), 0);
        // One for each that leaves the window, and no more: not 300 anew.
        fail(&mut limiter, &stranger, at(300));
        assert_eq!(seconds(&mut limiter, &sign_in("kenji", HALL), 300), 1);
    }

    #[test]
    fn no_five_minutes_see_more_than_three_hundred_failures_of_strangers() {
        let mut limiter = Limiter::default();
        let mut failures = Vec::new();
        for n in 0..4_000_i64 {
            let (guess, now) = (sign_in(&format!("guess{n}"), HALL), at(n / 4));
            if limiter.begin(&guess, now).is_ok() {
                limiter.ended(&guess, false, now);
                failures.push(now);
            }
        }
        for (index, first) in failures.iter().enumerate() {
            let within = failures[index..].iter().filter(|at| at.since(*first) < ADDRESS_WINDOW).count();
            assert!(within <= 300, "{within} in five minutes");
        }
        assert!(failures.len() > 900, "and they are let try as often as that: {}", failures.len());
    }

    #[test]
    fn successes_leave_an_addresss_failures_as_they_are() {
        let mut limiter = Limiter::default();
        for n in 0..300 {
            fail(&mut limiter, &sign_in(&format!("guess{n}"), HALL), at(0));
        }
        for n in 0..920 {
            let somebody = known(&format!("staff{n}"), HALL);
            limiter.begin(&somebody, at(1)).unwrap();
            limiter.ended(&somebody, true, at(1));
        }
        assert_eq!(seconds(&mut limiter, &sign_in("mei", HALL), 1), 299);
    }

    #[test]
    fn an_ipv6_host_is_its_64() {
        let mut limiter = Limiter::default();
        for n in 0..5 {
            fail(&mut limiter, &sign_in("aiko", &format!("2001:db8:1:2::{n}")), at(0));
        }
        assert_eq!(seconds(&mut limiter, &sign_in("aiko", "2001:db8:1:2:ffff::1"), 0), 2);
        assert_eq!(seconds(&mut limiter, &sign_in("aiko", "2001:db8:1:3::1"), 0), 0);
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), HALL.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn no_login_id_is_the_key_of_somebodys_password_change() {
        let mut limiter = Limiter::default();
        let user = UserId(uuid::Uuid::nil());
        for _ in 0..5 {
            fail(&mut limiter, &sign_in(&format!("password:{user}"), HALL), at(0));
        }
        let change = Attempt::new(CITY, Secret::Current(user), HALL.parse().unwrap(), true);
        assert_eq!(seconds(&mut limiter, &change, 0), 0);
    }

    #[test]
    fn a_wait_passes_though_the_clock_is_set_back() {
        let mut limiter = Limiter::default();
        let aiko = sign_in("aiko", HALL);
        for _ in 0..5 {
            fail(&mut limiter, &aiko, at(7_200));
        }
        assert_eq!(seconds(&mut limiter, &aiko, 3_600), 2);
        assert_eq!(seconds(&mut limiter, &aiko, 3_601), 1);
        assert_eq!(seconds(&mut limiter, &aiko, 3_602), 0);
    }

    #[test]
    fn memory_stays_bounded() {
        let mut entries = HashMap::new();
        for n in 0..ENTRIES + 50 {
            entry(&mut entries, &n, at(i64::try_from(n).unwrap()), |last| Some(*last));
        }
        assert_eq!(entries.len(), ENTRIES);
        assert!(!entries.contains_key(&0), "the oldest went");
        let mut limiter = Limiter::default();
        fail(&mut limiter, &sign_in("aiko", HALL), at(0));
        fail(&mut limiter, &sign_in("aiko", HOME), at(3600));
        assert_eq!((limiter.pairs.len(), limiter.addresses.len()), (1, 1), "what is past goes");
    }
}
