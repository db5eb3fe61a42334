//! From working routes to the plan that people read.

use crate::ids::{EngineerIx, Index, TicketIx};
use crate::plan::{Plan, PlannedRoute, PlannedStop, Reason, Run, Unserved};
use crate::price::Scorer;
use crate::receipt::Receipt;
use crate::route::Route;
use crate::rule::Barrier;
use crate::units::Price;

/// Spells a plan out, receipts and reasons included. `O(stops + unserved * engineers)`.
pub(crate) fn tell<'r>(
    scorer: &Scorer<'_>,
    routes: impl Iterator<Item = &'r Route>,
    unserved: &[TicketIx],
    run: Run,
) -> Plan {
    let mut planned: Vec<PlannedRoute> = routes.filter_map(|route| spell(scorer, route)).collect();
    planned.sort_by_key(|route| route.shift);
    let mut left: Vec<TicketIx> = unserved.to_vec();
    left.sort_unstable();
    let is_left = |ticket: TicketIx| left.binary_search(&ticket).is_ok();
    let receipt = planned.iter().fold(Receipt::default(), |sum, route| sum + route.receipt);
    let lost: Price = left.iter().map(|&ticket| scorer.lost(ticket)).sum();
    Plan {
        routes: planned,
        unserved: left
            .iter()
            .map(|&ticket| Unserved { ticket, reason: reason(scorer, ticket, is_left) })
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

/// Why a ticket that no route can take is not served. `O(engineers)`.
pub(crate) fn reason(
    scorer: &Scorer<'_>,
    ticket: TicketIx,
    is_left: impl Fn(TicketIx) -> bool,
) -> Reason {
    let candidate = scorer.candidate(ticket);
    let mut able = 0;
    let mut counts = [0_u32; Barrier::ALL.len()];
    for engineer in (0..scorer.problem().engineers().len()).map(EngineerIx::nth) {
        match scorer.engineer_barrier(candidate, engineer) {
            None => able += 1,
            Some(barrier) => counts[barrier as usize] += 1,
        }
    }
    if able > 0 {
        if let Some(tandem) = candidate.ticket.tandem
            && !scorer.may_meet(candidate, scorer.candidate(tandem.other))
        {
            return Reason::TooFewTogether { able, together: 1 };
        }
        let crew = u32::from(candidate.ticket.crew);
        if crew > 1 {
            let together = scorer.most_together(candidate);
            if together < crew {
                return Reason::TooFewTogether { able, together };
            }
        }
        return match candidate.ticket.after.iter().find(|&&before| is_left(before)) {
            Some(&before) => Reason::PredecessorUnserved(before),
            None => Reason::LostTrade { able },
        };
    }
    Reason::Impossible(Barrier::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect())
}
