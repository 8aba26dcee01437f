//! The house: what the capabilities make together, served on one origin.
//!
//! [`cli`] reads flags and runs a command; [`app::assemble`] hands the capabilities to one another and puts their routes
//! behind the [`edge`], which finds out the tenant, the address and who asks; [`root`] is what lies beside the tenants:
//! the web client, `/healthz`, `/metrics`, `/tenants`, `/setup`; [`search`] gathers from several capabilities.
//!
//! To add a capability: hand it over in [`app`], and its routes in [`api`]. To add a layer: a file in [`edge`].

pub mod api;
pub mod app;
pub mod check;
pub mod cli;
mod commands;
pub mod config;
mod demo;
pub mod edge;
mod logs;
pub mod root;
pub mod search;
pub mod server;

pub use app::{App, assemble};
