//! Moments that keep their order and lie outside their windows by the least sum.
//!
//! One pass with a heap of the slopes' ends, `O(n log n)` (isotonic regression by the slopes of a convex function;
//! Ahuja and Orlin 2001 give the problem's class).

use std::collections::BinaryHeap;

/// A moment's window, and how much a second outside it weighs.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) lowest: Option<i64>,
    pub(super) highest: Option<i64>,
    pub(super) weight: usize,
}

impl Bounds {
    pub(super) const NONE: Bounds = Bounds { lowest: None, highest: None, weight: 0 };
}

/// The moments, each no earlier than the one before allows, that lie outside their bounds by the least
/// weighted sum; of those the earliest, but for the first, which is as late as the second allows.
pub(super) fn least_outside<const N: usize>(bounds: &[[Bounds; N]], offsets: &[i64]) -> Vec<i64> {
    let mut slopes: BinaryHeap<i64> = BinaryHeap::new();
    let mut lowest = Vec::with_capacity(bounds.len());
    for (bound, offset) in bounds.iter().zip(offsets) {
        for low in bound.iter().filter_map(|bound| Some((bound.lowest?, bound.weight))) {
            (0..low.1).for_each(|_| slopes.push(low.0 - offset));
        }
        for high in bound.iter().filter_map(|bound| Some((bound.highest?, bound.weight))) {
            for _ in 0..high.1 {
                slopes.push(high.0 - offset);
                slopes.pop();
            }
        }
        lowest.push(slopes.peek().copied());
    }
    let mut next = lowest.last().copied().flatten().unwrap_or(0);
    let mut moments = vec![0; bounds.len()];
    for n in (0..bounds.len()).rev() {
        let highest = bounds[n].iter().filter_map(|bound| bound.highest).min();
        let highest = highest.map_or(next, |high| high - offsets[n]);
        // Without any lower bound up to here, nothing charges for being early.
        let mut least = lowest[n].unwrap_or(highest).min(next);
        if n == 0 && bounds.len() > 1 {
            least = least.max(next.min(highest));
        }
        moments[n] = least + offsets[n];
        next = least;
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(bounds: &[[Bounds; 2]], moments: &[i64]) -> i64 {
        let outside = |bound: &Bounds, moment: i64| {
            let early = bound.lowest.map_or(0, |low| (low - moment).max(0));
            let late = bound.highest.map_or(0, |high| (moment - high).max(0));
            (early + late) * bound.weight as i64
        };
        let both =
            |both: &[Bounds; 2], moment: i64| both.iter().map(|one| outside(one, moment)).sum::<i64>();
        bounds.iter().zip(moments).map(|(bounds, moment)| both(bounds, *moment)).sum()
    }

    /// All ways to keep the order, within a few seconds.
    fn brute(
        bounds: &[[Bounds; 2]],
        offsets: &[i64],
        from: i64,
        best: &mut i64,
        moments: &mut Vec<i64>,
    ) {
        let n = moments.len();
        if n == bounds.len() {
            *best = (*best).min(cost(bounds, moments));
            return;
        }
        for free in from..=14_i64 {
            moments.push(free + offsets[n]);
            brute(bounds, offsets, free, best, moments);
            moments.pop();
        }
    }

    #[test]
    fn moments_lie_outside_their_bounds_by_no_more_than_they_must() {
        let mut seed = 7_u64;
        let mut dice = |most: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % most) as i64
        };
        for round in 0..150 {
            let mut offset = 0;
            let (mut bounds, mut offsets) = (Vec::new(), Vec::new());
            for _ in 0..4 {
                let low = dice(14);
                let mut bound = || Bounds {
                    lowest: (dice(4) > 0).then_some(low),
                    highest: (dice(4) > 0).then_some(low + dice(4)),
                    weight: dice(4) as usize,
                };
                bounds.push([bound(), bound()]);
                offsets.push(offset);
                offset += dice(4);
            }
            let moments = least_outside(&bounds, &offsets);
            for n in 1..moments.len() {
                assert!(moments[n] - offsets[n] >= moments[n - 1] - offsets[n - 1], "round {round}");
            }
            let mut best = i64::MAX;
            brute(&bounds, &offsets, -14, &mut best, &mut Vec::new());
            assert_eq!(cost(&bounds, &moments), best, "round {round}");
        }
    }
}
