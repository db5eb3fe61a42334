//! Flaws of other people's formats are told all together: code, line or path, way out, always in the same
//! words. `RENEW=1` writes the expectations anew; read the difference before you keep it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use paidan_engine::flaw::Flaw;
use paidan_engine::problem::limits::FLAWS;
use paidan_engine::wire::{Beside, Format, read_question};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/formats")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.is_file() && !path.to_string_lossy().ends_with(".expected.txt"))
        .collect();
    files.sort();
    files
}

fn flaws(format: Format, bytes: &[u8]) -> Vec<Flaw> {
    read_question(format, bytes, Beside::default()).err().unwrap_or_default()
}

fn told(flaws: &[Flaw]) -> String {
    flaws.iter().fold(String::new(), |mut text, flaw| {
        writeln!(text, "{flaw}").expect("a string takes everything");
        text
    })
}

#[test]
fn every_broken_file_is_told_what_is_wrong_with_it() {
    let renew = std::env::var_os("RENEW").is_some();
    let files = files(&folder().join("broken"));
    assert!(files.len() > 15, "only {} broken files", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        let bytes = fs::read(file).expect("it can be read");
        let flaws = flaws(Format::of(&bytes), &bytes);
        assert!(!flaws.is_empty(), "{} is not broken", file.display());
        let expected = file.with_extension("expected.txt");
        if renew {
            fs::write(&expected, told(&flaws)).expect("it can be written");
        } else if fs::read_to_string(&expected).unwrap_or_default() != told(&flaws) {
            wrong.push(format!("{}:\n{}", file.display(), told(&flaws)));
        }
    }
    assert!(wrong.is_empty(), "told otherwise than expected:\n{}", wrong.join("\n"));
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
