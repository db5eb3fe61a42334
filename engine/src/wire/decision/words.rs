//! Predicates about engineers, to be put behind an id: "E7 is away".

use crate::dispatch::RuledOut;
use crate::rule::Barrier;

/// What a hard rule says about an engineer.
pub fn barrier(barrier: Barrier) -> &'static str {
    match barrier {
        Barrier::Forbidden => "is forbidden by the ticket",
        Barrier::NotRequired => "is not one of the engineers that the ticket requires",
        Barrier::Bound => "is not one of the engineers that the repeat is bound to",
        Barrier::Skill => "lacks a required skill or its level",
        Barrier::Certificate => "holds a required certificate that has lapsed",
        Barrier::Territory => "does not work in that territory",
        Barrier::Goods => "lacks a part or the room for it on the van",
        Barrier::Absent => "is away (sick, on leave or in training)",
        Barrier::OffDuty => "has no shift left",
        Barrier::Quota => "may not take so much in a shift",
        Barrier::TooFar => "is too far away: drive and work outlast the shift",
        Barrier::Window => "cannot be there inside an appointment window",
    }
}

/// Why an engineer does not get the ticket.
pub fn ruled_out(why: RuledOut) -> &'static str {
    match why {
        RuledOut::Barrier(rule) => barrier(rule),
        RuledOut::NoRoom => "has no room left between the promised stops",
    }
}
