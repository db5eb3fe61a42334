//! Whether a way by a depot can cost less than the straight one. Along the shortest ways it never does; but tables take
//! detours, and drives are rounded.

use rayon::prelude::*;

use crate::engineer::Car;
use crate::geo::Place;
use crate::price::ANY_PRICE;
use crate::problem::Problem;
use crate::travel::{Locality, Roads};
use crate::units::Seconds;

/// Most places of which every two are asked.
const MOST_PLACES: usize = 1_000;

/// By how much a way by a depot costs less than the straight one at most, for any car and between any two of the
/// problem's places; 0 if there are no depots, and [`ANY_PRICE`] where places are too many to tell.
/// `O(cars * depots * places^2)`.
pub(super) fn longest(problem: &Problem, roads: &Roads, whole: Option<&Locality>) -> Seconds {
    if problem.depots().is_empty() {
        return Seconds::ZERO;
    }
    let Some(places) = whole.map(Locality::places).filter(|places| places.len() <= MOST_PLACES) else {
        return ANY_PRICE;
    };
    let mut cars: Vec<Car> = Vec::new();
    for shift in problem.shifts() {
        if !cars.contains(&shift.car) {
            cars.push(shift.car);
        }
    }
    cars.iter().map(|car| longest_by(problem, roads, car, places)).max().unwrap_or(Seconds::ZERO)
}

fn longest_by(problem: &Problem, roads: &Roads, car: &Car, places: &[Place]) -> Seconds {
    let cut = |from: &Place| {
        let ways = problem.depots().iter().flat_map(|depot| {
            places.iter().map(move |to| {
                let straight = roads.drive(car, from, to).fare;
                straight - roads.drive_by(car, Some(from), depot, Some(to)).fare
            })
        });
        ways.max().unwrap_or(Seconds::ZERO)
    };
    places.par_iter().map(cut).max().unwrap_or(Seconds::ZERO).max(Seconds::ZERO)
}
