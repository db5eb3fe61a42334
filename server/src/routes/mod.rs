//! One file for each resource: its documents and its handlers.

pub mod commit;
pub mod decisions;
pub mod description;
pub mod dispatch;
pub mod dry_run;
pub mod engineers;
pub mod events;
pub mod fleet;
pub mod health;
pub mod import;
pub mod keys;
pub mod life;
pub mod limits;
pub mod metrics;
pub mod pages;
pub mod plan_events;
pub mod plans;
pub mod policy;
pub mod promised;
pub mod setup;
pub mod tickets;
pub mod view;
pub mod visits;
pub mod vroom;
pub mod waves;
