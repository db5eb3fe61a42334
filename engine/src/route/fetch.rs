//! Fetching parts on the way: at most once in a route, by way of a depot on the drive to a stop; from there on the van
//! holds every part without limit.

use super::sketch::{Detour, Fetch};
use super::working::{Route, Visitor};
use crate::depot::Depot;
use crate::engineer::{Car, Shift};
use crate::geo::Place;
use crate::ids::{DepotIx, GoodIx, Index};
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::travel::Roads;

impl Route {
    /// The stop before which parts are fetched.
    pub fn fetches(&self) -> Option<usize> {
        self.cargo().fetch()
    }

    /// The first stop that lacks parts if none are fetched. `O(stops * parts)`.
    pub fn runs_out(&self, problem: &Problem) -> Option<usize> {
        let shift = problem.shift(self.shift());
        let mut used: Vec<(GoodIx, i64)> = Vec::new();
        self.stops().iter().position(|stop| {
            problem.ticket(stop.ticket).parts.iter().any(|&(part, amount)| {
                let at = used.iter().position(|one| one.0 == part).unwrap_or_else(|| {
                    used.push((part, 0));
                    used.len() - 1
                });
                used[at].1 += amount;
                used[at].1 > shift.holds(part)
            })
        })
    }

    /// Says of one stop at most, and of none without need, that parts are fetched before it: of the first that says so,
    /// if no stop before it lacks any; else of the first that does.
    pub(super) fn settle_fetch(&mut self, problem: &Problem, roads: &Roads) {
        if problem.depots().is_empty() {
            return;
        }
        let said = self.stops().iter().enumerate().find_map(|(at, stop)| Some((at, stop.fetch_at?)));
        let out = self.runs_out(problem);
        let fetch = out.map(|out| {
            said.filter(|(at, _)| *at <= out)
                .unwrap_or_else(|| (out, self.nearest_depot(problem, roads, out)))
        });
        for (at, stop) in self.stops_mut().iter_mut().enumerate() {
            stop.fetch_at = fetch.filter(|fetch| fetch.0 == at).map(|fetch| fetch.1);
        }
    }

    /// The depot by way of which one comes to the stop at `at` for the least fare.
    fn nearest_depot(&self, problem: &Problem, roads: &Roads, at: usize) -> DepotIx {
        let shift = problem.shift(self.shift());
        let place = |at: usize| &problem.ticket(self.stops()[at].ticket).place;
        let from = at.checked_sub(1).map_or(shift.from.as_ref(), |before| Some(place(before)));
        nearest_by(problem.depots(), roads, &shift.car, [from, Some(place(at))])
    }

    /// Whether a stop comes into this route, which fetches nothing, without that anything has to be fetched.
    pub(super) fn goes_plainly(&self, problem: &Problem, ticket: &Ticket, stop: &Visitor) -> bool {
        stop.fetch_at.is_none() && self.fetches().is_none() && self.has_parts_for(problem, ticket)
    }

    /// Whether it depends on the place whether a ticket finds its parts on the van: parts are fetched already, or have
    /// to be for it.
    pub fn minds_parts(&self, problem: &Problem, ticket: &Ticket) -> bool {
        !problem.depots().is_empty()
            && (self.fetches().is_some() || !self.has_parts_for(problem, ticket))
    }

    /// The stops that `keep` says; whoever comes first after parts were fetched does so after them now.
    pub(super) fn stops_left(&self, mut keep: impl FnMut(&Visitor) -> bool) -> Vec<Visitor> {
        let mut left: Vec<Visitor> = Vec::with_capacity(self.stops().len());
        let mut fetch_at = None;
        for stop in self.stops() {
            fetch_at = fetch_at.or(stop.fetch_at);
            if keep(stop) {
                left.push(Visitor { fetch_at: fetch_at.take(), ..*stop });
            }
        }
        left
    }
}

impl Detour {
    /// The ways by which a place can join a route before the stop at `at`, with what is fetched on them: as the route
    /// stands, by way of a depot if it fetches nothing, and on both sides of the depot where it does so there.
    ///
    /// Each of them goes to `each`, in an order that is always the same.
    pub fn ways(
        (problem, roads): (&Problem, &Roads),
        shift: &Shift,
        route: &Route,
        at: usize,
        ticket: &Ticket,
        mut each: impl FnMut(Detour),
    ) {
        let (from, place, to) = (route.place(at), Some(&ticket.place), route.place(at + 1));
        let by_way =
            |depot: DepotIx, from, to| roads.drive_by(&shift.car, from, problem.depot(depot), to);
        let plain = Detour::new(roads, shift, route, at, &ticket.place);
        let [straight_in, straight_out] = plain.drives();
        let fetch = route.fetches();
        if fetch == Some(at) {
            let depot = route.stops()[at].fetch_at.expect("parts are fetched before it");
            let before = [by_way(depot, from, place), straight_out];
            each(Detour::by(route, at, before, Fetch::Before(depot)));
            let behind = [straight_in, by_way(depot, place, to)];
            each(Detour::by(route, at, behind, Fetch::Behind));
        } else if fetch.is_none() && !route.has_parts_for(problem, ticket) {
            for depot in (0..problem.depots().len()).map(DepotIx::nth) {
                let before = [by_way(depot, from, place), straight_out];
                each(Detour::by(route, at, before, Fetch::Before(depot)));
            }
        } else {
            each(plain);
        }
    }
}

/// The depot by way of which one drives for the least fare; the first of those that cost the same.
///
/// # Panics
/// If there is none.
fn nearest_by(depots: &[Depot], roads: &Roads, car: &Car, [from, to]: [Option<&Place>; 2]) -> DepotIx {
    let fare = |depot: &Depot| roads.drive_by(car, from, depot, to).fare;
    let ways = depots.iter().enumerate().map(|(n, depot)| (fare(depot), n));
    DepotIx::nth(ways.min().expect("there are depots").1)
}
