//! Where people live: towns on a rectangle of the North Atlantic, so that nobody takes it for a real
//! country.

use paidan_engine::wire::document::PlaceDoc;

use super::NationOptions;
use crate::generate::chance::{Chance, Odds};
use crate::generate::place;

/// The stream of chance that this file draws from.
const STREAM: u64 = 11;

/// The south-western corner, degrees north and east.
const CORNER: (f64, f64) = (36.0, -46.0);
/// Kilometres for a degree north, and for a degree east at 40 degrees north.
const KM_PER_DEGREE: (f64, f64) = (111.195, 85.18);
/// Standard deviation of the first town's people around its middle, and of the smallest, in km.
const SPREAD_KM: (f64, f64) = (15.0, 1.5);
/// The first so many towns keep this distance from each other, in km.
const LARGE: (usize, f64) = (10, 120.0);

/// A town: its middle and the spread of its people, in km from the corner.
pub(super) struct Town {
    x: f64,
    y: f64,
    pub(super) spread_km: f64,
    /// Share of the nation's people.
    pub(super) share: f64,
}

/// The nation's map.
pub(super) struct Map {
    pub(super) towns: Vec<Town>,
    odds: Odds,
    size: (f64, f64),
}

impl Map {
    pub(super) fn draw(options: &NationOptions) -> Map {
        let mut chance = Chance::new(options.seed, STREAM);
        let count = options.towns.max(1);
        let people: f64 = (1..=count).map(|rank| 1.0 / rank as f64).sum();
        let mut towns: Vec<Town> = Vec::with_capacity(count);
        for rank in 1..=count {
            let mut at = || (chance.unit() * options.width_km, chance.unit() * options.height_km);
            let is_free = |(x, y): (f64, f64)| {
                let near = |town: &Town| (town.x - x).powi(2) + (town.y - y).powi(2) < LARGE.1.powi(2);
                rank > LARGE.0 || !towns.iter().any(near)
            };
            // A map too small for the distance takes the last try.
            let mut middle = at();
            for _ in 0..50 {
                if is_free(middle) {
                    break;
                }
                middle = at();
            }
            let spread_km = (SPREAD_KM.0 / (rank as f64).sqrt()).max(SPREAD_KM.1);
            let share = 1.0 / rank as f64 / people;
            towns.push(Town { x: middle.0, y: middle.1, spread_km, share });
        }
        let odds = Odds::new(towns.iter().map(|town| town.share));
        Map { towns, odds, size: (options.width_km, options.height_km) }
    }

    /// A town, in proportion to its people.
    pub(super) fn town(&self, chance: &mut Chance) -> usize {
        self.odds.pick(chance)
    }

    /// A place in the town, where its people live.
    pub(super) fn somewhere(&self, town: usize, chance: &mut Chance) -> PlaceDoc {
        let town = &self.towns[town];
        let x = (town.x + town.spread_km * chance.bell()).clamp(0.0, self.size.0);
        let y = (town.y + town.spread_km * chance.bell()).clamp(0.0, self.size.1);
        place(CORNER.0 + y / KM_PER_DEGREE.0, CORNER.1 + x / KM_PER_DEGREE.1)
    }
}

/// A place around another one, with this standard deviation.
pub(super) fn near(home: PlaceDoc, spread_km: f64, chance: &mut Chance) -> PlaceDoc {
    let lat = home.lat.unwrap_or_default() + spread_km * chance.bell() / KM_PER_DEGREE.0;
    let lon = home.lon.unwrap_or_default() + spread_km * chance.bell() / KM_PER_DEGREE.1;
    place(lat, lon)
}
