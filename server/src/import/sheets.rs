//! The columns of tables, and where each stands in a document.

/// The columns of a kind of table.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Columns that tell of the thing itself.
    pub whole: &'static [Column],
    /// The list that every row has one entry of.
    pub list: Place,
    /// Columns that tell of that entry.
    pub part: &'static [Column],
}

/// Where something stands in a document; `0` is the first and only entry of a list.
pub(crate) type Place = &'static [&'static str];

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    pub name: &'static str,
    pub path: Place,
    pub cell: Cell,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Text,
    Number,
    /// `north;south`
    Names,
    /// `valve:2;hose:1`
    Counts,
    /// `water:4;gas:2@2026-12-31`
    Skills,
    /// `water:2;gas:2/4`
    Needs,
}

const fn column(name: &'static str, path: Place, cell: Cell) -> Column {
    Column { name, path, cell }
}

/// Engineers, a row a shift.
pub(super) const ENGINEERS: Sheet = Sheet {
    whole: &[
        column("id", &["id"], Cell::Text),
        column("home_lat", &["home", "lat"], Cell::Number),
        column("home_lon", &["home", "lon"], Cell::Number),
        column("skills", &["skills"], Cell::Skills),
        column("territories", &["territories"], Cell::Names),
        column("stock", &["stock"], Cell::Counts),
        column("capacity", &["capacity"], Cell::Counts),
        column("class", &["class"], Cell::Text),
        column("speed_factor", &["speed_factor"], Cell::Number),
    ],
    list: &["shifts"],
    part: &[
        column("shift_start", &["start"], Cell::Text),
        column("shift_end", &["end"], Cell::Text),
        column("break_start", &["breaks", "0", "start"], Cell::Text),
        column("break_end", &["breaks", "0", "end"], Cell::Text),
        column("break_length_s", &["breaks", "0", "length_s"], Cell::Number),
        column("max_tickets", &["max_tickets"], Cell::Number),
    ],
};

/// Tickets, a row a window.
pub(super) const TICKETS: Sheet = Sheet {
    whole: &[
        column("id", &["id"], Cell::Text),
        column("customer", &["customer"], Cell::Text),
        column("asset", &["asset"], Cell::Text),
        column("issue", &["issue"], Cell::Text),
        column("type", &["type"], Cell::Text),
        column("lat", &["place", "lat"], Cell::Number),
        column("lon", &["place", "lon"], Cell::Number),
        column("work_s", &["work_s"], Cell::Number),
        column("requires", &["requires"], Cell::Needs),
        column("parts", &["parts"], Cell::Counts),
        column("reported_at", &["reported_at"], Cell::Text),
        column("respond_by", &["sla", "respond_by"], Cell::Text),
        column("resolve_by", &["sla", "resolve_by"], Cell::Text),
        column("priority", &["priority"], Cell::Number),
        column("tier", &["tier"], Cell::Text),
        column("preferred", &["engineers", "preferred"], Cell::Names),
        column("forbidden", &["engineers", "forbidden"], Cell::Names),
    ],
    list: &["windows"],
    part: &[column("window_start", &["start"], Cell::Text), column("window_end", &["end"], Cell::Text)],
};

impl Sheet {
    /// All columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'static Column> {
        self.whole.iter().chain(self.part)
    }

    /// The line and the column of what a path of the document names; what is no column's keeps its path.
    pub(super) fn place(&self, path: &str, line: u64, parts: &[u64]) -> (u64, String) {
        let list = written(self.list);
        let part = path.strip_prefix(&list).and_then(|rest| rest.strip_prefix('['));
        let part = part.and_then(|rest| rest.split_once(']'));
        let (line, path, columns) = match part {
            Some((number, rest)) => {
                let own = number.parse().ok().and_then(|number: usize| parts.get(number));
                (*own.unwrap_or(&line), rest.strip_prefix('.').unwrap_or(rest), self.part)
            }
            None => (line, path, self.whole),
        };
        let stands_there = |column: &&Column| {
            let rest = path.strip_prefix(&written(column.path));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let name = columns.iter().find(stands_there).map_or(path, |column| column.name);
        (line, name.to_owned())
    }
}

/// A place as flaws write it.
fn written(place: Place) -> String {
    place.iter().fold(String::new(), |path, step| match *step {
        "0" => path + "[0]",
        step if path.is_empty() => step.to_owned(),
        step => path + "." + step,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_document_is_told_by_its_line_and_column() {
        let place = |path| ENGINEERS.place(path, 2, &[2, 3]);
        assert_eq!(place("home.lat"), (2, "home_lat".to_owned()));
        assert_eq!(place("skills.water"), (2, "skills".to_owned()));
        assert_eq!(place("shifts[1].breaks[0].length_s"), (3, "break_length_s".to_owned()));
        assert_eq!(place("shifts[1]"), (3, String::new()));
        assert_eq!(place("home"), (2, "home".to_owned()));
    }
}
