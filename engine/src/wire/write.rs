//! Plans to documents. Equal plans give equal bytes.

use super::answer::{
    BoundDoc, EndedDoc, PlanDoc, PlannedBreakDoc, PlannedRouteDoc, PlannedStopDoc, PriceDoc,
    ReasonCodeDoc, ReasonDoc, ReceiptDoc, RunDoc, UnservedDoc,
};
use super::time::rfc3339;
use crate::plan::{Bound, Ended, Plan, PlannedRoute, PlannedStop, Reason, Run, Unserved};
use crate::problem::Problem;
use crate::receipt::Receipt;
use crate::rule::Line;
use crate::units::Price;

/// The document of a plan.
pub fn plan_doc(problem: &Problem, plan: &Plan) -> PlanDoc {
    PlanDoc {
        routes: plan.routes.iter().map(|route| route_doc(problem, route)).collect(),
        unserved: plan.unserved.iter().map(|left| unserved_doc(problem, left)).collect(),
        receipt: receipt_doc(&plan.receipt),
        price: price_doc(plan.price),
        bound: plan.bound.map(bound_doc),
        run: run_doc(plan.run),
    }
}

/// The text of a plan, indented, with a line break at the end.
pub fn write_plan(problem: &Problem, plan: &Plan) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(&plan_doc(problem, plan))
        .expect("a plan holds only texts, whole numbers and maps by text");
    text.push(b'\n');
    text
}

/// The document of a route; also for a route that stands alone.
pub fn route_doc(problem: &Problem, route: &PlannedRoute) -> PlannedRouteDoc {
    let shift = problem.shift(route.shift);
    let offset_s = shift.offset_s;
    PlannedRouteDoc {
        engineer: problem.engineer_id(route.shift).to_owned(),
        shift: shift.number,
        leave: rfc3339(route.leave, offset_s),
        stops: route.stops.iter().map(|stop| stop_doc(problem, stop, offset_s)).collect(),
        breaks: route
            .breaks
            .iter()
            .map(|pause| PlannedBreakDoc {
                start: rfc3339(pause.start, offset_s),
                end: rfc3339(pause.end, offset_s),
            })
            .collect(),
        drive_back_s: route.drive_back.0,
        back: rfc3339(route.back, offset_s),
        receipt: receipt_doc(&route.receipt),
    }
}

fn stop_doc(problem: &Problem, stop: &PlannedStop, offset_s: i32) -> PlannedStopDoc {
    PlannedStopDoc {
        ticket: problem.ticket(stop.ticket).id.to_string(),
        fetch_at: stop.fetch_at.map(|depot| problem.register().depots.name(depot).to_owned()),
        drive_s: stop.drive.0,
        arrival: rfc3339(stop.arrival, offset_s),
        start: rfc3339(stop.start, offset_s),
        departure: rfc3339(stop.departure, offset_s),
        receipt: receipt_doc(&stop.receipt),
    }
}

/// The document of a ticket that no route serves.
pub fn unserved_doc(problem: &Problem, left: &Unserved) -> UnservedDoc {
    UnservedDoc {
        ticket: problem.ticket(left.ticket).id.to_string(),
        reason: reason_doc(problem, &left.reason),
    }
}

/// The document of a reason.
pub fn reason_doc(problem: &Problem, reason: &Reason) -> ReasonDoc {
    match reason {
        Reason::Impossible(barriers) => ReasonDoc {
            barriers: barriers
                .iter()
                .map(|(barrier, count)| (barrier.as_str().to_owned(), *count))
                .collect(),
            ..ReasonDoc::of(ReasonCodeDoc::Impossible)
        },
        Reason::LostTrade { able } => {
            ReasonDoc { able: Some(*able), ..ReasonDoc::of(ReasonCodeDoc::LostTheTrade) }
        }
        Reason::TooFewTogether { able, together } => ReasonDoc {
            able: Some(*able),
            together: Some(*together),
            ..ReasonDoc::of(ReasonCodeDoc::TooFewTogether)
        },
        Reason::PredecessorUnserved(before) => ReasonDoc {
            waits_for: Some(problem.ticket(*before).id.to_string()),
            ..ReasonDoc::of(ReasonCodeDoc::PredecessorUnserved)
        },
    }
}

/// The document of a receipt.
pub fn receipt_doc(receipt: &Receipt) -> ReceiptDoc {
    ReceiptDoc {
        callout: receipt.line(Line::Callout).0,
        driving: receipt.line(Line::Driving).0,
        work: receipt.line(Line::Work).0,
        waiting: receipt.line(Line::Waiting).0,
        skill: receipt.line(Line::Skill).0,
        history: receipt.line(Line::History).0,
        load: receipt.line(Line::Load).0,
        preference: receipt.line(Line::Preference).0,
        binding: receipt.line(Line::Binding).0,
        lateness: receipt.line(Line::Lateness).0,
        overtime: receipt.line(Line::Overtime).0,
        guarantee: receipt.line(Line::Guarantee).0,
        total: receipt.total().0,
    }
}

/// The document of a price.
pub fn price_doc(price: Price) -> PriceDoc {
    PriceDoc { priority_lost: price.priority_lost, unserved: price.unserved, seconds: price.seconds.0 }
}

fn bound_doc(bound: Bound) -> BoundDoc {
    BoundDoc {
        priority_lost: bound.lost.priority_lost,
        unserved: bound.lost.unserved,
        seconds: bound.seconds.0,
    }
}

/// The document of what is needed to replay a plan.
pub fn run_doc(run: Run) -> RunDoc {
    RunDoc {
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        seed: run.seed,
        rounds: run.rounds,
        ended: match run.ended {
            Ended::Running => EndedDoc::Running,
            Ended::Rounds => EndedDoc::Rounds,
            Ended::Deadline => EndedDoc::Deadline,
            Ended::Stale => EndedDoc::Stale,
            Ended::Cancelled => EndedDoc::Cancelled,
            Ended::Proven => EndedDoc::Proven,
        },
    }
}
