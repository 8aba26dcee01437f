//! The directory: who is in a tenant, where they belong, how they sign in, and what they may do.
//!
//! Users (people, shared accounts, devices, guests, bots), the people inside shared accounts, the tree of org units with
//! assignments, groups, roles as bundles of rights, sessions, and the audit trail that every change here writes in its own
//! transaction.
//!
//! [`Directory`] is the handle; [`routes`] is its HTTP face; [`facts`] is what other capabilities may read inside their
//! own transactions. To add an operation: its SQL in `store/`, its rules in `policy`, one function in `service/`, its
//! shape in `routes/`.

mod acting;
pub mod check;
pub mod facts;
mod model;
mod password;
mod policy;
mod routes;
mod service;
pub mod store;

mod limiter;

pub use acting::acting;
pub use model::{
    Actor, Assigned, AssignmentInput, Group, ImportError, ImportReport, Me, NewOrgUnit, NewUser, OrgUnit, OrgUnitUpdate, Phones,
    Role, RoleGrant, Session, Settings, SignedIn, TenantSettings, UpdateTenantSettings, UserUpdate, UserView,
};
pub use routes::{SESSION_COOKIE, routes};
pub use service::{Directory, UserFilter};
