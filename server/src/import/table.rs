//! Tables: comma-separated, with a header, RFC 4180.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder, Trim};
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::limits::FLAWS;
use serde_json::{Map, Value};

use super::lines::LineCount;
use super::sheets::{Cell, Column};
use super::{Item, Subject, Told, place_of, too_long};
use crate::text::quoted;

/// Reads a table. Rows with the same id are about one thing: they tell the same of it, or nothing, and each has an entry of
/// its list.
///
/// # Errors
/// It has no header, or one with other columns; more lines than `most`.
pub(super) fn read<T: Subject>(text: &[u8], most: usize) -> Result<Vec<Item<T>>, Vec<Flaw>> {
    let mut rows =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text);
    // The reader's own count leaves out the LF behind a CR, and lines without anything.
    let mut lines = LineCount::of(text);
    let mut row = ByteRecord::new();
    if !rows.read_byte_record(&mut row).map_err(|trouble| vec![broken(&trouble)])? {
        let fix = format!("begin with a line of columns: {}", names::<T>());
        return Err(vec![Flaw::new(Code::MissingKey, "line 1", "the table is empty", fix)]);
    }
    let header = header::<T>(&row)?;
    let mut table: Table<'_, T> =
        Table { header: &header, items: Vec::new(), first: BTreeMap::new(), flaws: 0 };
    let mut count = 0;
    while rows.read_byte_record(&mut row).map_err(|trouble| vec![broken(&trouble)])? {
        count += 1;
        if count > most {
            return Err(too_long(most));
        }
        let byte = row.position().map_or(0, csv::Position::byte);
        table.take(lines.at_byte(byte as usize), &row);
        if table.flaws >= FLAWS {
            break;
        }
    }
    Ok(table.items.into_iter().map(|(item, _)| item).collect())
}

/// The columns of a table, in its order.
fn header<T: Subject>(row: &ByteRecord) -> Result<Vec<&'static Column>, Vec<Flaw>> {
    let mut flaws = Vec::new();
    let mut header: Vec<&'static Column> = Vec::new();
    for name in row {
        let name = String::from_utf8_lossy(name);
        let path = format!("line 1: {}", quoted(&name));
        match T::SHEET.columns().find(|column| column.name == name) {
            None => {
                let fix = format!("the columns are {}", names::<T>());
                flaws.push(Flaw::new(Code::UnknownKey, path, "there is no such column", fix));
            }
            Some(column) if header.iter().any(|known| known.name == column.name) => {
                let found = "the column is there twice";
                flaws.push(Flaw::new(Code::DuplicateId, path, found, "leave one of them out"));
            }
            Some(column) => header.push(column),
        }
    }
    if !header.iter().any(|column| column.name == "id") && flaws.is_empty() {
        flaws.push(Flaw::new(Code::MissingKey, "line 1", "the column \"id\" is missing", "add it"));
    }
    flaws.truncate(FLAWS);
    if flaws.is_empty() { Ok(header) } else { Err(flaws) }
}

fn names<T: Subject>() -> String {
    T::SHEET.columns().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// What has been read so far.
struct Table<'h, T> {
    header: &'h [&'static Column],
    /// The things, and the cells of their first rows.
    items: Vec<(Item<T>, ByteRecord)>,
    /// The number of each, by its id.
    first: BTreeMap<String, usize>,
    flaws: usize,
}

impl<T: Subject> Table<'_, T> {
    fn take(&mut self, line: u64, row: &ByteRecord) {
        let mut flaws = Vec::new();
        if row.len() != self.header.len() {
            let found = format!("there are {} fields, and {} columns", row.len(), self.header.len());
            let fix = "give each column a field, and put commas of texts in quotes";
            flaws.push(Flaw::new(Code::WrongType, place_of(line, ""), found, fix));
        }
        let mut cells = Vec::with_capacity(row.len());
        for (column, bytes) in self.header.iter().zip(row) {
            match std::str::from_utf8(bytes) {
                Ok(text) => cells.push((*column, text)),
                Err(_) => flaws.push(cell_flaw((line, column), "it is not UTF-8", "save it as UTF-8")),
            }
        }
        let id = cells.iter().find(|(column, _)| column.name == "id").map(|(_, text)| *text);
        let id = id.filter(|id| !id.is_empty()).map(str::to_owned);
        let known = id.as_ref().and_then(|id| self.first.get(id).copied());
        let is_first = known.is_none();
        let number = known.unwrap_or(self.items.len());
        if is_first {
            let told = Told::Cells { cells: Vec::new(), flaws: Vec::new(), parts: Vec::new() };
            self.first.extend(id.clone().map(|id| (id, number)));
            self.items.push((Item { line, id, told }, row.clone()));
        }
        let Some((item, before)) = self.items.get_mut(number) else { return };
        let Told::Cells { cells: said, flaws: own, parts } = &mut item.told else { return };
        let mut part = None;
        for (n, (column, text)) in cells.into_iter().enumerate() {
            let is_part = is_part::<T>(column);
            if text.is_empty() && (is_part || !is_first) {
                continue;
            }
            if !is_part && !is_first {
                if before.get(n) != Some(text.as_bytes()) {
                    let found = format!("{} is another one than in line {}", quoted(text), item.line);
                    let fix = "say it in the first of its rows, and the same or nothing in the others";
                    let flaw = Flaw::new(Code::Contradiction, "", found, fix);
                    flaws.push(Flaw { path: place_of(line, column.name), ..flaw });
                }
                continue;
            }
            match value(column.cell, text) {
                Ok(value) if is_part => {
                    set(part.get_or_insert_with(|| Value::Object(Map::new())), column.path, value);
                }
                Ok(value) => said.push((column.path, value)),
                Err((found, fix)) => flaws.push(cell_flaw((line, column), &found, fix)),
            }
        }
        if self.header.iter().any(|column| is_part::<T>(column)) {
            // The rows of a table tell the whole list, be it empty.
            if is_first {
                said.push((T::SHEET.list, Value::Array(Vec::new())));
            }
            if let (Some(part), Some((_, Value::Array(list)))) = (part, said.last_mut()) {
                list.push(part);
                parts.push(line);
            }
        }
        let flaws = flaws.into_iter().map(|flaw| match &item.id {
            Some(id) => flaw.of(id),
            None => flaw,
        });
        let already = own.len();
        own.extend(flaws);
        self.flaws += own.len() - already;
    }
}

/// Whether a column tells of the entry that its row has in the list.
fn is_part<T: Subject>(column: &Column) -> bool {
    T::SHEET.part.iter().any(|part| part.name == column.name)
}

/// Puts a value in its place, and takes away what is there for null.
pub(super) fn set(document: &mut Value, place: &[&str], value: Value) {
    let Some((step, rest)) = place.split_first() else {
        *document = value;
        return;
    };
    if *step == "0" {
        if !document.is_array() {
            *document = Value::Array(vec![Value::Object(Map::new())]);
        }
        if let Some(first) = document.get_mut(0) {
            set(first, rest, value);
        }
        return;
    }
    if !document.is_object() {
        *document = Value::Object(Map::new());
    }
    let Value::Object(keys) = document else { return };
    match (value, keys.get_mut(*step)) {
        (Value::Null, None) => {}
        (Value::Null, Some(_)) if rest.is_empty() => {
            keys.remove(*step);
        }
        (value, Some(known)) => set(known, rest, value),
        (value, None) => set(keys.entry(*step).or_insert(Value::Null), rest, value),
    }
}

/// What a cell says. What should be a number and is none stays a text, which the reader of documents refuses.
fn value(cell: Cell, text: &str) -> Result<Value, (String, &'static str)> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    Ok(match cell {
        Cell::Text => Value::from(text),
        Cell::Number => number(text),
        Cell::Names => entries(text).map(Value::from).collect(),
        Cell::Counts => keyed(text, "write it as valve:2;hose:1", number)?,
        Cell::Skills => keyed(text, "write it as water:4;gas:2@2026-12-31", skill)?,
        Cell::Needs => keyed(text, "write it as water:2;gas:2/4, required and preferred", need)?,
    })
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|entry| !entry.is_empty())
}

fn number(text: &str) -> Value {
    serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| Value::from(text), Value::from)
}

fn skill(text: &str) -> Value {
    match text.split_once('@') {
        None => number(text),
        Some((level, day)) => serde_json::json!({"level": number(level), "valid_until": day}),
    }
}

fn need(text: &str) -> Value {
    match text.split_once('/') {
        None => number(text),
        Some((level, preferred)) => {
            serde_json::json!({"level": number(level), "preferred": number(preferred)})
        }
    }
}

/// Entries with a name each.
fn keyed(
    text: &str,
    fix: &'static str,
    read: fn(&str) -> Value,
) -> Result<Value, (String, &'static str)> {
    let mut keys = Map::new();
    for entry in entries(text) {
        let Some((name, said)) = entry.rsplit_once(':') else {
            return Err((format!("{} has no number", quoted(entry)), fix));
        };
        if keys.insert(name.trim().to_owned(), read(said.trim())).is_some() {
            return Err((format!("{} is there twice", quoted(name)), fix));
        }
    }
    Ok(Value::Object(keys))
}

fn cell_flaw((line, column): (u64, &Column), found: &str, fix: &str) -> Flaw {
    Flaw::new(Code::WrongType, place_of(line, column.name), found, fix)
}

/// The flaw of a text that the reader of tables gives up on.
fn broken(trouble: &csv::Error) -> Flaw {
    let fix = "send a table as RFC 4180 has it";
    Flaw::new(Code::WrongType, "", format!("the table cannot be read: {trouble}"), fix)
}

#[cfg(test)]
mod tests {
    use paidan_engine::engineer::EngineerDraft;

    use super::*;

    fn drafts(text: &str) -> Vec<Result<EngineerDraft, Vec<String>>> {
        let items: Vec<Item<EngineerDraft>> = read(text.as_bytes(), 100).unwrap();
        let told = |flaws: Vec<Flaw>| flaws.into_iter().map(|flaw| flaw.path).collect();
        items.iter().map(|item| item.draft(None, 0).map_err(told)).collect()
    }

    #[test]
    fn rows_of_one_id_are_one_engineer_with_a_shift_each() {
        let told = drafts(
            "id,skills,home_lat,home_lon,shift_start,shift_end\r\n\
             ana,water:4;gas:2@2026-12-31,39.1,-84.5,2026-03-02T08:00:00Z,2026-03-02T16:00:00Z\r\n\
             ben,,39.2,-84.4,,\r\n\
             ana,,,,2026-03-03T08:00:00Z,2026-03-03T16:00:00Z\r\n",
        );
        let [Ok(ana), Ok(ben)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((ana.shifts.len(), ana.skills.len()), (2, 2));
        assert_eq!((ben.shifts.len(), ben.skills.len()), (0, 0));
    }

    #[test]
    fn every_flaw_is_told_by_its_own_line_and_column() {
        let told = drafts(
            "id,skills,home_lat,home_lon,shift_start,shift_end\n\
             ana,water,north,-84.5,2026-03-02T08:00:00Z,2026-03-02T16:00:00Z\n\
             ana,,,,tomorrow,2026-03-03T16:00:00Z\n\
             ana,gas:1,,,,\n\
             ,gas:1,39.1,-84.5,,\n\
             ben,gas:1\n",
        );
        let [Err(ana), Err(nobody), Err(ben)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(
            *ana,
            ["line 2: skills", "line 4: skills", "line 2: home_lat", "line 3: shift_start"]
        );
        assert_eq!(
            (nobody.as_slice(), ben.as_slice()),
            (&["line 5: id".to_owned()][..], &["line 6".to_owned()][..])
        );
    }

    #[test]
    fn lines_are_those_of_an_editor_whatever_ends_them() {
        // Line 4 goes on in 5, and 6 is empty.
        let table = "id,home_lat,home_lon\n\
                     ana,north,1\n\
                     ben,\"north\",1\n\
                     \"eva\nmaria\",north,1\n\
                     \n\
                     tom,north,1\n";
        for end in ["\n", "\r\n", "\r"] {
            let told = drafts(&table.replace('\n', end));
            let paths: Vec<&String> = told.iter().flat_map(|told| told.as_ref().unwrap_err()).collect();
            let lines = [2, 3, 4, 7].map(|line| format!("line {line}: home_lat"));
            assert_eq!(paths, lines.iter().collect::<Vec<_>>(), "{end:?}");
        }
    }

    #[test]
    fn a_column_that_nobody_knows_is_refused() {
        let told = read::<EngineerDraft>(b"id,colour,id\n", 9).unwrap_err();
        let paths: Vec<&str> = told.iter().map(|flaw| flaw.path.as_str()).collect();
        assert_eq!(paths, ["line 1: \"colour\"", "line 1: \"id\""]);
    }
}
