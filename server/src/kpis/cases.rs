//! The cases of a period, counted.

use std::collections::BTreeMap;

use paidan_engine::flaw::Code;
use paidan_engine::units::{Moment, Seconds};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Counted, Tally};
use crate::live::{ClosingDoc, Fleet, OpeningDoc, cases_from};
use crate::refusal::Refusal;
use crate::store::{Kind, Page, Read};

/// Records read at a time.
const AT_A_TIME: usize = 10_000;

/// By what cases are taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KpiBy, examples("engineer"))]
pub enum By {
    /// By who went; what a crew did counts for each of them.
    Engineer,
    /// By the kind of issue.
    Issue,
    /// By territory; what lies in several counts in each.
    Territory,
    /// By the day on the fleet's wall.
    Day,
}

impl By {
    /// All of them.
    pub const ALL: [By; 4] = [By::Engineer, By::Issue, By::Territory, By::Day];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Engineer => "engineer",
            By::Issue => "issue",
            By::Territory => "territory",
            By::Day => "day",
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// From this moment on ...
    pub from: Moment,
    /// ... and before this one.
    pub to: Moment,
    /// The fleet's offset from UTC, in seconds.
    pub offset_s: i32,
    /// By what, if not only all together.
    pub by: Option<By>,
}

impl Period {
    fn holds(&self, at: i64) -> bool {
        (self.from.0..self.to.0).contains(&at)
    }

    /// The day of a moment.
    fn day(&self, at: i64) -> Option<String> {
        let text = paidan_engine::wire::rfc3339(Moment(at), self.offset_s);
        text.get(..10).map(str::to_owned)
    }

    /// The words of a case.
    fn words(&self, at: i64, issue: Option<&str>, territories: &[String]) -> Vec<Option<String>> {
        match self.by {
            None | Some(By::Engineer) => Vec::new(),
            Some(By::Issue) => vec![issue.map(str::to_owned)],
            Some(By::Territory) if territories.is_empty() => vec![None],
            Some(By::Territory) => territories.iter().cloned().map(Some).collect(),
            Some(By::Day) => vec![self.day(at)],
        }
    }
}

/// The tickets of a period, counted, before the fleet is asked.
#[derive(Debug)]
pub struct Tickets {
    counted: Counted,
    period: Period,
    /// Work that was ended, by engineer and beginning of the shift.
    done: BTreeMap<(String, i64), Seconds>,
    /// Territories of tickets done, by ticket and moment; if that is asked.
    places: BTreeMap<(String, i64), Vec<String>>,
}

impl Tickets {
    /// Counts the tickets that were opened and closed in a period, unless they are more than `most`. `O(log n)`, and those
    /// of the period.
    ///
    /// # Errors
    /// There are more; the store's trouble.
    pub fn count(
        (read, tenant): (&dyn Read, &str),
        period: Period,
        most: usize,
    ) -> Result<Tickets, Refusal> {
        let mut counted = Counted::default();
        counted.total.opened = Some(0);
        let (mut done, mut places) = (BTreeMap::new(), BTreeMap::new());
        let mut left = most;
        each(read, tenant, Kind::Opening, period, &mut left, |opening: OpeningDoc| {
            let words = period.words(opening.at, opening.issue.as_deref(), &opening.territories);
            counted.each(words, |tally| *tally.opened.get_or_insert(0) += 1);
        })?;
        each(read, tenant, Kind::Closing, period, &mut left, |closing: ClosingDoc| {
            close(&mut counted, period, &closing);
            if closing.is_done {
                for share in closing.shares {
                    let sum: &mut Seconds = done.entry((share.engineer, share.shift)).or_default();
                    *sum += Seconds(share.work_s);
                }
                if period.by == Some(By::Territory) {
                    places.insert((closing.ticket, closing.at), closing.territories);
                }
            }
        })?;
        Ok(Tickets { counted, period, done, places })
    }

    /// The same with the visits and shifts of a fleet. `O(visits + shifts)`.
    pub fn and_fleet(self, fleet: &Fleet) -> Counted {
        let Tickets { mut counted, period, done, places } = self;
        visits(&mut counted, fleet, period, &places);
        loads(&mut counted, fleet, period, &done);
        if period.by.is_some_and(|by| by != By::Engineer) {
            counted.groups.values_mut().for_each(|tally| _ = tally.opened.get_or_insert(0));
        }
        counted
    }
}

/// Each record of a kind that stands in the order of time, in a period.
fn each<T: DeserializeOwned + Timed>(
    read: &dyn Read,
    tenant: &str,
    kind: Kind,
    period: Period,
    left: &mut usize,
    mut note: impl FnMut(T),
) -> Result<(), Refusal> {
    let mut after = cases_from(period.from.0);
    loop {
        let page = read.page(tenant, kind, Page { tag: None, after: &after, most: AT_A_TIME })?;
        for record in &page {
            let case: T = record.document()?;
            if !period.holds(case.at()) {
                return Ok(());
            }
            *left = left.checked_sub(1).ok_or_else(too_many)?;
            note(case);
        }
        match page.last() {
            Some(last) if page.len() == AT_A_TIME => after.clone_from(&last.id),
            _ => return Ok(()),
        }
    }
}

fn too_many() -> Refusal {
    let found = "more tickets were opened and closed in it than the limit kpi_cases";
    Refusal::flaw(Code::TooLarge, "query.from", found, "ask for a shorter period")
}

/// What stands in the order of time.
trait Timed {
    fn at(&self) -> i64;
}

impl Timed for OpeningDoc {
    fn at(&self) -> i64 {
        self.at
    }
}

impl Timed for ClosingDoc {
    fn at(&self) -> i64 {
        self.at
    }
}

/// Counts a ticket that was done or cancelled.
fn close(counted: &mut Counted, period: Period, closing: &ClosingDoc) {
    let words = period.words(closing.at, closing.issue.as_deref(), &closing.territories);
    let drive = closing.shares.iter().map(|share| share.drive_s).sum::<Option<i64>>();
    let work = closing.shares.iter().map(|share| share.work_s).sum();
    counted.each(words, |tally| note(tally, closing, drive, work));
    if period.by == Some(By::Engineer) {
        for share in &closing.shares {
            let tally = counted.groups.entry(Some(share.engineer.clone())).or_default();
            note(tally, closing, share.drive_s, share.work_s);
        }
        if closing.shares.is_empty() {
            note(counted.groups.entry(None).or_default(), closing, drive, work);
        }
    }
}

fn note(tally: &mut Tally, closing: &ClosingDoc, drive_s: Option<i64>, work_s: i64) {
    if !closing.is_done {
        tally.cancelled += 1;
        return;
    }
    tally.done += 1;
    let began_in_time = closing.respond_by.zip(closing.on_site).map(|(by, began)| began <= by);
    let ended_in_time = closing.resolve_by.map(|by| closing.at <= by);
    if began_in_time.or(ended_in_time).is_some() {
        tally.late.note(began_in_time == Some(false) || ended_in_time == Some(false));
    }
    if let Some(is_kept) = began_in_time {
        tally.respond.note(is_kept);
    }
    if let Some(is_kept) = ended_in_time {
        tally.resolve.note(is_kept);
    }
    if let Some(began) = closing.on_site {
        tally.responses.push(began - closing.reported);
    }
    tally.repeats.note(closing.is_repeat);
    if let Some(is_kept) = closing.bound {
        tally.bound.note(is_kept);
    }
    if let Some(drive) = drive_s {
        tally.drive.0 += Seconds(drive);
        tally.drive.1 += 1;
    }
    tally.work.0 += Seconds(work_s);
    tally.work.1 += 1;
}

/// Counts the visits of the period. Those that no ticket of the desk has led to lie in no territory.
fn visits(
    counted: &mut Counted,
    fleet: &Fleet,
    period: Period,
    places: &BTreeMap<(String, i64), Vec<String>>,
) {
    for (visit, is_fix) in fleet.outcomes().filter(|(visit, _)| period.holds(visit.end.0)) {
        let words = match period.by {
            Some(By::Engineer) => vec![Some(visit.engineer.clone())],
            Some(By::Territory) => {
                let known = places.get(&(visit.ticket.clone(), visit.end.0));
                period.words(visit.end.0, None, known.map_or(&[], Vec::as_slice))
            }
            _ => period.words(visit.end.0, Some(&visit.issue), &[]),
        };
        counted.each(words, |tally| {
            tally.fixes.note(is_fix);
            if let Some(rating) = visit.rating {
                tally.ratings += u64::from(rating);
                tally.satisfied.note(rating >= 4);
            }
        });
    }
}

/// Counts how full the shifts of the period are: in all, and by engineer or day if that is asked.
fn loads(counted: &mut Counted, fleet: &Fleet, period: Period, done: &BTreeMap<(String, i64), Seconds>) {
    let problem = fleet.desk().problem();
    // Work and length, by engineer alone and by engineer and day.
    let mut engineers: BTreeMap<&str, (Seconds, Seconds)> = BTreeMap::new();
    let mut days: BTreeMap<(Option<String>, &str), (Seconds, Seconds)> = BTreeMap::new();
    for index in problem.shift_indices() {
        let (shift, begins) = (problem.shift(index), fleet.begins(index));
        if fleet.is_away(index) || !period.holds(begins.0) {
            continue;
        }
        let who = problem.engineer_id(index);
        let ended = done.get(&(who.to_owned(), begins.0)).copied().unwrap_or_default();
        let work = fleet.booked(index) + ended;
        let add = |(booked, length): &mut (Seconds, Seconds)| {
            *booked += work;
            *length += shift.length;
        };
        add(engineers.entry(who).or_default());
        if period.by == Some(By::Day) {
            add(days.entry((period.day(begins.0), who)).or_default());
        }
    }
    let share = |(booked, length): (Seconds, Seconds)| booked.0 as f64 / length.0.max(1) as f64;
    for (who, sums) in engineers {
        counted.total.loads.push(share(sums));
        if period.by == Some(By::Engineer) {
            counted.groups.entry(Some(who.to_owned())).or_default().loads.push(share(sums));
        }
    }
    for ((day, _), sums) in days {
        counted.groups.entry(day).or_default().loads.push(share(sums));
    }
}
