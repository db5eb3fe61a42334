//! What the nation's engineers did before.

use paidan_engine::wire::document::VisitDoc;

use super::NationOptions;
use super::roster::Person;
use super::tickets::Job;
use super::trades::{self, TRADES, TROUBLES};
use super::week::{HISTORY_DAYS, Week};
use crate::generate::chance::Chance;

/// The stream of chance that this file draws from.
const STREAM: u64 = 15;
/// Share of the visits that went to the customer of a ticket that is open now, for its issue ...
const RETURNING: f64 = 0.3;
/// ... but on average no more than this many for each open ticket: few customers call again.
const EARLIER_EACH: f64 = 0.5;

/// Visits, engineer by engineer. Each engineer is good or bad at their work, and ratings follow.
pub(super) fn remember(
    options: &NationOptions,
    week: &Week,
    crew: &[Person],
    jobs: &[Job],
) -> Vec<VisitDoc> {
    let mut chance = Chance::new(options.seed, STREAM);
    let by_trade = jobs_by_trade(jobs);
    let count = crew.len() * options.visits_each;
    let returning = RETURNING.min(EARLIER_EACH * jobs.len() as f64 / count.max(1) as f64);
    let mut visits = Vec::with_capacity(count);
    for (n, person) in crew.iter().enumerate() {
        let quality = 0.5 + 0.45 * chance.unit();
        for k in 1..=options.visits_each {
            let trade = chance.pick(&person.trades).0;
            let known = &by_trade[trade];
            let returns_to = (!known.is_empty() && chance.yes(returning)).then(|| *chance.pick(known));
            let job = returns_to.map(|job| &jobs[job].document);
            let customer = job.and_then(|job| job.customer.clone());
            let issue = job.and_then(|job| job.issue.clone());
            let day = -chance.between(2, HISTORY_DAYS);
            let start = chance.between(8 * 4, 15 * 4) * 900;
            let resolved = chance.yes(quality);
            let rating = if resolved { chance.between(3, 6).min(5) } else { chance.between(1, 3) };
            visits.push(VisitDoc {
                ticket: format!("V{:06}-{k}", n + 1),
                customer: customer.unwrap_or_else(|| format!("D{:06}-{k}", n + 1)),
                asset: None,
                issue: issue.unwrap_or_else(|| trades::issue(trade, chance.below(TROUBLES.len()))),
                engineer: person.document.id.clone(),
                start: week.stamp(day, start),
                end: week.stamp(day, start + chance.between(2, 8) * 600),
                resolved,
                rating: chance.yes(0.6).then_some(rating as u8),
            });
        }
    }
    visits
}

fn jobs_by_trade(jobs: &[Job]) -> Vec<Vec<usize>> {
    let mut by_trade = vec![Vec::new(); TRADES.len()];
    for (n, job) in jobs.iter().enumerate() {
        by_trade[job.trade].push(n);
    }
    by_trade
}
