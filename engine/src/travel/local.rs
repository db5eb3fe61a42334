//! Drives among a few places of a large problem, in tables that fit a cache: a part of a plan asks for the same ones
//! again and again, and a table of all places would keep it waiting for memory.

use std::sync::Arc;

use super::{KEPT_PLACES, Roads};
use crate::engineer::Car;
use crate::geo::Place;
use crate::problem::Problem;
use crate::units::Seconds;

/// Not among the places.
const FAR: u16 = u16::MAX;

/// Some places of a problem, numbered anew.
#[derive(Clone, Debug)]
pub struct Locality {
    /// By row: the place's number here.
    numbers: Arc<[u16]>,
    places: Arc<[Place]>,
}

impl Locality {
    /// All places of a problem, if they are few enough for tables of all of them.
    pub fn whole(problem: &Problem) -> Option<Locality> {
        let rows = rows(problem);
        if rows > KEPT_PLACES {
            return None;
        }
        let places = problem.places();
        let of_row = |row| places.get(row).copied().unwrap_or_else(|| Place::of_row(row as u32));
        Some(Locality::new(rows, (0..rows).map(of_row)))
    }

    /// These places of a problem of so many rows, each once. `O(rows + places)`.
    ///
    /// # Panics
    /// From 65,535 places on.
    pub fn new(rows: usize, places: impl Iterator<Item = Place>) -> Locality {
        let mut numbers = vec![FAR; rows];
        let mut own = Vec::new();
        for place in places {
            let Some(number) = numbers.get_mut(place.row as usize).filter(|number| **number == FAR)
            else {
                continue;
            };
            assert!(own.len() < usize::from(FAR), "too many places for one locality");
            *number = own.len() as u16;
            own.push(place);
        }
        Locality { numbers: numbers.into(), places: own.into() }
    }

    /// The places, by their numbers.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The number of a row; the number of places where it is none of them, or no row at all.
    #[inline]
    pub fn number(&self, row: u32) -> usize {
        let number = self.numbers.get(row as usize).copied().unwrap_or(FAR);
        usize::from(number).min(self.places.len())
    }
}

/// How many rows a problem's places take.
pub fn rows(problem: &Problem) -> usize {
    if !problem.places().is_empty() {
        return problem.places().len();
    }
    let own = problem.tickets().iter().map(|ticket| ticket.place);
    let ends = problem.shifts().iter().flat_map(|shift| [shift.from, shift.to]).flatten();
    let rows = own.chain(ends).map(|place| place.row);
    rows.filter(|&row| row != Place::NO_ROW).max().map_or(0, |highest| highest as usize + 1)
}

/// The drives among the places of a locality, and beyond them by what holds for all.
#[derive(Clone, Debug)]
pub struct LocalRoads {
    locality: Locality,
    /// By profile, for those in use: seconds, row by row.
    seconds: Vec<Option<Box<[u32]>>>,
    beyond: Box<Roads>,
}

impl LocalRoads {
    /// Tables for the profiles of these cars. `O(places^2)` for each.
    pub fn new<'c>(
        locality: Locality,
        cars: impl Iterator<Item = &'c Car>,
        beyond: &Roads,
    ) -> LocalRoads {
        let places = &locality.places;
        let mut seconds: Vec<Option<Box<[u32]>>> = Vec::new();
        // The first profile tells near from far.
        for profile in std::iter::once(0).chain(cars.map(|car| usize::from(car.profile))) {
            if seconds.len() <= profile {
                seconds.resize(profile + 1, None);
            }
            if seconds[profile].is_none() {
                // What does not fit is out of reach of every shift anyway, and must stay so.
                let cell =
                    |from, to| u32::try_from(beyond.base_by(profile, from, to).0).unwrap_or(u32::MAX);
                let cell = &cell;
                let row = |from| places.iter().map(move |to| cell(from, to));
                seconds[profile] = Some(places.iter().flat_map(row).collect());
            }
        }
        LocalRoads { locality, seconds, beyond: Box::new(beyond.clone()) }
    }

    /// Seconds from one place to another at the usual speed by the table of a profile.
    #[inline]
    pub(super) fn base(&self, profile: usize, from: &Place, to: &Place) -> Seconds {
        let size = self.locality.places.len();
        let (row, column) = (self.locality.number(from.row), self.locality.number(to.row));
        match self.seconds.get(profile) {
            Some(Some(table)) if row < size && column < size => {
                Seconds(i64::from(table[row * size + column]))
            }
            _ => self.beyond.base_by(profile, from, to),
        }
    }

    /// What holds for all places.
    pub(super) fn beyond(&self) -> &Roads {
        &self.beyond
    }
}
