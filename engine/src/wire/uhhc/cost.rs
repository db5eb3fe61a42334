//! What a solution costs, part by part, as the format's own validator counts.

use std::collections::BTreeMap;

use super::care::{Care, Part};
use super::visits::{Task, Tour};
use crate::units::{Moment, Seconds};

/// What a solution comes to, part by part: minutes, or how many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    amounts: [f64; Part::ALL.len()],
    weights: [f64; Part::ALL.len()],
}

impl Costs {
    /// The objective.
    pub fn total(&self) -> f64 {
        self.parts().map(|(_, points)| points).sum()
    }

    /// Every part with its points.
    pub fn parts(&self) -> impl Iterator<Item = (Part, f64)> + '_ {
        Part::ALL
            .into_iter()
            .map(|part| (part, self.amounts[part as usize] * self.weights[part as usize]))
    }
}

/// Sums and extremes over tours, in seconds.
#[derive(Default)]
struct Sums {
    travel: Seconds,
    late: Seconds,
    latest: Seconds,
    waiting: Seconds,
    extra: Seconds,
    idle: Seconds,
    others: usize,
    lunches: usize,
}

impl Care {
    /// What tours cost. One leaves just in time for the first visit; a lunch is taken where its patient is, or at the
    /// departing point without one. Waiting between a lunch before all services and the first of them is not waiting,
    /// but idle. `O(visits log visits)`.
    pub(super) fn costs(&self, tours: &[Tour]) -> Costs {
        let mut sums = Sums::default();
        let by_caregiver: BTreeMap<usize, &Tour> =
            tours.iter().map(|tour| (tour.caregiver, tour)).collect();
        for caregiver in 0..self.caregivers.len() {
            let idle = match by_caregiver.get(&caregiver) {
                Some(tour) if !tour.visits.is_empty() => self.add(tour, &mut sums),
                _ => {
                    let (start, end) = self.caregivers[caregiver].shift;
                    end - start
                }
            };
            sums.idle = sums.idle.max(idle);
        }
        let mut visited = vec![false; self.patients.len()];
        for visit in tours.iter().flat_map(|tour| &tour.visits) {
            if let Task::Service(patient, _) = visit.task {
                visited[patient] = true;
            }
        }
        let left = visited.iter().filter(|visited| !**visited).count();
        let hungry = self.caregivers.iter().filter(|caregiver| caregiver.has_lunch).count();
        let minutes = |length: Seconds| length.0 as f64 / 60.0;
        let amounts = [
            minutes(sums.travel),
            minutes(sums.late),
            minutes(sums.latest),
            minutes(sums.waiting),
            minutes(sums.extra),
            minutes(sums.idle),
            sums.others as f64,
            left as f64,
            hungry.saturating_sub(sums.lunches) as f64,
        ];
        Costs { amounts, weights: self.weights }
    }

    /// Adds a tour; how much of the shift is idle.
    fn add(&self, tour: &Tour, sums: &mut Sums) -> Seconds {
        let caregiver = &self.caregivers[tour.caregiver];
        let (shift_start, shift_end) = caregiver.shift;
        let first = tour.visits[0];
        let leave = first.start - self.way(caregiver.from, self.row(tour.caregiver, first.at));
        let (mut at, mut free) = (caregiver.from, leave);
        let mut idle = leave - shift_start;
        let mut has_lunch = false;
        for (n, visit) in tour.visits.iter().enumerate() {
            let row = self.row(tour.caregiver, visit.at);
            let way = self.way(at, row);
            sums.travel += way;
            let waited = visit.start - (free + way);
            idle += waited;
            if n != 1 || first.task != Task::Lunch {
                sums.waiting += waited;
            }
            (at, free) = (row, visit.end);
            match visit.task {
                Task::Lunch => has_lunch = true,
                Task::Service(patient, _) => {
                    let late = self.late(patient, visit.start, visit.end);
                    sums.late += late;
                    sums.latest = sums.latest.max(late);
                    let preferred = self.patients[patient].preferred.as_ref();
                    let is_other = |all: &Vec<String>| !all.contains(&caregiver.id);
                    sums.others += usize::from(preferred.is_some_and(is_other));
                }
            }
        }
        sums.lunches += usize::from(has_lunch && caregiver.has_lunch);
        let way = self.way(at, caregiver.to);
        sums.travel += way;
        let back = free + way;
        sums.extra += (back - shift_end).max(Seconds::ZERO);
        idle + (shift_end - back).max(Seconds::ZERO)
    }

    /// By how much a service is late: against the last window that has begun when it starts.
    fn late(&self, patient: usize, start: Moment, end: Moment) -> Seconds {
        let begun = self.patients[patient].windows.iter().rev().find(|window| window.0 <= start);
        let done = if self.met_at_end { end } else { start };
        begun.map_or(Seconds::ZERO, |window| (done - window.1).max(Seconds::ZERO))
    }

    /// The row of a patient, or where a caregiver departs.
    fn row(&self, caregiver: usize, patient: Option<usize>) -> u32 {
        patient.map_or(self.caregivers[caregiver].from, |patient| self.patients[patient].row)
    }
}
