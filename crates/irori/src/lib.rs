//! irori
