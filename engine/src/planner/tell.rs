//! From working routes to the plan that people read.

use rayon::prelude::*;

use crate::ids::{EngineerIx, Index, TicketIx};
use crate::plan::{Plan, PlannedRoute, PlannedStop, Reason, Run, Unserved};
use crate::price::{AbleShifts, EmptyDays, Scorer};
use crate::receipt::Receipt;
use crate::route::Route;
use crate::rule::Barrier;
use crate::units::Price;

/// Spells a plan out, receipts and reasons included. `O(stops + unserved * able shifts)`, and `O(engineers)` for each
/// ticket that nobody could serve.
pub(crate) fn tell(
    scorer: &Scorer<'_>,
    able: &AbleShifts,
    routes: &[Route],
    unserved: &[TicketIx],
    run: Run,
) -> Plan {
    let mut planned: Vec<PlannedRoute> =
        routes.par_iter().filter_map(|route| spell(scorer, route)).collect();
    planned.sort_by_key(|route| route.shift);
    let mut left: Vec<TicketIx> = unserved.to_vec();
    left.sort_unstable();
    let empty = EmptyDays::new(scorer);
    let is_left = |ticket: TicketIx| left.binary_search(&ticket).is_ok();
    let receipt = planned.iter().fold(Receipt::default(), |sum, route| sum + route.receipt);
    let lost: Price = left.iter().map(|&ticket| scorer.lost(ticket)).sum();
    Plan {
        routes: planned,
        unserved: left
            .par_iter()
            .map(|&ticket| Unserved { ticket, reason: reason((scorer, &empty), able, ticket, is_left) })
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

/// Why a ticket that no route can take is not served. `O(able shifts)`, and `O(engineers)` if nobody could.
pub(crate) fn reason(
    (scorer, empty): (&Scorer<'_>, &EmptyDays<'_>),
    able: &AbleShifts,
    ticket: TicketIx,
    is_left: impl Fn(TicketIx) -> bool,
) -> Reason {
    let (candidate, problem) = (scorer.candidate(ticket), scorer.problem());
    let mut able_ones: Vec<EngineerIx> = Vec::new();
    for &shift in able.of(ticket) {
        let engineer = problem.shift(shift).engineer;
        // The shifts of an engineer stand side by side.
        if able_ones.last() != Some(&engineer) && empty.allow(candidate, shift) {
            able_ones.push(engineer);
        }
    }
    let able = able_ones.len() as u32;
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
    let mut counts = [0_u32; Barrier::ALL.len()];
    for engineer in (0..problem.engineers().len()).map(EngineerIx::nth) {
        let barrier = scorer.engineer_barrier(candidate, engineer).expect("nobody could serve it");
        counts[barrier as usize] += 1;
    }
    Reason::Impossible(Barrier::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect())
}
