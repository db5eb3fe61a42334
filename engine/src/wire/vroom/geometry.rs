//! A route's way on the map, as VROOM tells it: an encoded polyline.
//!
//! After Google's "Encoded Polyline Algorithm Format", with five decimals: every number is the difference from
//! the one before, its sign in the lowest bit, five bits a letter. As travel here knows no streets, the way
//! leads straight from step to step.

use super::answer::StepDoc;

/// The way through these steps; `None` if a step's place is not on the map. Breaks have no place.
pub(super) fn through(steps: &[StepDoc]) -> Option<String> {
    let stops = steps.iter().filter(|step| step.kind != "break");
    let points: Option<Vec<[f64; 2]>> = stops.map(|step| step.location).collect();
    Some(polyline(points?.into_iter()))
}

/// The polyline through points of longitude and latitude.
fn polyline(points: impl Iterator<Item = [f64; 2]>) -> String {
    let mut text = String::new();
    let mut last = [0, 0];
    for [lon, lat] in points {
        let here = [lat, lon].map(|degrees| (degrees * 1e5).round() as i64);
        for (here, last) in here.iter().zip(last) {
            number(here - last, &mut text);
        }
        last = here;
    }
    text
}

fn number(value: i64, text: &mut String) {
    let mut left = (value << 1) ^ (value >> 63);
    while left >= 0x20 {
        text.push(letter(left & 0x1f | 0x20));
        left >>= 5;
    }
    text.push(letter(left));
}

/// Six bits as a letter from `?` on.
fn letter(bits: i64) -> char {
    char::from(bits as u8 + 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_written_as_published() {
        let points = [[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]];
        assert_eq!(polyline(points.into_iter()), "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
    }

    #[test]
    fn a_place_twice_is_told_twice() {
        assert_eq!(polyline([[0.0, 0.0], [0.0, 0.0]].into_iter()), "????");
    }
}
