//! Paidan.

pub mod check;
pub mod engineer;
pub mod flaw;
pub mod geo;
pub mod ids;
pub mod plan;
pub mod policy;
pub mod problem;
pub mod receipt;
pub mod rule;
pub mod ticket;
pub mod travel;
pub mod units;
pub mod visit;
pub mod wire;
