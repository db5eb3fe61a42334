//! Going on from stop to stop without a route: how early one can be where, for whoever tries many orders of stops.

use super::cargo::ALL_OPEN;
use super::gap::{States, Way};
use super::timeline::{Step, Strictness, at_start, earliest_return, serve};
use crate::engineer::{MAX_BREAKS, Shift};
use crate::ticket::Windows;
use crate::units::{Moment, Seconds};

/// The earliest moments to drive on from somewhere, one for each number of breaks taken so far. Breaks that depend on
/// the load are taken as if they did not, so a real route is never earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Onward(States);

impl Onward {
    /// At the start of a shift.
    pub(crate) fn at_start(shift: &Shift) -> Onward {
        Onward(at_start(shift))
    }

    /// The earliest of the moments.
    pub(crate) fn earliest(&self) -> Moment {
        *self.0.iter().min().expect("no break is one case")
    }

    /// Behind a further stop: drive there, wait for a window, work. `None` if every window has closed. `O(breaks^2)`.
    pub(crate) fn serve(
        &self,
        shift: &Shift,
        drive: Seconds,
        work: Seconds,
        windows: &Windows,
    ) -> Option<Onward> {
        let way = Way { drive, open: ALL_OPEN };
        let step = Step { way, work, due: Moment::NEVER, windows };
        let states = Onward(serve(&self.0, step, shift, Strictness::Feasible));
        (states.earliest() < Moment::NEVER).then_some(states)
    }

    /// The earliest return, overtime allowed, after which the breaks that are left can still be taken. `O(breaks^2)`.
    pub(crate) fn back(&self, shift: &Shift, drive: Seconds) -> Option<Moment> {
        let way = Way { drive, open: ALL_OPEN };
        earliest_return(&self.0, (way, shift.latest_return), shift)
    }

    /// Whether it is nowhere later than another, whatever breaks were taken.
    pub(crate) fn is_no_later(&self, other: &Onward) -> bool {
        (0..=MAX_BREAKS).all(|taken| self.0[taken] <= other.0[taken])
    }

    /// The earlier moments of both.
    pub(crate) fn earlier_of(&self, other: &Onward) -> Onward {
        Onward(std::array::from_fn(|taken| self.0[taken].min(other.0[taken])))
    }
}
