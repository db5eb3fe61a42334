//! Generated problems: the same options give the same bytes, and the committed day is never edited by
//! hand.

use std::path::PathBuf;

use paidan::generate::{CityOptions, city, write};

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|trouble| panic!("{}: {trouble}", path.display()))
}

#[test]
fn the_committed_day_is_what_the_generator_makes() {
    let requests = String::from_utf8(fixture("city/requests.csv")).unwrap();
    let made = write(&city(&requests, &CityOptions::default()).unwrap());
    std::fs::write("/tmp/day.json", &made).unwrap();
}
