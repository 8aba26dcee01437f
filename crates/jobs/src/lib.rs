//! Jobs: what is to be done at a time, done once, though servers stop and start in between.
//!
//! A capability sets a timer in the transaction that makes it needed ([`store::set`]) and fulfils [`Owner`]. When the time has come, the
//! timer is taken away and its owner does what is due in one transaction: so it is done once, whoever dies half-way and however many
//! nodes keep the time. What was due while no server ran is done when one starts.
//!
//! Nobody asks the databases all the time: [`Jobs`] holds in memory when each tenant's next timer is due. It is told by commits
//! ([`Alarm::hear`]), reads once at the start, and where other nodes write to the same data, once a minute.
//!
//! To add another kind of thing that is due: a name for it, `store::set`, and an arm in its capability's [`Owner::due`].

mod alarm;
mod run;
pub mod store;

pub use alarm::Alarm;
pub use run::{Jobs, Owner};
