//! A node of the leg index: up to [`FAN`] entries side by side, lane by lane, so that all of them are
//! bounded in one pass over a kilobyte that lies in one piece.

use super::probe::{Probe, larger, smaller};

/// Most entries of a node.
pub(super) const FAN: usize = 16;

/// A bound and the entry that it is of, in one number, so that the least is found without branches: the
/// bound's bits, in the order of the numbers, with the entry's number in place of the last four.
pub(super) type Key = u32;

/// The key of an infinite bound; all finite ones are less. Bounds are never NaN: all places in an index lie on
/// the sphere.
pub(super) const NOTHING: Key = 0xff80_0000;

/// The bits of a key that number the entry.
const LANES: u32 = FAN as u32 - 1;

const _: () = assert!(FAN.is_power_of_two());

#[inline]
fn key(bound: f32, n: usize) -> Key {
    debug_assert!(bound > f32::NEG_INFINITY, "{bound} is no bound");
    let bits = bound.to_bits();
    // The larger a negative number's bits are, the less it is.
    let in_order = bits ^ ((bits as i32 >> 31) as u32 | 1 << 31);
    in_order & !LANES | n as u32
}

/// The entry of a key.
pub(super) fn entry_of(key: Key) -> usize {
    (key & LANES) as usize
}

/// The bound of a key: no more than it was, and less by no more than two millionths of it.
pub(super) fn bound_of(key: Key) -> f32 {
    let in_order = key & !LANES;
    f32::from_bits(if in_order >> 31 == 1 { in_order ^ 1 << 31 } else { !in_order })
}

/// What a leg offers, or the best that any leg of a box does. Moments are seconds after the problem's
/// `now`. What single precision loses is far below the seconds that the bounds leave for rounding: half
/// a metre on the globe, half a second in two months.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Offering {
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
    /// The longest leg that is driven now, in radians; 0 if none is.
    pub arc: f32,
    /// 0 if some route ends with its leg's stop, so that nobody drives back; else 1.
    pub back: f32,
}

impl Offering {
    /// Everything for nothing: for entries that are only places.
    pub(super) const ANYTHING: Offering = Offering {
        leave: f32::NEG_INFINITY,
        ready: f32::INFINITY,
        room: f32::INFINITY,
        levels: (0, u8::MAX),
        least_price: 0.0,
        load_rate: 0.0,
        arc: 0.0,
        back: 0.0,
    };

    fn merge(&mut self, other: &Offering) {
        self.leave = self.leave.min(other.leave);
        self.ready = self.ready.max(other.ready);
        self.room = self.room.max(other.room);
        self.levels = (self.levels.0.min(other.levels.0), self.levels.1.max(other.levels.1));
        self.least_price = self.least_price.min(other.least_price);
        self.load_rate = self.load_rate.min(other.load_rate);
        self.arc = self.arc.max(other.arc);
        self.back = self.back.min(other.back);
    }
}

/// A leg in a leaf, or a child's box in any other node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    /// On the unit sphere: where a leg comes from, or a box's lower corner ...
    pub near: [f32; 3],
    /// ... and where it leads to, or the upper corner.
    pub far: [f32; 3],
    /// What it offers.
    pub offering: Offering,
    /// A leg's shift, or the child's number.
    pub target: u32,
    /// The ticket before a leg.
    pub behind: u32,
}

impl Entry {
    /// The box of a leg; a box is its own.
    fn boxed(mut self) -> Entry {
        for axis in 0..3 {
            let (one, other) = (self.near[axis], self.far[axis]);
            (self.near[axis], self.far[axis]) = (one.min(other), one.max(other));
        }
        self
    }

    /// Widens a box by another.
    fn merge(&mut self, other: &Entry) {
        for axis in 0..3 {
            self.near[axis] = self.near[axis].min(other.near[axis]);
            self.far[axis] = self.far[axis].max(other.far[axis]);
        }
        self.offering.merge(&other.offering);
    }

    /// What entries are parted by: their middle, the length of their longest leg, since the bound of a
    /// box is as loose as its longest leg is long, and the time that they leave.
    pub(super) fn coordinate(&self, axis: usize) -> f32 {
        match axis {
            0..3 => f32::midpoint(self.near[axis], self.far[axis]),
            3 => self.offering.arc,
            _ => self.offering.room * TIME_SCALE,
        }
    }
}

/// Number of coordinates.
pub(super) const AXES: usize = 5;

/// How much of the earth's radius a second weighs where legs are parted: an hour as much as 2 km. Any
/// value is correct.
const TIME_SCALE: f32 = 1e-7;

/// The best of the first few lanes. By halves, which takes all lanes of a half at once.
#[inline]
fn best(lanes: &[f32; FAN], len: usize, better: impl Fn(f32, f32) -> f32) -> f32 {
    let mut best = *lanes;
    for (n, lane) in best.iter_mut().enumerate() {
        if n >= len {
            *lane = lanes[0];
        }
    }
    let mut half = FAN / 2;
    while half > 0 {
        for n in 0..half {
            best[n] = better(best[n], best[n + half]);
        }
        half /= 2;
    }
    best[0]
}

/// Up to [`FAN`] entries.
#[derive(Clone, Debug)]
pub(super) struct Node {
    near: [[f32; FAN]; 3],
    far: [[f32; FAN]; 3],
    leave: [f32; FAN],
    ready: [f32; FAN],
    room: [f32; FAN],
    least_price: [f32; FAN],
    load_rate: [f32; FAN],
    arc: [f32; FAN],
    back: [f32; FAN],
    lowest: [u8; FAN],
    highest: [u8; FAN],
    target: [u32; FAN],
    behind: [u32; FAN],
    len: u8,
    leaf: bool,
}

impl Node {
    /// A node of these entries, at most [`FAN`].
    pub(super) fn new(leaf: bool, entries: &[Entry]) -> Node {
        let none = [0.0; FAN];
        let mut node = Node {
            near: [none; 3],
            far: [none; 3],
            leave: none,
            ready: none,
            // Nothing fits where nothing is.
            room: [f32::NEG_INFINITY; FAN],
            least_price: none,
            load_rate: none,
            arc: none,
            back: none,
            lowest: [0; FAN],
            highest: [0; FAN],
            target: [0; FAN],
            behind: [0; FAN],
            len: 0,
            leaf,
        };
        for entry in entries {
            node.push(entry);
        }
        node
    }

    pub(super) fn is_leaf(&self) -> bool {
        self.leaf
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.len)
    }

    pub(super) fn target(&self, n: usize) -> u32 {
        self.target[n]
    }

    pub(super) fn behind(&self, n: usize) -> u32 {
        self.behind[n]
    }

    /// Whether an entry is this leg, whatever it offers: no route has two behind one stop.
    pub(super) fn is(&self, n: usize, leg: &Entry) -> bool {
        (self.target[n], self.behind[n]) == (leg.target, leg.behind)
    }

    /// What an entry is charged at least without any detour, in seconds.
    pub(super) fn charge(&self, n: usize, probe: &Probe) -> f32 {
        let levels = (self.lowest[n], self.highest[n]);
        probe.least_price(0.0, levels, (self.least_price[n], self.load_rate[n]))
    }

    pub(super) fn get(&self, n: usize) -> Entry {
        Entry {
            near: self.near.map(|axis| axis[n]),
            far: self.far.map(|axis| axis[n]),
            offering: Offering {
                leave: self.leave[n],
                ready: self.ready[n],
                room: self.room[n],
                levels: (self.lowest[n], self.highest[n]),
                least_price: self.least_price[n],
                load_rate: self.load_rate[n],
                arc: self.arc[n],
                back: self.back[n],
            },
            target: self.target[n],
            behind: self.behind[n],
        }
    }

    pub(super) fn set(&mut self, n: usize, entry: &Entry) {
        for axis in 0..3 {
            self.near[axis][n] = entry.near[axis];
            self.far[axis][n] = entry.far[axis];
        }
        let offering = &entry.offering;
        self.leave[n] = offering.leave;
        self.ready[n] = offering.ready;
        self.room[n] = offering.room;
        (self.lowest[n], self.highest[n]) = offering.levels;
        self.least_price[n] = offering.least_price;
        self.load_rate[n] = offering.load_rate;
        self.arc[n] = offering.arc;
        self.back[n] = offering.back;
        self.target[n] = entry.target;
        self.behind[n] = entry.behind;
    }

    /// Adds an entry; there must be space.
    pub(super) fn push(&mut self, entry: &Entry) {
        self.set(self.len(), entry);
        self.len += 1;
    }

    /// Widens the box of an entry by a leg that was put below it.
    pub(super) fn widen(&mut self, n: usize, leg: &Entry) {
        let mut own = self.get(n);
        own.merge(&leg.boxed());
        self.set(n, &own);
    }

    /// Takes an entry out; the last one moves to its place.
    pub(super) fn remove(&mut self, n: usize) {
        self.len -= 1;
        let last = self.len();
        self.set(n, &self.get(last));
        self.room[last] = f32::NEG_INFINITY;
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..self.len()).map(|n| self.get(n))
    }

    /// The box around all entries, as an entry of the parent; `None` if there are none.
    pub(super) fn cover(&self, own: u32) -> Option<Entry> {
        if self.len == 0 {
            return None;
        }
        let lanes = self.len();
        let low = |of: &[f32; FAN]| best(of, lanes, smaller);
        let high = |of: &[f32; FAN]| best(of, lanes, larger);
        Some(Entry {
            // A leg's ends come in any order.
            near: [0, 1, 2].map(|axis| smaller(low(&self.near[axis]), low(&self.far[axis]))),
            far: [0, 1, 2].map(|axis| larger(high(&self.near[axis]), high(&self.far[axis]))),
            offering: Offering {
                leave: low(&self.leave),
                ready: high(&self.ready),
                room: high(&self.room),
                levels: (
                    self.lowest[..lanes].iter().copied().fold(u8::MAX, u8::min),
                    self.highest[..lanes].iter().copied().fold(0, u8::max),
                ),
                least_price: low(&self.least_price),
                load_rate: low(&self.load_rate),
                arc: high(&self.arc),
                back: low(&self.back),
            },
            target: own,
            behind: 0,
        })
    }

    /// The entry whose box grows least if it takes a leg, by the sum of its sides and its room; there must be one.
    pub(super) fn roomiest(&self, leg: &Entry) -> usize {
        let leg = leg.boxed();
        let mut growths = [0.0; FAN];
        for (n, growth) in growths.iter_mut().enumerate() {
            *growth = larger(leg.offering.room - self.room[n], 0.0) * TIME_SCALE;
            for axis in 0..3 {
                *growth += larger(self.near[axis][n] - leg.near[axis], 0.0);
                *growth += larger(leg.far[axis] - self.far[axis][n], 0.0);
            }
        }
        let grows = |n: &usize| growths[*n];
        (0..self.len()).min_by(|one, other| grows(one).total_cmp(&grows(other))).unwrap_or(0)
    }

    /// Which entries' boxes may hold a leg, a bit for each.
    pub(super) fn holders(&self, leg: &Entry) -> u32 {
        let leg = leg.boxed();
        let mut holds = [true; FAN];
        for (n, holds) in holds.iter_mut().enumerate() {
            for axis in 0..3 {
                *holds &= self.near[axis][n] <= leg.near[axis] && leg.far[axis] <= self.far[axis][n];
            }
        }
        (0..self.len()).fold(0, |bits, n| bits | u32::from(holds[n]) << n)
    }

    /// The least possible price of every entry, in seconds of driving, as a [`Key`]; [`NOTHING`] or more if no
    /// leg of it can take the ticket, as past the last entry.
    ///
    /// A box knows neither where its legs lie inside nor which of them offers what, so it is bounded
    /// by the best of everything; `legs.rs` says why the detour is right.
    pub(super) fn keys(&self, probe: &Probe) -> [Key; FAN] {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: all that the function asks for is a processor with AVX2, and this one has it.
            #[allow(unsafe_code)]
            return unsafe { self.keys_with_avx2(probe) };
        }
        self.keys_by_lane(probe)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn keys_with_avx2(&self, probe: &Probe) -> [Key; FAN] {
        self.keys_by_lane(probe)
    }

    /// Compiled once for every processor and once for those with AVX2, to the same answers.
    // Into both, or neither is made for its processor.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn keys_by_lane(&self, probe: &Probe) -> [Key; FAN] {
        let point = probe.point;
        let (mut way_in, mut way_out, mut detour) = ([0.0; FAN], [0.0; FAN], [0.0; FAN]);
        if self.leaf {
            for n in 0..FAN {
                let (mut from, mut to) = (0.0, 0.0);
                for (axis, at) in point.iter().enumerate() {
                    let (before, after) = (self.near[axis][n] - at, self.far[axis][n] - at);
                    from += before * before;
                    to += after * after;
                }
                way_in[n] = f32::sqrt(from);
                way_out[n] = f32::sqrt(to) * self.back[n];
                detour[n] = way_in[n] + way_out[n] - self.arc[n];
            }
        } else {
            for n in 0..FAN {
                let mut away_2 = 0.0_f32;
                for (axis, at) in point.iter().enumerate() {
                    let (below, above) = (self.near[axis][n] - at, at - self.far[axis][n]);
                    let beside = larger(larger(below, above), 0.0);
                    away_2 += beside * beside;
                }
                let away = away_2.sqrt();
                let arc = self.arc[n];
                // No longer than the chord: sin x >= x - x^3 / 6.
                let chord = arc - arc * arc * arc * (1.0 / 24.0);
                let there_and_back = (chord * chord + 4.0 * away_2).sqrt() - arc;
                way_in[n] = away;
                way_out[n] = away * self.back[n];
                let one_way = if self.back[n] > 0.0 { f32::INFINITY } else { away };
                detour[n] = smaller(larger(there_and_back, 0.0), one_way);
            }
        }
        let mut keys = [NOTHING; FAN];
        for n in 0..FAN {
            let able = probe.can_take(
                (self.leave[n], self.ready[n], self.room[n]),
                self.highest[n],
                (way_in[n], way_out[n]),
            );
            let price = probe.least_price(
                detour[n],
                (self.lowest[n], self.highest[n]),
                (self.least_price[n], self.load_rate[n]),
            );
            keys[n] = key(if able { price } else { f32::INFINITY }, n);
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_bounds_and_never_above_them() {
        let bounds =
            [f32::MIN, -1e9, -17.3, -1e-3, -0.0, 0.0, 1e-3, 2.0, 2.0_f32.next_up(), 2.1, 1e9, f32::MAX];
        for (n, &bound) in bounds.iter().enumerate() {
            let key = key(bound, n);
            assert_eq!(entry_of(key), n);
            assert!(key < NOTHING);
            let lost = bound - bound_of(key);
            assert!(
                (0.0..=bound.abs() * 2e-6 + f32::MIN_POSITIVE).contains(&lost),
                "{bound} lost {lost}"
            );
        }
        assert!(bounds.windows(2).all(|two| key(two[0], 3) <= key(two[1], 3)));
        assert!((0..FAN).all(|n| key(f32::INFINITY, n) >= NOTHING));
    }
}
