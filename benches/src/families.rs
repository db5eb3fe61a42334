//! Families of problems whose plans are watched by `quality --quick`: budgets, seeds and tolerances.

use crate::reference::Tiers;

/// Problems that are judged together.
#[derive(Debug)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// Names of problems, see [`question`](crate::question).
    pub problems: &'static [&'static str],
    /// The budget of rounds for each plan.
    pub rounds: u64,
    /// Every problem is planned with the seeds 1 to this one.
    pub seeds: u64,
    /// By how many percent the mean gap may be above the reference, or below it, tier by tier.
    pub tolerance: Tiers,
}

impl Family {
    /// How many seeds of each problem are stored: the more, the less chance is in what is usual.
    pub fn stored_seeds(&self) -> u64 {
        3 * self.seeds
    }
}

/// All families.
///
/// A tolerance is at least three times what chance does to a family's mean, so that a change which is neither better nor
/// worse fails once or twice in a hundred times. Measured over the stored seeds, in percent (priority lost, unserved,
/// seconds):
///
/// | family | one plan varies by | the mean by | tolerance |
/// |---|---|---|---|
/// | city, over-full | 9.1, 8.4, 2.7 | 4.3, 4.0, 1.3 | 14, 12, 7 |
/// | regions, over-full | 2.6, 3.7, 5.3 | 0.87, 1.2, 1.8 | 3, 4, 6.5 |
/// | regions with room | 0, 0, 0.56 | 0, 0, 0.23 | 1, 1.5, 2 |
/// | windows, short routes | 0, 0, 0.41 | 0, 0, 0.11 | 0, 0, 0.75 |
/// | windows, long routes | 0, 0, 0.42 | 0, 0, 0.11 | 0, 0, 0.7 |
/// | windows, long routes of many | 0, 0, 0.56 | 0, 0, 0.22 | 0, 0, 1 |
/// | windows, a thousand | 0, 0, 0.60 | 0, 0, 0.34 | 0, 0, 2 |
pub const FAMILIES: [Family; 7] = [
    Family {
        name: "city, over-full",
        problems: &["fixtures/city/day.json"],
        rounds: 30_000,
        seeds: 6,
        tolerance: Tiers([14.0, 12.0, 7.0]),
    },
    Family {
        name: "regions, over-full",
        problems: &[
            "nation:150:18:1",
            "nation:150:18:2",
            "nation:150:18:3",
            "nation:300:34:4",
            "nation:300:34:5",
            "nation:600:66:6",
        ],
        rounds: 24_000,
        seeds: 2,
        tolerance: Tiers([3.0, 4.0, 6.5]),
    },
    Family {
        name: "regions with room",
        problems: &[
            "nation:150:18:7:75",
            "nation:150:18:8:75",
            "nation:300:34:9:75",
            "nation:300:34:10:75",
        ],
        rounds: 24_000,
        seeds: 2,
        tolerance: Tiers([1.0, 1.5, 2.0]),
    },
    Family {
        name: "windows, short routes",
        problems: &[
            "windows:random:narrow:short:100:1",
            "windows:random:wide:short:100:2",
            "windows:clustered:narrow:short:100:3",
            "windows:clustered:wide:short:100:4",
            "windows:mixed:narrow:short:100:5",
            "windows:mixed:wide:short:100:6",
            "windows:random:wide:short:200:7",
            "windows:clustered:narrow:short:200:8",
            "windows:mixed:wide:short:200:9",
        ],
        rounds: 24_000,
        seeds: 2,
        tolerance: Tiers([0.0, 0.0, 0.75]),
    },
    Family {
        name: "windows, long routes",
        problems: &[
            "windows:random:narrow:long:100:1",
            "windows:random:wide:long:100:2",
            "windows:clustered:narrow:long:100:3",
            "windows:clustered:wide:long:100:4",
            "windows:mixed:narrow:long:100:5",
            "windows:mixed:wide:long:100:6",
        ],
        rounds: 24_000,
        seeds: 3,
        tolerance: Tiers([0.0, 0.0, 0.7]),
    },
    Family {
        name: "windows, long routes of many",
        problems: &[
            "windows:random:narrow:long:200:7",
            "windows:clustered:wide:long:200:8",
            "windows:mixed:wide:long:200:9",
        ],
        rounds: 24_000,
        seeds: 3,
        tolerance: Tiers([0.0, 0.0, 1.0]),
    },
    Family {
        name: "windows, a thousand",
        problems: &["windows:random:wide:short:1000:10", "windows:mixed:narrow:long:1000:11"],
        rounds: 80_000,
        seeds: 2,
        tolerance: Tiers([0.0, 0.0, 2.0]),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{Reference, Tier};

    fn stored() -> Reference {
        Reference::read(include_str!("../quick.csv")).expect("the reference can be read")
    }

    #[test]
    fn every_problem_is_stored_with_all_its_seeds() {
        let stored = stored();
        for family in &FAMILIES {
            for &problem in family.problems {
                let runs =
                    stored.0.iter().filter(|run| run.problem == problem && run.rounds == family.rounds);
                assert!(
                    runs.map(|run| run.seed).eq(1..=family.stored_seeds()),
                    "{problem}: renew the reference"
                );
            }
        }
    }

    #[test]
    fn no_tolerance_is_within_reach_of_chance() {
        let stored = stored();
        for family in &FAMILIES {
            let noise = stored.noise(family.problems, family.rounds, family.seeds);
            for tier in Tier::ALL {
                let (allowed, noise) = (family.tolerance.get(tier), noise.get(tier));
                assert!(
                    allowed >= 2.5 * noise,
                    "{}, {tier}: {allowed} % for a noise of {noise} %",
                    family.name
                );
            }
        }
    }
}
