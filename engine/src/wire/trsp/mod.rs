//! The text format of Pillac, Guéret and Medaglia (2013): technicians with skills, tools, spare parts.
//!
//! A name, `INFO`, `CREW COUNT  SKILLS  TOOLS  SPARE PARTS` with four numbers below it, then `DEPOT
//! TECHNICIANS AND REQUESTS` with nine columns: number, x, y, earliest and latest time, service time,
//! skills, tools, spare parts. Skills and tools are lists of numbers from 0 in brackets, spare parts a list
//! of amounts, one for each kind. Number 0 is the depot, then come as many technicians as the crew counts,
//! then requests. Travel time is the straight distance, or what stands below `TRAVEL TIMES`: for every place
//! a line with its number and the times from there to all places, with `;` between them. What such a table
//! has beyond the places are copies of them, and left out. `DISTANCES` are passed over, since nothing asks
//! for them. Headings may be spelt anyhow; every other line must be one of these.
//!
//! | the file's | becomes |
//! |---|---|
//! | technician 7 | engineer `7` with that home, and a shift from earliest to latest time |
//! | skill 2 | `skill 2`, had and asked for at level 1 |
//! | spare part 2 | the part `part 2` |
//! | tool 2 | the part `tool 2`; who has the tool brings one for every request, so that it never runs out |
//! | request 30 | ticket `30`, which must be served and must start from earliest to latest time |
//! | depot | a [`Depot`](crate::depot::Depot), unless there are neither tools nor spare parts |
//!
//! In the literature as here, who has been at the depot has every tool and every part without limit. What
//! is minimised is the time that all who go out are away: driving, work and waiting, each leaving as late as
//! shortens the day. A unit is a thousandth of the file's, in prices as in times, and travel goes to the
//! nearest one: a leg is at most half a thousandth off, either way.

mod draft;

use std::collections::{BTreeMap, BTreeSet};

use self::draft::drafted;
use super::instance::{HORIZON, LONGEST_SERVICE, euclidean, straight};
use super::lines::{Findings, Line, Rounding, Scale, at, decimal, lines, no_number, text, whole};
use super::words::quoted;
use crate::flaw::{Code, Flaw};
use crate::problem::{Draft, limits};

/// Decimals of the file's unit that prices and times keep.
pub(super) const DECIMALS: u32 = 3;

const SCALE: Scale = Scale { per_one: 10_i64.pow(DECIMALS), rounding: Rounding::Nearest };

/// The columns of a place before its lists.
const COLUMNS: [&str; 6] = ["number", "x", "y", "earliest time", "latest time", "service time"];
/// The lists behind them.
const LISTS: [&str; 3] = ["skill", "tool", "amount of a spare part"];
/// The longest that fetching may take at a depot of ours: a day.
const LONGEST_FETCH: i64 = 86_400;

/// A line that opens a part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heading {
    Info,
    Counts,
    Places,
    Distances,
    Times,
}

impl Heading {
    const ALL: [(Heading, &[&str]); 5] = [
        (Heading::Info, &["INFO"]),
        (Heading::Counts, &["CREW", "COUNT"]),
        (Heading::Places, &["DEPOT", "TECHNICIANS"]),
        (Heading::Distances, &["DISTANCES"]),
        (Heading::Times, &["TRAVEL", "TIMES"]),
    ];

    /// The heading that a line is.
    fn of(line: &str) -> Option<Heading> {
        let begins = |words: &[&str]| {
            let mut said = line.split_whitespace();
            words.iter().all(|word| said.next().is_some_and(|said| said.eq_ignore_ascii_case(word)))
        };
        Heading::ALL.iter().find(|(_, words)| begins(words)).map(|(heading, _)| *heading)
    }
}

/// Whether a line begins as only this format's do: `CREW COUNT`.
pub(super) fn is_heading(line: &str) -> bool {
    Heading::of(line) == Some(Heading::Counts)
}

/// Reads an instance.
///
/// # Errors
/// All flaws of its text together, by line.
pub(super) fn read(bytes: &[u8]) -> Result<Draft, Vec<Flaw>> {
    let text = text(bytes)?;
    let mut reader = Reader { findings: Findings::default(), seen: BTreeMap::new() };
    reader.draft(&text).ok_or_else(|| reader.findings.into_flaws())
}

/// How many there are of each.
#[derive(Clone, Copy, Debug)]
struct Counts {
    crew: usize,
    skills: usize,
    tools: usize,
    parts: usize,
}

/// A place: the depot, a technician's home or a request.
#[derive(Clone, Debug)]
struct Row {
    /// The line that says so.
    line: usize,
    number: usize,
    point: (f64, f64),
    window: (i64, i64),
    service: i64,
    skills: Vec<i64>,
    tools: Vec<i64>,
    parts: Vec<i64>,
}

struct Reader {
    findings: Findings,
    /// Numbers of places with the line of their first row.
    seen: BTreeMap<usize, usize>,
}

impl Reader {
    fn draft(&mut self, text: &str) -> Option<Draft> {
        // Known to be flawed is not the same as missing.
        let mut counts: Option<Option<Counts>> = None;
        let mut rows: Vec<Row> = Vec::new();
        let mut count = 0;
        let mut heading = None;
        // The lines of the headings of the two tables.
        let (mut distances, mut times) = (None, None);
        for (n, line) in lines(text).enumerate() {
            if self.findings.is_full() {
                break;
            }
            if let Some(next) = Heading::of(line.text) {
                heading = Some(next);
                match next {
                    Heading::Info | Heading::Counts | Heading::Places => {}
                    Heading::Distances => distances = Some(line.number),
                    Heading::Times => {
                        if let Some(first) = times.replace(line.number) {
                            let found = format!("travel times begin in line {first} already");
                            self.findings.tell(line.flaw(Code::DuplicateId, found, "keep one table"));
                        }
                    }
                }
                continue;
            }
            match heading {
                // The name of the instance, whatever it is.
                None if n == 0 => {}
                Some(Heading::Counts) if counts.is_none() => counts = Some(self.counts(line)),
                Some(Heading::Places) => {
                    // The names of the columns.
                    let first = line.words().next().unwrap_or_default();
                    if !first.eq_ignore_ascii_case("ID") {
                        count += 1;
                        if count <= limits::TABLE_ROWS {
                            rows.extend(self.row(line));
                        }
                    }
                }
                // Tables are read once it is known how large they must be.
                Some(Heading::Distances | Heading::Times) => {}
                None | Some(Heading::Info | Heading::Counts) => self.findings.tell(line.flaw(
                    Code::WrongType,
                    format!("{} is neither a heading nor what belongs below one", quoted(line.text)),
                    "write the name, INFO, CREW COUNT with four numbers, DEPOT TECHNICIANS AND REQUESTS",
                )),
            }
        }
        self.whole(counts.is_some(), count, &rows);
        if let (Some(line), None) = (distances, times) {
            let (found, fix) = ("there are distances without travel times", "add TRAVEL TIMES");
            self.findings.tell(at(line, Code::MissingKey, found, fix));
        }
        let counts = counts.flatten()?;
        rows.sort_by_key(|row| row.number);
        self.belong(counts, &rows);
        if !self.findings.is_clean() {
            return None;
        }
        let travel = if let Some(heading) = times {
            self.table(text, heading, rows.len())
        } else {
            let points: Vec<(f64, f64)> = rows.iter().map(|row| row.point).collect();
            straight(&points, euclidean, SCALE, &mut self.findings)
        };
        self.findings.is_clean().then(|| drafted(counts, &rows, travel))
    }

    /// How many technicians, skills, tools and spare parts there are.
    fn counts(&mut self, line: Line<'_>) -> Option<Counts> {
        let numbers: Vec<usize> = line
            .words()
            .take(5)
            .map_while(|word| whole(word).and_then(|number| usize::try_from(number).ok()))
            .collect();
        if let [crew, skills, tools, parts] = numbers[..]
            && crew > 0
            && line.words().count() == numbers.len()
            && skills <= limits::LIST
            && tools.saturating_add(parts) <= limits::LIST
        {
            return Some(Counts { crew, skills, tools, parts });
        }
        let most = limits::LIST;
        self.findings.tell(line.flaw(
            Code::WrongType,
            format!(
                "this is not a crew from 1 up, and up to {most} skills, {most} tools and spare parts together"
            ),
            "write four whole numbers below CREW COUNT, such as 25 5 5 5",
        ));
        None
    }

    /// One place. Whether its lists fit the counts is asked later.
    fn row(&mut self, line: Line<'_>) -> Option<Row> {
        let (numbers, brackets) = line.text.split_at(line.text.find('[').unwrap_or(line.text.len()));
        let words: Vec<&str> = numbers.split_whitespace().take(COLUMNS.len() + 1).collect();
        let (Ok(words), Some(lists)) = (<[&str; 6]>::try_from(words), in_brackets(brackets)) else {
            self.findings.tell(line.flaw(
                Code::WrongType,
                format!(
                    "a place has {} columns and three lists in brackets, this line has not",
                    COLUMNS.len()
                ),
                format!(
                    "write {}, then skills, tools and spare parts as [0,2] [] [1,0,3]",
                    COLUMNS.join(", ")
                ),
            ));
            return None;
        };
        let number = self.number(line, words[0]);
        let point = [1, 2].map(|n| {
            let value = decimal(words[n]);
            if value.is_none() {
                self.findings.tell(no_number(line, COLUMNS[n], words[n]));
            }
            value
        });
        let lists = [0, 1, 2].map(|n| self.list(line, LISTS[n], lists[n]));
        // Windows that never close are often written as a huge number.
        let earliest = self.units(line, 3, words[3], HORIZON);
        let latest = self.units(line, 4, words[4], i64::MAX / 4).map(|units| units.min(HORIZON));
        let service = self.units(line, 5, words[5], LONGEST_SERVICE);
        let [skills, tools, parts] = lists;
        let [x, y] = point;
        Some(Row {
            line: line.number,
            number: number?,
            point: (x?, y?),
            window: (earliest?, latest?),
            service: service?,
            skills: skills?,
            tools: tools?,
            parts: parts?,
        })
    }

    /// A time from 0 up in units.
    fn units(&mut self, line: Line<'_>, column: usize, word: &str, most: i64) -> Option<i64> {
        let Some(value) = decimal(word) else {
            self.findings.tell(no_number(line, COLUMNS[column], word));
            return None;
        };
        let units = SCALE.units(value, most);
        if units.is_none() {
            let most = most / SCALE.per_one;
            self.findings.tell(line.flaw(
                Code::OutOfRange,
                format!("{} {word} is not a number between 0 and {most}", COLUMNS[column]),
                "use a number inside that range",
            ));
        }
        units
    }

    /// A place's number, which no other has.
    fn number(&mut self, line: Line<'_>, word: &str) -> Option<usize> {
        let number = self.natural(line, COLUMNS[0], word)? as usize;
        if let Some(first) = self.seen.insert(number, line.number) {
            let found = format!("line {first} has the same number");
            let flaw = line.flaw(Code::DuplicateId, found, "give each its own number");
            self.findings.tell(flaw.of(&number.to_string()));
        }
        Some(number)
    }

    /// The whole numbers between two brackets.
    fn list(&mut self, line: Line<'_>, name: &str, inside: &str) -> Option<Vec<i64>> {
        if inside.trim().is_empty() {
            return Some(Vec::new());
        }
        if inside.split(',').nth(limits::LIST).is_some() {
            let found = format!("a list has more entries than the limit of {}", limits::LIST);
            self.findings.tell(line.flaw(Code::TooLarge, found, "leave out what nobody needs"));
            return None;
        }
        inside.split(',').map(|word| self.natural(line, name, word.trim())).collect()
    }

    /// A whole number from 0 up.
    fn natural(&mut self, line: Line<'_>, name: &str, word: &str) -> Option<i64> {
        let number = whole(word).filter(|number| (0..=limits::GOODS).contains(number));
        if number.is_none() {
            self.findings.tell(line.flaw(
                Code::OutOfRange,
                format!("{name} {} is not a whole number between 0 and {}", quoted(word), limits::GOODS),
                "use a number inside that range",
            ));
        }
        number
    }

    /// Tells what the file lacks as a whole.
    fn whole(&mut self, has_counts: bool, count: usize, rows: &[Row]) {
        if !has_counts {
            let found = "it is not said how many technicians there are";
            let fix = "add CREW COUNT SKILLS TOOLS SPARE PARTS with four numbers below it";
            self.findings.tell(Flaw::new(Code::MissingKey, "", found, fix));
        }
        if count == 0 {
            let found = "there is no request, and no depot";
            let fix = "add DEPOT TECHNICIANS AND REQUESTS and its table";
            self.findings.tell(Flaw::new(Code::MissingKey, "", found, fix));
        }
        if count > limits::TABLE_ROWS {
            let found = format!("{count} places are more than the limit of {}", limits::TABLE_ROWS);
            self.findings.tell(Flaw::new(Code::TooLarge, "", found, "split the problem by region"));
        } else if rows.len() == count
            && let Some(missing) = (0..count).find(|number| !self.seen.contains_key(number))
            && self.seen.len() == count
        {
            // The number of a place is its row in the travel table.
            let found = format!("of {count} places none has the number {missing}");
            self.findings.tell(Flaw::new(
                Code::MissingKey,
                "",
                found,
                "count them from 0 without a gap",
            ));
        }
    }

    /// Tells what in a row does not go with how many there are of everything, or with who stands there.
    fn belong(&mut self, counts: Counts, rows: &[Row]) {
        let depot = rows.first().filter(|row| row.number == 0);
        if self.findings.is_clean() && rows.len() <= counts.crew {
            let found =
                format!("{} places are too few for a depot and a crew of {}", rows.len(), counts.crew);
            self.findings.tell(Flaw::new(Code::MissingKey, "", found, "give every technician a row"));
        }
        for row in rows {
            let flaw = |code, found: String, fix: &str| {
                at(row.line, code, found, fix).of(&row.number.to_string())
            };
            let (earliest, latest) = row.window;
            if latest < earliest {
                let found = "the latest time lies before the earliest".to_owned();
                self.findings.tell(flaw(Code::Reversed, found, "swap them"));
            }
            if row.number == 0 {
                if !(row.skills.is_empty() && row.tools.is_empty() && row.parts.is_empty()) {
                    let found = "the depot has every tool and every part without limit".to_owned();
                    self.findings.tell(flaw(Code::WrongType, found, "leave its lists empty"));
                }
                if row.service > LONGEST_FETCH {
                    let most = LONGEST_FETCH / SCALE.per_one;
                    let found = format!("fetching at the depot takes more than {most}");
                    self.findings.tell(flaw(Code::OutOfRange, found, "use a shorter service time"));
                }
                continue;
            }
            let is_technician = row.number <= counts.crew;
            if is_technician && row.service > 0 {
                let found = "nobody serves a technician, yet there is a service time".to_owned();
                self.findings.tell(flaw(Code::NotSupported, found, "set it to 0"));
            }
            if is_technician && latest == earliest {
                let found = "the technician's day ends as it starts".to_owned();
                self.findings.tell(flaw(Code::Reversed, found, "give it a length"));
            }
            if let Some(depot) = depot.filter(|_| is_technician && counts.tools + counts.parts > 0)
                && (earliest < depot.window.0 || depot.window.1 < latest)
            {
                let found = "the technician's day is not all within the hours of the depot".to_owned();
                let fix = "depots are always open; give this one hours that hold every day";
                self.findings.tell(flaw(Code::NotSupported, found, fix));
            }
            for (name, list, count) in
                [(LISTS[0], &row.skills, counts.skills), (LISTS[1], &row.tools, counts.tools)]
            {
                let mut known = BTreeSet::new();
                for &number in list {
                    if number as usize >= count {
                        let found = format!("there is no {name} {number}; {count} of them count from 0");
                        let fix = "use a number below, or raise their count below CREW COUNT";
                        self.findings.tell(flaw(Code::UnknownReference, found, fix));
                    } else if !known.insert(number) {
                        let found = format!("{name} {number} is named twice");
                        self.findings.tell(flaw(Code::DuplicateId, found, "keep one"));
                    }
                }
            }
            if row.parts.len() != counts.parts {
                let found =
                    format!("{} amounts are not those of {} spare parts", row.parts.len(), counts.parts);
                self.findings.tell(flaw(Code::WrongType, found, "write an amount for each, 0 included"));
            }
        }
    }

    /// The table of travel times below the heading in that line, row by row, for so many places.
    fn table(&mut self, text: &str, heading: usize, size: usize) -> Vec<u32> {
        let below = lines(text).skip_while(|line| line.number <= heading);
        let mut rows = below.take_while(|line| Heading::of(line.text).is_none());
        // Grows with the text, so that a short one costs little.
        let mut travel = Vec::new();
        for number in 0..size {
            let Some(line) = rows.next() else {
                let found = format!("travel times have {number} rows, {size} places need as many");
                self.findings.tell(at(heading, Code::BadTable, found, "give every place a row"));
                break;
            };
            let mut cells = line.text.split(';').map(str::trim);
            let first = cells.next().unwrap_or_default();
            if whole(first) != Some(number as i64) {
                let found = format!(
                    "this row of travel times is that of place {number}, yet it begins with {}",
                    quoted(first)
                );
                let fix = "begin every row with its number, and keep their order";
                self.findings.tell(line.flaw(Code::BadTable, found, fix));
                break;
            }
            let before = travel.len();
            for cell in cells.take(size) {
                let units = decimal(cell).and_then(|time| SCALE.units(time, HORIZON));
                travel.push(units.unwrap_or_default() as u32);
                if units.is_none() {
                    let most = HORIZON / SCALE.per_one;
                    self.findings.tell(line.flaw(
                        Code::OutOfRange,
                        format!("travel time {} is not a number between 0 and {most}", quoted(cell)),
                        "use a number inside that range",
                    ));
                }
            }
            let found = travel.len() - before;
            if found < size {
                let found = format!("this row has {found} travel times, {size} places need as many");
                self.findings.tell(line.flaw(Code::BadTable, found, "give a time to every place"));
            }
            if self.findings.is_full() {
                break;
            }
        }
        travel
    }
}

/// What stands in three pairs of brackets, with nothing between or behind them.
fn in_brackets(mut text: &str) -> Option<[&str; 3]> {
    let mut lists = [""; 3];
    for list in &mut lists {
        let (inside, rest) = text.trim_start().strip_prefix('[')?.split_once(']')?;
        (*list, text) = (inside, rest);
    }
    text.is_empty().then_some(lists)
}
