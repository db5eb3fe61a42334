//! What engineers drive, whether its metres are known, and what it costs at most.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::{Draft, Problem, Table, TravelSpec, limits};
use crate::engineer::{Car, EngineerDraft};
use crate::flaw::{Code, Flaw};
use crate::geo::EARTH_RADIUS_M;

/// What the engineer drives.
pub(super) fn car(
    problem: &Problem,
    draft: &EngineerDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> Car {
    let mut car = Car {
        profile: 0,
        speed_permille: draft.speed_permille,
        rates: draft.rates,
        counts_metres: draft.rates.metre > 0,
        fare_is_time: draft.rates.drive == 1000 && draft.rates.metre == 0,
    };
    if let (Some(name), TravelSpec::Tables(profiles)) = (&draft.profile, problem.travel()) {
        match profiles.iter().position(|profile| profile.name == *name) {
            Some(n) => car.profile = n as u16,
            None => flaws.push(
                Flaw::new(
                    Code::UnknownReference,
                    format!("{path}.profile"),
                    format!("there is no travel table for profile {name:?}"),
                    "add one to \"travel\" or leave the profile out for the first",
                )
                .of(&draft.id),
            ),
        }
    }
    if let TravelSpec::Tables(profiles) = problem.travel()
        && profiles.get(usize::from(car.profile)).is_some_and(|profile| profile.table.costs.is_some())
    {
        car.fare_is_time = false;
    }
    if car.counts_metres && !knows_metres(problem, car.profile) {
        flaws.push(no_metres(format!("{path}.rates"), &draft.id));
    }
    car
}

pub(super) fn knows_metres(problem: &Problem, profile: u16) -> bool {
    match problem.travel() {
        TravelSpec::Crow { .. } => true,
        TravelSpec::Tables(profiles) => {
            profiles.get(usize::from(profile)).is_some_and(|profile| profile.table.metres.is_some())
        }
    }
}

pub(super) fn no_metres(path: String, id: &str) -> Flaw {
    Flaw::new(
        Code::BadTable,
        path,
        "metres matter here, but the travel table has none",
        "give \"metres_m\" beside \"durations_s\"",
    )
    .of(id)
}

/// The longest that anybody can drive, by one way of driving.
#[derive(Clone, Copy)]
struct Longest {
    /// Seconds at the usual speed.
    seconds: i128,
    /// Metres; 0 where nobody knows them.
    metres: i128,
    /// The table's dearest drive, if it says what drives cost.
    cost: Option<i128>,
}

impl Longest {
    /// Half way around the earth.
    fn of_crow(speed_kmh: f64, detour: f64) -> Longest {
        let metres = std::f64::consts::PI * EARTH_RADIUS_M * detour;
        let seconds = metres / (speed_kmh / 3.6);
        Longest { seconds: seconds.ceil() as i128, metres: metres.ceil() as i128, cost: None }
    }

    /// The largest cells. `O(cells)`.
    fn of_table(table: &Table) -> Longest {
        fn largest(cells: &[u32]) -> i128 {
            i128::from(cells.iter().copied().max().unwrap_or(0))
        }
        Longest {
            seconds: largest(&table.seconds),
            metres: table.metres.as_deref().map_or(0, largest),
            cost: table.costs.as_deref().map(largest),
        }
    }

    /// No drive of the engineer costs more, in units of price.
    fn fare(&self, engineer: &EngineerDraft) -> i128 {
        let rates = &engineer.rates;
        let time = self.seconds * 1000 / i128::from(engineer.speed_permille.max(1)) + 1;
        let thousandths =
            self.cost.unwrap_or(time) * i128::from(rates.drive) + self.metres * i128::from(rates.metre);
        thousandths / 1000 + 1
    }
}

/// Checks that no engineer's drive can cost more than [`limits::FARE`], and returns what the dearest costs at
/// most. Travel must be sound. `O(cells + engineers log profiles)`.
pub(super) fn fares(draft: &Draft, flaws: &mut Vec<Flaw>) -> i128 {
    let mut ways: BTreeMap<&str, Longest> = BTreeMap::new();
    let first = match &draft.travel {
        TravelSpec::Crow { speed_kmh, detour } => Some(Longest::of_crow(*speed_kmh, *detour)),
        TravelSpec::Tables(profiles) => {
            for profile in profiles {
                ways.entry(&profile.name).or_insert_with(|| Longest::of_table(&profile.table));
            }
            profiles.first().and_then(|first| ways.get(first.name.as_str()).copied())
        }
    };
    let Some(first) = first else { return 0 };
    let mut dearest = 0;
    for (n, engineer) in draft.engineers.iter().enumerate() {
        // A profile that is unknown, or a rate that is no rate, is told elsewhere.
        let way = engineer.profile.as_deref().and_then(|name| ways.get(name)).unwrap_or(&first);
        let fare = way.fare(engineer);
        dearest = dearest.max(fare);
        let rates = [engineer.rates.drive, engineer.rates.metre];
        if fare > i128::from(limits::FARE) && rates.iter().all(|rate| (0..=limits::PRICE).contains(rate))
        {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    format!("engineers[{n}].rates"),
                    format!(
                        "the longest drive could cost {fare} units of price, the limit is {}",
                        limits::FARE
                    ),
                    "lower what driving costs, or mend the largest numbers of the travel table",
                )
                .of(&engineer.id),
            );
        }
    }
    dearest
}
