//! R-trees over route legs, one for each skill and one for everybody, walked from the cheapest that a
//! leg could be upwards, past all legs that cannot take the ticket.
//!
//! Inserting a stop x into a leg from a to b costs at least `|ax| + |xb| - |ab|`. In a box at distance d
//! from x whose longest leg is L, no leg costs less than `sqrt(L^2 + 4 d^2) - L`: no point of the
//! leg is nearer to x than d, so by way of x it is at least `sqrt(|ab|^2 + 4 d^2)` from a to b, and what
//! that is above `|ab|` falls with `|ab| <= L`. An engineer without stops is the leg from start to end
//! place, of which nothing is driven yet. To this detour come the least that the engineers in the box
//! charge for their skill, history and load.

use super::node::{Entry, Offering};
use super::probe::{Probe, Wanted, above, below};
use super::tree::Tree;
use super::walk::{Met, Walk};
use crate::geo::chord;
use crate::ids::{Index, ShiftIx, SkillIx, TicketIx};
use crate::units::Moment;

/// In place of the ticket before a gap: the start of the route. No ticket has that number.
const START: u32 = u32::MAX;

/// One leg of a route: the gap into which a ticket may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg(Entry);

/// What all legs of one route share.
#[derive(Clone, Copy, Debug)]
pub struct RouteTerms {
    /// The shift.
    pub shift: ShiftIx,
    /// False for a route without stops, whose only leg is not driven yet.
    pub driven: bool,
    /// Least price of the engineer, whatever the ticket, in seconds of driving.
    pub least_price: f64,
    /// Least price of load for a second of work.
    pub load_rate: f64,
    /// The problem's `now`, which moments are counted from.
    pub now: Moment,
}

impl Leg {
    /// The gap of a route behind the stop at a ticket, or behind its start, between two unit vectors, with the earliest
    /// moment to leave the one and the latest to be ready at the other. Without `to` the route ends at `from`.
    pub fn new(
        terms: RouteTerms,
        behind: Option<TicketIx>,
        (from, to): ([f64; 3], Option<[f64; 3]>),
        (leave, ready): (Moment, Moment),
    ) -> Leg {
        let end = to.unwrap_or(from);
        let arc = if terms.driven { 2.0 * (chord(from, end) / 2.0).min(1.0).asin() } else { 0.0 };
        let single = |unit: [f64; 3]| unit.map(|part| part as f32);
        Leg(Entry {
            near: single(from),
            far: single(end),
            offering: Offering {
                leave: below((leave - terms.now).0 as f32),
                ready: above((ready - terms.now).0 as f32),
                room: above((ready - leave).0 as f32),
                levels: (0, 0),
                least_price: terms.least_price as f32,
                load_rate: terms.load_rate as f32,
                arc: arc as f32,
                back: if to.is_some() { 1.0 } else { 0.0 },
            },
            target: terms.shift.0,
            behind: behind.map_or(START, |ticket| ticket.0),
        })
    }

    /// The same leg in the tree of a skill held at `level`.
    fn at_level(&self, level: u8) -> Entry {
        let mut entry = self.0;
        entry.offering.levels = (level, level);
        entry
    }
}

/// All legs, by skill.
#[derive(Clone, Debug)]
pub struct LegIndex {
    everyone: Tree,
    by_skill: Vec<Tree>,
    /// For a skill that nobody on the roster holds.
    nobody: Tree,
}

impl LegIndex {
    /// An index of `legs`, each with the skills and levels of its engineer. `O(n log n)`.
    pub fn new<'s>(legs: impl Iterator<Item = (Leg, &'s [(SkillIx, u8)])>, skills: usize) -> LegIndex {
        let mut everyone = Vec::new();
        let mut by_skill = vec![Vec::new(); skills];
        for (leg, held) in legs {
            everyone.push(leg.0);
            for &(skill, level) in held {
                by_skill[skill.at()].push(leg.at_level(level));
            }
        }
        LegIndex {
            everyone: Tree::new(everyone),
            nobody: Tree::new(Vec::new()),
            by_skill: by_skill.into_iter().map(Tree::new).collect(),
        }
    }

    /// Adds a leg. `O(log n)` for each skill.
    pub fn insert(&mut self, leg: &Leg, held: &[(SkillIx, u8)]) {
        self.everyone.insert(&leg.0);
        for &(skill, level) in held {
            self.by_skill[skill.at()].insert(&leg.at_level(level));
        }
    }

    /// Takes a leg out: the one between the same places of the same route, whatever it offers by now. `O(log n)` for each
    /// skill.
    pub fn remove(&mut self, leg: &Leg, held: &[(SkillIx, u8)]) {
        self.everyone.remove(&leg.0);
        for &(skill, level) in held {
            self.by_skill[skill.at()].remove(&leg.at_level(level));
        }
    }

    /// The legs of engineers who hold `skill`, or of everybody, that may be able to take the ticket, from
    /// the least possible price upwards.
    pub fn nearest(&self, skill: Option<SkillIx>, wanted: Wanted) -> Nearest<'_> {
        let tree = match skill {
            None => &self.everyone,
            Some(skill) => self.by_skill.get(skill.at()).unwrap_or(&self.nobody),
        };
        Nearest(Walk::new(tree, Probe::from(wanted)))
    }

    /// How many legs belong to engineers who hold `skill`.
    pub fn count(&self, skill: SkillIx) -> usize {
        self.by_skill.get(skill.at()).map_or(0, Tree::len)
    }

    /// How many legs there are.
    pub fn len(&self) -> usize {
        self.everyone.len()
    }

    /// Whether there is no leg.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A place for a ticket: a gap of a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// The route's shift.
    pub shift: ShiftIx,
    /// The gap behind the stop at this ticket, or behind the start of the route.
    pub behind: Option<TicketIx>,
    /// The ticket's detour is no shorter, in seconds.
    pub detour: f64,
}

/// Legs from the least possible price upwards. Legs with equal bounds come in no stated order.
pub struct Nearest<'t>(Walk<'t>);

impl Nearest<'_> {
    /// The next leg, as the gap that it is, unless it would cost more than `most`, in seconds of driving.
    /// `most` may only fall. `O(log n)`.
    pub fn next(&mut self, most: f64) -> Option<Gap> {
        let Met { leaf, n, bound } = self.0.next(most)?;
        let probe = self.0.probe();
        // Bound and charge both leave for rounding; the detour alone must leave it again.
        let detour = bound - leaf.charge(n, probe) - probe.rounding;
        let behind = Some(leaf.behind(n)).filter(|&ticket| ticket != START).map(TicketIx);
        Some(Gap { shift: ShiftIx(leaf.target(n)), behind, detour: f64::from(detour) })
    }

    /// The shifts of legs that may come soon, each leg once; a shift comes once for each of its legs. For
    /// prefetching.
    pub(crate) fn lined_up(&mut self) -> impl Iterator<Item = ShiftIx> + '_ {
        self.0.lined_up().map(ShiftIx)
    }
}
