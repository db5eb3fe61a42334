//! What a write puts down for those who count later: that a ticket was opened, and what became of it in the end.
//!
//! Both are put by the write that did it and never change when others are written, so whatever is counted is exact after
//! any crash. They stand in the order of time, so a period is read without the rest.

use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft};
use paidan_engine::geo::{LatLon, Place};
use paidan_engine::ids::{Index, ShiftIx, TicketIx};
use paidan_engine::ticket::TicketDraft;
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::document::PlaceDoc;
use paidan_engine::wire::moment;
use serde::{Deserialize, Serialize};

use super::records::{TicketRecordDoc, TicketStateDoc};
use super::{Entry, Fleet};
use crate::refusal::Refusal;
use crate::store::{Kind, Record};

/// A ticket that was opened. Moments are in seconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpeningDoc {
    /// When, by its life.
    pub at: i64,
    /// The issue kind, if it was named.
    pub issue: Option<String>,
    /// The territories that it lies in.
    pub territories: Vec<String>,
}

/// A ticket that was done or cancelled. Moments are in seconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClosingDoc {
    /// The ticket.
    pub ticket: String,
    /// When, by its life.
    pub at: i64,
    /// Whether it was done; else it was cancelled.
    pub is_done: bool,
    /// The issue kind, if it was named.
    pub issue: Option<String>,
    /// The territories that it lies in.
    pub territories: Vec<String>,
    /// When it was reported, or else opened.
    pub reported: i64,
    /// When work first began, if that was told.
    pub on_site: Option<i64>,
    /// Work had to begin by then: its own SLA, or else that of the policy at the end of its life.
    pub respond_by: Option<i64>,
    /// Work had to end by then.
    pub resolve_by: Option<i64>,
    /// Whether its customer or asset had a visit for the same issue inside the policy's window before.
    pub is_repeat: bool,
    /// If it was bound to somebody: whether one of them went.
    pub bound: Option<bool>,
    /// Who went, or was to go.
    pub shares: Vec<ShareDoc>,
}

/// One engineer's share in a ticket that was closed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShareDoc {
    /// Who.
    pub engineer: String,
    /// When the shift begins in which it was promised; in seconds since 1970.
    pub shift: i64,
    /// The work that was booked for it.
    pub work_s: i64,
    /// The way to it, if that is known.
    pub drive_s: Option<i64>,
}

/// Where an engineer has ended work last.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LastStopDoc {
    /// When; in seconds since 1970.
    at: i64,
    place: PlaceDoc,
}

/// The place of a case in the order of time. A life has a number of its own, since a ticket that was closed may come again.
pub fn case_id(at: i64, record: &TicketRecordDoc) -> String {
    format!("{at:012}-{:012}-{}", record.opened, record.id)
}

/// What all ids of cases at this moment and later are behind.
pub fn cases_from(at: i64) -> String {
    format!("{:012}", at.max(0))
}

fn opened_at(record: &TicketRecordDoc) -> i64 {
    record.life.first().and_then(|first| moment(&first.at)).unwrap_or_default().0
}

impl Entry<'_> {
    /// Puts down that a ticket of the fleet was opened, or what it asks for since.
    ///
    /// # Errors
    /// There is no fleet.
    pub fn put_opening(&mut self, record: &TicketRecordDoc) -> Result<(), Refusal> {
        let territories = self.fleet()?.territories(&record.id);
        self.put_opening_in(record, territories)
    }

    /// The same, in these territories.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn put_opening_in(
        &mut self,
        record: &TicketRecordDoc,
        territories: Vec<String>,
    ) -> Result<(), Refusal> {
        let at = opened_at(record);
        let opening = OpeningDoc { at, issue: record.ticket.issue.clone(), territories };
        self.put(Kind::Opening, (&case_id(at, record), ""), &opening)
    }

    /// Forgets that a ticket was opened, as its life is to begin anew before it has ended.
    pub fn remove_opening(&mut self, record: &TicketRecordDoc) {
        self.remove(Kind::Opening, &case_id(opened_at(record), record));
    }

    /// Puts down that a ticket of the fleet is about to be done or cancelled, then. Before anything else learns of it: who
    /// it is promised to is still known, and its own visit is no earlier one.
    ///
    /// # Errors
    /// There is no fleet; the store's trouble.
    pub fn put_closing(
        &mut self,
        record: &TicketRecordDoc,
        (state, at): (TicketStateDoc, &str),
    ) -> Result<(), Refusal> {
        let at = moment(at).unwrap_or_default().0;
        let is_done = state == TicketStateDoc::Done;
        let fleet = self.fleet()?;
        let holders = fleet.holders(&record.id);
        let Some((ticket, draft)) = fleet.known(&record.id) else { return Err(Refusal::Bug) };
        let mut shares: Vec<(ShareDoc, ShiftIx)> =
            holders.iter().map(|&shift| (fleet.share(ticket, shift), shift)).collect();
        let mut closing = fleet.closing(record, (ticket, draft));
        let place = record.ticket.place;
        (closing.at, closing.is_done) = (at, is_done);
        if is_done {
            for (share, shift) in &mut shares {
                let last = self.record(Kind::LastStop, &share.engineer)?;
                let last: Option<LastStopDoc> = last.as_ref().map(Record::document).transpose()?;
                let fleet = self.fleet()?;
                // A step may be told behind a later one.
                let is_last =
                    last.as_ref().is_none_or(|last| !(at + 1..=fleet.now().0).contains(&last.at));
                let from = last.filter(|last| (share.shift..=at).contains(&last.at));
                share.drive_s = fleet.way(from.map(|last| draft_of(last.place)), ticket, *shift);
                if is_last {
                    self.put(Kind::LastStop, (&share.engineer, ""), &LastStopDoc { at, place })?;
                }
            }
        }
        closing.shares = shares.into_iter().map(|(share, _)| share).collect();
        self.put(Kind::Closing, (&case_id(at, record), ""), &closing)
    }
}

impl Fleet {
    /// A ticket that is open or promised, and what it asks for.
    fn known(&self, id: &str) -> Option<(TicketIx, &TicketDraft)> {
        Some((self.desk().problem().register().tickets.get(id)?, self.ticket(id)?))
    }

    /// The territories that a ticket lies in.
    pub(super) fn territories(&self, id: &str) -> Vec<String> {
        let problem = self.desk().problem();
        let Some((ticket, _)) = self.known(id) else { return Vec::new() };
        let names = &problem.register().territories;
        problem.ticket(ticket).territories.iter().map(|&area| names.name(area).to_owned()).collect()
    }

    /// What is known of a ticket at the end of its life, but for the end itself.
    fn closing(
        &self,
        record: &TicketRecordDoc,
        (ticket, draft): (TicketIx, &TicketDraft),
    ) -> ClosingDoc {
        let (desk, problem) = (self.desk(), self.desk().problem());
        let reported = draft.reported.unwrap_or(Moment(opened_at(record)));
        let sla = problem.policy().sla[draft.kind as usize];
        let due = |own: Option<Moment>, within: Option<Seconds>| {
            own.or(within.map(|within| reported + within)).map(|due| due.0)
        };
        // The first, if it was taken back from whoever had come.
        let began = record.life.iter().find(|step| step.state == TicketStateDoc::OnSite);
        let binding = desk.standing(problem.ticket(ticket)).binding;
        let goes: Vec<_> =
            desk.holders(ticket).iter().map(|&shift| problem.shift(shift).engineer).collect();
        ClosingDoc {
            ticket: record.id.clone(),
            at: 0,
            is_done: false,
            issue: record.ticket.issue.clone(),
            territories: self.territories(&record.id),
            reported: reported.0,
            on_site: began.and_then(|step| moment(&step.at)).map(|at| at.0),
            respond_by: due(draft.respond_by, sla.respond),
            resolve_by: due(draft.resolve_by, sla.resolve),
            is_repeat: desk.is_repeat(problem.ticket(ticket)),
            bound: binding.map(|bound| goes.iter().any(|engineer| bound.ladder.contains(engineer))),
            shares: Vec::new(),
        }
    }

    /// What is booked for a ticket in a shift that it is promised in.
    fn share(&self, ticket: TicketIx, shift: ShiftIx) -> ShareDoc {
        ShareDoc {
            engineer: self.desk().problem().engineer_id(shift).to_owned(),
            shift: self.begins(shift).0,
            work_s: self.booked_for(ticket, shift).0,
            drive_s: None,
        }
    }

    /// When a shift begins, whatever the clock says by now.
    pub fn begins(&self, shift: ShiftIx) -> Moment {
        self.given(shift).map_or(self.desk().problem().shift(shift).start, |(_, own)| own.start.moment)
    }

    /// The work that is booked in a shift for what is promised in it.
    pub fn booked(&self, shift: ShiftIx) -> Seconds {
        let stops = self.desk().route(shift).stops().iter();
        stops.map(|stop| self.booked_for(stop.ticket, shift)).sum()
    }

    /// The work that is booked for a ticket, whenever the desk was drawn up: as long as it takes, or was told to take.
    fn booked_for(&self, ticket: TicketIx, shift: ShiftIx) -> Seconds {
        let problem = self.desk().problem();
        let (ticket, shift) = (problem.ticket(ticket), problem.shift(shift));
        self.delayed(&ticket.id).unwrap_or_else(|| problem.usual_work(ticket, shift))
    }

    /// Whether the engineer is away for all of a shift, whatever the clock says by now.
    pub fn is_away(&self, shift: ShiftIx) -> bool {
        let Some((engineer, own)) = self.given(shift) else { return false };
        let mut absences = engineer.absences.clone();
        absences.sort_unstable();
        let here =
            absences.iter().fold(
                own.start.moment,
                |here, &(first, end)| {
                    if first <= here { here.max(end) } else { here }
                },
            );
        here >= own.end.moment
    }

    /// A shift as the roster has it, and whose it is.
    fn given(&self, shift: ShiftIx) -> Option<(&EngineerDraft, &ShiftDraft)> {
        let shift = self.desk().problem().shift(shift);
        let engineer = self.document().engineers.get(shift.engineer.at())?;
        Some((engineer, engineer.shifts.get(shift.number as usize)?))
    }

    /// The drive to a ticket from a place, or else from where the shift begins; in seconds.
    fn way(&self, from: Option<PlaceDraft>, ticket: TicketIx, shift: ShiftIx) -> Option<i64> {
        let problem = self.desk().problem();
        let (to, shift) = (&problem.ticket(ticket).place, problem.shift(shift));
        let engineer = self.document().engineers.get(shift.engineer.at())?;
        if from.is_none() && engineer.open_start {
            return Some(0);
        }
        let from = place(from.or(engineer.start).or(engineer.home)?)?;
        Some(self.desk().scorer().roads().drive(&shift.car, &from, to).time.0)
    }
}

fn draft_of(place: PlaceDoc) -> PlaceDraft {
    let point = place.lat.zip(place.lon).map(|(lat, lon)| LatLon { lat, lon });
    PlaceDraft { point, row: place.row }
}

fn place(draft: PlaceDraft) -> Option<Place> {
    match (draft.point, draft.row) {
        (Some(point), row) => Some(Place::new(point, row.unwrap_or(Place::NO_ROW))),
        (None, Some(row)) => Some(Place::of_row(row)),
        (None, None) => None,
    }
}
