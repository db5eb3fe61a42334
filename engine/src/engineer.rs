//! Engineers: who can go, from where, when, and with what.

use std::ops::Range;

use crate::geo::{LatLon, Place};
use crate::ids::{ClassIx, EngineerIx, GoodIx, Index, RoomIx, SkillIx, TerritoryIx};
use crate::prefetch::prefetch;
use crate::units::{Moment, Seconds};
use crate::window::{Window, Windows};

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

/// A break as the caller names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BreakDraft {
    /// When it may be taken.
    pub times: BreakTimes,
    /// Length.
    pub length: Seconds,
    /// It is taken only while the van carries no more than this of each room named.
    pub max_load: Vec<(String, i64)>,
}

impl BreakDraft {
    /// A break of this length, taken wholly between two times of day.
    pub fn daily(start: Seconds, end: Seconds, length: Seconds) -> BreakDraft {
        BreakDraft { times: BreakTimes::Daily(start, end), length, max_load: Vec::new() }
    }
}

/// When a break may be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BreakTimes {
    /// Wholly between two times of day, in seconds after midnight of the shift's first day (local time);
    /// an end not after the start means the next day.
    Daily(Seconds, Seconds),
    /// It starts inside one of these windows, which need not lie inside the shift.
    Starts(Vec<Window>),
}

impl Default for BreakTimes {
    fn default() -> BreakTimes {
        BreakTimes::Starts(Vec::new())
    }
}

/// What a shift costs beside its driving time. Amounts are in units of price, which are seconds of driving
/// in our own documents; rates are in thousandths of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// For sending anyone out in a shift at all.
    pub callout: Seconds,
    /// For a second of driving, or for one unit of the travel table's costs where it has them.
    pub drive: i64,
    /// For a metre driven.
    pub metre: i64,
    /// For a second of work.
    pub work: i64,
    /// For a second between leaving and being back that is neither driven nor worked nor a break.
    pub wait: i64,
    /// What a second of driving or work saves of those that are paid in any case ...
    pub guarantee: i64,
    /// ... and how much of it is, in every shift.
    pub guaranteed: Seconds,
}

impl Rates {
    /// Whether a new stop may make a shift cheaper: where one waits for pay, or uses hours that are paid in any case.
    pub fn may_save(&self) -> bool {
        self.wait > 0 || self.guarantees()
    }

    /// Whether hours that are paid in any case cost less where they are used.
    pub fn guarantees(&self) -> bool {
        self.guarantee > 0 && self.guaranteed > Seconds::ZERO
    }
}

impl Default for Rates {
    /// A second of driving costs one unit, and nothing else costs anything.
    fn default() -> Rates {
        Rates {
            callout: Seconds::ZERO,
            drive: 1000,
            metre: 0,
            work: 0,
            wait: 0,
            guarantee: 0,
            guaranteed: Seconds::ZERO,
        }
    }
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
    /// Most driving in this shift.
    pub max_drive: Option<Seconds>,
    /// Most metres driven in this shift.
    pub max_metres: Option<i64>,
    /// Longest time from leaving to being back.
    pub max_span: Option<Seconds>,
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
    /// Shifts begin wherever the first stop is.
    pub open_start: bool,
    /// Shifts end wherever the last stop is.
    pub open_end: bool,
    /// Where the engineer is; replaces the start place of a shift under way.
    pub position: Option<PlaceDraft>,
    /// When they were there; `None` is now. In shifts that start later they start from where these do.
    pub position_at: Option<Moment>,
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
    /// Which of the given travel tables holds; `None` is the first.
    pub profile: Option<String>,
    /// What kind of engineer this is, where a ticket's work depends on that.
    pub class: Option<String>,
    /// What shifts cost beside their driving time.
    pub rates: Rates,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// When it may start.
    pub windows: Windows,
    /// Length.
    pub length: Seconds,
    /// The most of each room that the van may carry meanwhile; none is no limit.
    pub max_load: Option<Box<[i64]>>,
}

impl Break {
    /// Earliest start.
    pub fn earliest(&self) -> Moment {
        self.windows[0].start
    }

    /// Latest start.
    pub fn latest(&self) -> Moment {
        self.windows[self.windows.len() - 1].end
    }
}

/// What is driven in a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Car {
    /// Which of the given travel tables holds.
    pub profile: u16,
    /// Driving speed against the travel times, in thousandths.
    pub speed_permille: u32,
    /// What driving and work cost.
    pub rates: Rates,
    /// Whether metres matter, for their price or for a limit.
    pub counts_metres: bool,
    /// Whether a drive costs just the time that it takes.
    pub fare_is_time: bool,
}

impl Default for Car {
    fn default() -> Car {
        Car {
            profile: 0,
            speed_permille: 1000,
            rates: Rates::default(),
            counts_metres: false,
            fare_is_time: true,
        }
    }
}

/// A shift of a sound problem: what one route is planned for.
#[derive(Clone, Debug, PartialEq)]
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
    /// Where the route begins; `None` begins it at the first stop.
    pub from: Option<Place>,
    /// Where the route ends; `None` ends it at the last stop.
    pub to: Option<Place>,
    /// Breaks still to be taken, in order.
    pub breaks: Box<[Break]>,
    /// Skills whose certificate covers the whole shift, by index, with levels.
    pub skills: Box<[(SkillIx, u8)]>,
    /// Skills whose certificate has lapsed by the day on which the shift ends.
    pub lapsed: Box<[(SkillIx, u8)]>,
    /// Parts on the van at the start, by index.
    pub stock: Box<[(GoodIx, i64)]>,
    /// How much the van takes of each room, by [`RoomIx`].
    pub rooms: Box<[i64]>,
    /// What is driven.
    pub car: Car,
    /// The engineer's class, by the problem's register; `None` is of no class.
    pub class: Option<ClassIx>,
    /// Most tickets.
    pub max_tickets: u32,
    /// Most work.
    pub max_work: Seconds,
    /// Most driving; [`Seconds::LONGEST`] is no limit.
    pub max_drive: Seconds,
    /// Most metres; `i64::MAX` is no limit.
    pub max_metres: i64,
    /// Longest time from leaving to being back, if there is a limit.
    pub max_span: Option<Seconds>,
    /// Seconds east of UTC in which the caller wrote the shift.
    pub offset_s: i32,
}

impl Shift {
    /// Prefetches what deciding who is able reads behind the shift's own lines.
    pub(crate) fn prefetch_skills(&self) {
        prefetch(&*self.skills);
    }

    /// The level at which this shift's engineer may use `skill`; 0 is none. `O(log skills)`.
    pub fn level(&self, skill: SkillIx) -> u8 {
        level_in(&self.skills, skill)
    }

    /// The level that the engineer would have, had the certificate not lapsed.
    pub fn lapsed_level(&self, skill: SkillIx) -> u8 {
        level_in(&self.lapsed, skill)
    }

    /// Whether another engineer's shift is the same in everything but whose it is. `O(skills + parts + breaks)`.
    pub fn is_twin(&self, other: &Shift) -> bool {
        Shift { engineer: other.engineer, number: other.number, ..self.clone() } == *other
    }

    /// Whether driving is limited, in time or metres.
    pub fn limits_drives(&self) -> bool {
        self.max_drive < Seconds::LONGEST || self.max_metres < i64::MAX
    }

    /// Whether a break may be taken only while the van carries little.
    pub fn has_break_under_load(&self) -> bool {
        self.breaks.iter().any(|pause| pause.max_load.is_some())
    }

    /// Whether it matters how long the time from leaving to being back is: for its limit, or since waiting costs.
    pub fn minds_span(&self) -> bool {
        self.leaves_late(true)
    }

    /// Whether one leaves as late as the earliest return allows, on a day on which nothing is late, or on one that
    /// cannot be so. On such a day nobody comes still later to wait for less: only a limit asks for that.
    pub fn leaves_late(&self, punctual: bool) -> bool {
        self.max_span.is_some() || punctual && self.car.rates.wait > 0
    }

    /// Whether only a whole schedule tells if a route of this shift is possible: where its span is limited,
    /// or breaks depend on the load.
    pub fn is_laid_out(&self) -> bool {
        self.max_span.is_some() || self.has_break_under_load()
    }

    /// How much of a part the van holds at the start; 0 if it was never named.
    pub fn holds(&self, good: GoodIx) -> i64 {
        self.stock.binary_search_by_key(&good, |held| held.0).map_or(0, |n| self.stock[n].1)
    }

    /// How much of a room the van has; 0 if it was never named.
    pub fn room(&self, room: RoomIx) -> i64 {
        self.rooms.get(room.at()).copied().unwrap_or(0)
    }
}

fn level_in(levels: &[(SkillIx, u8)], skill: SkillIx) -> u8 {
    levels.binary_search_by_key(&skill, |known| known.0).map_or(0, |n| levels[n].1)
}
