//! The boxes of the leg index: where the legs inside lie, and the best that any of them can offer.
//!
//! The tree is built by place and free time; the rest is carried along, so that a whole box of unskilled
//! or dear engineers is passed over at once.

use rstar::{AABB, Envelope, Point, RTreeObject};

/// Where a leg begins or ends, when it can be left and must be reached, and how much time there is between:
/// unit vector and three scaled times. The tree is built along all six, so that the busy and the free
/// nearby come into different boxes.
pub(super) type Corner = [f32; 4];

/// How much of the earth's radius a second weighs where boxes grow by insertion: an hour as much as
/// 2 km. Any value is correct.
pub(super) const TIME_SCALE: f32 = 1e-7;

/// A box of legs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cover {
    /// Where they lie, on the unit sphere and in free time.
    pub(super) space: AABB<Corner>,
    /// The best of each of their offers.
    pub(super) best: Offering,
}

/// What a leg offers, or the best that the legs of a box do. Moments are seconds after the problem's
/// `now`. Half as many bytes are half as many cache lines; what single precision loses is far below the
/// seconds that the bounds leave for rounding: half a metre on the globe, half a second in two months.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offering {
    /// Earliest moment to leave the place before.
    pub leave: f32,
    /// Latest moment to be ready at the place after.
    pub ready: f32,
    /// Longest time between the two.
    pub room: f32,
    /// Lowest and highest level in the tree's skill.
    pub levels: (u8, u8),
    /// Least price of an engineer, whatever the ticket, in seconds of driving.
    pub least_price: f32,
    /// Least price of load for a second of work.
    pub load_rate: f32,
}

impl Offering {
    const NOTHING: Offering = Offering {
        leave: f32::INFINITY,
        ready: f32::NEG_INFINITY,
        room: f32::NEG_INFINITY,
        levels: (u8::MAX, 0),
        least_price: f32::INFINITY,
        load_rate: f32::INFINITY,
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

    fn intersection_area(&self, other: &Cover) -> f32 {
        self.space.intersection_area(&other.space)
    }

    fn area(&self) -> f32 {
        self.space.area()
    }

    fn distance_2(&self, point: &Corner) -> f32 {
        self.space.distance_2(point)
    }

    fn min_max_dist_2(&self, point: &Corner) -> f32 {
        self.space.min_max_dist_2(point)
    }

    fn center(&self) -> Corner {
        self.space.center()
    }

    fn perimeter_value(&self) -> f32 {
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

fn low<T: RTreeObject<Envelope = Cover>>(object: &T, axis: usize) -> f32 {
    object.envelope().space.lower().nth(axis)
}
