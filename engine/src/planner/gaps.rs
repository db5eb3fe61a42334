//! The gaps of all routes of a part side by side in memory, for the question that a search asks most: may a ticket go
//! here at all? A route spreads its answer over several lists, and asking one route after another that way is waiting
//! for memory.

use super::part::Ground;
use crate::ids::TicketIx;
use crate::route::Route;
use crate::travel::Fares;
use crate::units::{Moment, Seconds};

/// The gap between two places of a route.
#[derive(Clone, Copy, Default)]
struct Gap {
    /// The two places, by their numbers in the table of fares.
    from: u16,
    to: u16,
    /// What the leg costs now.
    fare: u32,
    /// When the first can be left at the earliest and the second must be reached at the latest, in seconds from the
    /// problem's `now`.
    leave: i32,
    ready: i32,
}

/// Where a route's gaps are.
#[derive(Clone, Copy, Default)]
struct Slot {
    from: u32,
    /// How many; 0 where only the route itself can tell.
    len: u16,
    /// For how many there is space.
    space: u16,
    /// The table of fares.
    way: u8,
    /// Whether the route has no stops; here, so that nobody waits for the route itself to be told.
    is_idle: bool,
}

/// The gaps of all routes, by the route's number in the part.
pub(super) struct Gaps {
    slots: Vec<Slot>,
    gaps: Vec<Gap>,
}

impl Gaps {
    /// The gaps of these routes.
    pub(super) fn new(ground: Ground<'_>, routes: &[Route]) -> Gaps {
        let mut gaps = Gaps { slots: vec![Slot::default(); routes.len()], gaps: Vec::new() };
        for (number, route) in routes.iter().enumerate() {
            gaps.renew(ground, number, route);
        }
        gaps
    }

    /// Whether a route has no stops.
    pub(super) fn is_idle(&self, number: usize) -> bool {
        self.slots[number].is_idle
    }

    /// Takes a route's gaps as they are now. `O(stops)`.
    pub(super) fn renew(&mut self, ground: Ground<'_>, number: usize, route: &Route) {
        let slot = &mut self.slots[number];
        (slot.len, slot.is_idle) = (0, route.stops().is_empty());
        let (len, rows, fares) = (route.places().len(), route.rows(), route.leg_fares());
        let is_dear = |fare: &Seconds| u32::try_from(fare.0).is_err();
        let Some(way) = ground.fares.way(route.shift()) else { return };
        if route.may_set_up() || len > usize::from(u16::MAX / 2) || fares.iter().any(is_dear) {
            return;
        }
        if len > usize::from(slot.space) {
            // Room to grow; the old place lies unused until the epoch ends.
            (slot.from, slot.space) = (self.gaps.len() as u32, 2 * len as u16);
            self.gaps.resize(self.gaps.len() + 2 * len, Gap::default());
        }
        (slot.len, slot.way) = (len as u16, way);
        let problem = ground.scorer.problem();
        let (shift, now, table) = (problem.shift(route.shift()), problem.now(), ground.fares.table(way));
        let mut from = table.number(rows[0]);
        for (at, gap) in self.gaps[slot.from as usize..][..len].iter_mut().enumerate() {
            let to = table.number(rows[at + 1]);
            // Where breaks wait for the load, only a layout tells.
            let (leave, ready) = if shift.has_break_under_load() {
                (Moment::PAST, Moment::NEVER)
            } else {
                route.gap(shift, at)
            };
            let (leave, ready) = (seconds_from(now, leave), seconds_from(now, ready));
            *gap = Gap { from, to, fare: fares[at].0 as u32, leave, ready };
            from = to;
        }
    }
}

/// Seconds from `now`; what is decades away stands for all that is farther.
fn seconds_from(now: Moment, moment: Moment) -> i32 {
    (moment - now).0.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

/// A ticket's fares by one table. They are copies, since a table may be larger than a cache: reading a row once from end
/// to end is faster than waiting for it piece by piece.
struct Known {
    way: u8,
    into: Vec<u32>,
    /// Empty where there and back cost the same.
    out_of: Vec<u32>,
}

/// A ticket that looks for gaps.
pub(super) struct Wish<'p> {
    gaps: &'p Gaps,
    fares: &'p Fares,
    row: u32,
    /// Its fares by the tables that were asked so far.
    known: Vec<Known>,
    opens: i32,
    closes: i32,
    /// Whether it needs a setup somewhere, so that only a route itself can tell.
    may_set_up: bool,
}

impl<'p> Wish<'p> {
    pub(super) fn new(ground: Ground<'p>, gaps: &'p Gaps, ticket: TicketIx) -> Wish<'p> {
        let problem = ground.scorer.problem();
        let asked = problem.ticket(ticket);
        Wish {
            gaps,
            fares: ground.fares,
            row: asked.place.row,
            known: Vec::new(),
            opens: seconds_from(problem.now(), asked.windows.opens()),
            closes: seconds_from(problem.now(), asked.windows.closes()),
            may_set_up: asked.may_need_setup(),
        }
    }

    /// The gaps of a route as the ticket sees them; `None` where only the route itself can tell. `O(places)` where
    /// the table was not asked before.
    #[inline]
    pub(super) fn of(&mut self, number: usize) -> Option<View<'_>> {
        let slot = self.gaps.slots[number];
        if slot.len == 0 || self.may_set_up {
            return None;
        }
        let at = match self.known.iter().position(|known| known.way == slot.way) {
            Some(at) => at,
            None => self.learn(slot.way),
        };
        Some(self.view(slot, &self.known[at]))
    }

    /// Whether a detour that costs at most `most` may go before or behind a stop, as far as is known without asking the
    /// route or a table.
    #[inline]
    pub(super) fn may_go_beside(&self, number: usize, stop: usize, most: Seconds) -> bool {
        let slot = self.gaps.slots[number];
        let known = self.known.iter().find(|known| known.way == slot.way);
        // Of setups only the route can tell; where there may be some, no table is known.
        let Some(known) = known.filter(|_| slot.len > 0) else { return true };
        let view = self.view(slot, known);
        view.gaps[stop..stop + 2].iter().any(|gap| view.fares_by(gap, most).is_some())
    }

    /// Whether a detour that costs at most `most` may go into a gap, as far as is known without asking the route.
    /// `O(places)` where the table was not asked before.
    #[inline]
    pub(super) fn may_go_into(&mut self, number: usize, at: usize, most: Seconds) -> bool {
        self.of(number).is_none_or(|view| view.fares_by(&view.gaps[at], most).is_some())
    }

    fn view<'w>(&'w self, slot: Slot, known: &'w Known) -> View<'w> {
        let Known { into, out_of, .. } = known;
        let out_of = if out_of.is_empty() { into } else { out_of };
        let gaps = &self.gaps.gaps[slot.from as usize..][..usize::from(slot.len)];
        View { gaps, into, out_of, opens: self.opens, closes: self.closes }
    }

    /// Copies its fares by a table; where they are then.
    fn learn(&mut self, way: u8) -> usize {
        let [into, out_of] = self.fares.table(way).of_row(self.row);
        let is_same = std::ptr::eq(into, out_of);
        let out_of = if is_same { Vec::new() } else { out_of.to_vec() };
        self.known.push(Known { way, into: into.to_vec(), out_of });
        self.known.len() - 1
    }
}

/// The gaps of a route, as a ticket sees them.
#[derive(Clone, Copy)]
pub(super) struct View<'w> {
    gaps: &'w [Gap],
    into: &'w [u32],
    out_of: &'w [u32],
    opens: i32,
    closes: i32,
}

/// A gap into which a ticket may go as far as its own times and fares tell.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    /// Before the stop of this number.
    pub at: usize,
    /// What the legs to the ticket and on cost; at most, if it is as much as 32 bits hold, more.
    pub fares: [u32; 2],
}

impl View<'_> {
    /// The first opening at or behind `at` and before `upto` whose detour costs at most `most`.
    #[inline]
    pub(super) fn next(&self, at: usize, upto: usize, most: Seconds) -> Option<Opening> {
        for (at, gap) in self.gaps[..upto].iter().enumerate().skip(at) {
            if let Some(fares) = self.fares_by(gap, most) {
                return Some(Opening { at, fares });
            }
        }
        None
    }

    /// The fares of the legs to the ticket and on, if the gap is an opening.
    #[inline]
    fn fares_by(&self, gap: &Gap, most: Seconds) -> Option<[u32; 2]> {
        let fares = [self.into[usize::from(gap.from)], self.out_of[usize::from(gap.to)]];
        let detour = i64::from(fares[0]) + i64::from(fares[1]) - i64::from(gap.fare);
        (detour <= most.0 && gap.leave <= self.closes && self.opens <= gap.ready).then_some(fares)
    }
}
