//! A plan as tours of the format: visits one after another, with lunch among them.

use super::care::{Care, Caregiver, Lunch, Part};
use crate::ids::{EngineerIx, Index};
use crate::plan::{Plan, PlannedRoute};
use crate::problem::Problem;
use crate::units::{Moment, Seconds};

/// What is done in a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Of which patient which service.
    Service(usize, usize),
    Lunch,
}

/// A visit, or a lunch at a patient's, or without one where the caregiver departs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    pub at: Option<usize>,
    pub task: Task,
    pub start: Moment,
    pub end: Moment,
}

/// What a caregiver does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tour {
    pub caregiver: usize,
    pub visits: Vec<Visit>,
}

impl Care {
    /// The tours of all caregivers, in their order.
    pub(super) fn tours(&self, problem: &Problem, plan: &Plan) -> Vec<Tour> {
        let tour = |caregiver: usize| {
            let is_theirs = |route: &&PlannedRoute| {
                problem.shift(route.shift).engineer == EngineerIx::nth(caregiver)
            };
            let route = plan.routes.iter().find(is_theirs);
            let visits = route.map(|route| self.visits(route)).unwrap_or_default();
            let mut tour = Tour { caregiver, visits };
            if let Some(lunch) = self.lunch.filter(|_| self.caregivers[caregiver].has_lunch) {
                let pause = route.and_then(|route| route.breaks.first()).map(|pause| pause.start);
                self.put_lunch(&mut tour, lunch, pause);
            }
            tour
        };
        (0..self.caregivers.len()).map(tour).collect()
    }

    fn visits(&self, route: &PlannedRoute) -> Vec<Visit> {
        let visit = |stop: &crate::plan::PlannedStop| {
            let (patient, service) = self.tickets[stop.ticket.at()];
            let task = Task::Service(patient, service);
            Visit { at: Some(patient), task, start: stop.start, end: stop.departure }
        };
        route.stops.iter().map(visit).collect()
    }

    /// Puts lunch into the gap in which the plan has it, without moving a service: at the next patient's, or at the one
    /// before. Our breaks interrupt drives and may come after the return; where that leaves none of these places, it is
    /// put into another gap, and missed if there is none. `O(visits)`.
    fn put_lunch(&self, tour: &mut Tour, lunch: Lunch, pause: Option<Moment>) {
        let caregiver = &self.caregivers[tour.caregiver];
        let visits = &mut tour.visits;
        let next = match pause {
            Some(pause) => visits.iter().position(|visit| visit.start > pause).unwrap_or(visits.len()),
            None => visits.len(),
        };
        let gap = |n: usize| {
            let found = if visits.is_empty() {
                at_home(caregiver, lunch)
            } else if n == 0 {
                self.before_all(caregiver, lunch, visits[0])
            } else if n == visits.len() {
                self.after_all(caregiver, lunch, visits[n - 1])
            } else {
                self.between(lunch, visits[n - 1], visits[n])
            };
            found.map(|(at, start)| (n, at, start))
        };
        // Between services a lunch takes what would be waiting, so that after all of them it comes last.
        if let Some((n, at, start)) = gap(next).or_else(|| (0..=visits.len()).find_map(gap)) {
            let end = start + lunch.length;
            visits.insert(n, Visit { at, task: Task::Lunch, start, end });
        }
    }

    fn before_all(
        &self,
        caregiver: &Caregiver,
        lunch: Lunch,
        first: Visit,
    ) -> Option<(Option<usize>, Moment)> {
        let start = (first.start - lunch.length).min(lunch.latest);
        let way = first.at.map(|patient| self.way(caregiver.from, self.patients[patient].row));
        let leaves = start - way.unwrap_or(Seconds::ZERO);
        (start >= lunch.earliest && leaves >= caregiver.shift.0).then_some((first.at, start))
    }

    fn between(&self, lunch: Lunch, before: Visit, next: Visit) -> Option<(Option<usize>, Moment)> {
        let (Some(from), Some(to)) = (before.at, next.at) else { return None };
        let way = self.way(self.patients[from].row, self.patients[to].row);
        let there = lunch.earliest.max(before.end + way);
        let here = lunch.earliest.max(before.end);
        if there <= lunch.latest && there + lunch.length <= next.start {
            Some((next.at, there))
        } else {
            let fits = here <= lunch.latest && here + lunch.length + way <= next.start;
            fits.then_some((before.at, here))
        }
    }

    /// At the last patient's, unless what comes of that is forbidden or costs more than a missed lunch.
    fn after_all(
        &self,
        caregiver: &Caregiver,
        lunch: Lunch,
        last: Visit,
    ) -> Option<(Option<usize>, Moment)> {
        let start = lunch.earliest.max(last.end);
        let way = self.way(self.patients[last.at?].row, caregiver.to);
        let extra = |free: Moment| (free + way - caregiver.shift.1).max(Seconds::ZERO);
        let more = extra(start + lunch.length) - extra(last.end);
        let points = self.weight(Part::Extra) * more.0 as f64
            + self.weight(Part::Waiting) * (start - last.end).0 as f64;
        let is_worth_it = self.lunch_is_due || points / 60.0 <= self.weight(Part::Lunch);
        let is_allowed = !self.no_overtime || more <= Seconds::ZERO;
        (start <= lunch.latest && is_worth_it && is_allowed).then_some((last.at, start))
    }
}

/// Who visits nobody has lunch where they are.
fn at_home(caregiver: &Caregiver, lunch: Lunch) -> Option<(Option<usize>, Moment)> {
    let lunch = caregiver.lunch(Some(lunch))?;
    Some((None, lunch.earliest.max(caregiver.shift.0)))
}
