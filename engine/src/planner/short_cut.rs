//! Whether a way by a depot can cost less than the straight one. Along the shortest ways it never does; but tables take
//! detours, and drives are rounded.

use rayon::prelude::*;

use crate::depot::Depot;
use crate::engineer::Car;
use crate::geo::Place;
use crate::price::ANY_PRICE;
use crate::problem::Problem;
use crate::travel::{Locality, Roads};
use crate::units::Seconds;

/// Most drives that are looked at.
const MOST_DRIVES: usize = 20_000_000;

/// By how much a way by a depot costs less than the straight one at most, for any car and between any two of the
/// problem's places; 0 if there are no depots, and [`ANY_PRICE`] where places, cars and depots are too many to tell.
/// `O(cars * depots * places^2)`.
pub(super) fn longest(problem: &Problem, roads: &Roads, whole: Option<&Locality>) -> Seconds {
    if problem.depots().is_empty() {
        return Seconds::ZERO;
    }
    let mut cars: Vec<Car> = Vec::new();
    for shift in problem.shifts() {
        if cars.last() != Some(&shift.car) {
            cars.push(shift.car);
        }
    }
    let drives = |places: &[Place]| {
        let pairs = places.len().saturating_mul(places.len());
        pairs.saturating_mul(cars.len()).saturating_mul(problem.depots().len())
    };
    let places = whole.map(Locality::places).filter(|places| drives(places) <= MOST_DRIVES);
    let Some(places) = places else { return ANY_PRICE };
    cars.iter().map(|car| longest_by(problem, roads, car, places)).max().unwrap_or(Seconds::ZERO)
}

fn longest_by(problem: &Problem, roads: &Roads, car: &Car, places: &[Place]) -> Seconds {
    // From each place to each depot, with the time there, and from there to each place.
    let into: Vec<Vec<Seconds>> = each(problem, |depot| {
        places.iter().map(|from| roads.drive_by(car, Some(from), depot, None).fare).collect()
    });
    let out_of: Vec<Vec<Seconds>> =
        each(problem, |depot| places.iter().map(|to| roads.drive(car, &depot.place, to).fare).collect());
    let cut = |(n, from): (usize, &Place)| {
        let cuts = places.iter().enumerate().map(|(m, to)| {
            let ways = into.iter().zip(&out_of).map(|(into, out_of)| into[n] + out_of[m]);
            roads.drive(car, from, to).fare - ways.min().unwrap_or(ANY_PRICE)
        });
        cuts.max().unwrap_or(Seconds::ZERO)
    };
    places.par_iter().enumerate().map(cut).max().unwrap_or(Seconds::ZERO).max(Seconds::ZERO)
}

fn each<T>(problem: &Problem, of: impl Fn(&Depot) -> T) -> Vec<T> {
    problem.depots().iter().map(of).collect()
}
