//! What a route costs at least, stop by stop, for a bound that no plan falls below.
//!
//! Driving, fit and lateness are sums over stops as they are. What work costs is not: its share for load grows with
//! the square of all that is booked. A curve that bends upwards lies above every line that touches it, so a line takes
//! its place. Amounts are in millionths of a second of driving, so that shares of one second are not lost.

use super::rules::overtime;
use super::scorer::Scorer;
use crate::engineer::Shift;
use crate::units::{Moment, Seconds};

/// So many parts make one second of driving.
pub(crate) const PARTS: i64 = 1_000_000;

/// What a route of one shift costs at least: `base`, and `per_second` for every second of work, in [`PARTS`] of a
/// second of driving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Least {
    /// For a route with any stop; may be negative.
    pub base: i128,
    /// For every second of work.
    pub per_second: i128,
}

impl Scorer<'_> {
    /// The line below what work costs in a shift that is close to it around `booked`, callout included.
    pub(crate) fn least(&self, shift: &Shift, booked: Seconds) -> Least {
        let (load, length) = (i128::from(self.tariff().load.0), i128::from(shift.length.0.max(1)));
        let (rates, booked) = (&shift.car.rates, i128::from(booked.0));
        let square = length * length;
        let parts = i128::from(PARTS);
        let slope = 2 * load * booked * parts / square;
        let below = (load * booked * booked * parts + square - 1) / square;
        // Rounding takes up to one second off for load, and half a second for work.
        let rounded = i128::from(load > 0) * parts + i128::from(rates.work > 0) * parts / 2;
        Least {
            base: i128::from(rates.callout.0) * parts - below - rounded,
            per_second: slope + i128::from(rates.work) * (parts / 1000),
        }
    }

    /// What returning at a moment costs.
    pub(crate) fn overtime(&self, shift: &Shift, back: Moment) -> Seconds {
        overtime::price(self.tariff(), shift.end, back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engineer::{EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
    use crate::fit::{History, Standing};
    use crate::geo::LatLon;
    use crate::price::rules::Tariff;
    use crate::problem::{Draft, Problem};
    use crate::travel::Roads;

    fn one_engineer() -> Problem {
        let stamp = |moment| Stamp { moment: Moment(moment), offset_s: 0 };
        let shift = ShiftDraft { start: stamp(0), end: stamp(30_000), ..ShiftDraft::default() };
        let home = PlaceDraft { point: Some(LatLon { lat: 1.0, lon: 1.0 }), row: None };
        let engineer = EngineerDraft {
            id: "E".to_owned(),
            home: Some(home),
            shifts: vec![shift],
            speed_permille: 1000,
            ..EngineerDraft::default()
        };
        Problem::new(Draft { engineers: vec![engineer], ..Draft::default() }).expect("sound")
    }

    #[test]
    fn the_line_never_rises_above_what_work_costs() {
        let problem = one_engineer();
        let (roads, history) = (Roads::new(&problem), History::new(&problem));
        let standings: Vec<Standing> = Vec::new();
        let tariff = Tariff::new(problem.policy());
        let scorer = Scorer::new(&problem, &roads, &history, &standings, &tariff);
        for work in [0, 333, 1000] {
            let mut shift = problem.shifts()[0].clone();
            shift.car.rates.work = work;
            for around in [0, 1, 5_000, 20_000, 40_000] {
                let Least { base, per_second } = scorer.least(&shift, Seconds(around));
                for booked in (1..50_000).step_by(77) {
                    let line = base + per_second * i128::from(booked);
                    let truth = i128::from(scorer.price_of_work(&shift, Seconds(booked)).0 * PARTS);
                    assert!(line <= truth, "{booked} s around {around} s: {line} above {truth}");
                }
                let line = base + per_second * i128::from(around);
                let truth = i128::from(scorer.price_of_work(&shift, Seconds(around)).0 * PARTS);
                assert!(
                    line >= truth - 3 * i128::from(PARTS),
                    "close around {around} s: {line} and {truth}"
                );
            }
        }
    }
}
