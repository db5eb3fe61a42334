//! Emergencies that nobody can take, or only too late, take the room of promised work that is none and has not begun.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Desk, Displaced};
use crate::assign::{Left, Terms};
use crate::dispatch::{Cheapest, cheapest_of_each};
use crate::ids::{EngineerIx, Index, ShiftIx, TicketIx};
use crate::price::ANY_PRICE;
use crate::route::{Route, Visitor};
use crate::units::{Price, Seconds};

/// How many stops that could make room are looked at closely: where else they could go.
const CLOSELY: usize = 16;
/// Most engineers whom a strict binding names; some of them may come too late.
const LADDER: usize = 2;
/// What displacing a promise must save at least. Somebody has been told.
const WORTH_A_BREACH: Price = Price { seconds: Seconds(1800), ..Price::ZERO };

/// A route in which an emergency takes the room of a stop. The cheapest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Swap {
    /// What the route costs more.
    dearer: Seconds,
    shift: ShiftIx,
    gone: TicketIx,
}

impl Desk {
    /// Has emergencies of a wave that are left or late displace what costs least and is not said to stay, one ticket each,
    /// where that saves something; the worst to lose first. What is displaced goes to whoever is the cheapest then, or is open. Returns what
    /// the routes cost more then. `O(stops^2)` of every route for each such emergency.
    pub(super) fn displace(
        &mut self,
        tickets: &[TicketIx],
        terms: &Terms,
        mut stays: BTreeSet<TicketIx>,
        displaced: &mut Vec<Displaced>,
    ) -> Seconds {
        let scorer = self.scorer();
        let mut urgent: Vec<TicketIx> = tickets
            .iter()
            .copied()
            .filter(|&ticket| self.is_emergency(ticket) && self.problem.ticket(ticket).crew == 1)
            .filter(|&ticket| self.serving(ticket).is_none_or(|shift| self.is_late(shift, ticket)))
            .collect();
        urgent.sort_by_key(|&ticket| (Reverse(scorer.lost(ticket)), ticket));
        let mut dearer = Seconds::ZERO;
        for ticket in urgent {
            // What gave way before may have helped this one too.
            if self.serving(ticket).is_some_and(|shift| !self.is_late(shift, ticket)) {
                continue;
            }
            if let Some((gone, more)) = self.displace_for(ticket, terms, &stays) {
                // Nobody gives way twice.
                stays.insert(gone.ticket);
                displaced.push(gone);
                dearer += more;
            }
        }
        dearer
    }

    /// The first promises of all shifts that have begun, and all that [somebody has begun](Desk::begin): they are there or
    /// on the way.
    pub(super) fn under_way(&self) -> BTreeSet<TicketIx> {
        let has_begun = |route: &&Route| self.problem.shift(route.shift()).start <= self.problem.now();
        let first = |route: &Route| route.stops().first().map(|stop| stop.ticket);
        let by_clock = self.routes.iter().filter(has_begun).filter_map(first);
        by_clock.chain(self.begun.iter().copied()).collect()
    }

    /// Displaces one ticket for an emergency, or leaves all as it was if that does not save enough.
    fn displace_for(
        &mut self,
        ticket: TicketIx,
        terms: &Terms,
        stays: &BTreeSet<TicketIx>,
    ) -> Option<(Displaced, Seconds)> {
        // Routes as they were, the last changed last.
        let mut before: Vec<Route> = Vec::new();
        let served = self.serving(ticket);
        let mut dearer = Seconds::ZERO;
        if let Some(shift) = served {
            before.push(self.route(shift).clone());
            dearer += self.take_out(ticket)?;
        }
        let done = self.best_swap(ticket, terms, stays).and_then(|swap| {
            let Swap { shift, gone, .. } = swap;
            let (_, route) = self.swapped(ticket, shift, gone)?;
            before.push(self.route(shift).clone());
            self.mind_bounds(ticket);
            (self.serves[ticket.at()], self.serves[gone.at()]) = (Some(shift), None);
            dearer += self.replace(route);
            let elsewhere = self.elsewhere(gone, terms);
            if let Some(place) = elsewhere {
                before.push(self.route(place.shift).clone());
                dearer += self.seat(gone, place);
            }
            let lost = |ticket| self.scorer().lost(ticket);
            let after = Price::of(dearer) + if elsewhere.is_none() { lost(gone) } else { Price::ZERO };
            let saved = if served.is_none() { lost(ticket) } else { Price::ZERO } - after;
            if saved >= WORTH_A_BREACH {
                let engineer = self.problem.shift(shift).engineer;
                return Some((Displaced { ticket: gone, by: ticket, engineer }, dearer));
            }
            self.serves[gone.at()] = Some(shift);
            None
        });
        if done.is_none() {
            self.serves[ticket.at()] = served;
            for route in before.into_iter().rev() {
                self.replace(route);
            }
        }
        done
    }

    /// The swap that seems to cost least, counting where else the stop that is gone could go by now, or that it is lost.
    fn best_swap(&self, ticket: TicketIx, terms: &Terms, stays: &BTreeSet<TicketIx>) -> Option<Swap> {
        let candidate = self.scorer().candidate(ticket);
        let left = self.with_board(|board| Left::new(board, terms));
        let is_limited = left.limits(candidate);
        let may =
            |shift: &ShiftIx| !is_limited || left.emergencies(self.problem.shift(*shift).engineer) > 0;
        // Who is counted by the same quota makes room there too.
        let full: Vec<_> = left.full(candidate.ticket).collect();
        let makes_room = |swap: &Swap| {
            let gone = self.problem.ticket(swap.gone);
            !stays.contains(&swap.gone)
                && full.iter().all(|quota| gone.territories.contains(&quota.territory))
        };
        let shifts = (0..self.routes.len()).into_par_iter().map(ShiftIx::nth).filter(may);
        let swaps = shifts.flat_map_iter(|shift| self.swaps(ticket, shift)).filter(makes_room);
        let mut swaps: Vec<Swap> = swaps.collect();
        swaps.sort_unstable();
        swaps.truncate(CLOSELY);
        let cost = |swap: &Swap| {
            let engineer = self.problem.shift(swap.shift).engineer;
            Price::of(swap.dearer) + self.without(swap.gone, engineer)
        };
        let costs: Vec<Price> = swaps.par_iter().map(cost).collect();
        swaps.into_iter().zip(costs).min_by_key(|(swap, cost)| (*cost, *swap)).map(|(swap, _)| swap)
    }

    /// What it costs that a promised ticket leaves its engineer: its cheapest place with another one, or its loss.
    fn without(&self, ticket: TicketIx, engineer: EngineerIx) -> Price {
        self.with_board(|board| {
            let candidate = board.scorer.candidate(ticket);
            let elsewhere = |place: &Cheapest| place.engineer != engineer;
            let place = cheapest_of_each(board, candidate, LADDER + 1).into_iter().find(elsewhere);
            place.map_or(candidate.lost(), |place| candidate.lost().min(Price::of(place.price)))
        })
    }

    /// Where a displaced ticket goes: the cheapest place, if that is worth it and no quota is full. It is no emergency.
    fn elsewhere(&self, ticket: TicketIx, terms: &Terms) -> Option<Cheapest> {
        self.with_board(|board| {
            let candidate = board.scorer.candidate(ticket);
            if Left::new(board, terms).full(candidate.ticket).next().is_some() {
                return None;
            }
            let place = cheapest_of_each(board, candidate, LADDER).into_iter().next();
            place.filter(|place| Price::of(place.price) < candidate.lost())
        })
    }

    /// Every way in which a ticket could take the room of one stop of a route. Where parts are fetched on the way no stop
    /// leaves, since they may be fetched elsewhere then. `O(stops^2)`.
    fn swaps(&self, ticket: TicketIx, shift: ShiftIx) -> Vec<Swap> {
        let (candidate, route) = (self.scorer().candidate(ticket), self.route(shift));
        let minds_depots = !self.problem.depots().is_empty()
            && (route.fetches().is_some() || !candidate.ticket.parts.is_empty());
        if route.stops().is_empty()
            || minds_depots
            || self.scorer().barrier(candidate, self.problem.shift(shift)).is_some()
        {
            return Vec::new();
        }
        let stops = route.stops().iter().map(|stop| stop.ticket);
        let swap = |gone| {
            let (dearer, _) = self.swapped(ticket, shift, gone)?;
            Some(Swap { dearer, shift, gone })
        };
        stops.filter(|&stop| self.may_give_way(stop)).filter_map(swap).collect()
    }

    /// A route with a ticket where it is cheapest without a stop, and what it costs more; `None` if that cannot be.
    fn swapped(&self, ticket: TicketIx, shift: ShiftIx, gone: TicketIx) -> Option<(Seconds, Route)> {
        let (scorer, route) = (self.scorer(), self.route(shift));
        let candidate = scorer.candidate(ticket);
        let fit = scorer.fit(candidate, self.problem.shift(shift));
        let mut swapped = route.clone();
        let others = |stop: &Visitor| stop.ticket != gone;
        if !swapped.retain(&self.problem, &self.roads, others) || !swapped.holds_limits(&self.problem) {
            return None;
        }
        let priced = (&swapped, scorer.price_of(&swapped));
        let price = |at| Some((scorer.with_ticket(priced, at, candidate, fit, ANY_PRICE)?, at));
        let (_, at) = swapped.places().filter_map(price).min()?;
        let stop = Visitor::new(ticket, fit.work, fit.price);
        let is_sound = swapped.insert(&self.problem, &self.roads, at, stop)
            && swapped.holds_limits(&self.problem)
            && self.comes_in_time(&swapped, (ticket, at));
        is_sound.then(|| (scorer.price_of(&swapped) - scorer.price_of(route), swapped))
    }

    /// Whether a strict binding, if there is one, lets a route serve a ticket when it does.
    fn comes_in_time(&self, route: &Route, (ticket, at): (TicketIx, usize)) -> bool {
        let binding = self.scorer().candidate(ticket).standing.binding.as_ref();
        let start = route.schedule(&self.problem).map(|schedule| schedule.stops[at].start);
        !binding.is_some_and(|binding| binding.strict)
            || start.is_some_and(|start| start <= self.problem.ticket(ticket).resolve_by)
    }

    /// Whether a promised ticket may give way: no emergency, not tied to its engineer, and no other ticket is tied to it.
    fn may_give_way(&self, ticket: TicketIx) -> bool {
        let own = self.problem.ticket(ticket);
        let is_tied = own.half.is_some() || own.needs_coordination() || own.required.len() == 1;
        !self.is_emergency(ticket) && !is_tied
    }

    fn is_emergency(&self, ticket: TicketIx) -> bool {
        let from = self.problem.policy().emergency.from_priority;
        self.scorer().candidate(ticket).standing.priority >= from
    }

    /// Whether a promised ticket misses its SLA.
    fn is_late(&self, shift: ShiftIx, ticket: TicketIx) -> bool {
        let (own, route) = (self.problem.ticket(ticket), self.route(shift));
        let times = route.schedule(&self.problem).zip(route.stop_at(ticket));
        times.is_some_and(|(schedule, at)| {
            let times = schedule.stops[at];
            times.start > own.respond_by || times.departure > own.resolve_by
        })
    }
}
