//! What plans came to when the reference was stored, and whether plans now are worse.
//!
//! A plan is held against the mean of all that was stored of its problem, not against the run of the same seed: a
//! change of the search that is neither better nor worse draws other numbers, and a seed that was lucky once would
//! then be a standing reproach.

use std::fmt;

use paidan_engine::units::{Price, Seconds};

/// A plan's price, and what it was searched with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The problem's name, without a comma.
    pub problem: String,
    /// The budget of rounds.
    pub rounds: u64,
    /// The seed of the search.
    pub seed: u64,
    /// What the plan costs.
    pub price: Price,
}

/// The tiers of a price, from the one that counts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Priority lost.
    Priority,
    /// Tickets unserved.
    Unserved,
    /// Seconds of driving.
    Seconds,
}

impl Tier {
    /// All of them, in order.
    pub const ALL: [Tier; 3] = [Tier::Priority, Tier::Unserved, Tier::Seconds];
}

impl fmt::Display for Tier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Tier::Priority => "priority lost",
            Tier::Unserved => "unserved",
            Tier::Seconds => "seconds",
        })
    }
}

/// A number for each tier: what plans come to on average, or percent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tiers(pub [f64; 3]);

impl Tiers {
    /// A price, tier by tier.
    pub fn of(price: Price) -> Tiers {
        Tiers([price.priority_lost as f64, price.unserved as f64, price.seconds.0 as f64])
    }

    /// The mean; 0 of nothing.
    pub fn mean(all: &[Tiers]) -> Tiers {
        Tiers::sum(all).map(|sum| sum / all.len().max(1) as f64)
    }

    /// Percent above `usual`, tier by tier; below it is negative. What is usually nothing counts as 1.
    pub fn above(self, usual: Tiers) -> Tiers {
        let percent = |n: usize| 100.0 * (self.0[n] - usual.0[n]) / usual.0[n].max(1.0);
        Tiers([percent(0), percent(1), percent(2)])
    }

    /// The number of a tier.
    pub fn get(self, tier: Tier) -> f64 {
        self.0[tier as usize]
    }

    /// Every number by the same rule.
    pub fn map(self, rule: impl Fn(f64) -> f64) -> Tiers {
        Tiers(self.0.map(rule))
    }

    fn sum(all: &[Tiers]) -> Tiers {
        all.iter().fold(Tiers::default(), |sum, one| {
            Tiers([sum.0[0] + one.0[0], sum.0[1] + one.0[1], sum.0[2] + one.0[2]])
        })
    }
}

/// What a family of problems comes to beside the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// No tier is off by more than its tolerance.
    AsBefore,
    /// This tier is lower by so many percent.
    Better(Tier, f64),
    /// This tier is higher by so many percent.
    Worse(Tier, f64),
}

impl Verdict {
    /// The verdict on mean gaps in percent. As prices do, tiers count from the first: the one that is off by more than
    /// its tolerance decides, and those behind it no longer matter, since whoever serves more has to drive more.
    pub fn on(gaps: Tiers, tolerance: Tiers) -> Verdict {
        for tier in Tier::ALL {
            let gap = gaps.get(tier);
            if gap > tolerance.get(tier) {
                return Verdict::Worse(tier, gap);
            }
            if gap < -tolerance.get(tier) {
                return Verdict::Better(tier, -gap);
            }
        }
        Verdict::AsBefore
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::AsBefore => out.write_str("as before"),
            Verdict::Better(tier, percent) => {
                write!(out, "better: {tier} by {percent:.2} %: renew the reference")
            }
            Verdict::Worse(tier, percent) => write!(out, "WORSE: {tier} by {percent:.2} %"),
        }
    }
}

/// Stored runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference(pub Vec<Run>);

/// The first line of the file.
const HEAD: &str = "problem,rounds,seed,priority_lost,unserved,seconds";

impl Reference {
    /// Reads a CSV file without quotes.
    ///
    /// # Errors
    /// The first line that is not one of ours.
    pub fn read(text: &str) -> Result<Reference, String> {
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return Err(format!("line 1 is not {HEAD}"));
        }
        let line = |(n, line): (usize, &str)| {
            run(line).ok_or_else(|| format!("line {n} {line:?} is not {HEAD}"))
        };
        (2..).zip(lines).map(line).collect::<Result<Vec<Run>, String>>().map(Reference)
    }

    /// The text of the file.
    pub fn write(&self) -> String {
        let line = |run: &Run| {
            let Run { problem, rounds, seed, price } = run;
            let Price { priority_lost, unserved, seconds: Seconds(seconds) } = price;
            format!("{problem},{rounds},{seed},{priority_lost},{unserved},{seconds}\n")
        };
        format!("{HEAD}\n{}", self.0.iter().map(line).collect::<String>())
    }

    /// What plans of a problem usually come to under a budget of rounds; `None` if nothing was stored about that.
    pub fn usual(&self, problem: &str, rounds: u64) -> Option<Tiers> {
        let stored = self.tiers(problem, rounds);
        (!stored.is_empty()).then(|| Tiers::mean(&stored))
    }

    /// Whether a run has come to what is stored of it.
    pub fn holds(&self, run: &Run) -> bool {
        self.0.contains(run)
    }

    /// By how many percent the mean gap of a family varies from one choice of seeds to another: the standard error of
    /// the mean over `seeds` runs of each problem, held against the mean of what was stored.
    ///
    /// Runs are taken to vary as the stored ones of the same problem do, and by as much in all problems.
    pub fn noise(&self, problems: &[&str], rounds: u64, seeds: u64) -> Tiers {
        let (mut squares, mut free, mut variance) = (Vec::new(), 0, 0.0);
        for &problem in problems {
            let stored = self.tiers(problem, rounds);
            let usual = Tiers::mean(&stored);
            squares.extend(stored.iter().map(|run| run.above(usual).map(|gap| gap * gap)));
            free += stored.len().saturating_sub(1);
            variance += 1.0 / seeds as f64 + 1.0 / stored.len().max(1) as f64;
        }
        let per_mean = variance / (problems.len() * problems.len()).max(1) as f64;
        Tiers::sum(&squares).map(|sum| (sum / free.max(1) as f64 * per_mean).sqrt())
    }

    fn tiers(&self, problem: &str, rounds: u64) -> Vec<Tiers> {
        let same = |run: &&Run| run.problem == problem && run.rounds == rounds;
        self.0.iter().filter(same).map(|run| Tiers::of(run.price)).collect()
    }
}

/// One line of the file.
fn run(line: &str) -> Option<Run> {
    let (problem, numbers) = line.split_once(',')?;
    let numbers: Vec<i64> =
        numbers.split(',').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let &[rounds, seed, priority_lost, unserved, seconds] = numbers.as_slice() else { return None };
    let price = Price { priority_lost, unserved, seconds: Seconds(seconds) };
    Some(Run { problem: problem.to_owned(), rounds: rounds as u64, seed: seed as u64, price })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Tiers = Tiers([3.0, 5.0, 1.0]);

    fn stored(problem: &str, seconds: &[i64]) -> Vec<Run> {
        let run = |(seed, &seconds): (u64, &i64)| Run {
            problem: problem.to_owned(),
            rounds: 10,
            seed,
            price: Price::of(Seconds(seconds)),
        };
        (1..).zip(seconds).map(run).collect()
    }

    #[test]
    fn the_first_tier_beyond_its_tolerance_decides() {
        for (gaps, verdict) in [
            ([0.0, 0.0, 0.0], Verdict::AsBefore),
            ([2.9, -4.9, 0.9], Verdict::AsBefore),
            ([3.1, -9.0, -9.0], Verdict::Worse(Tier::Priority, 3.1)),
            ([-3.1, 9.0, 9.0], Verdict::Better(Tier::Priority, 3.1)),
            ([0.0, 5.5, 0.0], Verdict::Worse(Tier::Unserved, 5.5)),
            ([2.0, 0.0, 1.5], Verdict::Worse(Tier::Seconds, 1.5)),
            ([0.0, 0.0, -1.5], Verdict::Better(Tier::Seconds, 1.5)),
        ] {
            assert_eq!(Verdict::on(Tiers(gaps), TOLERANCE), verdict, "{gaps:?}");
        }
    }

    #[test]
    fn a_plan_is_held_against_the_mean_of_its_problem() {
        let reference = Reference([stored("a", &[90, 110]), stored("b", &[1000])].concat());
        let usual = reference.usual("a", 10).expect("a is stored");
        assert_eq!(Tiers::of(Price::of(Seconds(103))).above(usual), Tiers([0.0, 0.0, 3.0]));
        assert_eq!(reference.usual("a", 20), None, "another budget is another story");
    }

    #[test]
    fn a_ticket_lost_where_none_used_to_be_is_seen() {
        let price = Price { priority_lost: 100, unserved: 1, seconds: Seconds(100) };
        let gaps = Tiers::of(price).above(Tiers([0.0, 0.0, 100.0]));
        assert_eq!(gaps, Tiers([10_000.0, 100.0, 0.0]));
    }

    #[test]
    fn noise_falls_with_problems_and_seeds() {
        let reference = Reference([stored("a", &[90, 110]), stored("b", &[180, 220])].concat());
        // Gaps of 10 % either way: a variance of 200 from each problem's two runs.
        let one = reference.noise(&["a"], 10, 2).get(Tier::Seconds);
        assert!((one - 200.0_f64.sqrt()).abs() < 1e-9, "{one}");
        let both = reference.noise(&["a", "b"], 10, 2).get(Tier::Seconds);
        assert!((both - 100.0_f64.sqrt()).abs() < 1e-9, "{both}");
        assert!(reference.noise(&["a"], 10, 8).get(Tier::Seconds) < one);
    }

    #[test]
    fn what_was_written_is_read() {
        let reference = Reference(stored("windows:mixed:wide:long:100:1", &[7, 9]));
        assert_eq!(Reference::read(&reference.write()), Ok(reference));
        let flawed = format!("{HEAD}\na,10,1,0,0,7\na,10,2,0,0\n");
        assert!(Reference::read(&flawed).unwrap_err().contains("line 3"));
    }
}
