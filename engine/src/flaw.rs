//! What is wrong with an input: a stable code, the place, the id and a way out.

use std::fmt;

/// The stable name of a kind of flaw. Codes are never reused or renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The text is not JSON.
    NotJson,
    /// The text nests deeper than any document of ours.
    TooDeep,
    /// More bytes, or more of something, than the named limit.
    TooLarge,
    /// A key that the format does not have.
    UnknownKey,
    /// A key that the format needs.
    MissingKey,
    /// A value of another type than the format's.
    WrongType,
    /// A number, moment or length outside its range.
    OutOfRange,
    /// A moment that is not RFC 3339 with offset, a date or a time of day that cannot be read.
    BadTime,
    /// Two things with one id.
    DuplicateId,
    /// An id that is empty or too long.
    BadId,
    /// A ticket that is promised to somebody already.
    AlreadyPromised,
    /// A reference to something that is not in the document.
    UnknownReference,
    /// An end that is not after its start.
    Reversed,
    /// A break that cannot be taken inside its shift, or breaks out of order.
    BreakOutsideShift,
    /// Two shifts of one engineer that overlap.
    OverlappingShifts,
    /// A travel table that is not square or misses a row that is used.
    BadTable,
    /// A place with neither coordinates nor a row of the travel table.
    NoPlace,
    /// A polygon that cannot be used.
    BadArea,
    /// Weights or rates that leave the price without a currency.
    BadPolicy,
    /// Two wishes of one ticket that contradict each other.
    Contradiction,
    /// Tickets that wait for each other in a circle.
    Cycle,
    /// A committed route that breaks a hard rule.
    BrokenRoute,
    /// Something that the format has and the engine cannot do.
    NotSupported,
}

impl Code {
    /// The code as callers see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::NotJson => "not-json",
            Code::TooDeep => "too-deep",
            Code::TooLarge => "too-large",
            Code::UnknownKey => "unknown-key",
            Code::MissingKey => "missing-key",
            Code::WrongType => "wrong-type",
            Code::OutOfRange => "out-of-range",
            Code::BadTime => "bad-time",
            Code::DuplicateId => "duplicate-id",
            Code::BadId => "bad-id",
            Code::AlreadyPromised => "already-promised",
            Code::UnknownReference => "unknown-reference",
            Code::Reversed => "reversed",
            Code::BreakOutsideShift => "break-outside-shift",
            Code::OverlappingShifts => "overlapping-shifts",
            Code::BadTable => "bad-table",
            Code::NoPlace => "no-place",
            Code::BadArea => "bad-area",
            Code::BadPolicy => "bad-policy",
            Code::Contradiction => "contradiction",
            Code::Cycle => "cycle",
            Code::BrokenRoute => "broken-route",
            Code::NotSupported => "not-supported",
        }
    }
}

/// Something wrong in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The kind of flaw.
    pub code: Code,
    /// Where in the document, as `tickets[3].windows[0].end`; empty for the document itself.
    pub path: String,
    /// The id of the engineer, ticket, ... that carries the flaw, if it has one.
    pub id: Option<String>,
    /// What was found and what was expected, in one sentence without a full stop.
    pub found: String,
    /// The way out.
    pub fix: String,
}

impl Flaw {
    /// A flaw without an id.
    pub fn new(
        code: Code,
        path: impl fmt::Display,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Flaw {
        Flaw { code, path: path.to_string(), id: None, found: found.into(), fix: fix.into() }
    }

    /// The same flaw, carried by `id`.
    #[must_use]
    pub fn of(mut self, id: &str) -> Flaw {
        self.id = Some(id.to_owned());
        self
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] ", self.code.as_str())?;
        if !self.path.is_empty() {
            write!(f, "{}", self.path)?;
            if let Some(id) = &self.id {
                write!(f, " ({id:?})")?;
            }
            write!(f, ": ")?;
        }
        write!(f, "{}; {}", self.found, self.fix)
    }
}
