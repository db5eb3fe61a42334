//! From working routes to the plan that people read.

use rayon::prelude::*;

use super::reasons::Reasons;
use crate::ids::TicketIx;
use crate::plan::{Plan, PlannedRoute, PlannedStop, Run, Unserved};
use crate::price::Scorer;
use crate::receipt::Receipt;
use crate::route::Route;
use crate::units::Price;

/// Spells a plan out, receipts and reasons included. `O(stops)`, and what [`Reasons::of`] takes for each ticket left.
pub(crate) fn tell(
    scorer: &Scorer<'_>,
    reasons: &Reasons<'_>,
    routes: &[Route],
    unserved: &[TicketIx],
    run: Run,
) -> Plan {
    let mut planned: Vec<PlannedRoute> =
        routes.par_iter().filter_map(|route| spell(scorer, route)).collect();
    planned.sort_by_key(|route| route.shift);
    let mut left: Vec<TicketIx> = unserved.to_vec();
    left.sort_unstable();
    let is_left = |ticket: TicketIx| left.binary_search(&ticket).is_ok();
    let receipt = planned.iter().fold(Receipt::default(), |sum, route| sum + route.receipt);
    let lost: Price = left.iter().map(|&ticket| scorer.lost(ticket)).sum();
    Plan {
        routes: planned,
        unserved: left
            .par_iter()
            .map(|&ticket| Unserved { ticket, reason: reasons.of(ticket, is_left) })
            .collect(),
        receipt,
        price: lost + Price::of(receipt.total()),
        bound: None,
        run,
    }
}

fn spell(scorer: &Scorer<'_>, route: &Route) -> Option<PlannedRoute> {
    let (bill, schedule) = scorer.bill(route)?;
    let stops = route
        .stops()
        .iter()
        .zip(&schedule.stops)
        .zip(bill.stops)
        .enumerate()
        .map(|(n, ((stop, moments), receipt))| PlannedStop {
            ticket: stop.ticket,
            fetch_at: stop.fetch_at,
            drive: route.leg(n + 1).time,
            arrival: moments.arrival,
            start: moments.start,
            departure: moments.departure,
            receipt,
        })
        .collect();
    Some(PlannedRoute {
        shift: route.shift(),
        leave: schedule.leave,
        stops,
        breaks: schedule.breaks,
        drive_back: route.leg_back().time,
        back: schedule.back,
        receipt: bill.route,
    })
}
