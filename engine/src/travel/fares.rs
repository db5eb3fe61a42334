//! What drives cost, in tables: a search rules most places out by their fare alone.

use super::roads::{KEPT_PLACES, Roads};
use crate::engineer::Car;
use crate::geo::Place;
use crate::ids::{Index, ShiftIx};
use crate::problem::Problem;

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
        let mut cars: Vec<Car> = Vec::new();
        let mut fares =
            Fares { tables: Vec::new(), by_shift: Vec::with_capacity(problem.shifts().len()) };
        let places = rows(problem);
        for shift in problem.shifts() {
            let known = cars.iter().position(|car| *car == shift.car);
            let way = known.or_else(|| {
                if (cars.len() + 1) * places.len() * places.len() > CELLS
                    || cars.len() > usize::from(u8::MAX)
                {
                    return None;
                }
                let table = FareTable::new(roads, &shift.car, &places)?;
                cars.push(shift.car);
                fares.tables.push(table);
                Some(cars.len() - 1)
            });
            fares.by_shift.push(way.map(|way| way as u8));
        }
        fares
    }

    /// The table of a shift, if it has one.
    pub fn of(&self, shift: ShiftIx) -> Option<&FareTable> {
        self.by_shift[shift.at()].map(|way| &self.tables[usize::from(way)])
    }
}

/// A place for every row in use.
fn rows(problem: &Problem) -> Vec<Place> {
    if !problem.places().is_empty() {
        return problem.places().to_vec();
    }
    let own = problem.tickets().iter().map(|ticket| ticket.place);
    let ends = problem.shifts().iter().flat_map(|shift| [shift.from, shift.to]).flatten();
    let highest = own.chain(ends).map(|place| place.row).max();
    (0..highest.map_or(0, |row| row + 1)).map(Place::of_row).collect()
}

impl FareTable {
    /// `None` if a fare is too high for the table.
    fn new(roads: &Roads, car: &Car, places: &[Place]) -> Option<FareTable> {
        let size = places.len() + 1;
        let mut into = vec![0; size * size];
        let mut out_of = vec![0; size * size];
        for (from, start) in places.iter().enumerate() {
            for (to, end) in places.iter().enumerate() {
                let fare = u32::try_from(roads.drive(car, start, end).fare.0).ok()?;
                into[to * size + from] = fare;
                out_of[from * size + to] = fare;
            }
        }
        Some(FareTable { size, into: into.into(), out_of: out_of.into() })
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
