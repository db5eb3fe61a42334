//! What drives cost, in tables: a search rules most places out by their fare alone.

use std::sync::Arc;

use rayon::prelude::*;

use super::Locality;
use super::roads::{KEPT_PLACES, Roads};
use crate::engineer::{Car, Rates};
use crate::geo::Place;
use crate::ids::{Index, ShiftIx};
use crate::problem::Problem;

/// Most cells of all tables together, at most 8 bytes each.
const CELLS: usize = KEPT_PLACES * KEPT_PLACES;

/// Fares of one way of driving among some places, by their numbers. Either way round the fares of one place lie
/// side by side, with those from and to nowhere at the end.
#[derive(Clone, Debug)]
pub struct FareTable {
    locality: Locality,
    into: Arc<[u32]>,
    /// The same list where there and back cost the same: one table less for a cache to hold.
    out_of: Arc<[u32]>,
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
    locality: &'t Locality,
    into: &'t [u32],
    out_of: &'t [u32],
}

impl Fares {
    /// Tables of the places of a locality for the first few different ways of driving in these shifts, as many as
    /// 128 MB hold. `O(places^2)` for each.
    pub fn new(
        problem: &Problem,
        shifts: impl Iterator<Item = ShiftIx>,
        roads: &Roads,
        locality: &Locality,
    ) -> Fares {
        let places = locality.places().len();
        let most = (CELLS / (places * places).max(1)).min(usize::from(u8::MAX));
        let mut cars: Vec<Car> = Vec::new();
        let mut by_shift = vec![None; problem.shifts().len()];
        for shift in shifts {
            let car = as_fares_see(&problem.shift(shift).car);
            let mut way = cars.iter().position(|known| *known == car);
            if way.is_none() && cars.len() < most {
                way = Some(cars.len());
                cars.push(car);
            }
            by_shift[shift.at()] = way.map(|way| way as u8);
        }
        let tables = cars.iter().map(|car| FareTable::new(roads, car, locality)).collect();
        Fares { tables, by_shift }
    }

    /// No table for any shift.
    pub fn none(problem: &Problem) -> Fares {
        Fares { tables: Vec::new(), by_shift: vec![None; problem.shifts().len()] }
    }

    /// Which table is that of a shift, if it has one.
    pub fn way(&self, shift: ShiftIx) -> Option<u8> {
        self.by_shift[shift.at()]
    }

    /// A table that is that of a shift.
    pub fn table(&self, way: u8) -> &FareTable {
        &self.tables[usize::from(way)]
    }

    /// The table of a shift, if it has one.
    pub fn of(&self, shift: ShiftIx) -> Option<&FareTable> {
        self.way(shift).map(|way| self.table(way))
    }
}

/// A car with nothing but what fares depend on.
fn as_fares_see(car: &Car) -> Car {
    let Rates { drive, metre, .. } = car.rates;
    let rates = Rates { drive, metre, ..Rates::default() };
    Car { rates, counts_metres: car.rates.metre > 0, ..*car }
}

impl FareTable {
    /// Fares too high for a cell stand as the highest: a bound from below is all that a search asks for.
    fn new(roads: &Roads, car: &Car, locality: &Locality) -> FareTable {
        let places = locality.places();
        let size = places.len() + 1;
        let fare = |from: &Place, to: &Place| {
            u32::try_from(roads.drive(car, from, to).fare.0).unwrap_or(u32::MAX)
        };
        let mut out_of = vec![0; size * size];
        out_of.par_chunks_mut(size).zip(places).for_each(|(row, from)| {
            row.iter_mut().zip(places).for_each(|(cell, to)| *cell = fare(from, to));
        });
        let into = Some(transposed(&out_of, size)).filter(|into| *into != out_of);
        let into: Option<Arc<[u32]>> = into.map(Arc::from);
        let out_of: Arc<[u32]> = out_of.into();
        let into = into.unwrap_or_else(|| Arc::clone(&out_of));
        FareTable { locality: locality.clone(), into, out_of }
    }

    /// The number in the table of the place of a row; that of nowhere if it has none.
    pub fn number(&self, row: u32) -> u16 {
        self.locality.number(row) as u16
    }

    /// The fares from every place, by its number, to that of a row, and from there to every place. Those as high as
    /// a cell can be stand for all that are higher.
    pub fn of_row(&self, row: u32) -> [&[u32]; 2] {
        let Detours { into, out_of, .. } = self.detours(row);
        [into, out_of]
    }

    /// The detours to the place of a row.
    pub fn detours(&self, row: u32) -> Detours<'_> {
        let size = self.locality.places().len() + 1;
        let at = self.locality.number(row) * size;
        let all = at..at + size;
        Detours { locality: &self.locality, into: &self.into[all.clone()], out_of: &self.out_of[all] }
    }
}

/// A square table with its rows as columns. Some rows at a time, so that every cell of a line of memory is used while
/// the line is at hand.
fn transposed(table: &[u32], size: usize) -> Vec<u32> {
    const ROWS: usize = 16;
    let mut turned = vec![0; table.len()];
    turned.par_chunks_mut(ROWS * size).enumerate().for_each(|(n, rows)| {
        for (m, of_column) in table.chunks_exact(size).enumerate() {
            let cells = &of_column[n * ROWS..];
            rows.iter_mut().skip(m).step_by(size).zip(cells).for_each(|(cell, &fare)| *cell = fare);
        }
    });
    turned
}

impl Detours<'_> {
    /// The fares from a row to the place and on to another row. From nowhere, and to nowhere, nobody drives.
    #[inline]
    pub fn between(&self, from: u32, to: u32) -> i64 {
        let fare = |fares: &[u32], row: u32| i64::from(fares[self.locality.number(row)]);
        fare(self.into, from) + fare(self.out_of, to)
    }
}
