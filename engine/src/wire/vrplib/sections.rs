//! The text cut into keys and sections, before anyone looks at what they say.

use crate::flaw::{Code, Flaw};
use crate::wire::lines::{Findings, Line, at, lines};
use crate::wire::words::{listed, nearest, quoted};

macro_rules! names {
    ($(#[$doc:meta])* $kind:ident { $($name:ident => $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $kind {
            $($name,)*
        }

        impl $kind {
            const ALL: &[($kind, &'static str)] = &[$(($kind::$name, $word),)*];

            /// The word of the format.
            pub(super) fn word(self) -> &'static str {
                match self {
                    $($kind::$name => $word,)*
                }
            }

            fn of(word: &str) -> Option<$kind> {
                Self::ALL.iter().find(|(_, known)| *known == word).map(|(name, _)| *name)
            }

            fn words() -> Vec<&'static str> {
                Self::ALL.iter().map(|(_, word)| *word).collect()
            }
        }
    };
}

names! {
    /// A key with its value on the same line.
    Spec {
        Name => "NAME",
        Comment => "COMMENT",
        Type => "TYPE",
        Dimension => "DIMENSION",
        Vehicles => "VEHICLES",
        Capacity => "CAPACITY",
        ServiceTime => "SERVICE_TIME",
        Distance => "DISTANCE",
        MaxDuration => "VEHICLES_MAX_DURATION",
        MaxDistance => "VEHICLES_MAX_DISTANCE",
        FixedCost => "VEHICLES_FIXED_COST",
        WeightType => "EDGE_WEIGHT_TYPE",
        WeightFormat => "EDGE_WEIGHT_FORMAT",
        CoordType => "NODE_COORD_TYPE",
        DisplayType => "DISPLAY_DATA_TYPE",
    }
}

names! {
    /// A section, without its ending `_SECTION`.
    Section {
        Coord => "NODE_COORD",
        Weight => "EDGE_WEIGHT",
        Demand => "DEMAND",
        Depot => "DEPOT",
        TimeWindow => "TIME_WINDOW",
        ServiceTime => "SERVICE_TIME",
        Prize => "PRIZE",
        Capacity => "CAPACITY",
        VehicleDepot => "VEHICLES_DEPOT",
        Allowed => "VEHICLES_ALLOWED_CLIENTS",
        MaxDuration => "VEHICLES_MAX_DURATION",
        MaxDistance => "VEHICLES_MAX_DISTANCE",
        FixedCost => "VEHICLES_FIXED_COST",
        Display => "DISPLAY_DATA",
    }
}

/// What ends the name of a section.
const SECTION: &str = "_SECTION";

/// Whether a line begins as only VRPLIB's do: `KEY :` or `..._SECTION`.
pub(in crate::wire) fn is_key(line: &str) -> bool {
    key(line).is_some_and(|(word, _)| Spec::of(word).is_some()) || section(line).is_some()
}

/// A key in capitals with what follows its colon.
fn key(line: &str) -> Option<(&str, &str)> {
    let (word, value) = line.split_once(':')?;
    let word = word.trim();
    is_name(word).then(|| (word, value.trim()))
}

/// The name of the section that a line opens.
fn section(line: &str) -> Option<&str> {
    let word = line.trim_end_matches([':', ' ', '\t']);
    word.strip_suffix(SECTION).filter(|name| is_name(name))
}

fn is_name(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_uppercase())
        && word
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

/// A section: the line that opens it, and the text of its rows. Rows are cut anew whenever they are asked
/// for, since a table may have a hundred million of them.
#[derive(Debug)]
pub(super) struct Rows<'t> {
    pub(super) name: Section,
    pub(super) line: usize,
    /// Line number of the first row.
    first: usize,
    text: &'t str,
}

impl<'t> Rows<'t> {
    /// The rows. `O(text)`.
    pub(super) fn rows(&self) -> impl Iterator<Item = Line<'t>> + use<'t> {
        let before = self.first - 1;
        lines(self.text).map(move |line| Line { number: line.number + before, ..line })
    }

    /// How many there are. `O(text)`.
    pub(super) fn count(&self) -> usize {
        self.rows().count()
    }
}

/// A whole text.
#[derive(Debug)]
pub(super) struct Sections<'t> {
    specs: Vec<(Spec, Line<'t>)>,
    sections: Vec<Rows<'t>>,
}

impl<'t> Sections<'t> {
    /// Cuts a text; unknown and repeated names are told, and their rows are passed over. `O(text)`.
    pub(super) fn of(text: &'t str, findings: &mut Findings) -> Sections<'t> {
        let mut read = Sections { specs: Vec::new(), sections: Vec::new() };
        let start = |line: Line<'_>| line.text.as_ptr() as usize - text.as_ptr() as usize;
        // Rows below a name that is told already are passed over.
        let mut open: Option<Option<usize>> = None;
        for line in lines(text) {
            if line.text == "EOF" || findings.is_full() {
                break;
            }
            if let Some(name) = section(line.text) {
                open = Some(read.open(name, line, findings));
            } else if let Some((word, value)) = key(line.text) {
                read.spec_line(word, Line { text: value, ..line }, findings);
                open = None;
            } else {
                match open {
                    Some(Some(at)) => {
                        let rows = &mut read.sections[at];
                        if rows.text.is_empty() {
                            (rows.first, rows.text) = (line.number, line.text);
                        } else {
                            // Nothing but rows and blank lines lies between the first and this one.
                            let from = rows.text.as_ptr() as usize - text.as_ptr() as usize;
                            rows.text = &text[from..start(line) + line.text.len()];
                        }
                    }
                    Some(None) => {}
                    None => {
                        let found = format!("{} stands in no section", quoted(line.text));
                        let fix = "write KEY : value, or open a section first";
                        findings.tell(line.flaw(Code::WrongType, found, fix));
                    }
                }
            }
        }
        read
    }

    /// Opens a section, unless it is unknown or there already.
    fn open(&mut self, word: &str, line: Line<'_>, findings: &mut Findings) -> Option<usize> {
        let Some(name) = Section::of(word) else {
            findings.tell(unknown(line, "section", word, &Section::words()));
            return None;
        };
        if let Some(first) = self.sections.iter().find(|rows| rows.name == name) {
            findings.tell(twice(line, word, first.line));
            return None;
        }
        self.sections.push(Rows { name, line: line.number, first: line.number, text: "" });
        Some(self.sections.len() - 1)
    }

    fn spec_line(&mut self, word: &str, value: Line<'t>, findings: &mut Findings) {
        let Some(name) = Spec::of(word) else {
            findings.tell(unknown(value, "key", word, &Spec::words()));
            return;
        };
        match self.specs.iter().find(|(known, _)| *known == name) {
            // Some files comment line by line.
            Some(_) if name == Spec::Comment => {}
            Some((_, first)) => findings.tell(twice(value, word, first.number)),
            None => self.specs.push((name, value)),
        }
    }

    /// The value of a key, with the line on which it stands.
    pub(super) fn spec(&self, name: Spec) -> Option<Line<'t>> {
        self.specs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// A section.
    pub(super) fn section(&self, name: Section) -> Option<&Rows<'t>> {
        self.sections.iter().find(|rows| rows.name == name)
    }
}

fn unknown(line: Line<'_>, what: &str, word: &str, known: &[&str]) -> Flaw {
    let fix = match nearest(word, known) {
        Some(near) => format!("did you mean {near:?}? Known are {}", listed(known)),
        None => format!("leave it out; known are {}", listed(known)),
    };
    line.flaw(Code::UnknownKey, format!("the {what} {} is not known", quoted(word)), fix)
}

fn twice(line: Line<'_>, word: &str, first: usize) -> Flaw {
    line.flaw(Code::DuplicateId, format!("{} stands on line {first} already", quoted(word)), "keep one")
}

/// A value that is none of the words that are known here.
pub(super) fn not_among(value: Line<'_>, key: &str, known: &[&str]) -> Flaw {
    value.flaw(
        Code::NotSupported,
        format!("{key} {} is not supported", quoted(value.text)),
        format!("known are {}", listed(known)),
    )
}

/// A section or key that must be there.
pub(super) fn missing(name: &str, fix: &str) -> Flaw {
    Flaw::new(Code::MissingKey, "", format!("{name} is missing"), fix)
}

/// A row that has not the columns of its section.
pub(super) fn bad_row(row: Line<'_>, section: Section, columns: &str) -> Flaw {
    at(
        row.number,
        Code::WrongType,
        format!("{} is no row of {}{SECTION}", quoted(row.text), section.word()),
        format!("write {columns}"),
    )
}
