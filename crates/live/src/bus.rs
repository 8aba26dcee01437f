//! How events reach the hubs of all nodes. May lose what it is given: the comparison heals it.

use kernel::Event;

/// Carries events from the node that committed them to every node's hub.
pub trait Bus: Send + Sync {
    /// Hands `events` on; `deliver` is this node's own hub. Must not block.
    fn publish(&self, events: Vec<Event>, deliver: &dyn Fn(Vec<Event>));
}

/// One node: straight to its hub.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess;

impl Bus for InProcess {
    fn publish(&self, events: Vec<Event>, deliver: &dyn Fn(Vec<Event>)) {
        deliver(events);
    }
}
