//! R-trees over route legs, one for each skill and one for everybody, walked from the least possible
//! detour upwards.
//!
//! Inserting a stop x into a leg from a to b costs at least `|ax| + |xb| - |ab|`. For a box that holds
//! both ends, with diagonal D and distance d from x, no leg inside costs less than
//! `sqrt(D^2 + 4 d^2) - D`: the points that cost at most e lie in the ellipse with foci a and b, whose
//! half minor axis is `sqrt(2 |ab| e + e^2) / 2`, and the bound falls with `|ab| <= D`. An engineer
//! without stops is the leg from start to end place.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rstar::{AABB, ParentNode, PointDistance, RTree, RTreeNode, RTreeObject};

use crate::geo::EARTH_RADIUS_M;
use crate::ids::{Index, ShiftIx, SkillIx};

/// One leg of a route: the gap into which a ticket may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// The route's shift.
    pub shift: ShiftIx,
    /// The gap before the stop of this number.
    pub at: u32,
    from: [f64; 3],
    to: [f64; 3],
    /// What the route drives for this leg now, in radians; 0 if it is not driven yet.
    arc: f64,
    /// The route ends at `from`: a ticket here needs no way back.
    open: bool,
}

impl Leg {
    /// A leg between two unit vectors. Without `to` the route ends at `from`. `driven` is false for the
    /// only leg of a route without stops.
    pub fn new(shift: ShiftIx, at: usize, from: [f64; 3], to: Option<[f64; 3]>, driven: bool) -> Leg {
        let end = to.unwrap_or(from);
        let arc = if driven { 2.0 * (chord(from, end) / 2.0).min(1.0).asin() } else { 0.0 };
        Leg { shift, at: at as u32, from, to: end, arc, open: to.is_none() }
    }

    /// No detour over this leg is shorter, in radians.
    fn bound(&self, point: [f64; 3]) -> f64 {
        let there = chord(self.from, point);
        if self.open { there } else { there + chord(point, self.to) - self.arc }
    }
}

fn chord(a: [f64; 3], b: [f64; 3]) -> f64 {
    crate::geo::chord(a, b)
}

impl RTreeObject for Leg {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.from, self.to)
    }
}

impl PointDistance for Leg {
    fn distance_2(&self, point: &[f64; 3]) -> f64 {
        self.envelope().distance_2(point)
    }
}

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

    /// The legs of engineers who hold `skill`, or of everybody, from the least possible detour to
    /// `point` upwards. `O(log n)` for each leg taken.
    pub fn nearest(&self, skill: Option<SkillIx>, point: [f64; 3]) -> Nearest<'_> {
        let tree = match skill {
            None => Some(&self.everyone),
            Some(skill) => self.by_skill.get(skill.at()),
        };
        let mut nearest = Nearest { point, has_open: self.has_open, heap: BinaryHeap::new() };
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
    point: [f64; 3],
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
            let entry = match child {
                RTreeNode::Leaf(leg) => Entry { bound: leg.bound(self.point), node: Node::Leg(leg) },
                RTreeNode::Parent(inner) => {
                    Entry { bound: self.box_bound(&inner.envelope()), node: Node::Box(inner) }
                }
            };
            self.heap.push(entry);
        }
    }

    fn box_bound(&self, envelope: &AABB<[f64; 3]>) -> f64 {
        let away_2 = envelope.distance_2(&self.point);
        let diagonal = chord(envelope.lower(), envelope.upper());
        if diagonal >= 2.0 {
            return 0.0;
        }
        // Legs are arcs, boxes are straight: the arc over the diagonal is the longest leg inside.
        let longest = 2.0 * (diagonal / 2.0).asin();
        let bound = (diagonal * diagonal + 4.0 * away_2).sqrt() - longest;
        let bound = if self.has_open { bound.min(away_2.sqrt()) } else { bound };
        bound.max(0.0)
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
