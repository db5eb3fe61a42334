//! What a stop has agreed with stops of other routes about when its work starts.

use crate::ticket::Window;
use crate::units::Moment;

/// The span in which work must start, both ends included, so that others can count on it: a crew starts at one
/// moment, the tickets of a tandem at about the same time, and a ticket after those that it waits for have ended.
/// Within it a route is timed as if it were alone, which keeps every change of it a matter of constant time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The earliest start.
    pub from: Moment,
    /// The latest start.
    pub until: Moment,
}

impl Agreed {
    /// Nobody counts on anything.
    pub const NOTHING: Agreed = Agreed { from: Moment::PAST, until: Moment::NEVER };

    /// A start at one moment.
    pub fn at(moment: Moment) -> Agreed {
        Agreed { from: moment, until: moment }
    }

    /// A start within a window.
    pub fn within(window: Window) -> Agreed {
        Agreed { from: window.start, until: window.end }
    }

    /// A start at a moment or later.
    pub fn since(from: Moment) -> Agreed {
        Agreed { from, until: Moment::NEVER }
    }
}
