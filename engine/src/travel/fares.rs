//! What drives cost, in tables: a search rules most places out by their fare alone.

use rayon::prelude::*;

use super::roads::{KEPT_PLACES, Roads};
use crate::engineer::{Car, Rates};
use crate::geo::Place;
use crate::ids::{Index, ShiftIx};
use crate::problem::Problem;
use crate::units::Seconds;

/// Most cells of all tables together, 8 bytes each.
const CELLS: usize = KEPT_PLACES * KEPT_PLACES;

/// Fares of one way of driving between the problem's places, by their rows. Either way round the fares of one
/// place lie side by side, with those from and to nowhere at the end.
#[derive(Clone, Debug)]
pub struct FareTable {
    size: usize,
    into: Box<[u32]>,
    out_of: Box<[u32]>,
}

/// The tables of all shifts.
#[derive(Clone, Debug)]
pub struct Fares {
    tables: Vec<FareTable>,
    by_shift: Vec<Option<u8>>,
}

/// What it costs to drive by way of one place.
#[derive(Clone, Copy, Debug)]
pub struct Detours<'t> {
    into: &'t [u32],
    out_of: &'t [u32],
}

impl Fares {
    /// Tables for the first few different ways of driving, as many as 128 MB hold. `O(places^2)` for each.
    pub fn new(problem: &Problem, roads: &Roads) -> Fares {
        let places = rows(problem);
        let most = (CELLS / (places.len() * places.len()).max(1)).min(usize::from(u8::MAX));
        let mut cars: Vec<Car> = Vec::new();
        let mut by_shift = Vec::with_capacity(problem.shifts().len());
        for car in problem.shifts().iter().map(|shift| as_fares_see(&shift.car)) {
            let mut way = cars.iter().position(|known| *known == car);
            if way.is_none() && cars.len() < most {
                way = Some(cars.len());
                cars.push(car);
            }
            by_shift.push(way.map(|way| way as u8));
        }
        let tables = cars.iter().map(|car| FareTable::new(roads, car, &places)).collect();
        Fares { tables, by_shift }
    }

    /// The table of a shift, if it has one.
    pub fn of(&self, shift: ShiftIx) -> Option<&FareTable> {
        self.by_shift[shift.at()].map(|way| &self.tables[usize::from(way)])
    }
}

/// A car with nothing but what fares depend on.
fn as_fares_see(car: &Car) -> Car {
    let rates = Rates { callout: Seconds::ZERO, work: 0, ..car.rates };
    Car { rates, counts_metres: car.rates.metre > 0, ..*car }
}

/// A place for every row in use.
fn rows(problem: &Problem) -> Vec<Place> {
    if !problem.places().is_empty() {
        return problem.places().to_vec();
    }
    let own = problem.tickets().iter().map(|ticket| ticket.place);
    let ends = problem.shifts().iter().flat_map(|shift| [shift.from, shift.to]).flatten();
    let rows = own.chain(ends).map(|place| place.row);
    let highest = rows.filter(|&row| row != Place::NO_ROW).max();
    (0..highest.map_or(0, |row| row + 1)).map(Place::of_row).collect()
}

impl FareTable {
    /// Fares too high for a cell stand as the highest: a bound from below is all that a search asks for.
    fn new(roads: &Roads, car: &Car, places: &[Place]) -> FareTable {
        let size = places.len() + 1;
        let fare = |from: &Place, to: &Place| {
            u32::try_from(roads.drive(car, from, to).fare.0).unwrap_or(u32::MAX)
        };
        let table = |fare: &(dyn Fn(&Place, &Place) -> u32 + Sync)| -> Box<[u32]> {
            let mut cells = vec![0; size * size];
            cells.par_chunks_mut(size).zip(places).for_each(|(row, place)| {
                row.iter_mut().zip(places).for_each(|(cell, other)| *cell = fare(place, other));
            });
            cells.into()
        };
        FareTable { size, into: table(&|place, from| fare(from, place)), out_of: table(&fare) }
    }

    /// The detours to the place of a row.
    pub fn detours(&self, row: u32) -> Detours<'_> {
        let at = (row as usize).min(self.size - 1) * self.size;
        let all = at..at + self.size;
        Detours { into: &self.into[all.clone()], out_of: &self.out_of[all] }
    }
}

impl Detours<'_> {
    /// The fares from a row to the place and on to another row. From nowhere, and to nowhere, nobody drives.
    #[inline]
    pub fn between(&self, from: u32, to: u32) -> i64 {
        let nowhere = self.into.len() - 1;
        let fare = |fares: &[u32], row: u32| i64::from(fares[(row as usize).min(nowhere)]);
        fare(self.into, from) + fare(self.out_of, to)
    }
}
