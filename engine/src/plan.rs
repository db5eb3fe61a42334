//! The answer: routes and the tickets that no route serves, with reasons. Pure data, on the floor of
//! the question, since the planner writes it and the checker, which knows no planner, reads it.

use crate::ids::{DepotIx, ShiftIx, TicketIx};
use crate::receipt::Receipt;
use crate::rule::Barrier;
use crate::units::{Moment, Price, Seconds};

/// One ticket served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedStop {
    /// The ticket.
    pub ticket: TicketIx,
    /// The depot by way of which one comes, if parts are fetched on the way.
    pub fetch_at: Option<DepotIx>,
    /// Driving from the place before; by way of a depot, with the time there.
    pub drive: Seconds,
    /// Arrival at the place.
    pub arrival: Moment,
    /// Start of work.
    pub start: Moment,
    /// End of work, when the engineer drives on.
    pub departure: Moment,
    /// What the stop costs: its leg in, its fit, its lateness.
    pub receipt: Receipt,
}

/// One break taken, on the road or at the place of the next stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedBreak {
    /// Start.
    pub start: Moment,
    /// End.
    pub end: Moment,
}

/// One shift's day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRoute {
    /// The shift.
    pub shift: ShiftIx,
    /// Departure from the start place.
    pub leave: Moment,
    /// Stops in order; never empty.
    pub stops: Vec<PlannedStop>,
    /// Breaks in order; those that fall after the return are not listed.
    pub breaks: Vec<PlannedBreak>,
    /// Driving from the last stop to the end place.
    pub drive_back: Seconds,
    /// Arrival at the end place.
    pub back: Moment,
    /// What the route costs: its stops, its way back, its overtime.
    pub receipt: Receipt,
}

/// Why a ticket is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No engineer could serve it even with an empty day: for each hard rule that stops somebody, how
    /// many engineers it stops. The counts sum to the roster.
    Impossible(Vec<(Barrier, u32)>),
    /// Somebody could serve it, but every place in the plan is taken by work that is worth more. The
    /// number says how many engineers could serve it with an empty day.
    LostTrade {
        /// Engineers who could serve it with an empty day.
        able: u32,
    },
    /// It needs more engineers at once than could ever start together, even with empty days.
    TooFewTogether {
        /// Engineers who could serve it with an empty day.
        able: u32,
        /// The most of them who could start at one moment.
        together: u32,
    },
    /// It waits for this ticket, which nobody serves.
    PredecessorUnserved(TicketIx),
}

/// A ticket that no route serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// The ticket.
    pub ticket: TicketIx,
    /// Why.
    pub reason: Reason,
}

/// How a search came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has not: the plan was shown while the search went on.
    Running,
    /// The round budget was used up.
    Rounds,
    /// The time was used up.
    Deadline,
    /// Nothing better was found for the given number of rounds.
    Stale,
    /// The caller stopped it.
    Cancelled,
    /// There was nothing to search: no ticket, or nobody to serve one.
    Proven,
}

/// What is needed to replay a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The seed.
    pub seed: u64,
    /// Rounds of ruin and recreate.
    pub rounds: u64,
    /// How it ended.
    pub ended: Ended,
}

/// What no plan of a problem falls below, made for one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Every plan loses at least so much priority, and one that loses no more leaves at least so many tickets
    /// unserved; its seconds are 0.
    pub lost: Price,
    /// No plan that loses no more than the one it was made for costs fewer seconds.
    pub seconds: Seconds,
}

impl Bound {
    /// Whether no plan can lose less than one of this price.
    pub fn proves_least_lost(&self, price: Price) -> bool {
        self.lost == Price { seconds: Seconds::ZERO, ..price }
    }

    /// By how much the seconds of a price lie above the bound, as a share of the bound; `None` if the bound is 0 and
    /// they are not.
    pub fn gap(&self, price: Price) -> Option<f64> {
        match self.seconds.0 {
            0 => (price.seconds.0 == 0).then_some(0.0),
            least => Some((price.seconds - self.seconds).0 as f64 / least as f64),
        }
    }
}

/// Routes, and tickets that no route serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Routes with at least one stop, in the order of their shifts.
    pub routes: Vec<PlannedRoute>,
    /// Tickets not served, in the order of the problem.
    pub unserved: Vec<Unserved>,
    /// The sum of the routes' receipts.
    pub receipt: Receipt,
    /// The whole price.
    pub price: Price,
    /// What no plan falls below, if that was asked for.
    pub bound: Option<Bound>,
    /// How it was made.
    pub run: Run,
}
