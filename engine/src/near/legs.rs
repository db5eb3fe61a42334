//! R-trees over route legs, one for each skill and one for everybody, walked from the least possible
//! detour upwards, past all legs that cannot take the ticket in time.
//!
//! Inserting a stop x into a leg from a to b costs at least `|ax| + |xb| - |ab|`. For a box that holds
//! both ends, with diagonal D and distance d from x, no leg inside costs less than
//! `sqrt(D^2 + 4 d^2) - D`: the points that cost at most e lie in the ellipse with foci a and b, whose
//! half minor axis is `sqrt(2 |ab| e + e^2) / 2`, and the bound falls with `|ab| <= D`. An engineer
//! without stops is the leg from start to end place.
//!
//! The boxes have three more sides than space has: the earliest moment at which the engineer can leave
//! a, the latest at which they must be ready at b, and the time between the two. A busy engineer nearby
//! is passed over with the whole box of their kind, which is what keeps the walk short where few have
//! time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rstar::{AABB, ParentNode, PointDistance, RTree, RTreeNode, RTreeObject};

use crate::geo::{EARTH_RADIUS_M, chord};
use crate::ids::{Index, ShiftIx, SkillIx};
use crate::units::{Moment, Seconds};

/// How much of the unit sphere's radius a second weighs where boxes are formed: a working day as much as
/// 20 km. Any value is correct.
const TIME_SCALE: f64 = 1e-7;

/// A point of space and time: unit vector, earliest departure, latest readiness, time between.
type Corner = [f64; 6];

/// One leg of a route: the gap into which a ticket may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// The route's shift.
    pub shift: ShiftIx,
    /// The gap before the stop of this number.
    pub at: u32,
    from: [f64; 3],
    to: [f64; 3],
    times: [f64; 3],
    /// What the route drives for this leg now, in radians; 0 if it is not driven yet.
    arc: f64,
    /// The route ends at `from`: a ticket here needs no way back.
    open: bool,
}

impl Leg {
    /// The gap `at` of a shift's route, between two unit vectors, with the earliest moment to leave the
    /// one and the latest to be ready at the other. Without `to` the route ends at `from`. `driven` is
    /// false for the only leg of a route without stops.
    pub fn new(
        (shift, at): (ShiftIx, usize),
        (from, to): ([f64; 3], Option<[f64; 3]>),
        (leave, ready): (Moment, Moment),
        driven: bool,
    ) -> Leg {
        let end = to.unwrap_or(from);
        let arc = if driven { 2.0 * (chord(from, end) / 2.0).min(1.0).asin() } else { 0.0 };
        let times = [scaled(leave), scaled(ready), scaled(ready) - scaled(leave)];
        Leg { shift, at: at as u32, from, to: end, times, arc, open: to.is_none() }
    }
}

fn scaled(moment: Moment) -> f64 {
    moment.0 as f64 * TIME_SCALE
}

impl RTreeObject for Leg {
    type Envelope = AABB<Corner>;

    fn envelope(&self) -> Self::Envelope {
        let corner = |at: [f64; 3]| {
            let [leave, ready, between] = self.times;
            [at[0], at[1], at[2], leave, ready, between]
        };
        AABB::from_corners(corner(self.from), corner(self.to))
    }
}

impl PointDistance for Leg {
    fn distance_2(&self, point: &Corner) -> f64 {
        self.envelope().distance_2(point)
    }
}

/// What a leg must offer: a place, and time.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
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
}

impl Probe {
    /// A probe that asks for no time: every leg, by place alone.
    pub fn of_place(point: [f64; 3]) -> Probe {
        Probe {
            point,
            seconds_per_metre: 0.0,
            work: Seconds(-3 * ROUNDING.0),
            first_start: Moment::PAST,
            last_start: Moment::NEVER,
        }
    }

    /// Whether there is time for it between `leave` and `ready`, `between` apart, with at least these
    /// straight ways, in radians, in and out. All times scaled.
    fn has_time(&self, [leave, ready, between]: [f64; 3], way_in: f64, way_out: f64) -> bool {
        let drive = |radians: f64| radians * EARTH_RADIUS_M * self.seconds_per_metre * TIME_SCALE;
        let slack = ROUNDING.0 as f64 * TIME_SCALE;
        let work = self.work.0 as f64 * TIME_SCALE;
        drive(way_in + way_out) + work <= between + slack
            && leave + drive(way_in) <= scaled(self.last_start) + slack
            && scaled(self.first_start) + work + drive(way_out) <= ready + slack
    }
}

/// Drives are rounded to whole seconds, once for the travel and once for the speed, on either side.
const ROUNDING: Seconds = Seconds(4);

/// All legs, by skill.
#[derive(Clone, Debug, Default)]
pub struct LegIndex {
    everyone: RTree<Leg>,
    by_skill: Vec<RTree<Leg>>,
    has_open: bool,
}

impl LegIndex {
    /// An index of `legs`, each with the skills of its engineer. `O(n log n)`.
    pub fn new(legs: impl Iterator<Item = (Leg, Vec<SkillIx>)>, skills: usize) -> LegIndex {
        let mut everyone = Vec::new();
        let mut by_skill = vec![Vec::new(); skills];
        for (leg, list) in legs {
            everyone.push(leg);
            for skill in list {
                by_skill[skill.at()].push(leg);
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
    pub fn insert(&mut self, leg: Leg, skills: &[SkillIx]) {
        self.has_open |= leg.open;
        self.everyone.insert(leg);
        for skill in skills {
            self.by_skill[skill.at()].insert(leg);
        }
    }

    /// Takes a leg out. `O(log n)` for each skill.
    pub fn remove(&mut self, leg: &Leg, skills: &[SkillIx]) {
        self.everyone.remove(leg);
        for skill in skills {
            self.by_skill[skill.at()].remove(leg);
        }
    }

    /// The legs of engineers who hold `skill`, or of everybody, that may have time for the probe, from
    /// the least possible detour upwards. `O(log n)` for each leg taken.
    pub fn nearest(&self, skill: Option<SkillIx>, probe: Probe) -> Nearest<'_> {
        let tree = match skill {
            None => Some(&self.everyone),
            Some(skill) => self.by_skill.get(skill.at()),
        };
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

/// Legs from the least possible detour upwards, with that detour in metres. Legs with equal bounds
/// come in no stated order.
pub struct Nearest<'t> {
    probe: Probe,
    has_open: bool,
    heap: BinaryHeap<Entry<'t>>,
}

struct Entry<'t> {
    bound: f64,
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

    /// No detour over this leg is shorter, in radians; `None` if it has no time.
    fn leg_bound(&self, leg: &Leg) -> Option<f64> {
        let way_in = chord(leg.from, self.probe.point);
        let way_out = if leg.open { 0.0 } else { chord(self.probe.point, leg.to) };
        self.probe.has_time(leg.times, way_in, way_out).then_some(way_in + way_out - leg.arc)
    }

    /// The same for every leg in a box.
    fn box_bound(&self, envelope: &AABB<Corner>) -> Option<f64> {
        let (lower, upper) = (envelope.lower(), envelope.upper());
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
        if !self.probe.has_time([lower[3], upper[4], upper[5]], away, way_out) {
            return None;
        }
        let diagonal = diagonal_2.sqrt();
        if diagonal >= 2.0 {
            return Some(0.0);
        }
        // Legs are arcs, boxes are straight: the arc over the diagonal is the longest leg inside.
        let longest = 2.0 * (diagonal / 2.0).asin();
        let bound = (diagonal_2 + 4.0 * away_2).sqrt() - longest;
        let bound = if self.has_open { bound.min(away) } else { bound };
        Some(bound.max(0.0))
    }
}

impl<'t> Iterator for Nearest<'t> {
    type Item = (f64, &'t Leg);

    fn next(&mut self) -> Option<(f64, &'t Leg)> {
        while let Some(entry) = self.heap.pop() {
            match entry.node {
                Node::Leg(leg) => return Some((entry.bound * EARTH_RADIUS_M, leg)),
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
