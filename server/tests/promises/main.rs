//! What the command line and the service promises, one subject a file. One binary, so that everything is linked once.

mod access;
mod browser;
mod caller;
mod cli;
mod commit;
mod common;
mod connections;
mod crash;
mod description;
mod dispatch;
mod events;
mod fleet;
mod generate;
mod health;
mod lasting;
mod manners;
mod page_in_a_browser;
mod pictures;
mod plans;
mod refusals;
mod tickets;
mod view;
mod visits;
mod vroom;
mod waves;
