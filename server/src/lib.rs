//! Paidan's command line and HTTP service.
//!
//! [`app`](app::app) is the service as a router, [`State`](state::State) what it works on, [`cli`] the
//! command line. [`door`] is what every request passes, [`refusal`] holds every way in which one can be
//! turned down, [`config`] every limit, [`api`] the description of it all for machines and people.

pub mod access;
pub mod api;
pub mod app;
pub mod body;
pub mod books;
pub mod cli;
pub mod compute;
pub mod config;
pub mod crew;
pub mod door;
pub mod facts;
pub mod generate;
mod import;
pub mod kpis;
pub mod listen;
pub mod live;
pub mod metrics;
mod others;
pub mod patch;
pub mod plans;
pub mod queue;
pub mod refusal;
mod room;
pub mod routes;
pub mod sentences;
pub mod settings;
pub mod state;
pub mod store;
mod text;
pub mod tls;
pub mod view;
pub mod webhooks;
