//! The cheapest spot for a ticket in all routes of a part.

use std::ops::Range;

use super::gaps::Wish;
use super::params::MendParams;
use super::part::Part;
use super::spot::Spot;
use crate::geo::Place;
use crate::ids::{Index, TicketIx};
use crate::near::Neighbours;
use crate::problem::Problem;
use crate::travel::{Roads, Travel};
use crate::units::Seconds;

/// Tickets beside which a spot is looked for first where all places are looked at.
const NEAREST: usize = 3;

/// A ticket that looks for its cheapest spot in the part.
struct Quest<'p, 'g> {
    part: &'p Part<'g>,
    ticket: TicketIx,
    wish: Wish<'p>,
    goes_alone: bool,
    /// What a spot must cost less than to be worth it.
    worth: Seconds,
    /// With the number of its route.
    best: Option<(usize, Spot)>,
}

impl Quest<'_, '_> {
    /// What a spot must cost less than to be of use.
    fn below(&self) -> Seconds {
        self.best.map_or(self.worth, |(_, spot)| spot.price)
    }

    /// Looks at some places of a route.
    #[inline]
    fn look(&mut self, number: usize, places: Range<usize>, overlook: impl FnMut() -> bool) {
        let Quest { part, ticket, .. } = *self;
        let below = self.below();
        let route = (&part.routes[number], part.prices[number]);
        let view = if self.goes_alone { self.wish.of(number) } else { None };
        let spot = match view {
            Some(view) => part.ground.cheapest_seen(route, (ticket, view), places, below, overlook),
            None => part.ground.cheapest(route, ticket, places, below, overlook),
        };
        if let Some(spot) = spot {
            self.best = Some((number, spot));
        }
    }

    /// Looks on both sides of some of its nearest tickets.
    fn look_beside<'n>(
        &mut self,
        near: impl Iterator<Item = &'n TicketIx>,
        mut overlook: impl FnMut() -> bool,
    ) {
        let fares_tell = self.goes_alone && self.part.ground.fares_tell();
        for &near in near {
            let Some((number, at)) = self.part.served_by(near) else { continue };
            // Most are ruled out here already.
            if !fares_tell || self.wish.may_go_beside(number, at, self.below() - Seconds(1)) {
                self.look(number, at..at + 2, &mut overlook);
            } else {
                debug_assert!(self.has_nothing_cheaper(number, at..at + 2), "beside {near:?}");
            }
        }
    }

    /// Whether no place of these is of use, as the route itself tells.
    fn has_nothing_cheaper(&self, number: usize, places: Range<usize>) -> bool {
        let route = (&self.part.routes[number], self.part.prices[number]);
        self.part.ground.cheapest(route, self.ticket, places, self.below(), || false).is_none()
    }

    /// Looks at both ends of the able routes that have stops, where it lies on the way: the stop at the other side of a
    /// drive from or to an end of the day may be far away. For who goes alone.
    fn look_at_ends(&mut self, mut overlook: impl FnMut() -> bool) {
        let part = self.part;
        let fares_tell = part.ground.fares_tell();
        for number in part.able.of(self.ticket).iter().map(|&number| number as usize) {
            if part.gaps.is_idle(number) {
                continue;
            }
            let last = part.routes[number].stops().len();
            for at in [0, last] {
                if fares_tell && !self.wish.may_go_into(number, at, self.below() - Seconds(1)) {
                    debug_assert!(self.has_nothing_cheaper(number, at..at + 1), "at an end of {number}");
                } else if self.is_on_the_way(number, at) {
                    self.look(number, at..at + 1, &mut overlook);
                }
            }
        }
    }

    /// Whether the ticket lies between two places of a route, so that the detour is no longer than one to the farthest
    /// of its near tickets and back.
    fn is_on_the_way(&self, number: usize, at: usize) -> bool {
        let (ground, route) = (self.part.ground, &self.part.routes[number]);
        let here = &ground.scorer.problem().ticket(self.ticket).place;
        let base = |from: Option<&Place>, to: Option<&Place>| match (from, to) {
            (Some(from), Some(to)) => ground.scorer.roads().base(from, to),
            _ => Seconds::ZERO,
        };
        let (from, to) = (route.place(at), route.place(at + 1));
        let detour = base(from, Some(here)) + base(Some(here), to) - base(from, to);
        detour <= ground.reach[self.ticket.at()] + ground.reach[self.ticket.at()]
    }

    /// Looks at all places of the able routes that `asked` names by number; of several that are alike and have no
    /// stops, at one.
    fn look_in(&mut self, asked: impl Fn(usize) -> bool, mut overlook: impl FnMut() -> bool) {
        let part = self.part;
        let mut idle = None;
        let able = part.able.of(self.ticket).iter().map(|&number| number as usize);
        for number in able.filter(|&number| asked(number)) {
            let route = &part.routes[number];
            if part.gaps.is_idle(number) {
                let twin = Some(part.ground.twins[route.shift().at()]);
                if twin == idle {
                    continue;
                }
                idle = twin;
            }
            self.look(number, route.places(), &mut overlook);
        }
    }
}

/// The cheapest spot for a ticket in the part that is worth it, with the number of its route.
///
/// Where no ticket waited for room when the round began, only places beside its nearest are looked at, the ends of
/// routes where it lies on the way, and routes without stops; all others if there is none: who is far away is hardly
/// ever the best neighbour, and passing him over takes less time and leads to better plans. While tickets wait, room
/// counts more than driving, wherever it is, so all places are looked at.
pub(super) fn best_spot(
    part: &Part<'_>,
    (ticket, waited): (TicketIx, bool),
    params: &MendParams,
    mut overlook: impl FnMut() -> bool,
) -> Option<(usize, Spot)> {
    let ground = part.ground;
    let mut quest = Quest {
        part,
        ticket,
        wish: Wish::new(ground, &part.gaps, ticket),
        goes_alone: ground.second(ticket).is_none(),
        worth: ground.worth(ticket),
        best: None,
    };
    if waited {
        for number in part.changed() {
            quest.look(number, part.routes[number].places(), &mut overlook);
        }
        return quest.best;
    }
    if quest.goes_alone {
        let only_near = !part.wants_room() && part.tickets.len() > params.near;
        // A good spot is mostly beside a near ticket; found first, it rules most others out by their fares.
        let nearest =
            ground.neighbours.of(ticket).iter().take(if only_near { params.near } else { NEAREST });
        quest.look_beside(nearest, &mut overlook);
        if only_near {
            quest.look_at_ends(&mut overlook);
            quest.look_in(|number| part.gaps.is_idle(number), &mut overlook);
            if quest.best.is_some() {
                return quest.best;
            }
        }
    }
    quest.look_in(|_| true, &mut overlook);
    quest.best
}

/// How far each ticket is from the last of its `near` nearest, of those that a ruin may reach; 0 if it has none.
pub(super) fn reach(
    problem: &Problem,
    roads: &Roads,
    neighbours: &Neighbours,
    near: usize,
) -> Vec<Seconds> {
    let place = |ticket: TicketIx| &problem.ticket(ticket).place;
    let reach = |ticket: TicketIx| {
        let last = neighbours.of(ticket).iter().take(near).next_back();
        last.map_or(Seconds::ZERO, |&last| roads.base(place(ticket), place(last)))
    };
    problem.ticket_indices().map(reach).collect()
}
