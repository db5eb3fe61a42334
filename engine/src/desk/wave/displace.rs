//! Emergencies that nobody can take, or only too late, take the room of promised work that is none and has not begun.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::{Desk, Displaced};
use crate::assign::{Terms, allows};
use crate::dispatch::{Cheapest, cheapest_of_each};
use crate::ids::{EngineerIx, Index, ShiftIx, TicketIx};
use crate::price::ANY_PRICE;
use crate::route::{Route, Visitor};
use crate::units::{Price, Seconds};

/// How many stops that could make room are looked at closely: where else they could go.
const CLOSELY: usize = 16;

/// A route in which an emergency takes the room of a stop.
struct Swap {
    /// What the route costs more.
    dearer: Seconds,
    gone: TicketIx,
    route: Route,
}

impl Desk {
    /// Has emergencies of a wave that are left or late displace what costs least, one ticket each, where that is
    /// cheaper than to leave it as it is; the worst to lose first. Returns what the routes cost more then. `O(stops)` over
    /// the roster for each such emergency.
    pub(super) fn displace(
        &mut self,
        tickets: &[TicketIx],
        terms: &Terms,
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
        urgent.into_iter().map(|ticket| self.displace_for(ticket, terms, displaced)).sum()
    }

    fn displace_for(
        &mut self,
        ticket: TicketIx,
        terms: &Terms,
        displaced: &mut Vec<Displaced>,
    ) -> Seconds {
        let before = self.clone_around(ticket);
        let now = self.serving(ticket);
        let mut price = Price::ZERO;
        let mut dearer = Seconds::ZERO;
        if now.is_none() {
            price += self.scorer().lost(ticket);
        } else {
            let Some(more) = self.take_out(ticket) else { return Seconds::ZERO };
            dearer += more;
            price -= Price::of(more);
        }
        // What it cost until now, against what a swap costs in all.
        let Some((swap, cost)) = self.best_swap(ticket, terms).filter(|(_, cost)| *cost < price) else {
            if let Some((shift, route)) = before {
                self.serves[ticket.at()] = Some(shift);
                self.replace(route);
            }
            return Seconds::ZERO;
        };
        debug_assert!(cost < price);
        let shift = swap.route.shift();
        self.serves[ticket.at()] = Some(shift);
        self.serves[swap.gone.at()] = None;
        dearer += swap.dearer;
        self.replace(swap.route);
        let engineer = self.problem.shift(shift).engineer;
        displaced.push(Displaced { ticket: swap.gone, by: ticket, engineer });
        dearer
    }

    /// The route that serves a ticket now.
    fn clone_around(&self, ticket: TicketIx) -> Option<(ShiftIx, Route)> {
        self.serving(ticket).map(|shift| (shift, self.route(shift).clone()))
    }

    /// The swap that costs least, with what it costs if the stop that is gone goes wherever else it is cheapest by now, or
    /// stays out.
    fn best_swap(&self, ticket: TicketIx, terms: &Terms) -> Option<(Swap, Price)> {
        let scorer = self.scorer();
        let candidate = scorer.candidate(ticket);
        let may = self.with_board(|board| allows(board, candidate, terms));
        let shifts = (0..self.routes.len()).into_par_iter().map(ShiftIx::nth);
        let shifts = shifts.filter(|&shift| may(self.problem.shift(shift).engineer));
        let mut swaps: Vec<Swap> = shifts.flat_map_iter(|shift| self.swaps(ticket, shift)).collect();
        swaps.sort_by_key(|swap| (swap.dearer, swap.route.shift(), swap.gone));
        swaps.truncate(CLOSELY);
        let costs: Vec<Price> = swaps
            .par_iter()
            .map(|swap| {
                let engineer = self.problem.shift(swap.route.shift()).engineer;
                Price::of(swap.dearer) + self.without(swap.gone, engineer)
            })
            .collect();
        swaps.into_iter().zip(costs).min_by_key(|(swap, cost)| (*cost, swap.route.shift(), swap.gone))
    }

    /// What it costs that a promised ticket leaves its engineer: its cheapest place with another one, or its loss.
    fn without(&self, ticket: TicketIx, engineer: EngineerIx) -> Price {
        self.with_board(|board| {
            let candidate = board.scorer.candidate(ticket);
            let elsewhere = |place: &Cheapest| place.engineer != engineer;
            let place = cheapest_of_each(board, candidate, 2).into_iter().find(elsewhere);
            place.map_or(candidate.lost(), |place| candidate.lost().min(Price::of(place.price)))
        })
    }

    /// Every way in which a ticket could take the room of one stop of a route.
    fn swaps(&self, ticket: TicketIx, shift: ShiftIx) -> Vec<Swap> {
        let (scorer, own) = (self.scorer(), self.problem.shift(shift));
        let (candidate, route) = (scorer.candidate(ticket), self.route(shift));
        if route.stops().is_empty() || scorer.barrier(candidate, own).is_some() {
            return Vec::new();
        }
        let Some(schedule) = route.schedule(&self.problem) else { return Vec::new() };
        let fit = scorer.fit(candidate, own);
        let before = scorer.price_of(route);
        let stop = Visitor::new(ticket, fit.work, fit.price);
        let swap = |gone: TicketIx| {
            let mut without = route.clone();
            let is_sound = route.fetches().is_none()
                && without.retain(&self.problem, &self.roads, |stop| stop.ticket != gone)
                && without.holds_limits(&self.problem);
            if !is_sound {
                return None;
            }
            let less = scorer.price_of(&without);
            let places = 0..=without.stops().len();
            let (after, at) = places
                .filter_map(|at| {
                    let priced = (&without, less);
                    Some((scorer.with_ticket(priced, at, candidate, fit, ANY_PRICE)?, at))
                })
                .min()?;
            let is_in = without.insert(&self.problem, &self.roads, at, stop);
            is_in.then_some(Swap { dearer: after - before, gone, route: without })
        };
        let stops = route.stops().iter().zip(&schedule.stops);
        let may_go = stops
            .filter(|(stop, times)| times.start > self.problem.now() && self.may_give_way(stop.ticket));
        may_go.filter_map(|(stop, _)| swap(stop.ticket)).collect()
    }

    /// Whether a promised ticket may give way: no emergency, nobody insists on who serves it, and nothing hangs on it.
    fn may_give_way(&self, ticket: TicketIx) -> bool {
        let own = self.problem.ticket(ticket);
        !self.is_emergency(ticket) && !own.pinned && own.half.is_none() && !own.needs_coordination()
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
