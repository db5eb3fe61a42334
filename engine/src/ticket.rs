//! Tickets: the work that a customer waits for.

use std::ops::Deref;

use smallvec::SmallVec;

use crate::engineer::PlaceDraft;
use crate::geo::Place;
use crate::ids::{AssetIx, CustomerIx, EngineerIx, GoodIx, IssueIx, SkillIx, TerritoryIx, TicketIx};
use crate::units::{Moment, Seconds};

/// What kind of request a ticket is; the policy gives each its urgency and its SLA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketType {
    /// The customer complains.
    Complaint,
    /// Something is broken.
    #[default]
    Repair,
    /// Something new is to be put in.
    Installation,
    /// The customer asks.
    Question,
}

impl TicketType {
    /// All of them, in the order of the tables that they index.
    pub const ALL: [TicketType; 4] =
        [TicketType::Complaint, TicketType::Repair, TicketType::Installation, TicketType::Question];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            TicketType::Complaint => "complaint",
            TicketType::Repair => "repair",
            TicketType::Installation => "installation",
            TicketType::Question => "question",
        }
    }
}

/// A span in which work may start, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First moment.
    pub start: Moment,
    /// Last moment.
    pub end: Moment,
}

/// Windows in which work may start: ascending, not overlapping, never empty. Two of them lie in place;
/// a search asks for them too often to follow a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows(SmallVec<[Window; 2]>);

impl Windows {
    /// One window that spans all time.
    pub fn any_time() -> Windows {
        Windows::from(vec![Window { start: Moment::PAST, end: Moment::NEVER }])
    }

    /// The earliest moment at or after `arrival` at which work may start, or `None` if every window
    /// has closed. `O(windows)`.
    pub fn first_start(&self, arrival: Moment) -> Option<Moment> {
        self.iter().find(|window| arrival <= window.end).map(|window| arrival.max(window.start))
    }

    /// The latest moment at or before `bound` at which work may start, or `None` if no window has
    /// opened by then. `O(windows)`.
    pub fn last_start(&self, bound: Moment) -> Option<Moment> {
        self.iter().rev().find(|window| window.start <= bound).map(|window| bound.min(window.end))
    }
}

impl From<Vec<Window>> for Windows {
    /// Joins windows that overlap or touch; none at all means any time.
    fn from(mut windows: Vec<Window>) -> Windows {
        if windows.is_empty() {
            return Windows::any_time();
        }
        windows.sort_unstable();
        let mut joined: SmallVec<[Window; 2]> = SmallVec::new();
        for window in windows {
            match joined.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => joined.push(window),
            }
        }
        Windows(joined)
    }
}

impl Deref for Windows {
    type Target = [Window];

    fn deref(&self) -> &[Window] {
        &self.0
    }
}

/// A skill that a ticket asks for, as the caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedDraft {
    /// The skill's name.
    pub skill: String,
    /// Required level, 1-5.
    pub level: u8,
    /// Preferred level, at least `level`; `None` prefers the required one.
    pub preferred: Option<u8>,
}

/// What the conversation with the customer sounded like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversation {
    /// Unhappy keywords counted in it.
    pub keywords: f64,
    /// How many are usual.
    pub baseline: f64,
}

/// A fixed engineer, and perhaps a fixed start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinDraft {
    /// The engineer who must go.
    pub engineer: String,
    /// The moment at which work must start.
    pub start: Option<Moment>,
}

/// A ticket as the caller names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TicketDraft {
    /// The caller's id.
    pub id: String,
    /// The customer; without one the ticket has no history.
    pub customer: Option<String>,
    /// The asset that the issue is about; counts as the customer for repeats.
    pub asset: Option<String>,
    /// The issue kind, as visits name it.
    pub issue: Option<String>,
    /// Complaint, repair, installation or question.
    pub kind: TicketType,
    /// Where.
    pub place: PlaceDraft,
    /// Work time on site at the usual pace.
    pub work: Seconds,
    /// Skills asked for; all of them.
    pub requires: Vec<NeedDraft>,
    /// Appointment windows for the start of work; none means any time.
    pub windows: Vec<Window>,
    /// When the customer reported it; the policy's SLA counts from here, else from `now`.
    pub reported: Option<Moment>,
    /// SLA: work must have started by then; `None` leaves it to the policy.
    pub respond_by: Option<Moment>,
    /// SLA: work must have ended by then; `None` leaves it to the policy.
    pub resolve_by: Option<Moment>,
    /// Priority 0-100; `None` derives it from the facts.
    pub priority: Option<u8>,
    /// The customer's tier, by the policy's names.
    pub tier: Option<String>,
    /// What the conversation sounded like.
    pub conversation: Option<Conversation>,
    /// Parts that the work uses up.
    pub parts: Vec<(String, i64)>,
    /// Capacity that the work takes on the van.
    pub demand: Vec<(String, i64)>,
    /// Only these engineers may go; none means anyone.
    pub required: Vec<String>,
    /// These engineers are liked; going with another costs the policy's preference.
    pub preferred: Vec<String>,
    /// These engineers may not go.
    pub forbidden: Vec<String>,
    /// How many engineers must start together.
    pub crew: u8,
    /// Tickets that must have ended before this one starts.
    pub after: Vec<String>,
    /// A fixed engineer, and perhaps a fixed start.
    pub pin: Option<PinDraft>,
}

/// A skill that a sound ticket asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The skill.
    pub skill: SkillIx,
    /// Required level.
    pub level: u8,
    /// Preferred level, at least the required one.
    pub preferred: u8,
}

/// A ticket of a sound problem, or one checked against it.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The caller's id.
    pub id: Box<str>,
    /// The customer, or `UNKNOWN`.
    pub customer: CustomerIx,
    /// The asset, or `UNKNOWN`.
    pub asset: AssetIx,
    /// The issue kind, or `UNKNOWN`.
    pub issue: IssueIx,
    /// Complaint, repair, installation or question.
    pub kind: TicketType,
    /// Where.
    pub place: Place,
    /// Territories that hold the place.
    pub territories: Box<[TerritoryIx]>,
    /// Work time on site at the usual pace.
    pub work: Seconds,
    /// Skills asked for.
    pub requires: Box<[Need]>,
    /// Windows for the start of work; without an appointment one spans all time.
    pub windows: Windows,
    /// Work must have started by then; [`Moment::NEVER`] without an SLA.
    pub respond_by: Moment,
    /// Work must have ended by then; [`Moment::NEVER`] without an SLA.
    pub resolve_by: Moment,
    /// When it was reported.
    pub reported: Moment,
    /// Priority as given.
    pub priority: Option<u8>,
    /// Points of the customer's tier.
    pub tier_points: u8,
    /// What the conversation sounded like.
    pub conversation: Option<Conversation>,
    /// Parts and capacity that it uses, by index.
    pub goods: Box<[(GoodIx, i64)]>,
    /// Only these engineers may go, ascending; none means anyone.
    pub required: Box<[EngineerIx]>,
    /// Liked engineers, ascending.
    pub preferred: Box<[EngineerIx]>,
    /// Engineers who may not go, ascending.
    pub forbidden: Box<[EngineerIx]>,
    /// How many engineers must start together.
    pub crew: u8,
    /// Tickets that must have ended before this one starts.
    pub after: Box<[TicketIx]>,
    /// True if an engineer was pinned; `required` then holds just them.
    pub pinned: bool,
}

impl Ticket {
    /// Whether this ticket needs what the planner cannot give yet: several engineers, or an order
    /// among tickets.
    pub fn needs_coordination(&self) -> bool {
        self.crew > 1 || !self.after.is_empty()
    }
}
