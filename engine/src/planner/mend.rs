//! Recreate: greedy insertion with blinks, in one of several orders.
//!
//! Torn-out tickets try every able route of the part. Tickets that were unserved before try only
//! routes that the round has changed: the others have not got any emptier.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::params::MendParams;
use super::part::Part;
use crate::ids::TicketIx;
use crate::price::ANY_PRICE;
use crate::units::Seconds;

/// The orders in which tickets are put back.
#[derive(Clone, Copy)]
enum Order {
    Random,
    Priority,
    MostWork,
    FewestAble,
    NarrowestWindow,
}

/// Chances of the orders, out of their sum.
const ORDERS: [(Order, u32); 5] = [
    (Order::Random, 4),
    (Order::Priority, 4),
    (Order::MostWork, 2),
    (Order::FewestAble, 3),
    (Order::NarrowestWindow, 2),
];

/// Puts back what can be put back. The first `waiting` tickets of the pool were unserved before the
/// round.
pub(super) fn mend(
    part: &mut Part<'_>,
    waiting: usize,
    params: &MendParams,
    rng: &mut Xoshiro256PlusPlus,
) {
    let mut order: Vec<(TicketIx, bool)> =
        part.pool.iter().enumerate().map(|(n, &ticket)| (ticket, n < waiting)).collect();
    sort(part, &mut order, rng);
    // Whole runs of places are passed between two blinks, which costs one random number for many.
    let mut next_blink = Blinks::new(params.blink, rng);
    for (ticket, waited) in order {
        if let Some((number, at, price)) = best_place(part, ticket, waited, &mut next_blink, rng) {
            part.put(ticket, number, at, price);
        }
    }
}

fn sort(part: &Part<'_>, order: &mut [(TicketIx, bool)], rng: &mut Xoshiro256PlusPlus) {
    order.shuffle(rng);
    let scorer = part.ground.scorer;
    let mut pick = rng.random_range(0..ORDERS.iter().map(|(_, chance)| chance).sum());
    let mut chosen = Order::Random;
    for (one, chance) in ORDERS {
        if pick < chance {
            chosen = one;
            break;
        }
        pick -= chance;
    }
    match chosen {
        Order::Random => {}
        Order::Priority => order
            .sort_by_key(|(ticket, _)| std::cmp::Reverse(scorer.candidate(*ticket).standing.priority)),
        Order::MostWork => {
            order.sort_by_key(|(ticket, _)| std::cmp::Reverse(scorer.problem().ticket(*ticket).work));
        }
        Order::FewestAble => order.sort_by_key(|(ticket, _)| part.ground.fits.able(*ticket).len()),
        Order::NarrowestWindow => order.sort_by_key(|(ticket, _)| {
            let windows = &scorer.problem().ticket(*ticket).windows;
            windows.iter().map(|window| window.end - window.start).sum::<Seconds>()
        }),
    }
}

/// The cheapest place for a ticket in the part: route, place, price of the route then.
fn best_place(
    part: &Part<'_>,
    ticket: TicketIx,
    waited: bool,
    blinks: &mut Blinks,
    rng: &mut Xoshiro256PlusPlus,
) -> Option<(usize, usize, Seconds)> {
    let mut best: Option<(Seconds, usize, usize, Seconds)> = None;
    let mut look = |number: usize| {
        let route = &part.routes[number];
        let Some(fit) = part.ground.fits.get(ticket, route.shift()) else { return };
        let candidate = part.ground.scorer.candidate(ticket);
        let before = part.prices[number];
        for at in 0..=route.stops().len() {
            if blinks.blink(rng) {
                continue;
            }
            let most = best.map_or(ANY_PRICE, |best| before + best.0 - Seconds(1));
            let priced = part.ground.scorer.with_ticket((route, before), at, candidate, fit, most);
            if let Some(after) = priced {
                best = Some((after - before, number, at, after));
            }
        }
    };
    if waited {
        part.changed().for_each(&mut look);
    } else {
        for &shift in part.ground.fits.able(ticket) {
            if let Some(number) = part.number(shift) {
                look(number);
            }
        }
    }
    best.map(|(_, number, at, price)| (number, at, price))
}

/// Overlooks a place now and then.
struct Blinks {
    /// `ln(1 - chance)`.
    log_keep: f64,
    left: u64,
}

impl Blinks {
    fn new(chance: f64, rng: &mut Xoshiro256PlusPlus) -> Blinks {
        let mut blinks = Blinks { log_keep: (-chance).ln_1p(), left: 0 };
        blinks.left = blinks.gap(rng);
        blinks
    }

    fn gap(&self, rng: &mut Xoshiro256PlusPlus) -> u64 {
        if self.log_keep == 0.0 {
            return u64::MAX;
        }
        let uniform: f64 = 1.0 - rng.random::<f64>();
        (uniform.ln() / self.log_keep) as u64
    }

    fn blink(&mut self, rng: &mut Xoshiro256PlusPlus) -> bool {
        if self.left == 0 {
            self.left = self.gap(rng);
            true
        } else {
            self.left -= 1;
            false
        }
    }
}
