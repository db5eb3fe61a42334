//! Where a pair of tickets fits into a route in time, tried together: the first alone may come too late where
//! both do not, as the way by the second can be shorter.

use super::cargo::ALL_OPEN;
use super::gap::Way;
use super::timeline::{Step, Strictness, serve};
use super::working::Route;
use crate::engineer::Shift;
use crate::geo::Place;
use crate::ticket::Ticket;
use crate::travel::{Drive, Roads};
use crate::units::{Moment, Seconds};

impl Route {
    /// Every two places at which a pair can be served in time: the first ticket before the stop of the first
    /// number, the second before the stop of the second number then. `pair` holds each ticket with its work
    /// in this shift. Quantities are left aside, and where setups or whole schedules decide, every two places
    /// are named. `O(stops^2 * breaks^2)`.
    pub fn places_of_pair(
        &self,
        roads: &Roads,
        shift: &Shift,
        pair: [(&Ticket, Seconds); 2],
    ) -> Vec<(usize, usize)> {
        let count = self.stops().len();
        let sets_up = |(ticket, _): (&Ticket, Seconds)| ticket.setup_for(shift.class).0 > 0;
        if self.may_set_up() || pair.into_iter().any(sets_up) || shift.is_laid_out() {
            return (0..=count).flat_map(|at| (at..=count).map(move |next| (at, next + 1))).collect();
        }
        let [(first, work), (second, second_work)] = pair;
        let way = |from: Option<&Place>, to: Option<&Place>| {
            let drive = from.zip(to).map_or(Drive::NONE, |(from, to)| roads.drive(&shift.car, from, to));
            Way { drive: drive.time, open: ALL_OPEN }
        };
        let mut places = Vec::new();
        for at in 0..=count {
            let step = Step::new(way(self.place(at), Some(&first.place)), first, work);
            let mut states = serve(self.feasible().departures(at), step, shift, Strictness::Feasible);
            let mut here = Some(&first.place);
            for next in at..=count {
                if states.iter().all(|&moment| moment >= Moment::NEVER) {
                    break;
                }
                let step = Step::new(way(here, Some(&second.place)), second, second_work);
                let both = serve(&states, step, shift, Strictness::Feasible);
                let onward = way(Some(&second.place), self.place(next + 1));
                if self.feasible().reaches(&both, onward, next + 1, shift) {
                    places.push((at, next + 1));
                }
                if let Some(stay) = self.stays().get(next) {
                    let there = self.place(next + 1);
                    let step = Step { way: way(here, there), ..stay.step() };
                    states = serve(&states, step, shift, Strictness::Feasible);
                    here = there;
                }
            }
        }
        places
    }
}
