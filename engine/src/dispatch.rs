//! Dispatch: who should take this one ticket? Every able engineer's cheapest place in their promised
//! route, ranked by price; the best few, exactly.

mod ahead;
mod index;
mod ladder;
mod search;

pub use index::RouteIndex;
pub(crate) use index::leaves_bounds_true;
pub use ladder::{Rung, RungOutcome};

use crate::fit::{Binding, load, skill};
use crate::ids::{DepotIx, EngineerIx, Index, ShiftIx, TicketIx};
use crate::near::{Homes, LegIndex};
use crate::price::{ANY_PRICE, Candidate, Scorer};
use crate::receipt::Receipt;
use crate::route::{Fetch, Route, Sketch};
use crate::rule::Barrier;
use crate::ticket::Ticket;
use crate::units::{Moment, Seconds};

/// What offers are looked for in: the routes as they are promised.
#[derive(Clone, Copy)]
pub struct Board<'a> {
    /// Prices everything.
    pub scorer: &'a Scorer<'a>,
    /// One route for each shift.
    pub routes: &'a [Route],
    /// What keeps the search from pricing every place; `None` prices them all.
    pub bounds: Option<Bounds<'a>>,
}

/// Bounds on what the places of a board cost.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// The legs of all other routes.
    pub legs: &'a LegIndex,
    /// Where engineers set out.
    pub homes: &'a Homes,
    /// Routes on duty that run late, where waiting costs, or that fetch parts: their prices are not bounded.
    pub unbounded: &'a [ShiftIx],
    /// The slowest and the fastest engineer's speed, in thousandths.
    pub speeds: (u32, u32),
    /// How much cheaper than the legs know history may have made an engineer, in seconds.
    pub drift: f64,
    /// No engineer's highest chance is lower than this.
    pub lowest_ceiling: f64,
}

/// What to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// How many offers, at least 1.
    pub top: usize,
    /// How many of the nearest engineers who are ruled out to tell.
    pub ruled_out: usize,
}

impl Default for Ask {
    fn default() -> Ask {
        Ask { top: 5, ruled_out: 3 }
    }
}

/// The four factors as people see them, each in 0..=1, and their weighted sum in 0..=100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Skill match.
    pub skill: f64,
    /// Closeness.
    pub proximity: f64,
    /// First-time fix chance.
    pub history: f64,
    /// Even spread.
    pub load: f64,
    /// The weighted sum, 0-100.
    pub total: f64,
}

/// One engineer's cheapest place for a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Who.
    pub engineer: EngineerIx,
    /// In which shift.
    pub shift: ShiftIx,
    /// Before the stop of this number.
    pub at: usize,
    /// Arrival at the place.
    pub arrival: Moment,
    /// Start of work.
    pub start: Moment,
    /// End of work.
    pub finish: Moment,
    /// Driving that the ticket adds to the route.
    pub detour: Seconds,
    /// What the ticket adds to the route's price.
    pub price: Seconds,
    /// The depot by way of which the engineer comes, if parts are fetched for it.
    pub fetch_at: Option<DepotIx>,
    /// The same, line by line.
    pub receipt: Receipt,
    /// The factors.
    pub score: Score,
}

impl Offer {
    /// The place that is offered.
    pub fn place(&self) -> Cheapest {
        Cheapest { price: self.price, engineer: self.engineer, shift: self.shift, at: self.at }
    }
}

/// Why an engineer does not get the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuledOut {
    /// A hard rule, even on an empty day.
    Barrier(Barrier),
    /// The promised stops leave no room for it.
    NoRoom,
}

/// The answer to one ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The ticket's priority, given or derived.
    pub priority: u8,
    /// The repeat binding, if it applies.
    pub binding: Option<Binding>,
    /// What became of each bound engineer, in turn.
    pub ladder: Vec<Rung>,
    /// Offers, cheapest first; ties go to the engineer who comes first in the roster, then the earlier
    /// shift, then the earlier place.
    pub offers: Vec<Offer>,
    /// Which offer to take, if any.
    pub chosen: Option<usize>,
    /// The nearest engineers who are ruled out, nearest first, with the reason.
    pub ruled_out: Vec<(EngineerIx, RuledOut)>,
}

impl Decision {
    /// The offer to take, if any.
    pub fn taken(&self) -> Option<&Offer> {
        self.offers.get(self.chosen?)
    }
}

/// One engineer's cheapest place, before it is spelled out. Orders as offers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cheapest {
    /// What the ticket adds to the route's price there.
    pub price: Seconds,
    /// Who.
    pub engineer: EngineerIx,
    /// In which shift.
    pub shift: ShiftIx,
    /// Before the stop of this number.
    pub at: usize,
}

/// Ranks the best offers for a ticket, exactly: as if every place in every route had been priced.
///
/// With travel that the map bounds, by branch and bound over the legs: about logarithmic in engineers
/// where they are spread out. With a given table every place is priced, in parallel.
pub fn dispatch(board: Board<'_>, candidate: Candidate<'_>, ask: Ask) -> Decision {
    let binding = candidate.standing.binding.clone();
    let mut decision = Decision {
        priority: candidate.standing.priority,
        binding,
        ladder: Vec::new(),
        offers: Vec::new(),
        chosen: None,
        ruled_out: Vec::new(),
    };
    if !stands_alone(candidate.ticket) {
        return decision;
    }
    let best = search::best_places(board, candidate, ask.top.max(1));
    ahead::of_offers(board, &best.places);
    decision.offers = best.places.iter().map(|place| offer(board, candidate, *place)).collect();
    (decision.ladder, decision.chosen) = ladder::climb(board, candidate, &mut decision.offers);
    decision.ruled_out = search::ruled_out(board, candidate, best.able, ask.ruled_out);
    decision
}

/// Whether one engineer's offer is an answer to a ticket: several need not start together, wait for another one, or
/// take it along.
pub fn stands_alone(ticket: &Ticket) -> bool {
    !ticket.needs_coordination() && ticket.half.is_none()
}

/// Whether a wave can give a ticket out: its start depends on no other ticket, and no other one must come along.
pub fn may_be_assigned(ticket: &Ticket) -> bool {
    ticket.half.is_none() && ticket.tandem.is_none() && ticket.after.is_empty()
}

/// The cheapest places for a ticket, at most one for each engineer, in the order of offers; fewer than `top` are all
/// there are. Where only bound engineers may go, those who come in time.
pub fn cheapest_of_each(board: Board<'_>, candidate: Candidate<'_>, top: usize) -> Vec<Cheapest> {
    let mut places = search::best_places(board, candidate, top).places;
    places.retain(|&place| may_take(board, candidate, place));
    places
}

/// The cheapest place of all for a ticket, however late a bound engineer comes.
pub(crate) fn cheapest(board: Board<'_>, candidate: Candidate<'_>) -> Option<Cheapest> {
    search::best_places(board, candidate, 1).places.pop()
}

/// Whether a strict binding, if there is one, lets an engineer take a ticket at this place.
fn may_take(board: Board<'_>, candidate: Candidate<'_>, place: Cheapest) -> bool {
    let is_strict = candidate.standing.binding.as_ref().is_some_and(|binding| binding.strict);
    !is_strict || offer(board, candidate, place).start <= candidate.ticket.resolve_by
}

/// An engineer's cheapest place for a ticket, if a strict binding lets them take it there.
pub(crate) fn cheapest_with(
    board: Board<'_>,
    candidate: Candidate<'_>,
    engineer: EngineerIx,
) -> Option<Cheapest> {
    search::best_of(board, candidate, engineer).filter(|&place| may_take(board, candidate, place))
}

/// As [`dispatch`] ranks them, but by pricing every place in every route, in parallel. For comparison.
pub fn scan(board: Board<'_>, candidate: Candidate<'_>, top: usize) -> Vec<Offer> {
    search::scan(board, candidate, top)
        .places
        .into_iter()
        .map(|place| offer(board, candidate, place))
        .collect()
}

/// Spells a place out: moments, receipt and score.
fn offer(board: Board<'_>, candidate: Candidate<'_>, place: Cheapest) -> Offer {
    let scorer = board.scorer;
    let problem = scorer.problem();
    let shift = problem.shift(place.shift);
    let route = &board.routes[place.shift.at()];
    let fit = scorer.fit(candidate, shift);
    let stop = (candidate.ticket, fit.work, fit.price);
    let trial = scorer.trial((route, scorer.price_of(route)), candidate, fit);
    let (_, way) = trial.cheapest_way(place.at, ANY_PRICE).expect("an offer's place is feasible");
    let sketch = Sketch::by(way, shift, route, stop);
    let (receipt, schedule) =
        scorer.addition(route, &sketch, candidate).expect("an offer's place is feasible");
    debug_assert_eq!(receipt.total(), place.price, "the receipt adds up to the price");
    let detour = sketch.detour().time;
    let moments = schedule.stops[place.at];
    Offer {
        engineer: place.engineer,
        shift: place.shift,
        at: place.at,
        arrival: moments.arrival,
        start: moments.start,
        finish: moments.departure,
        detour,
        price: place.price,
        fetch_at: by_depot(way.fetch()),
        receipt,
        score: score(scorer, candidate, route, detour),
    }
}

/// The depot by way of which an engineer comes to a place, if parts are fetched for the ticket.
pub(crate) fn fetch_at(board: Board<'_>, candidate: Candidate<'_>, place: Cheapest) -> Option<DepotIx> {
    let scorer = board.scorer;
    if scorer.problem().depots().is_empty() {
        return None;
    }
    let fit = scorer.fit(candidate, scorer.problem().shift(place.shift));
    let route = &board.routes[place.shift.at()];
    let trial = scorer.trial((route, scorer.price_of(route)), candidate, fit);
    let (_, way) = trial.cheapest_way(place.at, ANY_PRICE).expect("the place is open");
    by_depot(way.fetch())
}

fn by_depot(fetch: Fetch) -> Option<DepotIx> {
    match fetch {
        Fetch::Before(depot) => Some(depot),
        Fetch::Elsewhere | Fetch::Behind => None,
    }
}

/// A stop of a promised route as if it were offered now: what the route costs more than without it. Where it cannot be
/// without it, since travel by table takes detours, what the stop costs by itself.
pub(crate) fn as_offered(scorer: &Scorer<'_>, route: &Route, ticket: TicketIx) -> Offer {
    let problem = scorer.problem();
    let at = route.stop_at(ticket).expect("the route serves it");
    let (bill, schedule) = scorer.bill(route).expect("a route with stops has a bill");
    let mut without = route.clone();
    let feasible = without.retain(problem, scorer.roads(), |stop| stop.ticket != ticket);
    let (receipt, detour) = if feasible {
        let before = scorer.bill(&without).map_or_else(Receipt::default, |(bill, _)| bill.route);
        (bill.route - before, driving(route) - driving(&without))
    } else {
        (bill.stops[at], route.leg(at + 1).time)
    };
    let moments = schedule.stops[at];
    let candidate = scorer.candidate(ticket);
    Offer {
        engineer: problem.shift(route.shift()).engineer,
        shift: route.shift(),
        at,
        arrival: moments.arrival,
        start: moments.start,
        finish: moments.departure,
        detour,
        price: receipt.total(),
        fetch_at: route.stops()[at].fetch_at,
        receipt,
        score: score(scorer, candidate, &without, detour),
    }
}

/// All driving of a route.
fn driving(route: &Route) -> Seconds {
    if route.stops().is_empty() { Seconds::ZERO } else { Sketch::whole(route).driving().time }
}

/// The four factors of serving a ticket with a detour on a route.
fn score(scorer: &Scorer<'_>, candidate: Candidate<'_>, route: &Route, detour: Seconds) -> Score {
    let problem = scorer.problem();
    let policy = problem.policy();
    let shift = problem.shift(route.shift());
    let work = scorer.fit(candidate, shift).work;
    let skill = skill::factor(&policy.skill, candidate.ticket, shift);
    let proximity = (1.0 - detour.0 as f64 / policy.reach.0 as f64).clamp(0.0, 1.0);
    let history = scorer.chance(candidate, shift);
    let load = load::factor(route.booked(), work, shift.length);
    let weights = &policy.weights;
    let total = 100.0
        * (weights.skill * skill
            + weights.proximity * proximity
            + weights.history * history
            + weights.load * load);
    Score { skill, proximity, history, load, total }
}
