//! Acceptance: simulated annealing with one temperature for seconds and one for unserved work.
//!
//! A temperature that knows only seconds cannot trade tickets of different priority for each other, so
//! either tier has a scale of its own. What is saved in seconds makes up for lost work only so far:
//! lateness of days is dear in seconds, and would buy one ticket after another out of the plan. Tickets of
//! next to no priority can still be bought out of the plan at hand; the best plan seen never trades.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::params::AcceptParams;
use crate::units::{Price, Seconds};

/// The scales of one problem, and how hot it is now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accept {
    seconds: f64,
    lost: f64,
    credit: f64,
}

/// What one unit of either temperature means in a problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scales {
    /// What driving from one stop to the next costs on average, in seconds.
    pub leg: f64,
    /// Mean loss of an unserved ticket: priority, and one for the ticket.
    pub ticket: f64,
}

impl Accept {
    /// The temperatures at `progress` 0..=1.
    pub(super) fn at(params: &AcceptParams, scales: Scales, progress: f64) -> Accept {
        debug_assert!(params.credit >= 0.0, "a credit of {} temperatures", params.credit);
        let between = |hot: f64, cold: f64| hot * (cold / hot).powf(progress);
        Accept {
            seconds: scales.leg * between(params.hot, params.cold),
            lost: scales.ticket * between(params.lost_hot, params.lost_cold),
            credit: params.credit,
        }
    }

    /// How much worse than `old` a plan may be this time.
    pub(super) fn limit(&self, old: Price, rng: &mut Xoshiro256PlusPlus) -> Limit {
        let bearable = -(1.0 - rng.random::<f64>()).ln();
        Limit { accept: *self, old, bearable }
    }
}

/// What a plan may cost to be taken: one draw of the annealing.
pub(super) struct Limit {
    accept: Accept,
    old: Price,
    /// By how many temperatures it may be worse.
    bearable: f64,
}

impl Limit {
    /// How many seconds dearer it may be if it loses nothing more.
    pub(super) fn seconds(&self) -> Seconds {
        Seconds((self.accept.seconds * self.bearable) as i64)
    }

    /// Whether it costs no more than the old one.
    pub(super) fn is_no_dearer(&self, new: Price) -> bool {
        new <= self.old
    }

    /// Whether to go on from it. What has no less of priority lost, of tickets unserved and of seconds than one that is
    /// refused is refused as well.
    pub(super) fn takes(&self, new: Price) -> bool {
        if self.is_no_dearer(new) {
            return true;
        }
        let Accept { seconds, lost, credit } = self.accept;
        let worse = new - self.old;
        let units = (worse.priority_lost + worse.unserved) as f64;
        let heat = (worse.seconds.0 as f64 / seconds).max(-credit) + units / lost;
        heat < self.bearable
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::super::params::Params;
    use super::*;

    #[test]
    fn no_saving_buys_a_ticket_of_mean_priority_out_of_a_cold_plan() {
        let scales = Scales { leg: 300.0, ticket: 50.0 };
        let late = Price { seconds: Seconds(10_000_000), ..Price::ZERO };
        let taken = |priority: u8, progress: f64| {
            let lost = Price::unserved(priority);
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
            let accept = Accept::at(&Params::default().accept, scales, progress);
            (0..1000).filter(|_| accept.limit(late, &mut rng).takes(lost)).count()
        };
        assert_eq!(taken(50, 1.0), 0);
        assert!(taken(0, 1.0) < 100, "{}", taken(0, 1.0));
        // While it is hot, ways round over lost work are open.
        assert!(taken(50, 0.0) > 200, "{}", taken(50, 0.0));
    }
}
