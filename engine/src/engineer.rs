//! Engineers: who can go, from where, when, and with what.

use std::ops::Range;

use crate::geo::{LatLon, Place};
use crate::ids::{EngineerIx, GoodIx, SkillIx, TerritoryIx};
use crate::units::{Moment, Seconds};

/// The most breaks that one shift may hold; route timing keeps one figure per break already taken.
pub const MAX_BREAKS: usize = 4;

/// A place as the caller names it: coordinates, a row of the travel table, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlaceDraft {
    /// Coordinates in degrees.
    pub point: Option<LatLon>,
    /// Row of the given travel table.
    pub row: Option<u32>,
}

/// A moment together with the offset from UTC in which the caller wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The moment.
    pub moment: Moment,
    /// Seconds east of UTC.
    pub offset_s: i32,
}

/// A calendar date as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Stamp {
    /// The calendar date on the caller's wall.
    pub fn day(self) -> Day {
        Day((self.moment.0 + i64::from(self.offset_s)).div_euclid(86_400) as i32)
    }

    /// Midnight at the start of that date.
    pub fn midnight(self) -> Moment {
        Moment(i64::from(self.day().0) * 86_400 - i64::from(self.offset_s))
    }
}

/// A skill as the caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillDraft {
    /// The skill's name.
    pub name: String,
    /// Level 1 (beginner) to 5 (expert).
    pub level: u8,
    /// Last day on which the certificate is valid; `None` never lapses.
    pub valid_until: Option<Day>,
}

/// A break as the caller names it: taken wholly between two times of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakDraft {
    /// Earliest start, in seconds after midnight of the shift's first day (local time).
    pub start: Seconds,
    /// Latest end; not after `start` means the next day.
    pub end: Seconds,
    /// Length.
    pub length: Seconds,
}

/// A shift as the caller names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShiftDraft {
    /// Earliest departure from the start place.
    pub start: Stamp,
    /// Latest return to the end place.
    pub end: Stamp,
    /// Breaks in the order in which they are taken.
    pub breaks: Vec<BreakDraft>,
    /// Most tickets in this shift; `None` leaves it to the policy.
    pub max_tickets: Option<u32>,
    /// Most work in this shift; `None` leaves it to the policy.
    pub max_work: Option<Seconds>,
}

/// An engineer as the caller names them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineerDraft {
    /// The caller's id.
    pub id: String,
    /// Start and end of every shift, unless said otherwise.
    pub home: Option<PlaceDraft>,
    /// Where shifts start, if not at home.
    pub start: Option<PlaceDraft>,
    /// Where shifts end, if not at home.
    pub end: Option<PlaceDraft>,
    /// Shifts end wherever the last stop is.
    pub open_end: bool,
    /// Where the engineer is now; replaces the start place of a shift under way.
    pub position: Option<PlaceDraft>,
    /// Skills with levels and certificates.
    pub skills: Vec<SkillDraft>,
    /// Shifts, in any order, not overlapping.
    pub shifts: Vec<ShiftDraft>,
    /// Spans in which the engineer is away (sick, training): first moment, end.
    pub absences: Vec<(Moment, Moment)>,
    /// Territories in which the engineer works; none means everywhere.
    pub territories: Vec<String>,
    /// Parts on the van at the start of every shift.
    pub stock: Vec<(String, i64)>,
    /// Capacities of the van, per shift.
    pub capacity: Vec<(String, i64)>,
    /// Driving speed against the travel times, in thousandths; 1000 is normal, 2000 twice as fast.
    pub speed_permille: u32,
}

/// An engineer of a sound problem.
#[derive(Clone, Debug)]
pub struct Engineer {
    /// The caller's id.
    pub id: Box<str>,
    /// The engineer's shifts among the problem's, in the order of their starts.
    pub shifts: Range<u32>,
    /// Territories in which the engineer works; none means everywhere.
    pub territories: Box<[TerritoryIx]>,
}

/// A break of a sound shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// Earliest start.
    pub earliest: Moment,
    /// Latest start.
    pub latest: Moment,
    /// Length.
    pub length: Seconds,
}

/// A shift of a sound problem: what one route is planned for.
#[derive(Clone, Debug)]
pub struct Shift {
    /// Whose shift it is.
    pub engineer: EngineerIx,
    /// Its place in the caller's list of the engineer's shifts.
    pub number: u32,
    /// Earliest departure; never before the problem's `now`.
    pub start: Moment,
    /// Regular end; later is overtime.
    pub end: Moment,
    /// Latest return, overtime included.
    pub latest_return: Moment,
    /// Length as the caller gave it, which load is measured against; at least one second.
    pub length: Seconds,
    /// False if an absence or the clock has eaten the whole shift.
    pub on_duty: bool,
    /// True if it was an absence that ate it.
    pub absent: bool,
    /// Where the route begins.
    pub from: Place,
    /// Where the route ends; `None` ends it at the last stop.
    pub to: Option<Place>,
    /// Breaks still to be taken, in order.
    pub breaks: Box<[Break]>,
    /// Skills whose certificate covers the whole shift, by index, with levels.
    pub skills: Box<[(SkillIx, u8)]>,
    /// Skills whose certificate has lapsed by the day on which the shift ends.
    pub lapsed: Box<[(SkillIx, u8)]>,
    /// Parts and capacities at the start, by index.
    pub goods: Box<[(GoodIx, i64)]>,
    /// Driving speed against the travel times, in thousandths.
    pub speed_permille: u32,
    /// Most tickets.
    pub max_tickets: u32,
    /// Most work.
    pub max_work: Seconds,
    /// Seconds east of UTC in which the caller wrote the shift.
    pub offset_s: i32,
}

impl Shift {
    /// The level at which this shift's engineer may use `skill`; 0 is none. `O(log skills)`.
    pub fn level(&self, skill: SkillIx) -> u8 {
        level_in(&self.skills, skill)
    }

    /// The level that the engineer would have, had the certificate not lapsed.
    pub fn lapsed_level(&self, skill: SkillIx) -> u8 {
        level_in(&self.lapsed, skill)
    }

    /// How much of a part or capacity the van holds at the start; 0 if it was never named.
    pub fn holds(&self, good: GoodIx) -> i64 {
        self.goods.binary_search_by_key(&good, |held| held.0).map_or(0, |n| self.goods[n].1)
    }
}

fn level_in(levels: &[(SkillIx, u8)], skill: SkillIx) -> u8 {
    levels.binary_search_by_key(&skill, |known| known.0).map_or(0, |n| levels[n].1)
}
