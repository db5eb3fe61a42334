//! Flaws of other people's formats are told all together: code, line or path, way out.

use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::limits::FLAWS;
use paidan_engine::wire::{Beside, Format, read_question};

use crate::fixtures::{are_told_as_expected, fixture};
use crate::published_formats::{BY_THE_STORE, by_the_store_in_tables};

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
    for row in ["0 1\n", "0 0 0 9 1 0 [7] [7] [7]\n"] {
        let rows = row.repeat(10_000);
        let trsp = format!("CREW COUNT\n1 0 0 0\nDEPOT TECHNICIANS AND REQUESTS\n{rows}");
        assert_eq!(flaws(Format::Trsp, trsp.as_bytes()).len(), FLAWS, "{row}");
    }
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

/// Where the flaws of a text of technicians are, and of which kind.
fn told(text: &str) -> Vec<(String, Code)> {
    assert_eq!(Format::of(text.as_bytes()), Format::Trsp, "{text}");
    flaws(Format::Trsp, text.as_bytes()).into_iter().map(|flaw| (flaw.path, flaw.code)).collect()
}

#[test]
fn every_broken_row_of_technicians_is_told_at_once() {
    let text = "\
MANY

INFO
hello
CREW COUNT  SKILLS  TOOLS  SPARE PARTS
2 2 1 1
3 2 1 1
DEPOT TECHNICIANS AND REQUESTS
ID X Y TWS TWE Serv SKILLS TOOLS SPARE PARTS
0 0 0 10 90 0 [1] [] []
1 0 x 0 100 0 [0] [0] [2]
2 0 0 0 0 1 [0,1] [] [0]
3 0 0 -5 100 1 [] [] [0]
4 0 0 0 100 1 [] []
5 0 0 0 1e300 99999 [] [] [0]
5 0 0 60 50 1 [2] [1] [0,1]
6 0 0 0 50 1 [0,0] [] [-1]
7 0 0 0 50 1 [0,] [] [0]
8 0 0 0 50 1 [0] [] [] ...
9 0 0 0 50 1 [0,0] [0,0] [1]
DISTANCES
0;0
";
    let line = |number: usize, code| (format!("line {number}"), code);
    assert_eq!(
        told(text),
        [
            line(4, Code::WrongType),
            line(7, Code::WrongType),
            line(11, Code::WrongType),
            line(13, Code::OutOfRange),
            line(14, Code::WrongType),
            line(15, Code::OutOfRange),
            line(15, Code::OutOfRange),
            line(16, Code::DuplicateId),
            line(17, Code::OutOfRange),
            line(18, Code::OutOfRange),
            line(19, Code::WrongType),
            line(21, Code::MissingKey),
            // Then what does not go with the rest.
            line(10, Code::WrongType),
            line(12, Code::NotSupported),
            line(12, Code::Reversed),
            line(12, Code::NotSupported),
            line(16, Code::Reversed),
            line(16, Code::UnknownReference),
            line(16, Code::UnknownReference),
            line(16, Code::WrongType),
            line(20, Code::DuplicateId),
            line(20, Code::DuplicateId),
        ]
    );
}

#[test]
fn what_a_file_of_technicians_lacks_is_told() {
    let whole = |text: &str| told(text).into_iter().map(|(_, code)| code).collect::<Vec<_>>();
    assert_eq!(whole("X\nCREW COUNT\n"), [Code::MissingKey, Code::MissingKey], "counts and places");
    for counts in ["0 2 1 1", "3 2 1", "3 2 1 1 1", "3 x 1 1", "3 2 -1 1", "3 2 150 51", "3 201 1 1"] {
        let text = BY_THE_STORE.replace("3           2       1      1", counts);
        assert_eq!(told(&text), [("line 5".to_owned(), Code::WrongType)], "{counts}");
    }
    let without_6: String =
        BY_THE_STORE.split_inclusive('\n').filter(|line| !line.starts_with("6 ")).collect();
    assert_eq!(whole(&without_6), [Code::MissingKey]);
    let crew = BY_THE_STORE.replace("3           2", "10          2");
    assert_eq!(whole(&crew)[0], Code::MissingKey, "a crew and no place for all of them");
    let far = BY_THE_STORE.replace("4   20 ", "4   2e9");
    assert_eq!(whole(&far), [Code::OutOfRange]);
    let early = BY_THE_STORE.replace("0   0     0    0    200", "0   0     0    0    199");
    assert_eq!(whole(&early), [Code::NotSupported; 3], "the depot closes before all days end");
}

#[test]
fn what_is_wrong_with_a_table_of_travel_times_is_told() {
    let text = by_the_store_in_tables();
    let heading = 1 + text.lines().position(|line| line == "TRAVEL TIMES").expect("it has a table");
    let told_of = |line: usize, change: &dyn Fn(&str) -> String| {
        let changed = text
            .lines()
            .enumerate()
            .map(|(n, row)| if n + 1 == heading + line { change(row) } else { format!("{row}\n") });
        let told = told(&changed.collect::<String>());
        told.into_iter()
            .map(|(path, code)| {
                let at = path.strip_prefix("line ").and_then(|at| at.parse::<usize>().ok());
                (at.expect("it is told by line") - heading, code)
            })
            .collect::<Vec<_>>()
    };
    let bad = Code::BadTable;
    assert_eq!(told_of(3, &|_| String::new()), [(3, bad)], "a row that is not the third");
    assert_eq!(told_of(3, &|_| "2;1;2\n".to_owned()), [(3, bad)], "a row that is too short");
    assert_eq!(told_of(3, &|row| row.replace(";14.0", ";-14.0") + "\n"), [(3, Code::OutOfRange)]);
    assert_eq!(
        told_of(3, &|row| row.replace(";90.0", ";x").replace(";40.0", ";9e9") + "\n"),
        [(3, Code::OutOfRange), (3, Code::OutOfRange)]
    );
    assert_eq!(told_of(10, &|_| "DISTANCES\n".to_owned()), [(0, bad)], "a row is missing at the end");
    assert_eq!(told_of(11, &|_| "copies are not looked at\n".to_owned()), []);
    let twice = told_of(4, &|row| format!("TRAVEL TIMES\n{row}\n"));
    assert_eq!(twice[0], (4, Code::DuplicateId));
}
