//! Chance from one seed.
//!
//! The draws are written out here, since a library's samplers may change their stream from version to
//! version, and with it every committed fixture.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// One stream of chance. Parts of a problem draw from streams of their own, so that a change of one
/// part leaves the others as they were.
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// The stream of this number under this seed.
    pub fn new(seed: u64, stream: u64) -> Chance {
        // Odd multiplier: different streams of one seed never start from the same state.
        let mixed = seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Chance(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// A whole number from 0 to `count - 1`; `count` is at least 1.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.0.next_u64()) * count as u128) >> 64) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn yes(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A standard normal number, as the sum of twelve uniform ones: no logarithm and no cosine, which
    /// differ in the last digit from machine to machine. Never beyond 6.
    pub fn bell(&mut self) -> f64 {
        let mut sum = 0;
        for _ in 0..3 {
            let bits = self.0.next_u64();
            sum += (0..4).map(|lane| (bits >> (16 * lane)) & 0xFFFF).sum::<u64>();
        }
        sum as f64 / 65_536.0 - 6.0
    }

    /// One of the entries; there is at least one.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// The entries in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for n in (1..list.len()).rev() {
            list.swap(n, self.below(n + 1));
        }
    }
}

/// Picks with unequal odds.
pub(super) struct Odds {
    /// Running sums of the weights.
    sums: Vec<f64>,
}

impl Odds {
    /// Odds in proportion to the weights, of which at least one is above 0.
    pub(super) fn new(weights: impl Iterator<Item = f64>) -> Odds {
        let sums = weights
            .scan(0.0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            })
            .collect();
        Odds { sums }
    }

    /// The number of an entry.
    pub(super) fn pick(&self, chance: &mut Chance) -> usize {
        let last = self.sums.len() - 1;
        let at = chance.unit() * self.sums[last];
        self.sums.partition_point(|&sum| sum <= at).min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bell_has_mean_0_and_deviation_1() {
        let mut chance = Chance::new(1, 0);
        let draws: Vec<f64> = (0..20_000).map(|_| chance.bell()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.03, "{variance}");
    }

    #[test]
    fn odds_follow_the_weights() {
        let odds = Odds::new([1.0, 0.0, 3.0].into_iter());
        let mut chance = Chance::new(7, 0);
        let mut counts = [0; 3];
        for _ in 0..4000 {
            counts[odds.pick(&mut chance)] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((2850..3150).contains(&counts[2]), "{counts:?}");
    }
}
