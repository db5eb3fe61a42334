//! Paidan.

pub mod generate;
