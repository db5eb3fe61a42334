//! Many things in one text, a line each: as JSON lines, or as a table.
//!
//! A line of JSON is the whole of its thing. A table tells what its columns tell: what it has no column for stays as it is
//! known. Both are read by the readers of single documents, so whatever is wrong is told in the same words, with its line.

mod engineers;
mod json_lines;
mod judge;
mod lines;
mod sheets;
mod table;
mod tickets;

use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::limits::FLAWS;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::{engineer_doc, read_engineer, read_ticket, ticket_doc};
use serde_json::Value;

use crate::body::Lines;
use judge::After;
pub(crate) use judge::{All, Import, Judged, Verdict};
use sheets::{Place, Sheet};

/// What lines may tell of.
pub(crate) trait Subject: Clone + PartialEq + Send + Sync + 'static {
    /// Its columns in a table.
    const SHEET: &'static Sheet;
    /// What paths of its flaws begin with.
    const WORD: &'static str;

    /// Its id.
    fn id(&self) -> &str;

    /// Reads one.
    fn read(bytes: &[u8]) -> Result<Self, Vec<Flaw>>;

    /// Its document.
    fn document(&self, offset_s: i32) -> serde_json::Result<Value>;
}

impl Subject for EngineerDraft {
    const SHEET: &'static Sheet = &sheets::ENGINEERS;
    const WORD: &'static str = "engineer";

    fn id(&self) -> &str {
        &self.id
    }

    fn read(bytes: &[u8]) -> Result<EngineerDraft, Vec<Flaw>> {
        read_engineer(bytes)
    }

    fn document(&self, offset_s: i32) -> serde_json::Result<Value> {
        serde_json::to_value(engineer_doc(self, offset_s))
    }
}

impl Subject for TicketDraft {
    const SHEET: &'static Sheet = &sheets::TICKETS;
    const WORD: &'static str = "ticket";

    fn id(&self) -> &str {
        &self.id
    }

    fn read(bytes: &[u8]) -> Result<TicketDraft, Vec<Flaw>> {
        read_ticket(bytes)
    }

    fn document(&self, offset_s: i32) -> serde_json::Result<Value> {
        serde_json::to_value(ticket_doc(self, offset_s))
    }
}

/// What one line tells of, or several rows of a table with one id.
#[derive(Debug)]
pub(crate) struct Item<T> {
    /// The first line, from 1 on.
    pub line: u64,
    /// The id, if there is one.
    pub id: Option<String>,
    told: Told<T>,
}

#[derive(Debug)]
enum Told<T> {
    /// The whole of it, or what is wrong with it.
    Whole(Result<T, Vec<Flaw>>),
    /// What a table's columns tell.
    Cells {
        /// What is to stand where; null for nothing.
        cells: Vec<(Place, Value)>,
        /// What is wrong with cells, already in their places.
        flaws: Vec<Flaw>,
        /// The line of each part.
        parts: Vec<u64>,
    },
}

impl<T: Subject> Item<T> {
    /// The draft of it, where one may be known already.
    ///
    /// # Errors
    /// Its flaws, each with its line.
    pub(crate) fn draft(&self, known: Option<&T>, offset_s: i32) -> Result<T, Vec<Flaw>> {
        let (cells, wrong) = match &self.told {
            Told::Whole(read) => return read.clone().map_err(|flaws| self.all_placed(flaws)),
            Told::Cells { cells, flaws, .. } => (cells, flaws),
        };
        let document = known.map_or(Ok(Value::Null), |known| known.document(offset_s));
        let text = document.and_then(|mut document| {
            for (place, value) in cells {
                table::set(&mut document, place, value.clone());
            }
            serde_json::to_vec(&document)
        });
        let text = text.map_err(|trouble| {
            vec![self.placed(Flaw::new(Code::NotJson, "", trouble.to_string(), "leave the line out"))]
        })?;
        match T::read(&text) {
            Ok(draft) if wrong.is_empty() => Ok(draft),
            Ok(_) => Err(wrong.clone()),
            Err(flaws) => Err(wrong.iter().cloned().chain(self.all_placed(flaws)).collect()),
        }
    }

    fn all_placed(&self, flaws: Vec<Flaw>) -> Vec<Flaw> {
        flaws.into_iter().map(|flaw| self.placed(flaw)).collect()
    }

    /// A flaw of it with its line, and the column if it stands in a table.
    pub(crate) fn placed(&self, flaw: Flaw) -> Flaw {
        let path = flaw.path.strip_prefix(T::WORD).unwrap_or(&flaw.path);
        let path = path.strip_prefix('.').unwrap_or(path);
        let (line, place) = match &self.told {
            Told::Whole(_) => (self.line, path.to_owned()),
            Told::Cells { parts, .. } => T::SHEET.place(path, self.line, parts),
        };
        Flaw { path: place_of(line, &place), ..flaw }
    }
}

/// Where something stands in a text of lines.
fn place_of(line: u64, what: &str) -> String {
    if what.is_empty() { format!("line {line}") } else { format!("line {line}: {what}") }
}

/// Reads a text of lines.
///
/// # Errors
/// No table, or one with other columns; more lines than `most`; so many flaws that no more are looked for.
pub(crate) fn read<T: Subject>(
    lines: Lines,
    text: &[u8],
    most: usize,
) -> Result<Vec<Item<T>>, Vec<Flaw>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let items = match lines {
        Lines::Json => json_lines::read(text, most)?,
        Lines::Csv => table::read(text, most)?,
    };
    let wrong = items.iter().flat_map(|item: &Item<T>| match &item.told {
        Told::Whole(Err(flaws)) => item.all_placed(flaws.clone()),
        Told::Cells { flaws, .. } => flaws.clone(),
        Told::Whole(Ok(_)) => Vec::new(),
    });
    let flaws: Vec<Flaw> = wrong.take(FLAWS).collect();
    if flaws.len() < FLAWS { Ok(items) } else { Err(flaws) }
}

/// The flaw of a text that is too long.
fn too_long(most: usize) -> Vec<Flaw> {
    let found = format!("there are more lines than {most}, this service's limit");
    vec![Flaw::new(Code::TooLarge, "", found, "send them in several imports")]
}
