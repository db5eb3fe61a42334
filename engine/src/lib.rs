//! Paidan's engine: who goes, when and why.
//!
//! A [`Problem`](problem::Problem) goes in: engineers, tickets, earlier visits, a policy. Out comes a
//! [`Decision`](dispatch::Decision) about one ticket, or a [`Plan`](plan::Plan) of whole days. Both are
//! priced by the same [`Scorer`](price::Scorer), in seconds of driving, line by line. The engine reads no
//! clock, file, network or environment: whatever it answers follows from what it was handed.
//!
//! ```
//! use paidan_engine::{check, desk::Desk, dispatch::Ask, planner, wire};
//!
//! let text = br#"{ "now": "2026-03-02T07:00:00-05:00",
//!   "engineers": [{"id": "ana", "home": {"lat": 39.103, "lon": -84.512}, "skills": {"water": 4},
//!     "shifts": [{"start": "2026-03-02T08:00:00-05:00", "end": "2026-03-02T17:00:00-05:00"}]}],
//!   "tickets": [{"id": "T1", "place": {"lat": 39.12, "lon": -84.43}, "work_s": 3600,
//!     "requires": {"water": 3}, "sla": {"resolve_by": "2026-03-02T12:00:00-05:00"}}] }"#;
//! let problem = wire::read_problem(text).expect("a sound problem; else all its flaws");
//! let ticket = problem.register().tickets.get("T1").expect("it is in the problem");
//!
//! // One ticket: offers, the cheapest first.
//! let desk = Desk::new(problem.clone()).expect("no promised route breaks a rule");
//! let decision = desk.dispatch_known(ticket, Ask::default()).expect("not promised yet");
//! assert_eq!(problem.engineer_id(decision.offers[0].shift), "ana");
//!
//! // Whole days: the same seed and rounds give the same plan, however many threads there are.
//! let budget = planner::Budget { rounds: Some(100), ..Default::default() };
//! let plan = planner::plan(&problem, &planner::Params::default(), &budget, &planner::NoWatch);
//! assert_eq!(plan.price.seconds, decision.offers[0].price);
//! assert!(check::check(&problem, problem.visits(), &plan).is_empty());
//! ```
//!
//! # The nouns
//!
//! * [`Problem`](problem::Problem): all that is known, checked once and trusted from then on. What is wrong
//!   with an input comes back as [`Flaw`](flaw::Flaw)s, all of them together.
//! * [`Desk`](desk::Desk): the live state, that is a problem with its promised routes, ready to answer.
//! * [`Offer`](dispatch::Offer) and [`Decision`](dispatch::Decision): one engineer's cheapest place for a
//!   ticket; all of them ranked, the chosen one, and who was ruled out and why.
//! * [`Plan`](plan::Plan): routes, and the tickets that no route serves, each with its
//!   [`Reason`](plan::Reason).
//! * [`Price`](units::Price) and [`Receipt`](receipt::Receipt): what it costs, and the same opened into named
//!   lines.
//! * [`Breach`](check::Breach): what the independent checker finds wrong with a plan.
//!
//! # The reading order
//!
//! The modules stand on floors, and an import only points down; a test reads the sources and fails on a
//! climb. From the ground up:
//!
//! | floor | what it is about | modules |
//! |---|---|---|
//! | 0 | ground | [`units`], [`ids`], [`geo`] |
//! | 1 | question and answer, as plain data | [`engineer`], [`ticket`], [`visit`], [`policy`], [`flaw`], [`rule`], [`receipt`], [`problem`], [`plan`] |
//! | 2 | the world | [`travel`], [`near`] |
//! | 3 | who fits | [`fit`] |
//! | 4 | routes and their times | [`route`] |
//! | 5 | the price | [`price`] |
//! | 6 | the jobs | [`dispatch`], [`assign`], [`planner`], [`bound`] |
//! | 7 | the live state | [`desk`] |
//! | 8 | the judge | [`check`] |
//! | 9 | the border | [`wire`] |
//!
//! Whoever has little time reads [`problem`], [`price`], [`dispatch`] and [`planner`], in this order.

pub mod assign;
pub mod bound;
pub mod check;
pub mod depot;
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
mod prefetch;
pub mod price;
pub mod problem;
pub mod receipt;
pub mod route;
pub mod rule;
pub mod ticket;
pub mod travel;
pub mod units;
pub mod visit;
mod window;
pub mod wire;
