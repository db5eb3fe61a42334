//! What the command line and the service promises, one subject a file. One binary, so that everything is linked once.

mod browser;
mod cli;
mod commit;
mod common;
mod connections;
mod description;
mod dispatch;
mod events;
mod fleet;
mod generate;
mod health;
mod manners;
mod page_in_a_browser;
mod pictures;
mod plans;
mod refusals;
mod view;
mod visits;
mod vroom;
mod waves;
