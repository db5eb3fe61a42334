//! Paidan.

pub mod check;
pub mod desk;
pub mod dispatch;
pub mod engineer;
pub mod fit;
pub mod flaw;
pub mod geo;
pub mod ids;
pub mod near;
pub mod plan;
pub mod planner;
pub mod policy;
pub mod price;
pub mod problem;
pub mod receipt;
pub mod route;
pub mod rule;
pub mod ticket;
pub mod travel;
pub mod units;
pub mod visit;
pub mod wire;
