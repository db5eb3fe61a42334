//! One file for each resource: its documents and its handlers.

pub mod commit;
pub mod description;
pub mod dispatch;
pub mod events;
pub mod fleet;
pub mod health;
pub mod limits;
pub mod metrics;
pub mod plans;
pub mod view;
pub mod visits;
pub mod vroom;
pub mod waves;
