//! A part of the plan while it is being searched: some routes, and the unserved tickets that go with
//! them.

use rayon::prelude::*;

use super::able::Able;
use super::gaps::Gaps;
use super::near_shifts::NearShifts;
use super::reasons::Reasons;
use super::spot::Spot;
use super::tied;
use super::ties::Ties;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::near::Neighbours;
use crate::price::{ANY_PRICE, EmptyDays, Fit, Fits, Scorer};
use crate::problem::Problem;
use crate::route::{Agreed, Route, Visitor};
use crate::ticket::Tandem;
use crate::travel::{Fares, Roads, Travel};
use crate::units::{Price, Seconds};

/// What every part of one search shares.
#[derive(Clone, Copy)]
pub(super) struct Ground<'g> {
    pub scorer: &'g Scorer<'g>,
    pub fits: &'g Fits,
    pub neighbours: &'g Neighbours,
    pub fares: &'g Fares,
    pub ties: &'g Ties,
    /// The first shift that is as each, see [`Fits::twins`].
    pub twins: &'g [ShiftIx],
    /// Who sets out near each ticket.
    pub near_shifts: &'g NearShifts,
    /// How far each ticket is from where those who are able to serve it start, see [`remote`].
    pub remote: &'g [Seconds],
    /// How far each ticket is from the last of those that count as near to it, see [`super::quest::reach`].
    pub reach: &'g [Seconds],
    /// Whether each ticket could be served by somebody whose day is empty, see [`hopes`].
    pub hopes: &'g [bool],
    /// Why tickets are not served.
    pub reasons: &'g Reasons<'g>,
    /// How many rows the problem's places take.
    pub rows: usize,
    /// By how much a way by a depot costs less than the straight one at most.
    pub short_cut: Seconds,
    /// Whether waiting costs nobody anything and nothing is guaranteed, so that no stop can save any.
    pub nothing_saves: bool,
    /// Whether a stop makes no route cheaper, unless it is a short cut or has a break laid elsewhere in a late route.
    pub stops_add: bool,
}

impl Ground<'_> {
    /// The price of leaving a ticket unserved.
    pub(super) fn lost(&self, ticket: TicketIx) -> Price {
        self.scorer.lost(ticket)
    }

    /// The fit of a ticket with a shift, or `None` if a hard rule forbids it.
    #[inline]
    pub(super) fn fit(&self, ticket: TicketIx, shift: ShiftIx) -> Option<Fit> {
        self.fits.get(self.scorer, ticket, shift)
    }

    /// The price of leaving a ticket unserved, and the second of its pair.
    pub(super) fn lost_with_second(&self, ticket: TicketIx) -> Price {
        let second = self.second(ticket).map_or(Price::ZERO, |second| self.lost(second));
        self.lost(ticket) + second
    }

    /// Whether a ticket, and the other of its tandem, has as many able shifts as it needs engineers; if not, nobody
    /// ever serves it.
    pub(super) fn may_be_served(&self, ticket: TicketIx) -> bool {
        let asked = self.scorer.problem().ticket(ticket);
        let has_other = |other: TicketIx| !self.fits.able(other).is_empty();
        self.fits.able(ticket).len() >= usize::from(asked.crew)
            && asked.tandem.is_none_or(|tandem| has_other(tandem.other))
    }

    /// Whether one of these waits for room: who cannot be served even on an empty day does not.
    pub(super) fn is_crowded(&self, pool: &[TicketIx]) -> bool {
        pool.iter().any(|ticket| self.hopes[ticket.at()])
    }

    /// Whether fares alone may rule a detour out.
    pub(super) fn fares_tell(&self) -> bool {
        self.nothing_saves && self.short_cut == Seconds::ZERO
    }

    /// What serving a ticket, and the second of its pair, may cost at most to be worth it.
    pub(super) fn worth(&self, ticket: TicketIx) -> Seconds {
        let lost = self.lost_with_second(ticket);
        // Any driving is worth it unless leaving them out has a price in seconds.
        if lost.unserved > 0 { ANY_PRICE } else { lost.seconds }
    }
}

/// Most able shifts whose starts are asked how far they are from a ticket.
const STARTS_ASKED: usize = 16;

/// How far each ticket is from the nearest start of those who are able to serve it, or of some of them if they
/// are many; 0 if none of them starts anywhere.
pub(super) fn remote(
    problem: &Problem,
    roads: &Roads,
    fits: &Fits,
    near_shifts: &NearShifts,
) -> Vec<Seconds> {
    let remote = |ticket: TicketIx| {
        let place = &problem.ticket(ticket).place;
        let able = near_shifts.of(fits, ticket);
        let some = able.iter().step_by(able.len().div_ceil(STARTS_ASKED).max(1));
        let starts = some.filter_map(|&shift| problem.shift(shift).from.as_ref());
        starts.map(|from| roads.base(from, place)).min().unwrap_or(Seconds::ZERO)
    };
    problem.ticket_indices().map(remote).collect()
}

/// Whether each ticket could be served by somebody able whose day is empty, and together with the other of its tandem;
/// if not, it is the clock that keeps it out and no want of room. `O(tickets)`, and `O(able shifts)` for every ticket
/// without hope, for tandems as [`Scorer::may_meet`].
pub(super) fn hopes(scorer: &Scorer<'_>, fits: &Fits, empty: &EmptyDays<'_>) -> Vec<bool> {
    let problem = scorer.problem();
    let tickets: Vec<TicketIx> = problem.ticket_indices().collect();
    let hope = |&ticket: &TicketIx| {
        let candidate = scorer.candidate(ticket);
        let may_be_alone = |&shift: &ShiftIx| empty.allow(candidate, shift);
        let may_meet = |tandem: Tandem| scorer.may_meet(candidate, scorer.candidate(tandem.other));
        fits.able(ticket).iter().any(may_be_alone) && candidate.ticket.tandem.is_none_or(may_meet)
    };
    tickets.par_iter().map(hope).collect()
}

/// By ticket of a knot: whether what its change would change is not all among these routes and this pool.
fn fixed(ground: Ground<'_>, routes: &[Route], pool: &[TicketIx]) -> Vec<bool> {
    let knots = ground.ties.knots();
    if knots.is_empty() {
        return Vec::new();
    }
    let problem = ground.scorer.problem();
    let mut here = vec![0; problem.tickets().len()];
    for stop in routes.iter().flat_map(Route::stops) {
        here[stop.ticket.at()] += 1;
    }
    for &ticket in pool {
        here[ticket.at()] = problem.ticket(ticket).crew;
    }
    // Whom nobody could ever serve is in no part.
    let is_here = |ticket: TicketIx| {
        here[ticket.at()] == problem.ticket(ticket).crew || !ground.may_be_served(ticket)
    };
    let mut fixed = vec![false; problem.tickets().len()];
    // Followers come behind what they wait for, so from the last one they are known.
    for &ticket in knots.iter().flat_map(|knot| knot.iter().rev()) {
        let after = &problem.ticket(ticket).after;
        let followers = ground.ties.followers(ticket);
        fixed[ticket.at()] = !is_here(ticket)
            || !after.iter().all(|&before| is_here(before))
            || followers.iter().any(|follower| fixed[follower.at()]);
    }
    // The halves of a pair or a tandem go together.
    for &ticket in knots.iter().flatten() {
        if let Some(companion) = problem.ticket(ticket).companion() {
            fixed[ticket.at()] |= fixed[companion.at()];
        }
    }
    fixed
}

/// The number of no route.
const OUT: u32 = u32::MAX;

/// No route of this part serves it.
const UNSERVED: Served = Served { number: OUT, at: 0 };

/// Routes by their number in the part, with everything a round changes and can take back.
pub(super) struct Part<'g> {
    pub ground: Ground<'g>,
    pub routes: Vec<Route>,
    pub prices: Vec<Seconds>,
    /// Tickets that no route of this part serves.
    pub pool: Vec<TicketIx>,
    /// All tickets of the part, served or not.
    pub tickets: Vec<TicketIx>,
    /// Sum of prices, and of what the pool loses.
    pub total: Price,
    /// The gaps of the routes.
    pub gaps: Gaps,
    /// Who serves each ticket, and where in the route.
    served: Vec<Served>,
    /// Which routes are able to serve each of its tickets.
    pub able: Able,
    /// By ticket, where there are ties: whether it must stay as it is, since what depends on it, or what it waits
    /// for, is in other parts.
    fixed: Vec<bool>,
    undo: Undo,
}

/// Where a ticket is served.
#[derive(Clone, Copy)]
struct Served {
    /// The part's number of the route.
    number: u32,
    /// Its place there.
    at: u32,
}

/// What a round has changed, for taking it back.
#[derive(Default)]
struct Undo {
    /// Routes as they were, with their number and their price.
    routes: Vec<(u32, Route, Seconds)>,
    pool: Vec<TicketIx>,
    /// Whether a ticket of that pool waits for room.
    waits: bool,
    total: Price,
    /// Routes whose memory can be used again.
    spare: Vec<Route>,
}

impl<'g> Part<'g> {
    /// A part of these routes and this pool. It may cost less than they do, since tickets are freed from what only
    /// followers counted on that have gone.
    pub(super) fn new(ground: Ground<'g>, routes: Vec<Route>, pool: Vec<TicketIx>) -> Part<'g> {
        let problem = ground.scorer.problem();
        let mut served = vec![UNSERVED; problem.tickets().len()];
        let mut tickets = pool.clone();
        let mut total: Price = pool.iter().map(|&ticket| ground.lost(ticket)).sum();
        let mut prices = Vec::with_capacity(routes.len());
        for (n, route) in routes.iter().enumerate() {
            for (at, stop) in route.stops().iter().enumerate() {
                if served[stop.ticket.at()].number == OUT {
                    tickets.push(stop.ticket);
                }
                served[stop.ticket.at()] = Served { number: n as u32, at: at as u32 };
            }
            let price = ground.scorer.price_of(route);
            total += Price::of(price);
            prices.push(price);
        }
        let able = Able::new(ground, &routes, &tickets);
        let fixed = fixed(ground, &routes, &pool);
        let undo = Undo::default();
        let gaps = Gaps::new(ground, &routes);
        let mut part =
            Part { ground, routes, prices, pool, tickets, total, gaps, served, able, fixed, undo };
        tied::loosen_all(&mut part);
        part.begin();
        part
    }

    /// Whether a route of this part serves a ticket.
    pub(super) fn is_served(&self, ticket: TicketIx) -> bool {
        self.served[ticket.at()].number != OUT
    }

    /// The number of the route that serves a ticket, of those of a crew one (see [`Part::holders`]), and its place there.
    pub(super) fn served_by(&self, ticket: TicketIx) -> Option<(usize, usize)> {
        let Served { number, at } = self.served[ticket.at()];
        (number != OUT).then_some((number as usize, at as usize))
    }

    /// The numbers of all routes that hold a ticket, several for a crew. `O(able routes * stops)` for a crew.
    pub(super) fn holders(&self, ticket: TicketIx) -> Vec<usize> {
        if self.ground.scorer.problem().ticket(ticket).crew == 1 {
            return self.served_by(ticket).map(|(number, _)| number).into_iter().collect();
        }
        let holds = |number: &usize| self.routes[*number].stop_at(ticket).is_some();
        self.able.of(ticket).iter().map(|&number| number as usize).filter(holds).collect()
    }

    /// Whether a ticket must stay where it is, served or not, as it depends on one of another part.
    pub(super) fn is_fixed(&self, ticket: TicketIx) -> bool {
        self.fixed.get(ticket.at()).copied().unwrap_or(false)
    }

    /// Starts a round: from here on everything can be taken back.
    pub(super) fn begin(&mut self) {
        self.forget();
        self.undo.pool.clear();
        self.undo.pool.extend_from_slice(&self.pool);
        self.undo.total = self.total;
        self.undo.waits =
            self.pool.iter().any(|&ticket| self.ground.hopes[ticket.at()] && !self.is_fixed(ticket));
    }

    fn forget(&mut self) {
        self.undo.spare.extend(self.undo.routes.drain(..).map(|(_, route, _)| route));
    }

    /// How many tickets were unserved when the round began; they are the first of the pool.
    pub(super) fn waiting(&self) -> usize {
        self.undo.pool.len()
    }

    /// Whether one of them waited for room. Of those that nobody reaches in time, or that depend on other parts, none
    /// does.
    pub(super) fn wants_room(&self) -> bool {
        self.undo.waits
    }

    /// Routes that this round has changed.
    pub(super) fn changed(&self) -> impl Iterator<Item = usize> + '_ {
        self.undo.routes.iter().map(|(number, _, _)| *number as usize)
    }

    fn note(&mut self, number: usize) {
        if self.undo.routes.iter().any(|(noted, _, _)| *noted as usize == number) {
            return;
        }
        let route = &self.routes[number];
        let kept = match self.undo.spare.pop() {
            Some(mut spare) => {
                spare.copy_from(route);
                spare
            }
            None => route.clone(),
        };
        self.undo.routes.push((number as u32, kept, self.prices[number]));
    }

    /// Takes the stops out that `torn` says, into the pool, and all that cannot stay without them. Returns as
    /// [`Part::take_out`].
    pub(super) fn tear(&mut self, number: usize, mut torn: impl FnMut(usize) -> bool) -> bool {
        if !self.ground.ties.is_empty() {
            return tied::tear(self, number, torn);
        }
        let problem = self.ground.scorer.problem();
        let stops = self.routes[number].stops();
        let halves: Vec<TicketIx> = (0..stops.len())
            .filter(|&n| torn(n))
            .filter_map(|n| problem.ticket(stops[n].ticket).partner())
            .collect();
        self.take_out(number, |position, ticket| torn(position) || halves.contains(&ticket))
    }

    /// Takes the stops out that `torn` says, by position and ticket, into the pool. Returns false if what is left
    /// cannot be driven, or not within the shift's limits: with travel by table a stop can be a short cut, and it
    /// can save the next one its setup. The round must then be taken back.
    pub(super) fn take_out(
        &mut self,
        number: usize,
        mut torn: impl FnMut(usize, TicketIx) -> bool,
    ) -> bool {
        self.note(number);
        let (problem, roads) = (self.ground.scorer.problem(), self.ground.scorer.roads());
        let mut position = 0;
        let (served, pool, ground, total) =
            (&mut self.served, &mut self.pool, self.ground, &mut self.total);
        let sound = self.routes[number].retain(problem, roads, |stop| {
            let tear = torn(position, stop.ticket);
            position += 1;
            // Of a crew, the first to go takes the ticket out.
            if tear && served[stop.ticket.at()].number != OUT {
                served[stop.ticket.at()] = UNSERVED;
                pool.push(stop.ticket);
                *total += ground.lost(stop.ticket);
            }
            !tear
        });
        let sound = sound && self.routes[number].is_within_reach(problem);
        if sound {
            self.reprice(number);
            self.fetch_well(number);
        }
        sound
    }

    /// Whether a route that was changed costs so much more, or, where another way by a depot is cheaper still, less.
    fn costs_as_told(&self, number: usize, more: Seconds) -> bool {
        let route = &self.routes[number];
        let (price, told) = (self.ground.scorer.price_of(route), self.prices[number] + more);
        price == told || route.fetches().is_some() && price < told
    }

    /// Has a route fetch its parts where that costs least, if it fetches any.
    fn fetch_well(&mut self, number: usize) {
        if self.routes[number].fetches().is_some() {
            let best = self.ground.scorer.fetch_best(&mut self.routes[number]);
            debug_assert!(best.is_some(), "what it does now is among what is tried");
            self.reprice(number);
        }
    }

    /// Puts a ticket of the pool, and the second of its pair, into a route at a spot that was found to fit.
    pub(super) fn put(&mut self, ticket: TicketIx, number: usize, spot: Spot) {
        self.note(number);
        let ground = self.ground;
        ground.take(&mut self.routes[number], ticket, spot);
        debug_assert!(self.costs_as_told(number, spot.price), "{ticket:?} at {spot:?}");
        self.total += Price::of(spot.price);
        self.prices[number] += spot.price;
        for ticket in [Some(ticket), ground.second(ticket)].into_iter().flatten() {
            self.serve(ticket, number);
        }
        self.settle(number);
        self.fetch_well(number);
    }

    /// Puts a stop into a route where it was found to fit; the ticket stays in the pool until it is
    /// [served](Part::serve).
    pub(super) fn seat(&mut self, number: usize, at: usize, stop: Visitor) {
        self.note(number);
        let (problem, roads) = (self.ground.scorer.problem(), self.ground.scorer.roads());
        let feasible = self.routes[number].insert(problem, roads, at, stop);
        debug_assert!(feasible, "{stop:?} was priced as feasible at {at}");
        self.reprice(number);
    }

    /// Gives two different routes the stops of both in another order; no tied stop may change its route. Returns false
    /// if one of them is infeasible then, breaks a limit or would have to fetch parts; all since [`Part::begin`] must
    /// then be taken back.
    pub(super) fn lay(&mut self, routes: [(usize, &[Visitor]); 2]) -> bool {
        // Both are noted before a stop of one goes to the other.
        for (number, _) in routes {
            self.note(number);
        }
        let (problem, roads) = (self.ground.scorer.problem(), self.ground.scorer.roads());
        for (number, stops) in routes {
            let route = &mut self.routes[number];
            if !route.set(problem, roads, stops)
                || !route.holds_limits(problem)
                || route.fetches().is_some()
            {
                return false;
            }
            for stop in stops {
                self.served[stop.ticket.at()].number = number as u32;
            }
        }
        for (number, _) in routes {
            self.reprice(number);
        }
        true
    }

    /// Takes a ticket out of the pool that a route, or several, now serve.
    pub(super) fn serve(&mut self, ticket: TicketIx, number: usize) {
        let at = self.routes[number].stop_at(ticket).expect("its route holds it") as u32;
        self.served[ticket.at()] = Served { number: number as u32, at };
        self.total -= self.ground.lost(ticket);
        let place = self.pool.iter().position(|&other| other == ticket).expect("in the pool");
        self.pool.swap_remove(place);
    }

    /// Has a stop start only when that is agreed, which its route must allow.
    pub(super) fn agree(&mut self, number: usize, at: usize, agreed: Agreed) {
        self.note(number);
        let feasible = self.routes[number].agree(self.ground.scorer.problem(), at, agreed);
        debug_assert!(feasible, "{agreed:?} was found to be possible");
        self.reprice(number);
    }

    fn reprice(&mut self, number: usize) {
        let price = self.ground.scorer.price_of(&self.routes[number]);
        self.total += Price::of(price - self.prices[number]);
        self.prices[number] = price;
        self.settle(number);
    }

    /// Takes note of how a route is now.
    fn settle(&mut self, number: usize) {
        let route = &self.routes[number];
        self.gaps.renew(self.ground, number, route);
        for (at, stop) in route.stops().iter().enumerate() {
            let served = &mut self.served[stop.ticket.at()];
            if served.number == number as u32 {
                served.at = at as u32;
            }
        }
    }

    /// Takes the round back.
    pub(super) fn take_back(&mut self) {
        for (number, _, _) in &self.undo.routes {
            for stop in self.routes[*number as usize].stops() {
                self.served[stop.ticket.at()] = UNSERVED;
            }
        }
        for (number, kept, price) in &mut self.undo.routes {
            let route = &mut self.routes[*number as usize];
            std::mem::swap(route, kept);
            self.prices[*number as usize] = *price;
            for (at, stop) in route.stops().iter().enumerate() {
                self.served[stop.ticket.at()] = Served { number: *number, at: at as u32 };
            }
            self.gaps.renew(self.ground, *number as usize, route);
        }
        self.pool.clear();
        self.pool.extend_from_slice(&self.undo.pool);
        self.total = self.undo.total;
        self.forget();
    }
}
