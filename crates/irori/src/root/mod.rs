//! What lies at the root of the origin, beside the tenants.

pub mod assets;
pub mod front;
pub mod health;
pub mod metrics;
pub mod setup;
pub mod tenants;
