//! When a crew could start.

use rayon::prelude::*;

use crate::dispatch::Board;
use crate::price::Candidate;
use crate::price::together::{self, Chance};
use crate::units::Moment;

/// All moments at which a crew could start, as far as each engineer tells alone; those first that seem cheapest. `O(stops)`
/// over the roster, in parallel.
pub(super) fn moments(board: Board<'_>, candidate: Candidate<'_>) -> Vec<Moment> {
    let scorer = board.scorer;
    let in_route = board.routes.par_iter().map(|route| {
        let shift = scorer.problem().shift(route.shift());
        let mut own = Vec::new();
        if scorer.barrier(candidate, shift).is_none() {
            let (priced, fit) = ((route, scorer.price_of(route)), scorer.fit(candidate, shift));
            let all = route.places();
            scorer.chances(priced, (candidate, fit), all, &mut || false, |_, chance| own.push(chance));
        }
        own
    });
    let mut chances: Vec<Chance> = in_route.collect::<Vec<_>>().concat();
    // Stable, so that of the same price the first of the roster stays the first.
    chances.sort_by_key(|chance| chance.price);
    let moments = together::moments(&chances, candidate.ticket.crew, |chance| *chance);
    moments.into_iter().map(|(_, start)| start).collect()
}
