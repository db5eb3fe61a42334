//! The boxes of the leg index: where the legs inside lie, and the best that any of them can offer.
//!
//! The tree is built by place and free time; the rest is carried along, so that a whole box of unskilled
//! or dear engineers is passed over at once.

use rstar::{AABB, Envelope, Point, RTreeObject};

/// Where a leg begins or ends, when it can be left and must be reached, and how much time there is between:
/// unit vector and three scaled times. The tree is built along all six, so that the busy and the free
/// nearby come into different boxes.
pub(super) type Corner = [f64; 6];

/// How much of the earth's radius a second weighs where boxes grow by insertion: an hour as much as
/// 2 km. Any value is correct.
pub(super) const TIME_SCALE: f64 = 1e-7;

/// A box of legs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cover {
    /// Where they lie, on the unit sphere and in free time.
    pub(super) space: AABB<Corner>,
    /// The best of each of their offers.
    pub(super) best: Offering,
}

/// What a leg offers, or the best that the legs of a box do. Moments are seconds since 1970; as floats they are
/// exact, since whole numbers below 2^53 are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offering {
    /// Earliest moment to leave the place before.
    pub leave: f64,
    /// Latest moment to be ready at the place after.
    pub ready: f64,
    /// Longest time between the two.
    pub room: f64,
    /// Lowest and highest level in the tree's skill.
    pub levels: (u8, u8),
    /// Least price of an engineer, whatever the ticket, in seconds of driving.
    pub least_price: f64,
    /// Least price of load for a second of work.
    pub load_rate: f64,
}

impl Offering {
    const NOTHING: Offering = Offering {
        leave: f64::INFINITY,
        ready: f64::NEG_INFINITY,
        room: f64::NEG_INFINITY,
        levels: (u8::MAX, 0),
        least_price: f64::INFINITY,
        load_rate: f64::INFINITY,
    };

    fn merge(&mut self, other: &Offering) {
        self.leave = self.leave.min(other.leave);
        self.ready = self.ready.max(other.ready);
        self.room = self.room.max(other.room);
        self.levels = (self.levels.0.min(other.levels.0), self.levels.1.max(other.levels.1));
        self.least_price = self.least_price.min(other.least_price);
        self.load_rate = self.load_rate.min(other.load_rate);
    }
}

impl Envelope for Cover {
    type Point = Corner;

    fn new_empty() -> Cover {
        Cover { space: AABB::new_empty(), best: Offering::NOTHING }
    }

    fn contains_point(&self, point: &Corner) -> bool {
        self.space.contains_point(point)
    }

    fn contains_envelope(&self, other: &Cover) -> bool {
        self.space.contains_envelope(&other.space)
    }

    fn merge(&mut self, other: &Cover) {
        self.space.merge(&other.space);
        self.best.merge(&other.best);
    }

    fn merged(&self, other: &Cover) -> Cover {
        let mut both = *self;
        both.merge(other);
        both
    }

    fn intersects(&self, other: &Cover) -> bool {
        self.space.intersects(&other.space)
    }

    fn intersection_area(&self, other: &Cover) -> f64 {
        self.space.intersection_area(&other.space)
    }

    fn area(&self) -> f64 {
        self.space.area()
    }

    fn distance_2(&self, point: &Corner) -> f64 {
        self.space.distance_2(point)
    }

    fn min_max_dist_2(&self, point: &Corner) -> f64 {
        self.space.min_max_dist_2(point)
    }

    fn center(&self) -> Corner {
        self.space.center()
    }

    fn perimeter_value(&self) -> f64 {
        self.space.perimeter_value()
    }

    fn sort_envelopes<T: RTreeObject<Envelope = Cover>>(axis: usize, objects: &mut [T]) {
        objects.sort_unstable_by(|one, other| low(one, axis).total_cmp(&low(other, axis)));
    }

    fn partition_envelopes<T: RTreeObject<Envelope = Cover>>(
        axis: usize,
        objects: &mut [T],
        selection_size: usize,
    ) {
        objects.select_nth_unstable_by(selection_size, |one, other| {
            low(one, axis).total_cmp(&low(other, axis))
        });
    }
}

fn low<T: RTreeObject<Envelope = Cover>>(object: &T, axis: usize) -> f64 {
    object.envelope().space.lower().nth(axis)
}
