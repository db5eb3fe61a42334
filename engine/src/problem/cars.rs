//! What engineers drive, and whether its metres are known.

use super::Problem;
use crate::engineer::{Car, EngineerDraft};
use crate::flaw::{Code, Flaw};
use crate::problem::TravelSpec;

/// What the engineer drives.
pub(super) fn car(problem: &Problem, draft: &EngineerDraft, path: &str, flaws: &mut Vec<Flaw>) -> Car {
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
