//! One file for each resource: its documents and its handlers.

pub mod commit;
pub mod dispatch;
pub mod fleet;
pub mod health;
pub mod limits;
pub mod plans;
pub mod view;
pub mod visits;
