//! Cutting what is not planned yet into regions: tickets with as large a share of the routes, of those that set out near
//! them.

use super::part::Ground;
use crate::geo::Place;
use crate::ids::TicketIx;
use crate::route::Route;
use crate::travel::Travel;

/// Tickets, and the routes that set out nearest to them.
pub(super) struct Region {
    pub routes: Vec<Route>,
    pub tickets: Vec<TicketIx>,
}

/// Regions of at most so many tickets, each cut at the median between two places that are far apart: how much nearer a
/// ticket is to the one than to the other orders them along a line, after `FastMap` (Faloutsos and Lin 1995). `O(n log n)`.
pub(super) fn cut(
    ground: Ground<'_>,
    (routes, tickets): (Vec<Route>, Vec<TicketIx>),
    most: usize,
) -> Vec<Region> {
    let mut regions = Vec::new();
    halve(ground, Region { routes, tickets }, most.max(1), &mut regions);
    regions
}

fn halve(ground: Ground<'_>, region: Region, most: usize, regions: &mut Vec<Region>) {
    if region.tickets.len() <= most {
        regions.push(region);
        return;
    }
    let (problem, roads) = (ground.scorer.problem(), ground.scorer.roads());
    let place = |ticket: TicketIx| &problem.ticket(ticket).place;
    let farthest = |from: TicketIx| {
        let far = |&&ticket: &&TicketIx| (roads.base(place(from), place(ticket)), ticket);
        *region.tickets.iter().max_by_key(far).expect("there are tickets")
    };
    let one = farthest(region.tickets[0]);
    let other = farthest(one);
    let along = |at: &Place| roads.base(at, place(one)) - roads.base(at, place(other));
    let Region { mut routes, mut tickets } = region;
    tickets.sort_by_cached_key(|&ticket| (along(place(ticket)), ticket));
    let rest = tickets.split_off(tickets.len() / 2);
    // As many routes for either half, even where all set out at one depot.
    routes.sort_by_cached_key(|route| (route.anchor().map(along), route.shift()));
    let behind = routes.split_off(routes.len() / 2);
    halve(ground, Region { routes, tickets }, most, regions);
    halve(ground, Region { routes: behind, tickets: rest }, most, regions);
}
