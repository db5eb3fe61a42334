//! Routes: the order of stops in a shift, and the time algebra that says in constant time whether one
//! more fits.

mod agreed;
pub mod alone;
mod cargo;
mod fetch;
mod gap;
mod join;
mod limits;
mod onward;
mod pair;
mod schedule;
mod sketch;
mod starts;
mod stay;
mod stretch;
mod timeline;
mod working;

pub use agreed::Agreed;
pub(crate) use onward::Onward;
pub use pair::{PairPlace, Seeker};
pub use schedule::{Schedule, TimedStop};
pub use sketch::{Detour, Fetch, Sketch};
pub use working::{Route, Visitor};
