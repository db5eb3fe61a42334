//! Made-up customers with time windows, in the text format of Solomon (1987) and after his design: scattered or in
//! clusters, windows narrow or wide, routes short or long.
//!
//! The same name gives the same bytes on every machine: coordinates and times are whole numbers, and the only functions
//! of the mathematics library are square roots, which are exact everywhere.

use std::fmt::Write as _;

use paidan::generate::Chance;

/// Customers to a cluster.
const CLUSTER: usize = 10;
/// Service time at every customer; a unit is a unit of distance driven.
const SERVICE: i64 = 10;
/// The least and the most that a customer takes of a vehicle's capacity.
const DEMAND: (i64, i64) = (1, 35);

/// A made-up instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Where customers are.
    pub spread: Spread,
    /// Windows of half the day instead of an eighth, on average.
    pub wide: bool,
    /// Some forty customers to a route instead of some ten: a day four times as long, and vehicles five times as large.
    pub long: bool,
    /// How many customers. The area grows with them, so that they are as dense as Solomon's.
    pub customers: usize,
    /// The seed.
    pub seed: u64,
}

/// Where customers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Anywhere.
    Random,
    /// In clusters of ten.
    Clustered,
    /// Every other one in a cluster.
    Mixed,
}

impl Windows {
    /// An instance by its name without the `windows:`, such as `clustered:narrow:short:100:1`: spread, width of the
    /// windows, length of the routes, customers, seed.
    ///
    /// # Errors
    /// What a name looks like, in a line.
    pub fn named(words: &str) -> Result<Windows, String> {
        let shape = || {
            format!(
                "{words:?} is not (random|clustered|mixed):(narrow|wide):(short|long):CUSTOMERS:SEED with 25 to 1000 \
                 customers"
            )
        };
        let words: Vec<&str> = words.split(':').collect();
        let &[spread, width, length, customers, seed] = words.as_slice() else { return Err(shape()) };
        let spread = match spread {
            "random" => Spread::Random,
            "clustered" => Spread::Clustered,
            "mixed" => Spread::Mixed,
            _ => return Err(shape()),
        };
        let either = |word: &str, no: &str, yes: &str| match word {
            _ if word == no => Ok(false),
            _ if word == yes => Ok(true),
            _ => Err(shape()),
        };
        Ok(Windows {
            spread,
            wide: either(width, "narrow", "wide")?,
            long: either(length, "short", "long")?,
            customers: customers
                .parse()
                .ok()
                .filter(|customers| (25..=1000).contains(customers))
                .ok_or_else(shape)?,
            seed: seed.parse().map_err(|_| shape())?,
        })
    }

    /// The text of the instance. Every customer can be reached in time and left in time for the way back; there is a
    /// vehicle for every other customer, which is more than a plan needs. `O(customers)`.
    pub fn text(&self) -> String {
        let (places, times) = (&mut Chance::new(self.seed, 1), &mut Chance::new(self.seed, 2));
        let side = (100.0 * (self.customers as f64 / 100.0).sqrt()).round() as i64;
        let day = if self.long { 10 * side } else { 5 * side / 2 };
        let capacity = if self.long { 1000 } else { 200 };
        let depot = (side / 2, side / 2);
        let mut text = format!(
            "made-up\n\nVEHICLE\nNUMBER CAPACITY\n{} {capacity}\n\n",
            self.customers.div_ceil(2)
        );
        text += "CUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE\n";
        let mut row = |number: usize, (x, y): (i64, i64), demand, (ready, due), service| {
            writeln!(text, "{number} {x} {y} {demand} {ready} {due} {service}")
                .expect("a string takes all");
        };
        row(0, depot, 0, (0, day), 0);
        for (number, place) in (1..).zip(self.places(side, places)) {
            let demand = times.between(DEMAND.0, DEMAND.1);
            row(number, place, demand, self.window(day, way(depot, place), times), SERVICE);
        }
        text
    }

    /// Where the customers are, on whole coordinates from 0 to `side`.
    fn places(&self, side: i64, chance: &mut Chance) -> Vec<(i64, i64)> {
        let centres: Vec<(i64, i64)> = (0..self.customers.div_ceil(CLUSTER))
            .map(|_| (chance.between(10, side - 10), chance.between(10, side - 10)))
            .collect();
        let mut near = |at: i64| (at + (4.0 * chance.bell()).round() as i64).clamp(0, side);
        let clustered: Vec<(i64, i64)> =
            (0..self.customers).map(|n| centres[n / CLUSTER]).map(|(x, y)| (near(x), near(y))).collect();
        let mut anywhere = |_: (i64, i64)| (chance.between(0, side), chance.between(0, side));
        match self.spread {
            Spread::Random => clustered.into_iter().map(anywhere).collect(),
            Spread::Clustered => clustered,
            Spread::Mixed => {
                (0..).zip(clustered).map(|(n, at)| if n % 2 == 0 { anywhere(at) } else { at }).collect()
            }
        }
    }

    /// When service may start at a customer so far from the depot.
    fn window(&self, day: i64, way: i64, chance: &mut Chance) -> (i64, i64) {
        let (first, last) = (way, day - way - SERVICE);
        let mean = if self.wide { day / 2 } else { day / 8 };
        let width = chance.between(mean / 2, mean + mean / 2);
        let centre = chance.between(first, last);
        ((centre - width / 2).max(first), (centre + width / 2).min(last))
    }
}

/// How far two places are apart, rounded up.
fn way(a: (i64, i64), b: (i64, i64)) -> i64 {
    let (x, y) = (a.0 - b.0, a.1 - b.1);
    ((x * x + y * y) as f64).sqrt().ceil() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_a_sound_instance() {
        for spread in ["random", "clustered", "mixed"] {
            for width in ["narrow", "wide"] {
                for length in ["short", "long"] {
                    let name = format!("windows:{spread}:{width}:{length}:60:7");
                    let question =
                        crate::question(&name).unwrap_or_else(|error| panic!("{name}: {error}"));
                    assert_eq!(question.problem.tickets().len(), 60, "{name}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_name_is_told_its_shape() {
        for words in
            ["", "random:narrow:short:100", "even:narrow:short:100:1", "random:narrow:short:9:1"]
        {
            assert!(Windows::named(words).unwrap_err().contains("CUSTOMERS:SEED"), "{words}");
        }
    }
}
