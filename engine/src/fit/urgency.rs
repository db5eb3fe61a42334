//! Urgency: how much a ticket weighs against others.
//!
//! ```text
//! priority = min(100, types[type] + tier + round(sla * share used) + repeat * earlier visits + unhappy)
//! ```
//! unless the caller gives one. `share used` is the part of the time from the report to the earlier of
//! the two SLA promises that has passed.

use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::units::Moment;

/// Priority 0-100 of a ticket after `repeats` earlier visits for the same issue.
pub fn priority(problem: &Problem, ticket: &Ticket, repeats: usize) -> u8 {
    if let Some(given) = ticket.priority {
        return given;
    }
    let rates = &problem.policy().urgency;
    let sla = (f64::from(rates.sla) * share_used(problem.now(), ticket)).round() as u64;
    let unhappy = ticket
        .conversation
        .is_some_and(|talk| talk.keywords >= talk.baseline * (1.0 + rates.unhappy_above));
    let points = u64::from(rates.types[ticket.kind as usize])
        + u64::from(ticket.tier_points)
        + sla
        + u64::from(rates.repeat) * repeats as u64
        + if unhappy { u64::from(rates.unhappy) } else { 0 };
    points.min(100) as u8
}

/// The share of the SLA's time that is used up, 0..=1; 0 without an SLA.
fn share_used(now: Moment, ticket: &Ticket) -> f64 {
    let due = ticket.respond_by.min(ticket.resolve_by);
    if due >= Moment::NEVER {
        return 0.0;
    }
    if due <= now {
        // Also where there was no time to begin with: promised for a moment before the report.
        return 1.0;
    }
    let allowed = (due - ticket.reported).0.max(1) as f64;
    ((now - ticket.reported).0 as f64 / allowed).clamp(0.0, 1.0)
}
