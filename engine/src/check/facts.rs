//! What every part of the verifier asks about: the problem, its roads and its history.

use super::history::History;
use crate::depot::Depot;
use crate::engineer::Shift;
use crate::geo::Place;
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::travel::{Drive, Roads};
use crate::units::Seconds;
use crate::visit::Visit;

/// The problem with its roads and its history.
pub(super) struct Facts<'a> {
    pub(super) problem: &'a Problem,
    pub(super) roads: Roads,
    pub(super) history: History<'a>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(problem: &'a Problem, visits: &'a [Visit]) -> Facts<'a> {
        Facts { problem, roads: Roads::new(problem), history: History::new(problem, visits) }
    }

    /// The drive in this shift's car.
    pub(super) fn drive(&self, shift: &Shift, from: &Place, to: &Place) -> Drive {
        self.roads.drive(&shift.car, from, to)
    }

    /// The drive by way of a depot, where one stays as long as fetching takes and pays for it as for driving.
    pub(super) fn drive_by(
        &self,
        shift: &Shift,
        from: Option<&Place>,
        depot: &Depot,
        to: &Place,
    ) -> Drive {
        let mut drive = self.drive(shift, &depot.place, to);
        if let Some(from) = from {
            drive += self.drive(shift, from, &depot.place);
        }
        drive.time += depot.fetch;
        let stay = i128::from(depot.fetch.0) * i128::from(shift.car.rates.drive);
        drive.fare += Seconds(((stay + 500) / 1000) as i64);
        drive
    }

    /// Whether a ticket may be served with parts that were fetched on the way.
    pub(super) fn may_fetch(&self, ticket: &Ticket) -> bool {
        let stands_alone = ticket.companion().is_none() && ticket.crew == 1 && ticket.after.is_empty();
        stands_alone && !self.problem.depots().is_empty()
    }

    /// The other ticket of a pair.
    pub(super) fn partner(&self, ticket: &Ticket) -> Option<&'a Ticket> {
        ticket.partner().map(|other| self.problem.ticket(other))
    }

    /// The work of a ticket at this shift's level, without setup. Whoever lacks a skill works at the usual
    /// pace, so that the missing skill is told once and not as a wrong departure too.
    pub(super) fn work(&self, shift: &Shift, ticket: &Ticket) -> Seconds {
        let usual = ticket.work_for(shift.class);
        let Some(level) = ticket.requires.iter().map(|need| shift.level(need.skill)).min() else {
            return ticket.takes(usual);
        };
        if level == 0 {
            return ticket.takes(usual);
        }
        let permille = self.problem.policy().skill.work_permille[usize::from(level) - 1];
        ticket.takes(Seconds((usual.0 * i64::from(permille) + 500) / 1000))
    }
}
