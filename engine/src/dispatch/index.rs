//! The legs of all routes, kept with what bounds the prices of places in them.

use std::ops::RangeInclusive;

use super::Bounds;
use crate::fit::History;
use crate::geo::Place;
use crate::ids::{EngineerIx, Index, ShiftIx};
use crate::near::{Homes, Leg, LegIndex, RouteTerms};
use crate::price::rules::{Tariff, load};
use crate::problem::{Problem, TravelSpec};
use crate::route::Route;
use crate::ticket::Ticket;
use crate::units::Seconds;

/// What keeps a search for offers from pricing every place of every route.
#[derive(Clone, Debug)]
pub struct RouteIndex {
    legs: Option<LegIndex>,
    homes: Homes,
    unbounded: Vec<ShiftIx>,
    /// The slowest and the fastest engineer's speed, in thousandths.
    speeds: (u32, u32),
    /// Every engineer's highest chance when their legs were indexed ...
    ceilings: Vec<f64>,
    /// ... of which none has ever been lower than this ...
    lowest_ceiling: f64,
    /// ... and the lowest chance of anyone that any of them was reckoned with.
    anyone: f64,
}

impl RouteIndex {
    /// An index of a problem's routes, one for each shift. `O(n log n)` in their legs.
    pub fn new(problem: &Problem, history: &History, tariff: &Tariff, routes: &[Route]) -> RouteIndex {
        let engineers = (0..problem.engineers().len()).map(EngineerIx::nth);
        let ceilings: Vec<f64> = engineers.map(|engineer| history.ceiling(engineer)).collect();
        let speeds = problem.shifts().iter().map(|shift| shift.car.speed_permille);
        let mut index = RouteIndex {
            legs: None,
            homes: Homes::new(problem),
            unbounded: Vec::new(),
            speeds: (speeds.clone().min().unwrap_or(1000), speeds.max().unwrap_or(1000)),
            lowest_ceiling: ceilings.iter().copied().fold(1.0, f64::min),
            ceilings,
            anyone: history.anyone(),
        };
        index.redraw(problem, tariff, routes);
        index
    }

    /// The bounds that it knows, as history stands now; `None` where only every place can tell.
    pub fn bounds(&self, history: &History, tariff: &Tariff) -> Option<Bounds<'_>> {
        self.legs.as_ref().map(|legs| Bounds {
            legs,
            homes: &self.homes,
            unbounded: &self.unbounded,
            speeds: self.speeds,
            lowest_ceiling: self.lowest_ceiling,
            drift: (history.anyone() - self.anyone).max(0.0) * tariff.history.0 as f64,
        })
    }

    /// Whether it has legs.
    pub fn has_legs(&self) -> bool {
        self.legs.is_some()
    }

    /// How many routes on duty it does not hold; places in these are all priced.
    pub fn unbounded(&self) -> usize {
        self.unbounded.len()
    }

    /// Forgets all legs; they come back when they are [redrawn](RouteIndex::redraw), if they tell bounds then.
    pub fn forget(&mut self, problem: &Problem, routes: &[Route]) {
        self.legs = None;
        self.unbounded = unbounded_routes(problem, routes, false);
    }

    /// Draws all legs up anew. `O(n log n)`.
    pub fn redraw(&mut self, problem: &Problem, tariff: &Tariff, routes: &[Route]) {
        let on_map = is_bounded(problem);
        self.unbounded = unbounded_routes(problem, routes, on_map);
        self.legs = on_map.then(|| {
            let legs = routes.iter().flat_map(|route| {
                let held = &*problem.shift(route.shift()).skills;
                self.legs_of(problem, tariff, route).into_iter().map(move |leg| (leg, held))
            });
            LegIndex::new(legs, problem.register().skills.len())
        });
    }

    /// Exchanges the legs of a route that has changed. `O(stops * log n)` for each skill, `O(log n)` if it has but one
    /// stop more, and `O(routes that it does not hold)`.
    pub fn exchange(&mut self, problem: &Problem, tariff: &Tariff, before: &Route, after: &Route) {
        if let Some(at) = new_stop(problem, before, after) {
            self.part_leg(problem, tariff, (before, after), at);
        } else {
            self.take_out(problem, tariff, before);
            self.put_in(problem, tariff, after);
        }
        let is_unbounded = is_unbounded(problem, after, self.legs.is_some());
        match self.unbounded.binary_search(&after.shift()) {
            Ok(at) if !is_unbounded => drop(self.unbounded.remove(at)),
            Err(at) if is_unbounded => self.unbounded.insert(at, after.shift()),
            _ => {}
        }
    }

    /// Takes note of what a visit has changed of an engineer's chances; of everybody else's, no bound moves by more than
    /// the chance of anyone does.
    pub fn note_visit(
        &mut self,
        (problem, history, tariff): (&Problem, &History, &Tariff),
        engineer: EngineerIx,
        routes: &[Route],
    ) {
        let shifts = problem.engineer(engineer).shifts.clone();
        let own = &routes[shifts.start as usize..shifts.end as usize];
        for route in own {
            self.take_out(problem, tariff, route);
        }
        let ceiling = history.ceiling(engineer);
        self.ceilings[engineer.at()] = ceiling;
        self.lowest_ceiling = self.lowest_ceiling.min(ceiling);
        self.anyone = self.anyone.min(history.anyone());
        for route in own {
            self.put_in(problem, tariff, route);
        }
    }

    fn take_out(&mut self, problem: &Problem, tariff: &Tariff, route: &Route) {
        let legs = self.legs_of(problem, tariff, route);
        if let Some(index) = &mut self.legs {
            let held = &problem.shift(route.shift()).skills;
            for leg in &legs {
                index.remove(leg, held);
            }
        }
    }

    fn put_in(&mut self, problem: &Problem, tariff: &Tariff, route: &Route) {
        let legs = self.legs_of(problem, tariff, route);
        if let Some(index) = &mut self.legs {
            let held = &problem.shift(route.shift()).skills;
            for leg in &legs {
                index.insert(leg, held);
            }
        }
    }

    /// Puts the two legs at a new stop in place of the one that it parts. The others offer no more than they did: less
    /// time, and load that costs more. What they offered stays, as a bound that is looser than it could be, until the
    /// route changes otherwise; drawing them up anew took most of the time of a commit.
    fn part_leg(
        &mut self,
        problem: &Problem,
        tariff: &Tariff,
        (before, after): (&Route, &Route),
        at: usize,
    ) {
        let parted = self.legs_at(problem, tariff, before, at..=at);
        let parts = self.legs_at(problem, tariff, after, at..=at + 1);
        if let Some(index) = &mut self.legs {
            let held = &problem.shift(after.shift()).skills;
            for leg in &parted {
                index.remove(leg, held);
            }
            for leg in &parts {
                index.insert(leg, held);
            }
        }
    }

    /// The legs of a route that the index holds, one for each place that a ticket could go; none if the
    /// shift is over or the route's price may fall by a new stop.
    fn legs_of(&self, problem: &Problem, tariff: &Tariff, route: &Route) -> Vec<Leg> {
        let shift = problem.shift(route.shift());
        if !shift.on_duty || !only_gets_dearer(problem, route) {
            return Vec::new();
        }
        self.legs_at(problem, tariff, route, 0..=route.stops().len())
    }

    fn legs_at(
        &self,
        problem: &Problem,
        tariff: &Tariff,
        route: &Route,
        gaps: RangeInclusive<usize>,
    ) -> Vec<Leg> {
        let shift = problem.shift(route.shift());
        let ceiling = self.ceilings[shift.engineer.at()];
        let terms = RouteTerms {
            shift: route.shift(),
            driven: !route.stops().is_empty(),
            least_price: tariff.history.0 as f64 * (1.0 - ceiling),
            load_rate: load::least_rate(tariff, route.booked(), shift.length),
            now: problem.now(),
        };
        let unit = |position: usize| route.place(position).map(|place: &Place| place.unit);
        gaps.filter_map(|at| {
            let ways = (unit(at)?, unit(at + 1));
            let behind = at.checked_sub(1).map(|stop| route.stops()[stop].ticket);
            Some(Leg::new(terms, behind, ways, route.gap(shift, at)))
        })
        .collect()
    }
}

/// Work that is longer than what rounding may shorten two drives by, against one.
const ROUNDED: Seconds = Seconds(4);

/// Where a route has a stop more than before, if that is all that has changed and leaves the other legs bounded by what
/// they offered before.
fn new_stop(problem: &Problem, before: &Route, after: &Route) -> Option<usize> {
    let (fewer, more) = (before.stops(), after.stops());
    let is_bounded = |route| problem.shift(after.shift()).on_duty && only_gets_dearer(problem, route);
    if more.len() != fewer.len() + 1 || !is_bounded(before) || !is_bounded(after) {
        return None;
    }
    let at = (0..fewer.len()).find(|&n| fewer[n] != more[n]).unwrap_or(fewer.len());
    (fewer[at..] == more[at + 1..] && more[at].work >= ROUNDED).then_some(at)
}

/// Whether legs bound what a ticket costs from below: where drives cost their time, which the
/// map bounds, where every route has a start, and where no stop gets quicker by another before it.
fn is_bounded(problem: &Problem) -> bool {
    matches!(problem.travel(), TravelSpec::Crow { .. })
        && problem.shifts().iter().all(|shift| shift.car.fare_is_time && shift.from.is_some())
        && problem.tickets().iter().all(leaves_bounds_true)
}

/// Whether a ticket leaves the bounds of the index true: none before it may save it a setup.
pub(crate) fn leaves_bounds_true(ticket: &Ticket) -> bool {
    ticket.setup.0 == 0 && ticket.setup_by_class.is_empty()
}

/// Whether a new stop makes a route dearer by what its way and its work cost at least. It can make others less late,
/// stand where one is paid for waiting, use hours that are paid in any case, or stand beside a depot where parts are
/// fetched.
fn only_gets_dearer(problem: &Problem, route: &Route) -> bool {
    let rates = &problem.shift(route.shift()).car.rates;
    let waits = rates.wait > 0 && !route.stops().is_empty();
    route.is_on_time() && !waits && !rates.guarantees() && route.fetches().is_none()
}

/// Routes on duty that the leg index does not hold, in the order of their shifts.
fn unbounded_routes(problem: &Problem, routes: &[Route], indexed: bool) -> Vec<ShiftIx> {
    routes.iter().filter(|route| is_unbounded(problem, route, indexed)).map(Route::shift).collect()
}

fn is_unbounded(problem: &Problem, route: &Route, indexed: bool) -> bool {
    problem.shift(route.shift()).on_duty && !(indexed && only_gets_dearer(problem, route))
}
