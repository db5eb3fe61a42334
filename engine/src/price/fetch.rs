//! Where a route fetches its parts for the least price.

use super::scorer::Scorer;
use crate::ids::{DepotIx, Index};
use crate::route::{Route, Visitor};
use crate::units::Seconds;

impl Scorer<'_> {
    /// Has a route fetch parts where that costs least, if it must fetch any: by way of any depot, before any stop up to
    /// the first that lacks some. What the route costs then; `None` if it is not feasible whatever it does.
    /// `O(stops^2 * depots)`.
    pub fn fetch_best(&self, route: &mut Route) -> Option<Seconds> {
        let (problem, roads) = (self.problem(), self.roads());
        let last = route.runs_out(problem);
        let mut stops = route.stops().to_vec();
        for stop in &mut stops {
            stop.fetch_at = None;
        }
        let mut priced = |stops: &[_]| {
            let sound = route.set(problem, roads, stops) && route.holds_limits(problem);
            sound.then(|| self.price_of(route))
        };
        let mut best: Option<(Seconds, usize, DepotIx)> = None;
        let Some(last) = last else { return priced(&stops) };
        for at in 0..=last {
            for depot in (0..problem.depots().len()).map(DepotIx::nth) {
                stops[at].fetch_at = Some(depot);
                let found = priced(&stops).map(|price| (price, at, depot));
                best = [best, found].into_iter().flatten().min();
            }
            stops[at].fetch_at = None;
        }
        let (price, at, depot) = best?;
        stops[at].fetch_at = Some(depot);
        route.set(problem, roads, &stops);
        Some(price)
    }

    /// The route with a ticket more for which it fetches its parts where that costs least, and what it costs more then;
    /// `None` if no place for it is feasible, or if parts do not come into it. `O(stops^3 * depots)`.
    pub fn fetching_anew(&self, route: &Route, stop: Visitor) -> Option<(Seconds, Route)> {
        let (problem, asked) = (self.problem(), self.problem().ticket(stop.ticket));
        if !asked.may_fetch() || !route.minds_parts(problem, asked) {
            return None;
        }
        let before = self.price_of(route);
        let with = |at: usize| {
            let mut stops = route.stops().to_vec();
            stops.insert(at, stop);
            let mut route = route.clone();
            route.set(problem, self.roads(), &stops);
            let after = self.fetch_best(&mut route)?;
            Some((after - before, route))
        };
        route.places().filter_map(with).min_by_key(|(price, _)| *price)
    }
}
