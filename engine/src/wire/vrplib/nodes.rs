//! Nodes: where they are, what they ask for, which of them are depots.

use std::collections::BTreeMap;

use super::sections::{Rows, Section, Sections, Spec, bad_row, missing};
use crate::flaw::{Code, Flaw};
use crate::problem::limits;
use crate::wire::instance::{Customer, HORIZON, LONGEST_SERVICE};
use crate::wire::lines::{Findings, Line, Scale, decimal, id, whole};
use crate::wire::words::quoted;

/// All nodes of a file.
#[derive(Debug)]
pub(super) struct Nodes {
    /// How many there are.
    pub(super) size: usize,
    /// The file's number of every node, in its order.
    pub(super) ids: Vec<u32>,
    /// By node; empty where the file has no coordinates.
    pub(super) points: Vec<(f64, f64)>,
    /// Depots as customers without work; their window is the day.
    pub(super) depots: Vec<Customer>,
    /// The other nodes.
    pub(super) customers: Vec<Customer>,
}

/// Nodes by the file's numbers.
struct Numbers(BTreeMap<u32, usize>);

impl Nodes {
    /// Reads everything that the file says about nodes; `None` if their number is not known.
    pub(super) fn of(sections: &Sections<'_>, scale: Scale, findings: &mut Findings) -> Option<Nodes> {
        let size = dimension(sections, findings)?;
        let (ids, points) = places(sections, size, findings)?;
        let index = Numbers(ids.iter().copied().zip(0..).collect());
        let depots = depots(sections, &index, findings);

        let most = scale.per_one;
        let demand = Column { section: Section::Demand, per_one: 1, most: limits::GOODS };
        let service = Column { section: Section::ServiceTime, per_one: most, most: LONGEST_SERVICE };
        let prize = Column { section: Section::Prize, per_one: most, most: HORIZON };
        let demands = demand.read(sections, &index, scale, size, findings);
        let services = service.read(sections, &index, scale, size, findings);
        let prizes = prize.read(sections, &index, scale, size, findings);
        let windows = windows(sections, &index, scale, size, findings);
        let same_service = amount_of(sections, Spec::ServiceTime, (scale, LONGEST_SERVICE), findings);

        let node = |n: usize| {
            let is_depot = depots.contains(&n);
            let service = services[n].or(same_service).filter(|_| !is_depot);
            Customer {
                number: ids[n],
                row: n as u32,
                demand: demands[n].filter(|_| !is_depot).unwrap_or(0),
                window: windows[n].unwrap_or((0, HORIZON)),
                service: service.unwrap_or(0),
                prize: prizes[n].filter(|&prize| prize > 0 && !is_depot),
                kind: None,
            }
        };
        Some(Nodes {
            size,
            depots: depots.iter().map(|&n| node(n)).collect(),
            customers: (0..size).filter(|n| !depots.contains(n)).map(node).collect(),
            ids,
            points,
        })
    }

    /// The row of a depot by the file's number of it.
    pub(super) fn depot(&self, number: u32) -> Option<&Customer> {
        self.depots.iter().find(|depot| depot.number == number)
    }
}

fn dimension(sections: &Sections<'_>, findings: &mut Findings) -> Option<usize> {
    let Some(value) = sections.spec(Spec::Dimension) else {
        findings.tell(missing("DIMENSION", "say how many nodes there are, depots included"));
        return None;
    };
    let most = limits::TABLE_ROWS;
    match whole(value.text) {
        Some(size) if (2..=most as i64).contains(&size) => Some(size as usize),
        Some(size) if size > 2 => {
            let found = format!("{size} nodes are more than the limit of {most}");
            findings.tell(value.flaw(Code::TooLarge, found, "split the problem by region"));
            None
        }
        _ => {
            let found = format!("DIMENSION {} is not a whole number from 2 up", quoted(value.text));
            findings.tell(value.flaw(Code::OutOfRange, found, "count the nodes, depots included"));
            None
        }
    }
}

type Places = (Vec<u32>, Vec<(f64, f64)>);

/// Numbers and coordinates of all nodes.
fn places(sections: &Sections<'_>, size: usize, findings: &mut Findings) -> Option<Places> {
    let Some(rows) = sections.section(Section::Coord) else {
        return Some(((1..=size as u32).collect(), Vec::new()));
    };
    let (mut ids, mut points) = (Vec::with_capacity(size), Vec::with_capacity(size));
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    for row in rows.rows().take(limits::TABLE_ROWS) {
        if findings.is_full() {
            return None;
        }
        let words: Vec<&str> = row.words().take(4).collect();
        let read = match words[..] {
            [node, x, y] => id(node).zip(decimal(x)).zip(decimal(y)),
            _ => None,
        };
        let Some(((node, x), y)) = read else {
            findings.tell(bad_row(row, Section::Coord, "the number of the node, x, y"));
            continue;
        };
        if let Some(first) = seen.insert(node, row.number) {
            findings.tell(twice(row, node, first));
            continue;
        }
        ids.push(node);
        points.push((x, y));
    }
    if rows.count() != size {
        let found = format!("{} coordinates for {size} nodes", rows.count());
        let line = Line { number: rows.line, text: "" };
        findings.tell(line.flaw(Code::BadTable, found, "give DIMENSION and coordinates the same count"));
    }
    (ids.len() == size).then_some((ids, points))
}

fn twice(row: Line<'_>, node: u32, first: usize) -> Flaw {
    let found = format!("line {first} has the same number");
    row.flaw(Code::DuplicateId, found, "give each its own number").of(&node.to_string())
}

/// The nodes that are depots, by their place in the file.
fn depots(sections: &Sections<'_>, index: &Numbers, findings: &mut Findings) -> Vec<usize> {
    let Some(rows) = sections.section(Section::Depot) else { return vec![0] };
    let mut depots: Vec<usize> = Vec::new();
    'rows: for row in rows.rows() {
        for word in row.words() {
            if whole(word) == Some(-1) {
                break 'rows;
            }
            match index.node(row, word, findings) {
                Some(node) if depots.contains(&node) => {
                    let found = format!("depot {word} is named twice");
                    findings.tell(row.flaw(Code::DuplicateId, found, "name it once"));
                }
                node => depots.extend(node),
            }
        }
    }
    if depots.is_empty() && findings.is_clean() {
        let line = Line { number: rows.line, text: "" };
        findings.tell(line.flaw(Code::MissingKey, "no depot is named", "name one node, then -1"));
    }
    depots
}

impl Numbers {
    /// The node that a word names, or a flaw.
    fn node(&self, row: Line<'_>, word: &str, findings: &mut Findings) -> Option<usize> {
        let node = id(word).and_then(|number| self.0.get(&number)).copied();
        if node.is_none() {
            findings.tell(row.flaw(
                Code::UnknownReference,
                format!("there is no node {}", quoted(word)),
                "use the numbers of NODE_COORD_SECTION, or count from 1 where there is none",
            ));
        }
        node
    }
}

/// A section with one amount for each node.
struct Column {
    section: Section,
    per_one: i64,
    most: i64,
}

impl Column {
    /// Amounts by node; `None` where the file says nothing.
    fn read(
        &self,
        sections: &Sections<'_>,
        index: &Numbers,
        scale: Scale,
        size: usize,
        findings: &mut Findings,
    ) -> Vec<Option<i64>> {
        let scale = Scale { per_one: self.per_one, ..scale };
        let mut amounts = vec![None; size];
        for row in sections.section(self.section).into_iter().flat_map(Rows::rows) {
            let words: Vec<&str> = row.words().take(3).collect();
            let [node, value] = words[..] else {
                findings.tell(bad_row(row, self.section, "the number of the node and one amount"));
                continue;
            };
            let node = index.node(row, node, findings);
            let value = amount(row, value, (scale, self.most), findings);
            put(&mut amounts, row, node.zip(value), findings);
        }
        amounts
    }
}

/// Keeps what is said about a node, once.
fn put<T: Copy>(
    all: &mut [Option<T>],
    row: Line<'_>,
    said: Option<(usize, T)>,
    findings: &mut Findings,
) {
    let Some((node, value)) = said else { return };
    if all[node].replace(value).is_some() {
        let found = "this node has a row in the section already";
        findings.tell(row.flaw(Code::DuplicateId, found, "keep one"));
    }
}

/// An amount from 0 up, in whole units; or a flaw.
pub(super) fn amount(
    line: Line<'_>,
    word: &str,
    (scale, most): (Scale, i64),
    findings: &mut Findings,
) -> Option<i64> {
    let units = decimal(word)
        .filter(|number| scale.per_one > 1 || number.fract() == 0.0)
        .and_then(|number| scale.units(number, most));
    if units.is_none() {
        let kind = if scale.per_one > 1 { "number" } else { "whole number" };
        findings.tell(line.flaw(
            Code::OutOfRange,
            format!("{} is not a {kind} between 0 and {}", quoted(word), most / scale.per_one),
            "use a number inside that range",
        ));
    }
    units
}

/// The amount of a key, if the file has the key; or a flaw that names it.
pub(super) fn amount_of(
    sections: &Sections<'_>,
    key: Spec,
    scale: (Scale, i64),
    findings: &mut Findings,
) -> Option<i64> {
    let value = sections.spec(key)?;
    let mut own = Findings::default();
    let units = amount(value, value.text, scale, &mut own);
    for mut flaw in own.into_flaws() {
        flaw.found = format!("{} {}", key.word(), flaw.found);
        findings.tell(flaw);
    }
    units
}

/// Windows by node.
fn windows(
    sections: &Sections<'_>,
    index: &Numbers,
    scale: Scale,
    size: usize,
    findings: &mut Findings,
) -> Vec<Option<(i64, i64)>> {
    let mut windows = vec![None; size];
    for row in sections.section(Section::TimeWindow).into_iter().flat_map(Rows::rows) {
        let words: Vec<&str> = row.words().take(4).collect();
        let [node, from, upto] = words[..] else {
            let columns = "the number of the node, earliest and latest start";
            findings.tell(bad_row(row, Section::TimeWindow, columns));
            continue;
        };
        let node = index.node(row, node, findings);
        let from = amount(row, from, (scale, HORIZON), findings);
        // Windows that never close are often written as a huge number.
        let upto = amount(row, upto, (scale, i64::MAX / 4), findings).map(|upto| upto.min(HORIZON));
        if let Some((from, upto)) = from.zip(upto)
            && upto < from
        {
            let found = "the window ends before it starts";
            findings.tell(row.flaw(Code::Reversed, found, "swap its ends"));
        }
        put(&mut windows, row, node.zip(from.zip(upto)), findings);
    }
    windows
}
