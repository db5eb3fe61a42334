//! The price: one scorer for dispatch, planner, re-planner and explanations alike.

mod able;
mod bill;
mod empty_day;
mod fetch;
mod fits;
mod least;
pub mod rules;
mod scorer;
pub(crate) mod together;
mod trial;

pub use able::AbleShifts;
pub use bill::Bill;
pub use empty_day::EmptyDays;
pub use fits::{Fit, Fits};
pub(crate) use least::{Least, PARTS};
pub use scorer::{ANY_PRICE, Candidate, Scorer};
pub use trial::Trial;
