//! When each tenant's next timer is due, as far as this node knows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::{Event, Reach, TenantId, Time};
use tokio::sync::Notify;

/// Hears of commits, and remembers when something is next due; it never blocks.
#[derive(Debug, Default)]
pub struct Alarm {
    next: Mutex<HashMap<TenantId, Time>>,
    pub(crate) told: Notify,
}

impl Alarm {
    /// These were committed.
    pub fn hear(&self, events: &[Event]) {
        for event in events {
            if let Reach::Timer(at) = event.reach {
                self.expect(event.tenant, at);
            }
        }
    }

    /// Something of this tenant's is due at `at`; what is due earlier stays known.
    pub(crate) fn expect(&self, tenant: TenantId, at: Time) {
        self.lock().entry(tenant).and_modify(|next| *next = at.min(*next)).or_insert(at);
        self.told.notify_one();
    }

    /// The tenants of whom something is due. They are forgotten: whoever takes them looks, and says what comes next.
    pub(crate) fn take(&self, now: Time) -> Vec<TenantId> {
        self.lock().extract_if(|_, at| *at <= now).map(|(tenant, _)| tenant).collect()
    }

    /// When the next is due.
    pub(crate) fn next(&self) -> Option<Time> {
        self.lock().values().min().copied()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Time>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: TenantId = TenantId(1);
    const CLINICS: TenantId = TenantId(2);

    #[test]
    fn the_earliest_of_each_tenant_is_known_until_it_is_taken() {
        let alarm = Alarm::default();
        let set = |tenant, at| Event { tenant, reach: Reach::Timer(Time(at)), rev: 0, membership: Vec::new(), frame: None };
        alarm.hear(&[set(CITY, 30), set(CITY, 10), set(CITY, 20), set(CLINICS, 40)]);
        assert_eq!(alarm.next(), Some(Time(10)));
        assert_eq!(alarm.take(Time(9)), []);
        assert_eq!(alarm.take(Time(10)), [CITY]);
        assert_eq!(alarm.next(), Some(Time(40)), "whoever took it says what comes next");
        alarm.expect(CITY, Time(20));
        assert_eq!(alarm.take(Time(39)), [CITY]);
    }
}
