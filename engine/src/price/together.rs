//! When several engineers could start a ticket together, and what that costs as far as each of them tells alone.
//!
//! Every place in every route is asked for the spans in which work could start there. Where a crew has a moment in
//! common at all, it has one in common at which one of its spans begins; so only those are looked at, in the order of
//! time, with the places that are open then at hand, the cheapest first.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{ANY_PRICE, Candidate, Fit, Scorer};
use crate::ids::EngineerIx;
use crate::route::{Detour, Route};
use crate::ticket::Window;
use crate::units::{Moment, Seconds};

/// Where one of a crew or of a tandem could stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance {
    pub engineer: EngineerIx,
    /// When work could start there.
    pub span: Window,
    /// What it costs there, if work starts as early as it can.
    pub price: Seconds,
}

impl Scorer<'_> {
    /// The chances of a ticket in some places of a route that costs `before`; `overlook` passes a place over when it says
    /// so. `O(places)`.
    pub(crate) fn chances(
        &self,
        (route, before): (&Route, Seconds),
        (candidate, fit): (Candidate<'_>, Fit),
        places: Range<usize>,
        overlook: &mut dyn FnMut() -> bool,
        mut each: impl FnMut(usize, Chance),
    ) {
        let shift = self.problem().shift(route.shift());
        let trial = self.trial((route, before), candidate, fit);
        // Moments that suit a crew are told without the ways by a depot.
        if trial.is_full() || trial.minds_parts() {
            return;
        }
        for at in places {
            if !trial.may_go(at) || overlook() {
                continue;
            }
            let Some(after) = trial.at(at, ANY_PRICE) else { continue };
            let detour = Detour::new(self.roads(), shift, route, at, &candidate.ticket.place);
            route.starts(shift, at, &detour, (candidate.ticket, fit.work), |span| {
                each(at, Chance { engineer: shift.engineer, span, price: after - before });
            });
        }
    }
}

/// The moments at which there are chances for a whole crew, with what it costs if each costs what it does at its
/// own earliest; cheapest first. `all` are the cheapest first. `O(chances log chances)`.
pub(crate) fn moments<S>(all: &[S], crew: u8, chance: impl Fn(&S) -> Chance) -> Vec<(Seconds, Moment)> {
    let span = |n: usize| chance(&all[n]).span;
    let by_time = |key: &dyn Fn(usize) -> Moment| {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_unstable_by_key(|&n| key(n));
        order
    };
    let (opening, closing) = (by_time(&|n| span(n).start), by_time(&|n| span(n).end));
    let (mut opened, mut closed) = (0, 0);
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let mut estimates = Vec::new();
    while let Some(&first) = opening.get(opened) {
        let start = span(first).start;
        while let Some(&one) = opening.get(opened).filter(|&&one| span(one).start == start) {
            open.insert(one);
            opened += 1;
        }
        while let Some(&one) = closing.get(closed).filter(|&&one| span(one).end < start) {
            open.remove(&one);
            closed += 1;
        }
        let mut crewed: Vec<EngineerIx> = Vec::with_capacity(usize::from(crew));
        let mut price = Seconds::ZERO;
        for one in open.iter().map(|&n| chance(&all[n])) {
            if crewed.contains(&one.engineer) {
                continue;
            }
            crewed.push(one.engineer);
            price += one.price;
            if crewed.len() == usize::from(crew) {
                estimates.push((price, start));
                break;
            }
        }
    }
    estimates.sort_unstable();
    estimates
}
