//! Depots: where engineers fetch parts on their way.
//!
//! Once in a shift an engineer may go by way of one depot; from then on the van holds every part without limit. The way
//! round and the time there belong to the drive to the stop behind it.

use crate::engineer::PlaceDraft;
use crate::geo::Place;
use crate::units::Seconds;

/// A depot as the caller names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DepotDraft {
    /// The caller's id.
    pub id: String,
    /// Where it is.
    pub place: PlaceDraft,
    /// How long fetching takes there; it counts as driving.
    pub fetch: Seconds,
}

/// A depot of a sound problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Depot {
    /// Where it is.
    pub place: Place,
    /// How long fetching takes there.
    pub fetch: Seconds,
}
