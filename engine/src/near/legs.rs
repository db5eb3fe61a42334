//! R-trees over route legs, one for each skill and one for everybody, walked from the cheapest that a
//! leg could be upwards, past all legs that cannot take the ticket.
//!
//! Inserting a stop x into a leg from a to b costs at least `|ax| + |xb| - |ab|`. For a box that holds
//! both ends, with diagonal D and distance d from x, no leg inside costs less than
//! `sqrt(D^2 + 4 d^2) - D`: the points that cost at most e lie in the ellipse with foci a and b, whose
//! half minor axis is `sqrt(2 |ab| e + e^2) / 2`, and the bound falls with `|ab| <= D`. An engineer
//! without stops is the leg from start to end place. To this detour come the least that the engineers
//! in the box charge for their skill, history and load.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rstar::{AABB, ParentNode, PointDistance, RTree, RTreeNode, RTreeObject};

use super::cover::{Corner, Cover, Offering, TIME_SCALE};
use crate::geo::{EARTH_RADIUS_M, chord};
use crate::ids::{Index, ShiftIx, SkillIx};
use crate::units::{Moment, Seconds};

/// One leg of a route: the gap into which a ticket may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// The route's shift.
    pub shift: ShiftIx,
    /// The gap before the stop of this number.
    pub at: u16,
    from: [f32; 3],
    to: [f32; 3],
    offering: Offering,
    /// What the route drives for this leg now, in radians; 0 if it is not driven yet.
    arc: f32,
    /// The route ends at `from`: a ticket here needs no way back.
    open: bool,
}

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
    /// The gap `at` of a route, between two unit vectors, with the earliest moment to leave the one and
    /// the latest to be ready at the other. Without `to` the route ends at `from`.
    pub fn new(
        terms: RouteTerms,
        at: usize,
        (from, to): ([f64; 3], Option<[f64; 3]>),
        (leave, ready): (Moment, Moment),
    ) -> Leg {
        let end = to.unwrap_or(from);
        let arc = if terms.driven { 2.0 * (chord(from, end) / 2.0).min(1.0).asin() } else { 0.0 };
        let offering = Offering {
            leave: (leave - terms.now).0 as f32,
            ready: (ready - terms.now).0 as f32,
            room: (ready - leave).0 as f32,
            levels: (0, 0),
            least_price: terms.least_price as f32,
            load_rate: terms.load_rate as f32,
        };
        let single = |unit: [f64; 3]| unit.map(|part| part as f32);
        Leg {
            shift: terms.shift,
            at: u16::try_from(at).unwrap_or(u16::MAX),
            from: single(from),
            to: single(end),
            offering,
            arc: arc as f32,
            open: to.is_none(),
        }
    }

    /// The same leg in the tree of a skill held at `level`.
    fn at_level(mut self, level: u8) -> Leg {
        self.offering.levels = (level, level);
        self
    }
}

impl RTreeObject for Leg {
    type Envelope = Cover;

    fn envelope(&self) -> Cover {
        let Offering { leave, ready, room, .. } = self.offering;
        let times = [leave, ready, room].map(|time| time * TIME_SCALE);
        let corner = |at: [f32; 3]| [at[0], at[1], at[2], times[2]];
        Cover { space: AABB::from_corners(corner(self.from), corner(self.to)), best: self.offering }
    }
}

impl PointDistance for Leg {
    fn distance_2(&self, point: &Corner) -> f32 {
        self.envelope().space.distance_2(point)
    }
}

/// What a leg must offer, and what it may charge, in single precision.
#[derive(Clone, Copy, Debug)]
struct Probe {
    point: [f32; 3],
    seconds_per_radian: f32,
    work: f32,
    first_start: f32,
    last_start: f32,
    levels: (u8, u8),
    level_prices: (f32, f32),
    level_most: f32,
}

/// What a leg must offer, and what it may charge.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Where, on the unit sphere.
    pub point: [f64; 3],
    /// No drive takes fewer seconds than this for a straight metre.
    pub seconds_per_metre: f64,
    /// No engineer works less long on it.
    pub work: Seconds,
    /// Work starts not before this ...
    pub first_start: Moment,
    /// ... and not after this.
    pub last_start: Moment,
    /// The problem's `now`.
    pub now: Moment,
    /// Required and preferred level in the tree's skill.
    pub levels: (u8, u8),
    /// Price of each level above the preferred one, and below it ...
    pub level_prices: (f64, f64),
    /// ... and the most that levels can cost.
    pub level_most: f64,
}

impl From<Wanted> for Probe {
    fn from(wanted: Wanted) -> Probe {
        let since = |moment: Moment| (moment - wanted.now).0 as f32;
        Probe {
            point: wanted.point.map(|part| part as f32),
            seconds_per_radian: (wanted.seconds_per_metre * EARTH_RADIUS_M) as f32,
            work: wanted.work.0 as f32,
            first_start: since(wanted.first_start),
            last_start: since(wanted.last_start),
            levels: wanted.levels,
            level_prices: (wanted.level_prices.0 as f32, wanted.level_prices.1 as f32),
            level_most: wanted.level_most as f32,
        }
    }
}

/// Drives are rounded to whole seconds, once for the travel and once for the speed, on either side; half
/// of this is left for what single precision loses.
const ROUNDING: f32 = 4.0;

impl Probe {
    fn drive(&self, radians: f32) -> f32 {
        radians * self.seconds_per_radian
    }

    /// Whether the best on offer is enough, with at least these straight ways, in radians, in and out.
    fn can_take(&self, best: &Offering, way_in: f32, way_out: f32) -> bool {
        best.levels.1 >= self.levels.0
            && self.drive(way_in + way_out) + self.work <= best.room + ROUNDING
            && best.leave + self.drive(way_in) <= self.last_start + ROUNDING
            && self.first_start + self.work + self.drive(way_out) <= best.ready + ROUNDING
    }

    /// No price is lower, for this detour in radians and the best on offer.
    fn least_price(&self, best: &Offering, detour: f32) -> f32 {
        let above = f32::from(best.levels.0.saturating_sub(self.levels.1));
        let below = f32::from(self.levels.1.saturating_sub(best.levels.1));
        let levels = above * self.level_prices.0 + below * self.level_prices.1;
        let load = best.load_rate * self.work;
        // Skill, history and load are rounded to whole seconds as well.
        self.drive(detour) + best.least_price + load + levels.min(self.level_most) - 2.0 * ROUNDING
    }
}

fn chord32(a: [f32; 3], b: [f32; 3]) -> f32 {
    let across = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    across.iter().map(|part| part * part).sum::<f32>().sqrt()
}

/// All legs, by skill.
#[derive(Clone, Debug, Default)]
pub struct LegIndex {
    everyone: RTree<Leg>,
    by_skill: Vec<RTree<Leg>>,
    has_open: bool,
}

impl LegIndex {
    /// An index of `legs`, each with the skills and levels of its engineer. `O(n log n)`.
    pub fn new<'s>(legs: impl Iterator<Item = (Leg, &'s [(SkillIx, u8)])>, skills: usize) -> LegIndex {
        let mut everyone = Vec::new();
        let mut by_skill = vec![Vec::new(); skills];
        for (leg, held) in legs {
            everyone.push(leg);
            for &(skill, level) in held {
                by_skill[skill.at()].push(leg.at_level(level));
            }
        }
        let has_open = everyone.iter().any(|leg| leg.open);
        LegIndex {
            everyone: RTree::bulk_load(everyone),
            by_skill: by_skill.into_iter().map(RTree::bulk_load).collect(),
            has_open,
        }
    }

    /// Adds a leg. `O(log n)` for each skill.
    pub fn insert(&mut self, leg: Leg, held: &[(SkillIx, u8)]) {
        self.has_open |= leg.open;
        self.everyone.insert(leg);
        for &(skill, level) in held {
            self.by_skill[skill.at()].insert(leg.at_level(level));
        }
    }

    /// Takes a leg out. `O(log n)` for each skill.
    pub fn remove(&mut self, leg: &Leg, held: &[(SkillIx, u8)]) {
        self.everyone.remove(leg);
        for &(skill, level) in held {
            self.by_skill[skill.at()].remove(&leg.at_level(level));
        }
    }

    /// The legs of engineers who hold `skill`, or of everybody, that may be able to take the ticket, from
    /// the least possible price upwards. `O(log n)` for each leg taken.
    pub fn nearest(&self, skill: Option<SkillIx>, wanted: Wanted) -> Nearest<'_> {
        let tree = match skill {
            None => Some(&self.everyone),
            Some(skill) => self.by_skill.get(skill.at()),
        };
        let probe = Probe::from(wanted);
        let mut nearest = Nearest { probe, has_open: self.has_open, heap: BinaryHeap::new() };
        if let Some(tree) = tree
            && tree.size() > 0
        {
            nearest.open_up(tree.root());
        }
        nearest
    }

    /// How many legs belong to engineers who hold `skill`.
    pub fn count(&self, skill: SkillIx) -> usize {
        self.by_skill.get(skill.at()).map_or(0, RTree::size)
    }

    /// How many legs there are.
    pub fn len(&self) -> usize {
        self.everyone.size()
    }

    /// Whether there is no leg.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Legs from the least possible price upwards, with that price in seconds of driving. Legs with equal
/// bounds come in no stated order.
pub struct Nearest<'t> {
    probe: Probe,
    has_open: bool,
    heap: BinaryHeap<Entry<'t>>,
}

struct Entry<'t> {
    bound: f32,
    node: Node<'t>,
}

enum Node<'t> {
    Box(&'t ParentNode<Leg>),
    Leg(&'t Leg),
}

impl<'t> Nearest<'t> {
    fn open_up(&mut self, parent: &'t ParentNode<Leg>) {
        for child in parent.children() {
            let (bound, node) = match child {
                RTreeNode::Leaf(leg) => (self.leg_bound(leg), Node::Leg(leg)),
                RTreeNode::Parent(inner) => (self.box_bound(&inner.envelope()), Node::Box(inner)),
            };
            if let Some(bound) = bound {
                self.heap.push(Entry { bound, node });
            }
        }
    }

    /// This leg charges no less; `None` if it cannot take the ticket.
    fn leg_bound(&self, leg: &Leg) -> Option<f32> {
        let way_in = chord32(leg.from, self.probe.point);
        let way_out = if leg.open { 0.0 } else { chord32(self.probe.point, leg.to) };
        let able = self.probe.can_take(&leg.offering, way_in, way_out);
        able.then(|| self.probe.least_price(&leg.offering, way_in + way_out - leg.arc))
    }

    /// The same for every leg in a box.
    fn box_bound(&self, cover: &Cover) -> Option<f32> {
        let (lower, upper) = (cover.space.lower(), cover.space.upper());
        let (mut away_2, mut diagonal_2) = (0.0, 0.0);
        for axis in 0..3 {
            let beside = (lower[axis] - self.probe.point[axis])
                .max(self.probe.point[axis] - upper[axis])
                .max(0.0);
            away_2 += beside * beside;
            diagonal_2 += (upper[axis] - lower[axis]) * (upper[axis] - lower[axis]);
        }
        let away = away_2.sqrt();
        let way_out = if self.has_open { 0.0 } else { away };
        if !self.probe.can_take(&cover.best, away, way_out) {
            return None;
        }
        let diagonal = diagonal_2.sqrt();
        // Legs are arcs, boxes are straight: the arc over the diagonal is the longest leg inside.
        let detour = if diagonal < 2.0 {
            (diagonal_2 + 4.0 * away_2).sqrt() - 2.0 * (diagonal / 2.0).asin()
        } else {
            0.0
        };
        let detour = if self.has_open { detour.min(away) } else { detour };
        Some(self.probe.least_price(&cover.best, detour.max(0.0)))
    }
}

impl<'t> Iterator for Nearest<'t> {
    type Item = (f64, &'t Leg);

    fn next(&mut self) -> Option<(f64, &'t Leg)> {
        while let Some(entry) = self.heap.pop() {
            match entry.node {
                Node::Leg(leg) => return Some((f64::from(entry.bound), leg)),
                Node::Box(parent) => self.open_up(parent),
            }
        }
        None
    }
}

impl PartialEq for Entry<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry<'_> {}

impl PartialOrd for Entry<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry<'_> {
    /// The heap hands out its greatest entry, so the least bound is the greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.total_cmp(&self.bound)
    }
}
