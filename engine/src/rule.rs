//! The rules by name: those that forbid and those that charge.

/// A hard rule that keeps an engineer's shift from serving a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Barrier {
    /// The ticket forbids this engineer.
    Forbidden,
    /// The ticket requires or is pinned to somebody else.
    NotRequired,
    /// Bound by repeat to somebody else, and the policy is strict.
    Bound,
    /// A required skill is missing or its level too low.
    Skill,
    /// A required certificate has lapsed by the day of the visit.
    Certificate,
    /// The place lies outside the engineer's territories.
    Territory,
    /// The van lacks a part or the room.
    Goods,
    /// The engineer is away.
    Absent,
    /// The engineer has no shift left.
    OffDuty,
    /// The shift may hold no ticket, or less work than this one needs.
    Quota,
    /// Drive and work outlast the shift, whatever the appointment.
    TooFar,
    /// No appointment window leaves time for the drive and the breaks inside the shift.
    Window,
}

impl Barrier {
    /// All of them, in the order in which they are told.
    pub const ALL: [Barrier; 12] = [
        Barrier::Forbidden,
        Barrier::NotRequired,
        Barrier::Bound,
        Barrier::Skill,
        Barrier::Certificate,
        Barrier::Territory,
        Barrier::Goods,
        Barrier::Absent,
        Barrier::OffDuty,
        Barrier::Quota,
        Barrier::TooFar,
        Barrier::Window,
    ];

    /// The stable name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Barrier::Forbidden => "forbidden",
            Barrier::NotRequired => "not-required",
            Barrier::Bound => "bound",
            Barrier::Skill => "skill",
            Barrier::Certificate => "certificate",
            Barrier::Territory => "territory",
            Barrier::Goods => "goods",
            Barrier::Absent => "absent",
            Barrier::OffDuty => "off-duty",
            Barrier::Quota => "quota",
            Barrier::Window => "window",
            Barrier::TooFar => "too-far",
        }
    }
}

/// A line of a receipt: a rule that charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// Sending anyone out in the shift at all.
    Callout,
    /// Driving.
    Driving,
    /// Work, where its time costs anything.
    Work,
    /// Waiting on the way, where its time costs anything.
    Waiting,
    /// Skill levels that do not match the preferred ones.
    Skill,
    /// The chance that the issue is not resolved at the first go.
    History,
    /// Work piled up in one shift.
    Load,
    /// An engineer other than a preferred one.
    Preference,
    /// An engineer other than the one bound by repeat.
    Binding,
    /// Lateness against the SLA.
    Lateness,
    /// Overtime.
    Overtime,
    /// Hours used that are paid in any case; never above nothing.
    Guarantee,
}

impl Line {
    /// All of them, in the order of a receipt.
    pub const ALL: [Line; 12] = [
        Line::Callout,
        Line::Driving,
        Line::Work,
        Line::Waiting,
        Line::Skill,
        Line::History,
        Line::Load,
        Line::Preference,
        Line::Binding,
        Line::Lateness,
        Line::Overtime,
        Line::Guarantee,
    ];

    /// The stable name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Line::Callout => "callout",
            Line::Driving => "driving",
            Line::Work => "work",
            Line::Waiting => "waiting",
            Line::Skill => "skill",
            Line::History => "history",
            Line::Load => "load",
            Line::Preference => "preference",
            Line::Binding => "binding",
            Line::Lateness => "lateness",
            Line::Overtime => "overtime",
            Line::Guarantee => "guarantee",
        }
    }
}
