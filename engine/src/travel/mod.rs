//! Travel: how long it takes from place to place.

mod crow;
mod roads;
mod table;

pub use crow::CrowFly;
pub use roads::Roads;
pub use table::GivenTable;

use crate::geo::Place;
use crate::units::Seconds;

/// Where travel times come from.
///
/// A drive's length does not depend on when it starts; the time algebra of routes rests on that.
pub trait Travel {
    /// Seconds from one place to another at the usual speed.
    fn base(&self, from: &Place, to: &Place) -> Seconds;

    /// Metres from one place to another, where they are known.
    fn metres(&self, from: &Place, to: &Place) -> Option<f64>;

    /// No drive over `metres` as the crow flies takes fewer seconds than this. `None` if distance on
    /// the map bounds nothing.
    fn at_least(&self, metres: f64) -> Option<f64>;
}
