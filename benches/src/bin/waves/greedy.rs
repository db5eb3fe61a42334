//! Simple ways to give tickets out, on the pairs of an assignment.

use paidan_engine::assign::Assignment;
use paidan_engine::dispatch::Cheapest;
use paidan_engine::ids::Index;
use paidan_engine::units::Price;

/// Each ticket in turn to its cheapest engineer with a free seat.
pub(crate) fn in_order(pairs: &Assignment, lost: &[Price], engineers: usize, seats: u32) -> Price {
    let mut free = vec![seats; engineers];
    let taken = pairs.tickets.iter().zip(lost).map(|(ticket, &lost)| {
        let offer = ticket.offers.iter().find(|offer| free[offer.engineer.at()] > 0);
        take(offer, lost, &mut free)
    });
    taken.sum()
}

/// The cheapest pair of all first, as long as its engineer has a free seat.
pub(crate) fn best_first(pairs: &Assignment, lost: &[Price], engineers: usize, seats: u32) -> Price {
    let mut all: Vec<(&Cheapest, usize)> = Vec::new();
    for (n, ticket) in pairs.tickets.iter().enumerate() {
        all.extend(ticket.offers.iter().map(|offer| (offer, n)));
    }
    all.sort_by_key(|&(offer, n)| (offer.price, n, offer.engineer));
    let mut free = vec![seats; engineers];
    let mut prices = lost.to_vec();
    let mut is_open = vec![true; lost.len()];
    for (offer, n) in all {
        if is_open[n] && free[offer.engineer.at()] > 0 {
            is_open[n] = false;
            prices[n] = take(Some(offer), lost[n], &mut free);
        }
    }
    prices.into_iter().sum()
}

fn take(offer: Option<&Cheapest>, lost: Price, free: &mut [u32]) -> Price {
    let Some(offer) = offer else { return lost };
    free[offer.engineer.at()] -= 1;
    Price::of(offer.price)
}
