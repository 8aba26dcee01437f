//! Which tenants' logs have grown since the index last read them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Event, Reach, RoomId, TenantId, Time};
use tokio::sync::Notify;

/// Rooms whose logs are read together.
const ROOMS_AT_ONCE: usize = 50;

/// Hears of commits, and remembers whose logs are to be read; it never blocks.
#[derive(Debug, Default)]
pub struct Wakes {
    tenants: Mutex<HashMap<TenantId, Pending>>,
    pub(crate) woken: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    rooms: HashSet<RoomId>,
    /// Whether all logs are to be compared with the index.
    compare: bool,
    compared: Option<Time>,
    /// Much that is to be read was written long ago.
    is_catching_up: bool,
    /// Somebody is at it.
    running: bool,
    idle: Arc<Notify>,
}

/// What is to be read next.
#[derive(Debug)]
pub(crate) struct Next {
    pub compare: bool,
    pub rooms: Vec<RoomId>,
}

/// How a tenant's index stands.
#[derive(Debug)]
pub(crate) struct State {
    pub was_compared: bool,
    pub is_catching_up: bool,
    /// Told when there is nothing more to read.
    pub idle: Arc<Notify>,
}

impl Wakes {
    /// These were committed.
    pub fn hear(&self, events: &[Event]) {
        let written = |event: &Event| match event.reach {
            Reach::Room { room, seq: Some(_), .. } => Some((event.tenant, room)),
            Reach::Room { .. } | Reach::User(_) | Reach::Watchers { .. } | Reach::Timer(_) => None,
        };
        let mut written = events.iter().filter_map(written).peekable();
        if written.peek().is_none() {
            return;
        }
        let mut tenants = self.lock();
        for (tenant, room) in written {
            tenants.entry(tenant).or_default().rooms.insert(room);
        }
        drop(tenants);
        self.woken.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Pending>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tenants whose logs nobody is reading though they have grown; they are taken to be read from now on.
    pub(crate) fn take_tenants(&self) -> Vec<TenantId> {
        let mut tenants = self.lock();
        let waiting =
            tenants.iter_mut().filter(|(_, pending)| !pending.running && (pending.compare || !pending.rooms.is_empty()));
        let taken = waiting.map(|(tenant, pending)| {
            pending.running = true;
            // What came before this process listened is not known yet.
            pending.compare |= pending.compared.is_none();
            *tenant
        });
        taken.collect()
    }

    /// What is to be read next of a tenant; none: its reader goes.
    pub(crate) fn next(&self, tenant: TenantId) -> Option<Next> {
        let mut tenants = self.lock();
        let pending = tenants.get_mut(&tenant)?;
        let compare = std::mem::take(&mut pending.compare);
        let rooms: Vec<RoomId> = pending.rooms.iter().copied().take(ROOMS_AT_ONCE).collect();
        for room in &rooms {
            pending.rooms.remove(room);
        }
        if compare || !rooms.is_empty() {
            return Some(Next { compare, rooms });
        }
        pending.running = false;
        pending.is_catching_up = false;
        pending.idle.notify_waiters();
        None
    }

    /// These are still to be read.
    pub(crate) fn put_back(&self, tenant: TenantId, rooms: impl IntoIterator<Item = RoomId>) {
        self.lock().entry(tenant).or_default().rooms.extend(rooms);
    }

    /// The comparison failed.
    pub(crate) fn compare_again(&self, tenant: TenantId) {
        self.lock().entry(tenant).or_default().compare = true;
    }

    /// All logs were compared; `behind` are to be read.
    pub(crate) fn compared(&self, tenant: TenantId, at: Time, behind: Vec<RoomId>, is_much: bool) {
        let mut tenants = self.lock();
        let pending = tenants.entry(tenant).or_default();
        pending.compared = Some(at);
        pending.is_catching_up |= is_much;
        pending.rooms.extend(behind);
    }

    /// How a tenant's index stands; where it was not compared for so long, it soon is.
    pub(crate) fn look_at(&self, tenant: TenantId, now: Time, every: Duration) -> State {
        let mut tenants = self.lock();
        let pending = tenants.entry(tenant).or_default();
        let is_fresh = pending.compared.is_some_and(|at| now.is_within(every, at));
        pending.compare |= !is_fresh;
        let state = State {
            was_compared: pending.compared.is_some(),
            is_catching_up: pending.is_catching_up,
            idle: Arc::clone(&pending.idle),
        };
        let wake = !is_fresh && !pending.running;
        drop(tenants);
        if wake {
            self.woken.notify_one();
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const CITY: TenantId = TenantId(1);
    const ROOM: RoomId = RoomId(Uuid::from_u128(1));
    const START: Time = Time(1_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    fn said(room: RoomId) -> Event {
        let reach = Reach::Room { room, seq: Some(1), new: true };
        Event { tenant: CITY, reach, rev: 1, membership: Vec::new(), frame: None }
    }

    #[test]
    fn a_tenant_has_one_reader_that_goes_when_all_is_read() {
        let wakes = Wakes::default();
        wakes.hear(&[said(ROOM)]);
        assert_eq!(wakes.take_tenants(), [CITY]);
        assert_eq!(wakes.take_tenants(), [], "somebody is at it");
        let next = wakes.next(CITY).unwrap();
        assert!(next.compare, "what was written before this process listened is looked for first");
        assert_eq!(next.rooms, [ROOM]);
        wakes.compared(CITY, START, Vec::new(), false);
        wakes.hear(&[said(ROOM)]);
        let next = wakes.next(CITY).unwrap();
        assert_eq!((next.compare, next.rooms), (false, vec![ROOM]), "what comes meanwhile is read too");
        assert!(wakes.next(CITY).is_none());
        assert_eq!(wakes.take_tenants(), []);
        wakes.hear(&[said(ROOM)]);
        assert_eq!(wakes.take_tenants(), [CITY]);
    }

    #[test]
    fn what_could_not_be_read_is_read_again() {
        let wakes = Wakes::default();
        wakes.hear(&[said(ROOM)]);
        wakes.take_tenants();
        wakes.next(CITY);
        wakes.put_back(CITY, [ROOM]);
        wakes.compare_again(CITY);
        let next = wakes.next(CITY).unwrap();
        assert_eq!((next.compare, next.rooms), (true, vec![ROOM]));
    }

    #[test]
    fn a_search_sees_to_it_that_all_is_compared_now_and_then() {
        let wakes = Wakes::default();
        assert!(!wakes.look_at(CITY, START, MINUTE).was_compared);
        assert_eq!(wakes.take_tenants(), [CITY]);
        assert!(wakes.next(CITY).unwrap().compare);
        wakes.compared(CITY, START, vec![ROOM], true);
        assert!(wakes.look_at(CITY, START, MINUTE).is_catching_up);
        assert_eq!(wakes.next(CITY).unwrap().rooms, [ROOM]);
        assert!(wakes.next(CITY).is_none());
        assert!(!wakes.look_at(CITY, START, MINUTE).is_catching_up);
        assert_eq!(wakes.take_tenants(), [], "it is fresh");
        wakes.look_at(CITY, START.plus(MINUTE), MINUTE);
        assert_eq!(wakes.take_tenants(), [CITY]);
    }
}
