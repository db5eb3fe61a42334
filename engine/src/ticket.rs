//! Tickets: the work that a customer waits for.

use crate::engineer::PlaceDraft;
use crate::geo::Place;
use crate::ids::{
    AssetIx, ClassIx, CustomerIx, EngineerIx, GoodIx, IssueIx, RoomIx, SkillIx, TerritoryIx, TicketIx,
};
use crate::units::{Moment, Seconds};
pub use crate::window::{Window, Windows};

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

/// Work that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BegunDraft {
    /// Who is there, or on the way: one, or the whole crew.
    pub engineers: Vec<String>,
    /// When work started; for those who are still on the way, when it will at the earliest.
    pub start: Moment,
    /// When it ends, if that is known better than from the ticket; not before now.
    pub until: Option<Moment>,
}

/// The other ticket of a tandem, and when this one may start, reckoned from that one's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TandemDraft {
    /// The id of the other ticket.
    pub with: String,
    /// It starts not before so much after that one; negative is before it, `None` any time before it.
    pub from: Option<Seconds>,
    /// It starts not later than so much after that one; `None` is any time after it.
    pub until: Option<Seconds>,
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
    /// Work time for engineers of a class, instead.
    pub work_by_class: Vec<(String, Seconds)>,
    /// Work before that, unless the stop before is at the same place.
    pub setup: Seconds,
    /// The same for engineers of a class, instead.
    pub setup_by_class: Vec<(String, Seconds)>,
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
    /// What is brought here, and takes room on the van from its start.
    pub delivers: Vec<(String, i64)>,
    /// What is taken along from here, and takes room on the van from then on.
    pub demand: Vec<(String, i64)>,
    /// What is taken along from that ticket is brought here: the same shift serves both, that one first,
    /// or neither.
    pub follows: Option<String>,
    /// What leaving the ticket unserved costs, in units of price, instead of its priority.
    pub prize: Option<Seconds>,
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
    /// A ticket that another engineer serves at about the same time, or nobody serves either.
    pub tandem: Option<TandemDraft>,
    /// A fixed engineer, and perhaps a fixed start.
    pub pin: Option<PinDraft>,
    /// If it is under way: it stays with these engineers and is their next stop, and their shift goes on from it.
    pub begun: Option<BegunDraft>,
}

/// A skill that a sound ticket asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Work time for engineers of a class, instead; ascending by class.
    pub work_by_class: Box<[(ClassIx, Seconds)]>,
    /// Work before that, unless the stop before is at the same place.
    pub setup: Seconds,
    /// The same for engineers of a class, instead; ascending by class.
    pub setup_by_class: Box<[(ClassIx, Seconds)]>,
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
    /// Parts that it uses up, by index.
    pub parts: Box<[(GoodIx, i64)]>,
    /// What it puts off the van and what it puts on, by room.
    pub lifts: Box<[Lift]>,
    /// The other half of a pair.
    pub half: Option<Half>,
    /// What leaving it unserved costs, instead of its priority.
    pub prize: Option<Seconds>,
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
    /// The other ticket of a tandem.
    pub tandem: Option<Tandem>,
    /// True if an engineer was pinned; `required` then holds just them.
    pub pinned: bool,
    /// If it is under way, how long it takes.
    pub begun: Option<Lasting>,
}

/// How long work under way takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// As long as it would, but at least so long: until now.
    AtLeast(Seconds),
    /// So long, whoever is at it.
    Just(Seconds),
}

/// What a stop puts off the van and on it, of one dimension of capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lift {
    /// The dimension.
    pub room: RoomIx,
    /// Put off here; on the van from its start.
    pub off: i64,
    /// Put on here; stays to the end. Negative where the first half of a pair has put it on.
    pub on: i64,
}

/// A ticket's part in a pair that the same shift serves, the first before the second, or nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// It comes before that one.
    First(TicketIx),
    /// It comes after that one.
    Second(TicketIx),
}

/// A ticket's part in a tandem: two tickets that two engineers serve, or nobody. Each knows when the other starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tandem {
    /// The other ticket.
    pub other: TicketIx,
    /// That one starts not before so much after this one.
    pub from: Seconds,
    /// That one starts not later than so much after this one.
    pub until: Seconds,
    /// Whether this is the one that the other named. It stands for both where one of the two must.
    pub leads: bool,
}

impl Tandem {
    /// Longer than any two starts lie apart: no limit.
    pub const ANY: Seconds = Seconds(1 << 40);

    /// The moments at which the other ticket may start if this one starts then.
    pub fn window(&self, start: Moment) -> Window {
        Window { start: start + self.from, end: start + self.until }
    }
}

impl Ticket {
    /// How long it takes whoever would need so long, as it may be under way.
    pub fn takes(&self, usual: Seconds) -> Seconds {
        match self.begun {
            None => usual,
            Some(Lasting::AtLeast(least)) => usual.max(least),
            Some(Lasting::Just(told)) => told,
        }
    }

    /// Work time of an engineer of this class at the usual pace.
    pub fn work_for(&self, class: Option<ClassIx>) -> Seconds {
        for_class(&self.work_by_class, class).unwrap_or(self.work)
    }

    /// Work before that for an engineer of this class, unless the stop before is at the same place.
    pub fn setup_for(&self, class: Option<ClassIx>) -> Seconds {
        for_class(&self.setup_by_class, class).unwrap_or(self.setup)
    }

    /// Whether some engineer needs a setup for it.
    pub fn may_need_setup(&self) -> bool {
        self.setup.0 > 0 || self.setup_by_class.iter().any(|(_, setup)| setup.0 > 0)
    }

    /// The other ticket of its pair.
    pub fn partner(&self) -> Option<TicketIx> {
        self.half.map(|half| match half {
            Half::First(other) | Half::Second(other) => other,
        })
    }

    /// The ticket that is served if this one is, and only then: the other of its pair or of its tandem.
    pub fn companion(&self) -> Option<TicketIx> {
        self.partner().or(self.tandem.map(|tandem| tandem.other))
    }

    /// Whether this ticket's start depends on other routes: on the rest of its crew, on the other of its tandem, or
    /// on tickets that it waits for.
    pub fn needs_coordination(&self) -> bool {
        self.crew > 1 || self.tandem.is_some() || !self.after.is_empty()
    }

    /// Whether parts may be fetched for it on the way: not for crews, orders, pairs and tandems, which find theirs on
    /// the van.
    pub fn may_fetch(&self) -> bool {
        self.half.is_none() && !self.needs_coordination()
    }
}

fn for_class(list: &[(ClassIx, Seconds)], class: Option<ClassIx>) -> Option<Seconds> {
    let n = list.binary_search_by_key(&class?, |entry| entry.0).ok()?;
    Some(list[n].1)
}
