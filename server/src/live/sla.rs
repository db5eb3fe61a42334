//! What is told of a ticket's SLA: a warning before, then word to whom it is escalated, each once.

use paidan_engine::ids::TicketIx;
use paidan_engine::policy::AlertRates;
use paidan_engine::ticket::Ticket;
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::{moment, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Fleet;
use super::records::{TicketRecordDoc, TicketStateDoc};
use super::watch::Subject;

/// Which of the two promises of an SLA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SlaPromise, examples("respond"))]
pub enum SlaPromiseDoc {
    /// Work has begun by then.
    Respond,
    /// Work has ended by then.
    Resolve,
}

/// What is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SlaWord, examples("warning"))]
pub enum SlaWordDoc {
    /// Much of its time is used.
    Warning,
    /// It was not kept.
    Missed,
    /// It is still not kept, and the next one up is told.
    Escalated,
}

impl SlaWordDoc {
    /// The event that tells it.
    pub fn event(self) -> &'static str {
        match self {
            SlaWordDoc::Warning => "sla.warning",
            SlaWordDoc::Missed => "sla.missed",
            SlaWordDoc::Escalated => "sla.escalated",
        }
    }
}

/// Something that was told of a ticket's SLA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaAlert, examples(json!({
    "word": "missed", "sla": "respond", "by": "2026-03-02T09:00:00-05:00", "to": "dispatcher",
    "at": "2026-03-02T09:00:00-05:00"
})))]
pub struct SlaAlertDoc {
    /// What was told.
    pub word: SlaWordDoc,
    /// Of which promise.
    pub sla: SlaPromiseDoc,
    /// By when that is to be kept; RFC 3339.
    #[schema(format = DateTime)]
    pub by: String,
    /// To whom it is told, by the policy's `alerts.escalation`; nobody in particular hears a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// When it was to be told, by the desk's clock; RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
}

/// The promises of a ticket's SLA that are not kept yet, with when they are to be.
pub fn pending(record: &TicketRecordDoc, ticket: &Ticket) -> Vec<(SlaPromiseDoc, Moment)> {
    if !record.state.is_live() {
        return Vec::new();
    }
    let has_begun = record.life.iter().any(|step| step.state == TicketStateDoc::OnSite);
    let respond = (!has_begun).then_some((SlaPromiseDoc::Respond, ticket.respond_by));
    let both = respond.into_iter().chain([(SlaPromiseDoc::Resolve, ticket.resolve_by)]);
    both.filter(|(_, by)| *by < Moment::NEVER).collect()
}

/// All that is to be told of a ticket unless it is served meanwhile, and was not told yet; in the order of time.
pub fn untold(
    record: &TicketRecordDoc,
    ticket: &Ticket,
    rates: &AlertRates,
    offset_s: i32,
) -> Vec<(Moment, SlaAlertDoc)> {
    let mut all = Vec::new();
    for (sla, by) in pending(record, ticket) {
        let mut say = |word: SlaWordDoc, at: Moment, to: Option<&String>| {
            let doc = SlaAlertDoc {
                word,
                sla,
                by: rfc3339(by, offset_s),
                to: to.cloned(),
                at: rfc3339(at, offset_s),
            };
            let is_it = |told: &SlaAlertDoc| {
                (told.word, told.sla, &told.to) == (word, sla, &doc.to)
                    && (moment(&told.by), moment(&told.at)) == (Some(by), Some(at))
            };
            if !record.alerts.iter().any(is_it) {
                all.push((at, doc));
            }
        };
        // In millionths, so that a share is what it says; the first whole second at which so much of the time is used.
        let share = (rates.warn_share * 1e6).round() as i64;
        let allowed = (by - ticket.reported).0.max(0);
        let warned = ticket.reported + Seconds((allowed * share + 999_999).div_euclid(1_000_000));
        if warned < by {
            say(SlaWordDoc::Warning, warned, None);
        }
        let mut steps = rates.escalation.iter().peekable();
        let first = steps.next_if(|step| step.after == Seconds::ZERO);
        say(SlaWordDoc::Missed, by, first.map(|step| &step.to));
        for step in steps {
            say(SlaWordDoc::Escalated, by + step.after, Some(&step.to));
        }
    }
    all.sort_by_key(|(at, doc)| (*at, doc.sla, doc.word));
    all
}

/// The share of the time from the report to `by` that has passed, at least 0; more than 1 once it is missed.
pub fn used(reported: Moment, by: Moment, now: Moment) -> f64 {
    let allowed = (by - reported).0.max(1) as f64;
    ((now - reported).0 as f64 / allowed).max(0.0)
}

/// The colour of a share used, from blue at 0 by way of green and yellow to red at 1, as `#rrggbb`.
pub fn colour(used: f64) -> String {
    // Hue from 220 degrees down to 0, at one saturation and lightness.
    let (hue, saturation, lightness) = (220.0 * (1.0 - used.clamp(0.0, 1.0)), 0.75, 0.45);
    let channel = |n: f64| {
        let k = (n + hue / 30.0) % 12.0;
        let swing = saturation * f64::min(lightness, 1.0 - lightness);
        let level = lightness - swing * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (level * 255.0).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", channel(0.0), channel(8.0), channel(4.0))
}

impl Fleet {
    /// Watches the SLA of tickets.
    pub(super) fn watch_tickets(&mut self, records: &[TicketRecordDoc]) {
        for record in records {
            self.watch_ticket(record);
        }
    }

    /// Watches the SLA of a ticket.
    pub(super) fn watch_ticket(&mut self, record: &TicketRecordDoc) {
        let next = self.untold(record).first().map(|(at, _)| *at);
        self.watch(Subject::Ticket(record.id.clone()), next);
    }

    /// What is still to be told of a ticket's SLA, in the order of time.
    pub(super) fn untold(&self, record: &TicketRecordDoc) -> Vec<(Moment, SlaAlertDoc)> {
        let problem = self.desk().problem();
        let known = problem.register().tickets.get(&record.id);
        known.map_or_else(Vec::new, |known| {
            untold(record, problem.ticket(known), &problem.policy().alerts, self.offset_s())
        })
    }

    /// When a ticket was reported, and the promises of its SLA that are not kept yet; `None` if it is not on the desk.
    pub fn promises(&self, record: &TicketRecordDoc) -> Option<(Moment, Vec<(SlaPromiseDoc, Moment)>)> {
        let problem = self.desk().problem();
        let known = problem.register().tickets.get(&record.id)?;
        let ticket = problem.ticket(known);
        Some((ticket.reported, pending(record, ticket)))
    }

    /// By when work on a ticket is to begin and to end, by its own SLA or the policy's; RFC 3339. `O(log n)`.
    pub(super) fn by_when(&self, id: &str) -> [Option<String>; 2] {
        let Some(known) = self.index(id) else { return [None, None] };
        let ticket = self.desk().problem().ticket(known);
        [ticket.respond_by, ticket.resolve_by]
            .map(|by| (by < Moment::NEVER).then(|| rfc3339(by, self.offset_s())))
    }

    /// The tickets on the desk that have an SLA, each with when it runs out next; in that order. `O(n log n)`.
    pub fn running_out(&self) -> Vec<(Moment, &str)> {
        let (desk, problem) = (self.desk(), self.desk().problem());
        let next = |index: TicketIx| {
            let ticket = problem.ticket(index);
            let respond = if self.is_served(&ticket.id) { Moment::NEVER } else { ticket.respond_by };
            (respond.min(ticket.resolve_by), &*ticket.id)
        };
        let on_desk = problem.ticket_indices().filter(|&index| !desk.is_withdrawn(index));
        let mut all: Vec<(Moment, &str)> =
            on_desk.map(next).filter(|(by, _)| *by < Moment::NEVER).collect();
        all.sort_unstable();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_from_blue_to_red() {
        assert_eq!([0.0, 1.0, 7.0].map(colour), ["#1d56c9", "#c91d1d", "#c91d1d"]);
        let green = colour(0.5);
        assert!(green[3..5] > green[1..3] && green[3..5] > green[5..7], "{green}");
    }
}
