//! Flaws of other people's formats are told all together: code, line or path, way out, always in the same
//! words. `RENEW=1` writes the expectations anew; read the difference before you keep it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use paidan_engine::check::check;
use paidan_engine::flaw::Flaw;
use paidan_engine::problem::limits::FLAWS;
use paidan_engine::wire::solution::read_solution;
use paidan_engine::wire::{Answer, Beside, Format, Question, read_question};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus as Random;

const FORMATS: [Format; 4] = [Format::Paidan, Format::Solomon, Format::Vrplib, Format::Pragmatic];

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

/// Far more than any small text needs, even on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

/// Every reader reads the bytes; what is wrong must come with words.
fn survive(bytes: &[u8]) {
    #[allow(clippy::disallowed_methods, reason = "a test may look at the clock")]
    let started = Instant::now();
    for format in FORMATS {
        for flaw in flaws(format, bytes) {
            assert!(!flaw.found.is_empty() && !flaw.fix.is_empty(), "{flaw}");
        }
    }
    Format::of(bytes);
    thread_local!(static ASKED: (Question, Vec<u8>) = asked());
    ASKED.with(|(question, pragmatic)| {
        let Answer::Text(terms) = &question.answer else { panic!("it answers with a text") };
        // Whatever can be read can be judged, too.
        if let Ok(plan) = read_solution(&question.problem, bytes, terms) {
            check(&question.problem, question.problem.visits(), &plan);
        }
        drop(read_question(
            Format::Pragmatic,
            pragmatic,
            Beside { matrices: &[bytes], ..Beside::default() },
        ));
    });
    assert!(started.elapsed() < LONGEST, "{:?} for {} bytes", started.elapsed(), bytes.len());
}

/// An instance for solution texts, and a problem for matrices.
fn asked() -> (Question, Vec<u8>) {
    let read = |name| fs::read(folder().join(name)).expect("the fixture is there");
    let question = read_question(Format::Vrplib, &read("own-clients.vrp"), Beside::default());
    (question.expect("it is sound"), read("lunch.json"))
}

/// Words that are likely to hurt.
const WORDS: [&str; 14] = [
    "-1",
    "0",
    "4000000000",
    "1e308",
    "-1e308",
    "NaN",
    "inf",
    "99999999999999999999999",
    "é\u{0}",
    "EOF",
    "DIMENSION : 10000",
    "\nDEPOT_SECTION\n",
    "\nCUSTOMER\n",
    "0.0000001",
];

/// A sound text with a few words changed.
fn mutated(texts: &[String], random: &mut Random) -> Vec<u8> {
    let text = &texts[random.random_range(0..texts.len())];
    let mut words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    for _ in 0..random.random_range(1..6) {
        let (at, other) = (random.random_range(0..words.len()), random.random_range(0..words.len()));
        match random.random_range(0..5) {
            0 if words.len() > 1 => drop(words.remove(at)),
            1 => words.insert(at, words[at]),
            2 => words.truncate(at + 1),
            3 => words.swap(at, other),
            _ => words.insert(at, WORDS[random.random_range(0..WORDS.len())]),
        }
    }
    let mut bytes = words.concat().into_bytes();
    if random.random_bool(0.2) && !bytes.is_empty() {
        let at = random.random_range(0..bytes.len());
        bytes[at] = random.random();
    }
    bytes
}

fn sound_texts() -> Vec<String> {
    let solution = "Route #1: 3\nRoute #2:\nRoute #3: 2 4\nCost 20020\n".to_owned();
    let files = files(&folder());
    let mut texts = vec![solution; 2];
    texts.extend(files.iter().map(|file| fs::read_to_string(file).expect("UTF-8")));
    texts
}

proptest! {
    #[test]
    fn random_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survive(&bytes);
    }

    #[test]
    fn letters_of_the_formats_are_answered(text in "([A-Z_]{0,9}(_SECTION)?( : )?[0-9 .\n\te-]{0,20}){0,20}") {
        survive(text.as_bytes());
    }

    #[test]
    fn changed_texts_are_answered(seed in any::<u64>()) {
        thread_local!(static TEXTS: Vec<String> = sound_texts());
        TEXTS.with(|texts| survive(&mutated(texts, &mut Random::seed_from_u64(seed))));
    }
}
