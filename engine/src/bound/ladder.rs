//! Priority lost and tickets unserved as one number, so that a linear programme can count them.

use super::master::Goal;
use crate::price::{PARTS, Scorer};
use crate::units::{Price, Seconds};

/// Shares of a point of priority that are told apart.
const SHARES: i64 = 1_000;

/// Priority lost and tickets unserved as one number, compared as they are.
pub(super) struct Ladder<'g> {
    scorer: &'g Scorer<'g>,
    /// What one point of priority counts, more than all tickets together.
    point: i64,
}

impl<'g> Ladder<'g> {
    /// One on which a point of priority is as high as all tickets and one.
    pub(super) fn coarse(scorer: &'g Scorer<'g>) -> Ladder<'g> {
        Ladder { scorer, point: scorer.problem().tickets().len() as i64 + 1 }
    }

    /// One so high that shares of a point are told apart.
    pub(super) fn fine(scorer: &'g Scorer<'g>) -> Ladder<'g> {
        Ladder { scorer, point: SHARES * Ladder::coarse(scorer).point }
    }

    /// How high a price stands, its seconds aside.
    pub(super) fn height(&self, price: Price) -> i64 {
        price.priority_lost * self.point + price.unserved
    }

    /// The least price of this height or more: no more tickets stay unserved than there are.
    pub(super) fn price(&self, height: i64) -> Price {
        let (mut priority_lost, mut unserved) = (height / self.point, height % self.point);
        if unserved > self.scorer.problem().tickets().len() as i64 {
            (priority_lost, unserved) = (priority_lost + 1, 0);
        }
        Price { priority_lost, unserved, seconds: Seconds::ZERO }
    }

    fn of_tickets<T>(&self, of: impl Fn(Price) -> T) -> Vec<T> {
        let problem = self.scorer.problem();
        problem.ticket_indices().map(|ticket| of(self.scorer.lost(ticket))).collect()
    }

    fn needs(&self) -> Vec<i64> {
        self.scorer.problem().tickets().iter().map(|ticket| i64::from(ticket.crew)).collect()
    }

    /// How little can be lost.
    pub(super) fn lost_least(&self) -> Goal {
        let left_out = self.of_tickets(|lost| self.height(lost) * PARTS);
        let most = left_out.iter().copied().max().unwrap_or(0);
        let tiers = self.of_tickets(|_| 0);
        Goal { needs: self.needs(), left_out, tier: 0, tiers, most }
    }

    /// How few seconds a plan can cost that loses no more than this price.
    pub(super) fn seconds_least(&self, price: Price) -> Goal {
        Goal {
            needs: self.needs(),
            left_out: self.of_tickets(|lost| lost.seconds.0.saturating_mul(PARTS)),
            tier: self.height(price),
            tiers: self.of_tickets(|lost| self.height(lost)),
            // A ticket that would be worth more than all routes together is not worth thinking of.
            most: (price.seconds.0 + 1).saturating_mul(PARTS),
        }
    }
}
