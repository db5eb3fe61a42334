//! Cases taken together, and the figures of them.

use paidan_engine::units::Seconds;

use super::figures::FIGURES;

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// What it comes to; none where there is no case.
    pub value: Option<f64>,
    /// On how many cases it stands.
    pub n: u64,
}

impl Figure {
    /// A count; nothing is a number, too.
    fn count(count: u64) -> Figure {
        Figure { value: Some(count as f64), n: count }
    }

    /// What cannot be told.
    const NONE: Figure = Figure { value: None, n: 0 };

    /// Something of so many cases.
    fn of(value: f64, n: u64) -> Figure {
        // Millionths are more than anybody reads, and the last digits of a sum are noise.
        Figure { value: (n > 0).then(|| (value * 1e6).round() / 1e6), n }
    }
}

/// Cases of which some are as they should be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Share {
    some: u64,
    all: u64,
}

impl Share {
    /// One more.
    pub fn note(&mut self, is_so: bool) {
        self.some += u64::from(is_so);
        self.all += 1;
    }

    fn figure(self) -> Figure {
        Figure::of(self.some as f64 / self.all as f64, self.all)
    }

    fn some_of(self) -> Figure {
        Figure::of(self.some as f64, self.all)
    }
}

/// What has been counted of a group. Grows with its cases.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Tickets opened; none where that cannot be told.
    pub opened: Option<u64>,
    /// Tickets done.
    pub done: u64,
    /// Tickets cancelled.
    pub cancelled: u64,
    /// Those that missed their SLA, of those that had one.
    pub late: Share,
    /// From the report to the beginning of work.
    pub responses: Vec<i64>,
    /// Begun in time.
    pub respond: Share,
    /// Ended in time.
    pub resolve: Share,
    /// Visits that were first-time fixes.
    pub fixes: Share,
    /// Tickets that were repeats.
    pub repeats: Share,
    /// Bound tickets to which somebody went to whom they are.
    pub bound: Share,
    /// Sum of all ratings.
    pub ratings: u64,
    /// Rated 4 or 5.
    pub satisfied: Share,
    /// Driving, and of how many tickets it is known.
    pub drive: (Seconds, u64),
    /// Work, and of how many tickets.
    pub work: (Seconds, u64),
    /// Work over the length of the shifts, by engineer.
    pub loads: Vec<f64>,
}

impl Tally {
    /// The figures, in the order of [`FIGURES`]. `O(n log n)`.
    pub fn figures(mut self) -> [Figure; FIGURES.len()] {
        self.responses.sort_unstable();
        self.loads.sort_unstable_by(f64::total_cmp);
        let n = self.responses.len() as u64;
        let total: i64 = self.responses.iter().sum();
        let mean = |sum: f64, n: u64| Figure::of(sum / n as f64, n);
        let sum = |(sum, n): (Seconds, u64)| Figure::of(sum.0 as f64, n);
        let [load_mean, load_sd, load_max, load_gini] = spread(&self.loads);
        [
            self.opened.map_or(Figure::NONE, Figure::count),
            Figure::count(self.done),
            Figure::count(self.cancelled),
            self.late.some_of(),
            rank(&self.responses, 50),
            rank(&self.responses, 90),
            mean(total as f64, n),
            self.respond.figure(),
            self.resolve.figure(),
            self.fixes.figure(),
            self.repeats.some_of(),
            self.bound.figure(),
            mean(self.ratings as f64, self.satisfied.all),
            self.satisfied.figure(),
            mean(self.drive.0.0 as f64, self.drive.1),
            sum(self.drive),
            sum(self.work),
            load_mean,
            load_sd,
            load_max,
            load_gini,
            Figure::count(self.satisfied.all),
        ]
    }
}

/// The least of rising numbers that so many of a hundred do not exceed.
fn rank(rising: &[i64], hundredths: usize) -> Figure {
    let place = (rising.len() * hundredths).div_ceil(100).saturating_sub(1);
    let value = rising.get(place).copied().unwrap_or_default();
    Figure::of(value as f64, rising.len() as u64)
}

/// Mean, standard deviation, maximum and Gini index of rising loads.
fn spread(rising: &[f64]) -> [Figure; 4] {
    let n = rising.len() as u64;
    let count = n as f64;
    let sum: f64 = rising.iter().sum();
    let mean = sum / count;
    let squares: f64 = rising.iter().map(|load| (load - mean).powi(2)).sum();
    // Half the mean difference of two over the mean.
    let weighed: f64 =
        rising.iter().enumerate().map(|(n, load)| (2.0 * (n + 1) as f64 - count - 1.0) * load).sum();
    let gini =
        if sum > 0.0 { Figure::of(weighed / (count * sum), n) } else { Figure { value: None, n } };
    let max = rising.last().copied().unwrap_or_default();
    [Figure::of(mean, n), Figure::of((squares / count).sqrt(), n), Figure::of(max, n), gini]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(tally: Tally, name: &str) -> Figure {
        let place = FIGURES.iter().position(|(known, ..)| *known == name).expect("a figure");
        tally.figures()[place]
    }

    #[test]
    fn nothing_counted_is_no_figure_but_a_count() {
        for ((name, ..), figure) in FIGURES.iter().zip(Tally::default().figures()) {
            let is_count = ["done", "cancelled", "rated"].contains(name);
            assert_eq!(figure, Figure { value: is_count.then_some(0.0), n: 0 }, "{name}");
        }
    }

    #[test]
    fn ranks_are_of_what_has_happened() {
        let of = |responses: &[i64], name| {
            figure(Tally { responses: responses.to_vec(), ..Tally::default() }, name).value
        };
        let ten = [100, 10, 90, 20, 80, 30, 70, 40, 60, 50];
        assert_eq!(
            [of(&ten, "response_median_s"), of(&ten, "response_p90_s")],
            [Some(50.0), Some(90.0)]
        );
        assert_eq!([of(&[7], "response_median_s"), of(&[7], "response_p90_s")], [Some(7.0), Some(7.0)]);
        assert_eq!(of(&[1, 2], "response_mean_s"), Some(1.5));
    }

    #[test]
    fn load_is_even_or_is_one_persons() {
        let of = |loads: &[f64], name| {
            figure(Tally { loads: loads.to_vec(), ..Tally::default() }, name).value
        };
        assert_eq!(of(&[0.5, 0.5, 0.5], "load_gini"), Some(0.0));
        assert_eq!(of(&[0.0, 0.0, 0.0, 1.0], "load_gini"), Some(0.75));
        assert_eq!(of(&[0.0, 0.0], "load_gini"), None);
        assert_eq!([of(&[0.2, 0.4], "load_sd"), of(&[0.2, 0.4], "load_max")], [Some(0.1), Some(0.4)]);
    }
}
