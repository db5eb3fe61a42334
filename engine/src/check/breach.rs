//! What the verifier tells: one breach for one promise that a plan does not keep.

use std::fmt;

use crate::ids::{Index, TicketIx};
use crate::problem::Problem;
use crate::rule::Barrier;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident => $word:literal,)*) => {
        /// The stable name of a kind of breach.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum BreachCode {
            $($(#[$doc])* $name,)*
        }

        impl BreachCode {
            /// All of them.
            pub const ALL: &[BreachCode] = &[$(BreachCode::$name,)*];

            /// The stable name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(BreachCode::$name => $word,)*
                }
            }
        }
    };
}

codes! {
    /// A route for a shift that the problem does not have.
    UnknownShift => "unknown-shift",
    /// A ticket that the problem does not have.
    UnknownTicket => "unknown-ticket",
    /// A time or length that no plan of a sound problem can hold.
    AbsurdNumber => "absurd-number",
    /// A shift with more than one route.
    ShiftTwice => "shift-twice",
    /// Routes that do not stand in the order of their shifts.
    RoutesOutOfOrder => "routes-out-of-order",
    /// A route without stops.
    EmptyRoute => "empty-route",
    /// A ticket that is neither served nor unserved.
    TicketMissing => "ticket-missing",
    /// A ticket that stands in the plan more often than it may.
    TicketTwice => "ticket-twice",
    /// Unserved tickets that do not stand in the order of the problem.
    UnservedOutOfOrder => "unserved-out-of-order",
    /// A ticket for several engineers that is served by fewer or more of them.
    CrewIncomplete => "crew-incomplete",
    /// A crew that does not start at one moment.
    CrewApart => "crew-apart",
    /// A ticket that starts before one it waits for has ended, or though that one is unserved.
    BeforeItsTurn => "before-its-turn",
    /// A route for a shift that the clock or an absence has eaten.
    OffDuty => "off-duty",
    /// Departure from the start place before the shift starts.
    LeavesTooEarly => "leaves-too-early",
    /// Return after the shift's end and the longest overtime.
    ReturnsTooLate => "returns-too-late",
    /// A drive of another length than the travel says.
    Drive => "drive",
    /// An arrival that does not follow from departure, drive and breaks.
    Arrival => "arrival",
    /// Work that starts before drive and breaks are over.
    StartTooEarly => "start-too-early",
    /// Work that starts outside every window of its ticket.
    Window => "window",
    /// A departure other than start plus work.
    Departure => "departure",
    /// A return that does not follow from the last departure, drive and breaks.
    Return => "return",
    /// A break neither taken nor possible after the return.
    BreakMissing => "break-missing",
    /// More breaks than the shift has.
    BreakUnknown => "break-unknown",
    /// A break that starts before the one before it has ended.
    BreakOrder => "break-order",
    /// A break that is not taken whole, or is longer than it should be.
    BreakLength => "break-length",
    /// A break that starts outside its own span, or before the shift.
    BreakWindow => "break-window",
    /// A break during work or across the departure from the start place.
    BreakOverlap => "break-overlap",
    /// A break taken while the van carries more than it allows.
    BreakLoad => "break-load",
    /// A required skill is missing or its level too low.
    Skill => "skill",
    /// A required certificate has lapsed.
    Certificate => "certificate",
    /// The place lies outside the engineer's territories.
    Territory => "territory",
    /// The route uses up more than the van holds, or carries more than it has room for.
    Goods => "goods",
    /// Parts are fetched at a depot that the problem does not have.
    UnknownDepot => "unknown-depot",
    /// Parts are fetched more than once in a shift.
    FetchedTwice => "fetched-twice",
    /// The ticket forbids this engineer.
    Forbidden => "forbidden",
    /// The ticket requires or is pinned to somebody else.
    NotRequired => "not-required",
    /// Bound by repeat to somebody else, and the policy is strict.
    Bound => "bound",
    /// More tickets than the shift may hold.
    MaxTickets => "max-tickets",
    /// More work than the shift may hold.
    MaxWork => "max-work",
    /// More driving than the shift may hold.
    MaxDrive => "max-drive",
    /// More metres than the shift may hold.
    MaxDistance => "max-distance",
    /// A longer time from leaving to being back than the shift may take.
    MaxSpan => "max-span",
    /// Two tickets of a pair that one shift does not serve in their order.
    PairApart => "pair-apart",
    /// Two tickets of a tandem that two engineers do not serve at moments that go together.
    TandemApart => "tandem-apart",
    /// A feasible schedule, but not the one that the two steps of the design give.
    NotTheSchedule => "not-the-schedule",
    /// A price below the bound that the plan brings along.
    BelowBound => "below-bound",
    /// A stop's receipt that is not what the stop costs.
    StopReceipt => "stop-receipt",
    /// A route's receipt that is not what the route costs.
    RouteReceipt => "route-receipt",
    /// A plan's receipt that is not the sum of its routes.
    PlanReceipt => "plan-receipt",
    /// A plan's price that is not its unserved tickets and its receipt.
    PlanPrice => "plan-price",
    /// A reason that is not one for this kind of ticket.
    FalseReason => "false-reason",
    /// Called impossible with the wrong count of barriers.
    FalseCounts => "false-counts",
    /// Called impossible though somebody could serve it with an empty day.
    NotImpossible => "not-impossible",
    /// Called a lost trade with the wrong number of able engineers.
    FalseAble => "false-able",
    /// Left unserved though some place in the plan could take it.
    CouldBeServed => "could-be-served",
}

impl BreachCode {
    /// The code for a stop that breaks a hard rule.
    pub(super) fn of(rule: Barrier) -> BreachCode {
        match rule {
            Barrier::Forbidden => BreachCode::Forbidden,
            Barrier::NotRequired => BreachCode::NotRequired,
            Barrier::Bound => BreachCode::Bound,
            Barrier::Skill => BreachCode::Skill,
            Barrier::Certificate => BreachCode::Certificate,
            Barrier::Territory => BreachCode::Territory,
            Barrier::Goods => BreachCode::Goods,
            Barrier::Absent | Barrier::OffDuty => BreachCode::OffDuty,
            Barrier::Quota => BreachCode::MaxWork,
            Barrier::Window => BreachCode::Window,
            Barrier::TooFar => BreachCode::ReturnsTooLate,
        }
    }
}

/// One promise that a plan does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The kind of breach.
    pub code: BreachCode,
    /// The engineer whose route it is about.
    pub engineer: Option<String>,
    /// The ticket that it is about.
    pub ticket: Option<String>,
    /// What was found and what was expected, in one sentence without a full stop.
    pub says: String,
}

impl Breach {
    /// A breach of the whole plan.
    pub(super) fn new(code: BreachCode, says: impl Into<String>) -> Breach {
        Breach { code, engineer: None, ticket: None, says: says.into() }
    }

    /// The same breach, on this engineer's route.
    pub(super) fn by(mut self, engineer: &str) -> Breach {
        self.engineer = Some(engineer.to_owned());
        self
    }

    /// The same breach, about this ticket.
    pub(super) fn on(mut self, ticket: &str) -> Breach {
        self.ticket = Some(ticket.to_owned());
        self
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] ", self.code.as_str())?;
        if let Some(engineer) = &self.engineer {
            write!(f, "engineer {engineer:?}: ")?;
        }
        if let Some(ticket) = &self.ticket {
            write!(f, "ticket {ticket:?}: ")?;
        }
        write!(f, "{}", self.says)
    }
}

/// The caller's id of a ticket, if the problem has it.
pub(super) fn ticket_id(problem: &Problem, ticket: TicketIx) -> Option<&str> {
    problem.tickets().get(ticket.at()).map(|ticket| &*ticket.id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = BreachCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), BreachCode::ALL.len());
    }
}
