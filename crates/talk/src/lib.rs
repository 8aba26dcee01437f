//! talk
