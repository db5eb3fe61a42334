//! The room that a plan leaves in a shift, and what a ticket lacks there.

use std::collections::BTreeSet;

use paidan_engine::dispatch::{Ask, Board, Offer, dispatch};
use paidan_engine::ids::{ShiftIx, TicketIx};
use paidan_engine::plan::{Plan, PlannedRoute, PlannedStop};
use paidan_engine::price::{ANY_PRICE, Candidate, Scorer};
use paidan_engine::problem::Problem;
use paidan_engine::route::{Agreed, Route, Visitor};
use paidan_engine::ticket::{Ticket, Windows};
use paidan_engine::units::Seconds;

use crate::facts::{drive, work};
use crate::text::length;

/// What a ticket lacks in a day that is simply full.
pub(crate) const NO_GAP: &str = "no gap is long enough";

/// What a crew or an order lacks in a day that has room for it alone.
pub(crate) const NOT_THEN: &str = "no gap is at the right moment";

/// How full a shift is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    pub(crate) stops: usize,
    pub(crate) work: Seconds,
    pub(crate) drive: Seconds,
    /// Every break of the shift, whether or not the planned day is long enough to need it.
    pub(crate) breaks: Seconds,
    /// The shift's length without what an absence or the clock has eaten.
    pub(crate) span: Seconds,
}

impl Room {
    pub(crate) fn of(problem: &Problem, plan: &Plan, index: ShiftIx) -> Room {
        let shift = problem.shift(index);
        let mut room = Room {
            breaks: shift.breaks.iter().map(|pause| pause.length).sum(),
            span: shift.end - shift.start,
            ..Room::default()
        };
        if let Some(route) = plan.routes.iter().find(|route| route.shift == index) {
            room.stops = route.stops.len();
            room.work = work(route);
            room.drive = drive(route);
        }
        room
    }

    /// What is left, perhaps in pieces; below zero in overtime.
    pub(crate) fn free(&self) -> Seconds {
        self.span - self.work - self.drive - self.breaks
    }
}

/// Those who could serve a ticket on an empty day, cheapest first; one offer for each engineer. Of a crew
/// each is asked alone, and what an order waits for is not looked at.
pub(crate) fn able(scorer: &Scorer<'_>, candidate: Candidate<'_>, most: usize) -> Vec<Offer> {
    let empty: Vec<Route> =
        scorer.problem().shift_indices().map(|shift| scorer.empty_route(shift)).collect();
    let board = Board { scorer, routes: &empty, bounds: None };
    let alone = Ticket { crew: 1, after: Box::default(), tandem: None, ..candidate.ticket.clone() };
    dispatch(board, Candidate { ticket: &alone, ..candidate }, Ask { top: most, ruled_out: 0 }).offers
}

/// A sound plan as the scorer takes it.
pub(crate) struct Planned<'p> {
    pub(crate) scorer: &'p Scorer<'p>,
    pub(crate) plan: &'p Plan,
    /// Tickets whose stops other routes count on.
    tied: BTreeSet<TicketIx>,
}

impl<'p> Planned<'p> {
    /// `O(stops)`, but for sorting what is tied.
    pub(crate) fn new(scorer: &'p Scorer<'p>, plan: &'p Plan) -> Planned<'p> {
        let mut tied = BTreeSet::new();
        for stop in plan.routes.iter().flat_map(|route| &route.stops) {
            let ticket = scorer.problem().ticket(stop.ticket);
            if ticket.needs_coordination() {
                tied.insert(stop.ticket);
                tied.extend(&ticket.after);
            }
        }
        Planned { scorer, plan, tied }
    }

    /// Whether other routes count on the moment at which a served ticket starts: it is a crew's, waits for
    /// another one, or is waited for.
    pub(crate) fn is_tied(&self, ticket: TicketIx) -> bool {
        self.tied.contains(&ticket)
    }

    /// A planned route with the tickets that are kept, those that are tied at their moments; `None` if it
    /// cannot be driven so.
    pub(crate) fn route(
        &self,
        planned: &PlannedRoute,
        keep: impl Fn(TicketIx) -> bool,
    ) -> Option<Route> {
        let scorer = self.scorer;
        let shift = scorer.problem().shift(planned.shift);
        let visitor = |stop: &PlannedStop| {
            let fit = scorer.fit(scorer.candidate(stop.ticket), shift);
            let agreed =
                if self.is_tied(stop.ticket) { Agreed::at(stop.start) } else { Agreed::NOTHING };
            Visitor { agreed, ..Visitor::new(stop.ticket, fit.work, fit.price) }
        };
        // Parts that were fetched before a stop that is not kept are fetched before the next one.
        let (mut stops, mut fetch_at) = (Vec::with_capacity(planned.stops.len()), None);
        for stop in &planned.stops {
            fetch_at = fetch_at.or(stop.fetch_at);
            if keep(stop.ticket) {
                stops.push(Visitor { fetch_at: fetch_at.take(), ..visitor(stop) });
            }
        }
        let mut route = scorer.empty_route(planned.shift);
        route.set(scorer.problem(), scorer.roads(), &stops).then_some(route)
    }

    /// What keeps a ticket, which an empty shift could take, out of the shift as it is planned. Since the
    /// plan is sound, the ticket fits nowhere, but for a crew or an order: that may fit where it does not
    /// help.
    pub(crate) fn lack(&self, candidate: Candidate<'_>, index: ShiftIx) -> &'static str {
        let scorer = self.scorer;
        let shift = scorer.problem().shift(index);
        let planned = self.plan.routes.iter().find(|route| route.shift == index);
        let route = planned.and_then(|planned| self.route(planned, |_| true));
        let route = route.unwrap_or_else(|| scorer.empty_route(index));
        let fit = scorer.fit(candidate, shift);
        // Parts that can be fetched are never all taken.
        let fetches = !scorer.problem().depots().is_empty() && candidate.ticket.may_fetch();
        let bare = fetches.then(|| Ticket { parts: Box::default(), ..candidate.ticket.clone() });
        if !route.can_carry(scorer.problem(), bare.as_ref().unwrap_or(candidate.ticket)) {
            return "the parts or the room on the van are taken";
        }
        if route.stops().len() >= shift.max_tickets as usize
            || route.booked() + fit.work > shift.max_work
        {
            return "at the limit of the shift";
        }
        let now = (&route, scorer.price_of(&route));
        let fits = |candidate: Candidate<'_>| {
            (0..=route.stops().len())
                .any(|at| scorer.with_ticket(now, at, candidate, fit, ANY_PRICE).is_some())
        };
        if candidate.ticket.needs_coordination() && fits(candidate) {
            return NOT_THEN;
        }
        let open = Ticket { windows: Windows::any_time(), ..candidate.ticket.clone() };
        let open = Candidate { ticket: &open, ..candidate };
        if fits(open) { "busy in every appointment window" } else { NO_GAP }
    }

    /// How full the days are of the first few who could serve a ticket, a line each.
    pub(crate) fn days(&self, candidate: Candidate<'_>, most: usize) -> Vec<String> {
        let problem = self.scorer.problem();
        able(self.scorer, candidate, most)
            .iter()
            .map(|offer| {
                let room = Room::of(problem, self.plan, offer.shift);
                let id = &problem.engineer(offer.engineer).id;
                let (free, span) = (length(room.free()), length(room.span));
                // That a day is full shows in its numbers.
                match self.lack(candidate, offer.shift) {
                    NO_GAP => format!("{id} {free} free of {span}"),
                    lack => format!("{id} {free} free of {span}, but {lack}"),
                }
            })
            .collect()
    }
}
