//! Flaws of other people's formats are told all together: code, line or path, way out.

use paidan_engine::flaw::Flaw;
use paidan_engine::problem::limits::FLAWS;
use paidan_engine::wire::{Beside, Format, read_question};

use crate::fixtures::{are_told_as_expected, fixture};

fn flaws(format: Format, bytes: &[u8]) -> Vec<Flaw> {
    read_question(format, bytes, Beside::default()).err().unwrap_or_default()
}

#[test]
fn every_broken_file_is_told_what_is_wrong_with_it() {
    are_told_as_expected(&fixture("formats/broken"), 16, |bytes| flaws(Format::of(bytes), bytes));
}

#[test]
fn more_flaws_than_the_limit_are_cut() {
    let rows = "0 1\n".repeat(10_000);
    let solomon = format!("X\nVEHICLE\n1 1\nCUSTOMER\n{rows}");
    assert_eq!(flaws(Format::Solomon, solomon.as_bytes()).len(), FLAWS);
    let vrplib = format!("DIMENSION : 3\nNODE_COORD_SECTION\n{rows}");
    assert_eq!(flaws(Format::Vrplib, vrplib.as_bytes()).len(), FLAWS);
}

#[test]
fn no_stated_number_is_made_room_for_unseen() {
    for number in ["4000000000", "10001", "99999999999999999999", "1e300", "-1", "NaN", "0"] {
        let text = format!("DIMENSION : {number}\nEDGE_WEIGHT_SECTION\n0\n");
        assert!(!flaws(Format::Vrplib, text.as_bytes()).is_empty(), "{number}");
    }
    // More vehicles than customers are of no use to anybody.
    let text = "X\nVEHICLE\n4000000000 5\nCUSTOMER\n0 0 0 0 0 9 0\n1 1 0 1 0 9 0\n";
    let question = read_question(Format::Solomon, text.as_bytes(), Beside::default());
    assert_eq!(question.expect("it is sound").problem.shifts().len(), 1);
}
