//! The room that a plan leaves in a shift, and what a ticket lacks there.

use paidan_engine::dispatch::{Ask, Board, Offer, dispatch};
use paidan_engine::ids::ShiftIx;
use paidan_engine::plan::{Plan, PlannedRoute};
use paidan_engine::price::{ANY_PRICE, Candidate, Scorer};
use paidan_engine::problem::Problem;
use paidan_engine::route::{Route, Visitor};
use paidan_engine::ticket::{Ticket, Windows};
use paidan_engine::units::Seconds;

use crate::facts::{drive, work};
use crate::text::length;

/// What a ticket lacks in a day that is simply full.
pub(crate) const NO_GAP: &str = "no gap is long enough";

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

/// Those who could serve a ticket on an empty day, cheapest first; one offer for each engineer.
pub(crate) fn able(scorer: &Scorer<'_>, candidate: Candidate<'_>, most: usize) -> Vec<Offer> {
    let empty: Vec<Route> =
        scorer.problem().shift_indices().map(|shift| scorer.empty_route(shift)).collect();
    let board = Board { scorer, routes: &empty, bounds: None };
    dispatch(board, candidate, Ask { top: most, ruled_out: 0 }).offers
}

/// A planned route as the scorer takes it, with the stops that are kept; `None` if it cannot be driven
/// so.
pub(crate) fn route(
    scorer: &Scorer<'_>,
    planned: &PlannedRoute,
    keep: impl Fn(&Visitor) -> bool,
) -> Option<Route> {
    let shift = scorer.problem().shift(planned.shift);
    let visitor = |ticket| {
        let fit = scorer.fit(scorer.candidate(ticket), shift);
        Visitor::new(ticket, fit.work, fit.price)
    };
    let stops: Vec<Visitor> =
        planned.stops.iter().map(|stop| visitor(stop.ticket)).filter(|stop| keep(stop)).collect();
    let mut route = scorer.empty_route(planned.shift);
    route.set(scorer.problem(), scorer.roads(), &stops).then_some(route)
}

/// What keeps a ticket, which an empty shift could take, out of the shift as it is planned. The plan
/// must be sound: then the ticket fits nowhere.
pub(crate) fn lack(
    scorer: &Scorer<'_>,
    plan: &Plan,
    candidate: Candidate<'_>,
    index: ShiftIx,
) -> &'static str {
    let shift = scorer.problem().shift(index);
    let planned = plan.routes.iter().find(|route| route.shift == index);
    let route = planned.and_then(|planned| route(scorer, planned, |_| true));
    let route = route.unwrap_or_else(|| scorer.empty_route(index));
    let fit = scorer.fit(candidate, shift);
    if !route.can_carry(scorer.problem(), candidate.ticket) {
        return "the parts or the room on the van are taken";
    }
    if route.stops().len() >= shift.max_tickets as usize || route.booked() + fit.work > shift.max_work {
        return "at the limit of the shift";
    }
    let open = Ticket { windows: Windows::any_time(), ..candidate.ticket.clone() };
    let open = Candidate { ticket: &open, ..candidate };
    let now = (&route, scorer.price_of(&route));
    let fits = |at| scorer.with_ticket(now, at, open, fit, ANY_PRICE).is_some();
    if (0..=route.stops().len()).any(fits) { "busy in every appointment window" } else { NO_GAP }
}

/// How full the days are of the first few who could serve a ticket, a line each. The plan must be sound,
/// as for [`lack`].
pub(crate) fn days(
    scorer: &Scorer<'_>,
    plan: &Plan,
    candidate: Candidate<'_>,
    most: usize,
) -> Vec<String> {
    let problem = scorer.problem();
    able(scorer, candidate, most)
        .iter()
        .map(|offer| {
            let room = Room::of(problem, plan, offer.shift);
            let id = &problem.engineer(offer.engineer).id;
            let (free, span) = (length(room.free()), length(room.span));
            // That a day is full shows in its numbers.
            match lack(scorer, plan, candidate, offer.shift) {
                NO_GAP => format!("{id} {free} free of {span}"),
                lack => format!("{id} {free} free of {span}, but {lack}"),
            }
        })
        .collect()
}
