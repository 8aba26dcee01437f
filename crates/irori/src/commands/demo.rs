//! `irori demo`; what it makes is in [`crate::demo`].

pub use crate::demo::{Demo, run};
