//! How something new in a route joins the stops that follow it.

use super::cargo::ALL_OPEN;
use super::gap::{States, Way};
use super::timeline::{Step, Strictness, serve};
use super::working::Route;
use crate::engineer::Shift;
use crate::geo::Place;
use crate::travel::Drive;
use crate::units::Seconds;

/// The way of a drive with nothing known to stand between it and a break.
pub(super) fn way(drive: Drive) -> Way {
    Way { drive: drive.time, open: ALL_OPEN }
}

impl Route {
    /// Setup that the stop of number `at` needs more, or less, when one comes to it from `from`, or from a depot.
    /// `O(1)`.
    #[inline]
    pub(super) fn setup_change(&self, at: usize, from: Option<&Place>) -> Seconds {
        match (self.stays().get(at), self.place(at + 1)) {
            (Some(stay), Some(place)) if stay.may_set_up() => {
                stay.setup_after(from.is_some_and(|from| from.is_at(place))) - stay.setup()
            }
            _ => Seconds::ZERO,
        }
    }

    /// Whether whoever leaves with `departures` and drives to the stop of number `next`, whose setup changes by
    /// so much, serves it and all behind it in time. `O(breaks^2)`.
    pub(super) fn is_reached(
        &self,
        departures: &States,
        (drive, setup_change): (Drive, Seconds),
        next: usize,
        (shift, strictness): (&Shift, Strictness),
    ) -> bool {
        let timeline = self.timeline(strictness);
        if setup_change.0 == 0 {
            return timeline.reaches(departures, way(drive), next + 1, shift);
        }
        // The next stop takes another time than the timeline knows, so it is served by hand.
        let step = Step { way: way(drive), ..self.stays()[next].with_more(setup_change) };
        let departures = serve(departures, step, shift, strictness);
        timeline.reaches(&departures, way(self.leg(next + 2)), next + 2, shift)
    }
}
