//! Recreate: greedy insertion with blinks, in one of several orders.
//!
//! Where a torn-out ticket looks, `quest.rs` tells. Tickets that were unserved before try only routes that the
//! round has changed: of the others only those may have got emptier whose tails were exchanged before it.

use std::cmp::Reverse;

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::accept::Limit;
use super::params::MendParams;
use super::part::Part;
use super::quest::best_spot;
use super::tied;
use crate::ids::{Index, TicketIx};
use crate::price::ANY_PRICE;
use crate::units::{Price, Seconds};

/// The orders in which tickets are put back.
#[derive(Clone, Copy)]
enum Order {
    Random,
    Priority,
    MostWork,
    FewestAble,
    NarrowestWindow,
    Farthest,
    Nearest,
}

/// Chances of the orders, out of their sum.
const ORDERS: [(Order, u32); 7] = [
    (Order::Random, 4),
    (Order::Farthest, 2),
    (Order::Nearest, 1),
    (Order::Priority, 4),
    (Order::MostWork, 2),
    (Order::FewestAble, 3),
    (Order::NarrowestWindow, 2),
];

/// Puts back what can be put back. Returns false as soon as the plan will be refused, as far as `Ground::stops_add`
/// tells, perhaps before all have been tried; if true, the limit must still be asked.
pub(super) fn mend(
    part: &mut Part<'_>,
    params: &MendParams,
    limit: &Limit,
    rng: &mut Xoshiro256PlusPlus,
) -> bool {
    let waiting = part.waiting();
    let mut order: Vec<(TicketIx, bool)> = part
        .pool
        .iter()
        .enumerate()
        .filter(|(_, ticket)| !part.ground.is_second(**ticket))
        .map(|(n, &ticket)| (ticket, n < waiting))
        .collect();
    sort(part, &mut order, rng);
    // Whole runs of places are passed between two blinks, which costs one random number for many.
    let mut next_blink = Blinks::new(params.blink, rng);
    let mut overlook = || next_blink.blink(rng);
    let mut torn: Vec<TicketIx> = Vec::new();
    if !part.ground.ties.is_empty() {
        torn.extend(order.iter().filter(|(_, waited)| !waited).map(|&(ticket, _)| ticket));
    }
    let ground = part.ground;
    let torn_out = order.iter().filter(|(_, waited)| !waited);
    let mut untried: Price = torn_out.map(|&(ticket, _)| ground.lost_with_second(ticket)).sum();
    // Whoever waits for room may yet make up for what others lose.
    let may_give_up = !part.wants_room() && ground.ties.is_empty();
    // Where tearing out made a plan dearer, putting back may make it cheaper.
    let stops_add = ground.stops_add && limit.is_no_dearer(part.total - untried);
    for (ticket, waited) in order {
        if ground.ties.knot(ticket).is_none() {
            restore(part, (ticket, waited), params, &mut overlook);
            if waited || !may_give_up {
                continue;
            }
            untried -= ground.lost_with_second(ticket);
            let mut least = part.total - untried;
            if !stops_add {
                least.seconds = -ANY_PRICE;
            }
            if !limit.takes(least) {
                return false;
            }
        } else {
            restore_tied(part, (ticket, waited), &torn, params, &mut overlook);
            debug_assert!(tied::holds(part), "{ticket:?} was put back as it should");
        }
    }
    true
}

/// Serves what can be served of knots, those first that lose most, and in them those first that others wait for.
/// Once `is_over`, no further one is tried.
pub(super) fn restore_knots(part: &mut Part<'_>, params: &MendParams, is_over: impl Fn() -> bool) {
    let ground = part.ground;
    let mut knots: Vec<(Price, usize)> = Vec::new();
    let open = part.pool.iter().filter_map(|&ticket| Some((ground.ties.knot(ticket)?, ticket)));
    let mut open: Vec<(usize, TicketIx)> = open.collect();
    open.sort_unstable();
    for of_knot in open.chunk_by(|(one, _), (other, _)| one == other) {
        let dearest = of_knot.iter().map(|&(_, ticket)| ground.lost(ticket)).max();
        knots.push((dearest.expect("a chunk is never empty"), of_knot[0].0));
    }
    knots.sort_unstable_by_key(|&(lost, knot)| (Reverse(lost), knot));
    for &ticket in knots.iter().flat_map(|&(_, knot)| &ground.ties.knots()[knot]) {
        if is_over() {
            return;
        }
        let is_open = !part.is_served(ticket) && !part.is_fixed(ticket);
        if is_open && ground.may_be_served(ticket) && !ground.is_second(ticket) {
            restore_here(part, ticket, params, &mut || false);
        }
    }
}

/// Puts a ticket, and the second of its pair, back where that costs least.
fn restore(
    part: &mut Part<'_>,
    (ticket, waited): (TicketIx, bool),
    params: &MendParams,
    overlook: &mut impl FnMut() -> bool,
) {
    if let Some((number, spot)) = best_spot(part, (ticket, waited), params, overlook) {
        part.put(ticket, number, spot);
    }
}

/// The same for a ticket of a knot: after all that it waits for and was `torn` out with it, and with its whole crew or
/// the other of its tandem.
fn restore_tied(
    part: &mut Part<'_>,
    (ticket, waited): (TicketIx, bool),
    torn: &[TicketIx],
    params: &MendParams,
    overlook: &mut impl FnMut() -> bool,
) {
    // Another ticket may have had it put back before its turn.
    if part.is_served(ticket) || part.is_fixed(ticket) {
        return;
    }
    // Room for either ticket of a tandem may be what both have waited for.
    let tandem = part.ground.scorer.problem().ticket(ticket).tandem;
    let may_stand = |number| {
        tied::may_stand(part, ticket, number)
            || tandem.is_some_and(|tandem| tied::may_stand(part, tandem.other, number))
    };
    if waited && !part.changed().any(may_stand) {
        return;
    }
    for before in tied::awaited(part, ticket, torn) {
        // The halves of a pair go together.
        if !part.is_served(before) {
            restore_here(part, before, params, overlook);
        }
    }
    restore_here(part, ticket, params, overlook);
}

fn restore_here(
    part: &mut Part<'_>,
    ticket: TicketIx,
    params: &MendParams,
    overlook: &mut impl FnMut() -> bool,
) {
    if part.ground.scorer.problem().ticket(ticket).needs_coordination() {
        tied::place(part, ticket, params.crew_moments, overlook);
    } else {
        restore(part, (ticket, false), params, overlook);
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
        Order::Priority => {
            order.sort_by_key(|(ticket, _)| Reverse(scorer.candidate(*ticket).standing.priority));
        }
        Order::MostWork => {
            order.sort_by_key(|(ticket, _)| Reverse(scorer.problem().ticket(*ticket).work));
        }
        Order::FewestAble => order.sort_by_key(|(ticket, _)| part.ground.fits.able(*ticket).len()),
        Order::NarrowestWindow => order.sort_by_key(|(ticket, _)| {
            let windows = &scorer.problem().ticket(*ticket).windows;
            windows.iter().map(|window| window.end - window.start).sum::<Seconds>()
        }),
        Order::Farthest => {
            order.sort_by_key(|(ticket, _)| Reverse(part.ground.remote[ticket.at()]));
        }
        Order::Nearest => order.sort_by_key(|(ticket, _)| part.ground.remote[ticket.at()]),
    }
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
