//! Talk: rooms, who is in them, messages, and who has read them.
//!
//! A room counts messages in `seq` and every change in `rev`; a change is appended to the log in its own transaction,
//! and clients resume from there. What somebody may see of a room is said by one rule, [`model::Spans`]. Sends are
//! data that one transaction takes a group of ([`service::append`]); reads over a socket are gathered and flushed
//! ([`service::reads`]).
//!
//! To add an operation: its file in `service/`, its handler in `routes/`, its SQL in `store/`.

pub mod bulk;
pub mod check;
pub mod live;
pub mod model;
mod people;
pub mod policy;
mod routes;
pub mod service;
pub mod store;

pub use routes::routes;
pub use service::Talk;
