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
    /// Mean price of a served stop, in seconds.
    pub stop: f64,
    /// Mean loss of an unserved ticket: priority, and one for the ticket.
    pub ticket: f64,
}

impl Accept {
    /// The temperatures at `progress` 0..=1.
    pub(super) fn at(params: &AcceptParams, scales: Scales, progress: f64) -> Accept {
        debug_assert!(params.credit >= 0.0, "a credit of {} temperatures", params.credit);
        let between = |hot: f64, cold: f64| hot * (cold / hot).powf(progress);
        Accept {
            seconds: scales.stop * between(params.hot, params.cold),
            lost: scales.ticket * between(params.lost_hot, params.lost_cold),
            credit: params.credit,
        }
    }

    /// How many seconds dearer a plan may be, drawn so that each is taken as [`Accept::takes`] would take it.
    pub(super) fn most(&self, rng: &mut Xoshiro256PlusPlus) -> Seconds {
        Seconds((self.seconds * bearable(rng)) as i64)
    }

    /// Whether to go on from `new` instead of `old`.
    pub(super) fn takes(&self, new: Price, old: Price, rng: &mut Xoshiro256PlusPlus) -> bool {
        if new <= old {
            return true;
        }
        let worse = new - old;
        let lost = (worse.priority_lost + worse.unserved) as f64;
        let heat = (worse.seconds.0 as f64 / self.seconds).max(-self.credit) + lost / self.lost;
        heat < bearable(rng)
    }
}

/// By how many temperatures a plan may be worse this time.
fn bearable(rng: &mut Xoshiro256PlusPlus) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::super::params::Params;
    use super::*;

    #[test]
    fn no_saving_buys_a_ticket_of_mean_priority_out_of_a_cold_plan() {
        let scales = Scales { stop: 600.0, ticket: 50.0 };
        let late = Price { seconds: Seconds(10_000_000), ..Price::ZERO };
        let taken = |priority: u8, progress: f64| {
            let lost = Price::unserved(priority);
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
            let accept = Accept::at(&Params::default().accept, scales, progress);
            (0..1000).filter(|_| accept.takes(lost, late, &mut rng)).count()
        };
        assert_eq!(taken(50, 1.0), 0);
        assert!(taken(0, 1.0) < 100, "{}", taken(0, 1.0));
        // While it is hot, ways round over lost work are open.
        assert!(taken(50, 0.0) > 200, "{}", taken(50, 0.0));
    }
}
