//! What every request passes before a capability sees it, one layer a file, outermost first.

pub mod address;
pub mod bounds;
pub mod cookies;
pub mod headers;
pub mod observe;
pub mod origin;
pub mod panics;
pub mod session;
pub mod tenant;
