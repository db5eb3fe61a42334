//! Travel: tables as given, or as the straight line by one of several rules.

use super::nodes::Nodes;
use super::sections::{Section, Sections, Spec, missing, not_among};
use crate::flaw::Code;
use crate::wire::instance::{HORIZON, euclidean, straight};
use crate::wire::lines::{Findings, Line, Rounding, Scale, whole};
use crate::wire::words::quoted;

/// Where the numbers of a table go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Full,
    Lower { diagonal: bool },
    Upper { diagonal: bool },
}

const SHAPES: [(&str, Shape); 5] = [
    ("FULL_MATRIX", Shape::Full),
    ("LOWER_ROW", Shape::Lower { diagonal: false }),
    ("LOWER_DIAG_ROW", Shape::Lower { diagonal: true }),
    ("UPPER_ROW", Shape::Upper { diagonal: false }),
    ("UPPER_DIAG_ROW", Shape::Upper { diagonal: true }),
];

const TYPES: [&str; 6] = ["EXPLICIT", "EUC_2D", "CEIL_2D", "FLOOR_2D", "MAN_2D", "MAX_2D"];

/// The travel table, row by row. `O(nodes^2)`.
pub(super) fn travel(
    sections: &Sections<'_>,
    nodes: &Nodes,
    scale: Scale,
    findings: &mut Findings,
) -> Option<Vec<u32>> {
    let kind = sections.spec(Spec::WeightType);
    let word = kind.map_or("EXPLICIT", |kind| kind.text);
    let rounded = |rounding| {
        // The rule of a dialect stands above that of the distance.
        if scale.per_one == 1 { Scale { rounding, ..scale } } else { scale }
    };
    let (metric, scale): (fn(f64, f64) -> f64, Scale) = match word {
        "EXPLICIT" => return explicit(sections, nodes.size, findings),
        "EUC_2D" => (euclidean, rounded(Rounding::Nearest)),
        "CEIL_2D" => (euclidean, rounded(Rounding::Up)),
        "FLOOR_2D" => (euclidean, rounded(Rounding::Truncated)),
        "MAN_2D" => (|x, y| x.abs() + y.abs(), rounded(Rounding::Nearest)),
        "MAX_2D" => (|x, y| x.abs().max(y.abs()), rounded(Rounding::Nearest)),
        _ => {
            findings.tell(not_among(kind?, "EDGE_WEIGHT_TYPE", &TYPES));
            return None;
        }
    };
    if nodes.points.is_empty() {
        findings.tell(missing("NODE_COORD_SECTION", "give the coordinates that distances follow from"));
        return None;
    }
    // Other flaws first: a table takes its time.
    findings.is_clean().then(|| straight(&nodes.points, metric, scale, findings))
}

/// A table as given.
fn explicit(sections: &Sections<'_>, size: usize, findings: &mut Findings) -> Option<Vec<u32>> {
    let Some(rows) = sections.section(Section::Weight) else {
        findings.tell(missing("EDGE_WEIGHT_SECTION", "give a table, or EDGE_WEIGHT_TYPE : EUC_2D"));
        return None;
    };
    let shape = match sections.spec(Spec::WeightFormat) {
        None => Shape::Full,
        Some(format) => {
            let Some((_, shape)) = SHAPES.iter().find(|(word, _)| *word == format.text) else {
                let known: Vec<&str> = SHAPES.iter().map(|(word, _)| *word).collect();
                findings.tell(not_among(format, "EDGE_WEIGHT_FORMAT", &known));
                return None;
            };
            *shape
        }
    };
    // Counted before anything is made room for.
    let count: usize = rows.rows().map(|row| row.words().count()).sum();
    let expected = shape.count(size);
    if count != expected {
        let line = Line { number: rows.line, text: "" };
        let found = format!("the table has {count} numbers, {size} nodes need {expected}");
        findings.tell(line.flaw(Code::BadTable, found, "check DIMENSION and EDGE_WEIGHT_FORMAT"));
        return None;
    }
    let mut travel = vec![0; size * size];
    let mut cells = shape.cells(size);
    for row in rows.rows() {
        for word in row.words() {
            let (from, to) = cells.next()?;
            match whole(word).filter(|units| (0..=HORIZON).contains(units)) {
                Some(units) => {
                    travel[from * size + to] = units as u32;
                    if shape != Shape::Full {
                        travel[to * size + from] = units as u32;
                    }
                }
                // A diagonal often holds a number that nobody is meant to use.
                None if from == to && whole(word).is_some() => {}
                None => {
                    findings.tell(row.flaw(
                        Code::OutOfRange,
                        format!("{} is not a whole number between 0 and {HORIZON}", quoted(word)),
                        "give travel in whole units",
                    ));
                    if findings.is_full() {
                        return None;
                    }
                }
            }
        }
    }
    (0..size).for_each(|n| travel[n * size + n] = 0);
    Some(travel)
}

impl Shape {
    /// How many numbers a table of so many rows has.
    fn count(self, size: usize) -> usize {
        match self {
            Shape::Full => size * size,
            Shape::Lower { diagonal } | Shape::Upper { diagonal } => {
                size * (size - 1) / 2 + if diagonal { size } else { 0 }
            }
        }
    }

    /// The cells in the order of the text.
    fn cells(self, size: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..size).flat_map(move |row| {
            let columns = match self {
                Shape::Full => 0..size,
                Shape::Lower { diagonal } => 0..row + usize::from(diagonal),
                Shape::Upper { diagonal } => row + usize::from(!diagonal)..size,
            };
            columns.map(move |column| (row, column))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_has_as_many_cells_as_it_counts() {
        for (word, shape) in SHAPES {
            for size in [2, 3, 7] {
                assert_eq!(shape.cells(size).count(), shape.count(size), "{word}");
            }
        }
        let upper = Shape::Upper { diagonal: false }.cells(3);
        assert_eq!(upper.collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 2)]);
        let lower = Shape::Lower { diagonal: true }.cells(2);
        assert_eq!(lower.collect::<Vec<_>>(), [(0, 0), (1, 0), (1, 1)]);
    }
}
