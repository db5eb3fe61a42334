//! Lateness charges by the minute for work that starts after the SLA's `respond_by` or ends after its
//! `resolve_by`, dearer with priority. It never forbids: late is better than not at all.

use super::{Tariff, by_the_thousand};
use crate::policy::LatenessRates;
use crate::ticket::Ticket;
use crate::units::{Moment, Seconds};

/// Seconds of driving for 1000 s of lateness at a priority.
pub(super) fn rate(rates: &LatenessRates, priority: u8) -> i64 {
    let urgency = 1.0 + rates.urgent_factor * f64::from(priority) / 100.0;
    (1000.0 * rates.per_minute / 60.0 * urgency).round() as i64
}

/// The price of work on `ticket` from `start` to `end`.
pub fn price(tariff: &Tariff, ticket: &Ticket, priority: u8, start: Moment, end: Moment) -> Seconds {
    let rate = tariff.lateness[usize::from(priority.min(100))];
    by_the_thousand(start - ticket.respond_by, rate) + by_the_thousand(end - ticket.resolve_by, rate)
}
