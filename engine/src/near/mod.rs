//! What is near: R-trees over the legs of routes, over homes, over tickets.
//!
//! Everything is indexed as points of the unit sphere, so there is no date line, no pole and no map
//! projection to get wrong.

mod homes;
mod legs;
mod node;
mod places;
mod probe;
mod tree;
mod walk;

pub use homes::Homes;
pub use legs::{Gap, Leg, LegIndex, Nearest, RouteTerms};
pub use places::Neighbours;
pub use probe::Wanted;
