//! What a leg is asked for: whether it can take a ticket, and the least that it may charge.

use crate::geo::EARTH_RADIUS_M;
use crate::units::{Moment, Seconds};

/// What a leg must offer, and what it may charge.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Where, on the unit sphere.
    pub point: [f64; 3],
    /// No drive takes fewer seconds than this for a straight metre.
    pub seconds_per_metre: f64,
    /// The slowest engineer's speed against the travel times: rounding weighs the more the slower one is.
    pub slowest: f64,
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

/// The same in single precision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    pub(super) point: [f32; 3],
    seconds_per_radian: f32,
    work: f32,
    first_start: f32,
    last_start: f32,
    required: u8,
    preferred: f32,
    level_prices: (f32, f32),
    level_most: f32,
    /// What rounding may take off a detour, in seconds.
    pub(super) rounding: f32,
}

impl From<Wanted> for Probe {
    fn from(wanted: Wanted) -> Probe {
        let since = |moment: Moment| (moment - wanted.now).0 as f32;
        let seconds_per_radian = wanted.seconds_per_metre * EARTH_RADIUS_M;
        // Two drives in and the one saved: each a whole second of travel time, then of the engineer's.
        let rounding = 3.0 * (0.5 / wanted.slowest + 0.5) + LOST_RADIANS * seconds_per_radian;
        Probe {
            point: wanted.point.map(|part| part as f32),
            seconds_per_radian: seconds_per_radian as f32,
            rounding: rounding as f32,
            work: wanted.work.0 as f32,
            first_start: below(since(wanted.first_start)),
            last_start: above(since(wanted.last_start)),
            required: wanted.levels.0,
            preferred: f32::from(wanted.levels.1),
            level_prices: (wanted.level_prices.0 as f32, wanted.level_prices.1 as f32),
            level_most: wanted.level_most as f32,
        }
    }
}

/// What single precision may lose of two ways and an arc, in radians: a dozen metres.
const LOST_RADIANS: f64 = 2e-6;

/// Skill, history and load are rounded to whole seconds as well.
const PRICE_ROUNDING: f32 = 4.0;

/// A moment in single precision, no later than it is, whatever is added to it.
pub(super) fn below(moment: f32) -> f32 {
    moment - moment.abs() * (1.0 / 4_194_304.0)
}

/// A moment or a length of time in single precision, no shorter than it is.
pub(super) fn above(moment: f32) -> f32 {
    moment + moment.abs() * (1.0 / 4_194_304.0)
}

impl Probe {
    /// Asks only how far it is: bounds are metres, less the same few for all.
    pub(super) fn distance(point: [f64; 3]) -> Probe {
        Probe {
            point: point.map(|part| part as f32),
            seconds_per_radian: EARTH_RADIUS_M as f32,
            work: 0.0,
            first_start: f32::NEG_INFINITY,
            last_start: f32::INFINITY,
            required: 0,
            preferred: 0.0,
            level_prices: (0.0, 0.0),
            level_most: 0.0,
            rounding: 0.0,
        }
    }

    /// Whether the best on offer (leave, ready, room, level) is enough, with at least these straight
    /// ways, in radians, in and out.
    #[inline]
    pub(super) fn can_take(
        &self,
        (leave, ready, room): (f32, f32, f32),
        level: u8,
        (way_in, way_out): (f32, f32),
    ) -> bool {
        let (drive_in, drive_out) =
            (way_in * self.seconds_per_radian, way_out * self.seconds_per_radian);
        let missing = [
            drive_in + drive_out + self.work - room,
            leave + drive_in - self.last_start,
            self.first_start + self.work + drive_out - ready,
            if level >= self.required { 0.0 } else { f32::INFINITY },
        ];
        // Without short cuts, so that a whole node is asked in one go.
        missing.into_iter().fold(0.0, larger) <= self.rounding
    }

    /// No price is lower, for this detour in radians, the lowest and highest level, and the least that
    /// the engineers charge: as such, and for a second of load.
    #[inline]
    pub(super) fn least_price(
        &self,
        detour: f32,
        (lowest, highest): (u8, u8),
        (least_price, load_rate): (f32, f32),
    ) -> f32 {
        let above = larger(f32::from(lowest) - self.preferred, 0.0);
        let below = larger(self.preferred - f32::from(highest), 0.0);
        let levels = above * self.level_prices.0 + below * self.level_prices.1;
        let drive = detour * self.seconds_per_radian;
        let levels = smaller(levels, self.level_most);
        drive + least_price + load_rate * self.work + levels - self.rounding - PRICE_ROUNDING
    }
}

/// The larger of two numbers, in one instruction: `f32::max` minds NaN, which there is none of here.
#[inline]
pub(super) fn larger(one: f32, other: f32) -> f32 {
    if one > other { one } else { other }
}

/// The smaller of two numbers.
#[inline]
pub(super) fn smaller(one: f32, other: f32) -> f32 {
    if one < other { one } else { other }
}
