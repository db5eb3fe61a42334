//! What is near: an R-tree over the legs of routes.
//!
//! Everything is indexed as points of the unit sphere, so there is no date line, no pole and no map
//! projection to get wrong.

mod cover;
mod homes;
mod legs;
mod places;

pub use cover::{Cover, Offering};
pub use homes::Homes;
pub use legs::{Leg, LegIndex, Nearest, RouteTerms, Wanted};
pub use places::Neighbours;
