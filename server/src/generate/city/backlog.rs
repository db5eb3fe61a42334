//! The open requests as tickets.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;
use paidan_engine::wire::document::{ConversationDoc, LevelsDoc, NeedDoc, SlaDoc, SpanDoc, TicketDoc};

use super::CityOptions;
use super::requests::{Pressing, Request};
use crate::generate::chance::Chance;
use crate::generate::{clock, place};

/// The stream of chance that this file draws from.
const STREAM: u64 = 1;

/// The open requests and the earlier ones, both oldest first.
pub(super) fn split(requests: &[Request], options: &CityOptions) -> (Vec<Request>, Vec<Request>) {
    let morning = options.date.at(0, 0, 0, 0);
    let days = |count: u16| SignedDuration::from_hours(24 * i64::from(count));
    let (mut open, mut earlier) = (Vec::new(), Vec::new());
    for request in requests.iter().filter(|request| request.created < morning) {
        let is_recent = request.created >= morning - days(options.backlog_days);
        let is_pending = request.due >= morning - days(options.overdue_days);
        if is_recent && is_pending {
            open.push(request.clone());
        } else if request.created >= morning - days(options.history_days) {
            earlier.push(request.clone());
        }
    }
    (open, earlier)
}

/// A ticket for each open request, in their order.
pub(super) fn tickets(open: &[Request], options: &CityOptions) -> Vec<TicketDoc> {
    let mut chance = Chance::new(options.seed, STREAM);
    open.iter().map(|request| ticket(request, options.date, &mut chance)).collect()
}

fn ticket(request: &Request, date: Date, chance: &mut Chance) -> TicketDoc {
    let kind = request.kind;
    let mut requires = BTreeMap::from([(kind.skill.to_owned(), need(kind.level, kind.preferred))]);
    if !kind.also.is_empty() {
        requires.insert(kind.also.to_owned(), NeedDoc::Level(1));
    }
    let windows = if kind.indoors && chance.yes(0.85) { appointment(date, chance) } else { Vec::new() };
    let demand = match kind.skill {
        "bulky" => BTreeMap::from([("load_m3".to_owned(), chance.between(1, 3))]),
        _ => BTreeMap::new(),
    };
    let parts = match kind.part {
        "" => BTreeMap::new(),
        part => BTreeMap::from([(part.to_owned(), 1)]),
    };
    TicketDoc {
        id: request.id.clone(),
        customer: Some(request.customer()),
        issue: Some(kind.issue.to_owned()),
        kind: Some(kind.ticket),
        place: place(request.lat, request.lon),
        work_s: work(kind.minutes, chance),
        requires,
        windows,
        reported_at: Some(clock::stamp(request.created)),
        sla: Some(SlaDoc { respond_by: None, resolve_by: Some(clock::stamp(request.due)) }),
        // What the city calls hazardous or a priority needs no derivation; the rest is derived.
        priority: match request.pressing {
            Pressing::Hazardous => Some(95),
            Pressing::Priority => Some(85),
            Pressing::Standard => None,
        },
        tier: Some(kind.tier.to_owned()),
        conversation: chance.yes(0.2).then(|| conversation(chance)),
        parts,
        demand,
        ..TicketDoc::default()
    }
}

fn need(level: u8, preferred: u8) -> NeedDoc {
    if preferred == level {
        NeedDoc::Level(level)
    } else {
        NeedDoc::Levels(LevelsDoc { level, preferred: Some(preferred) })
    }
}

/// Work within a quarter of the usual time, in whole five minutes.
pub(super) fn work(minutes: i64, chance: &mut Chance) -> i64 {
    let minutes = minutes * chance.between(75, 125) / 100;
    ((minutes + 2) / 5).max(1) * 300
}

/// Two hours, half a day, or a choice of two spans of two hours.
fn appointment(date: Date, chance: &mut Chance) -> Vec<SpanDoc> {
    const TWO_HOURS: [(i64, i64); 4] = [(8, 10), (10, 12), (13, 15), (15, 17)];
    let span = |(from, to): (i64, i64)| SpanDoc {
        start: clock::stamp(clock::at_minute(date, from * 60)),
        end: clock::stamp(clock::at_minute(date, to * 60)),
    };
    match chance.below(10) {
        0..5 => vec![span(*chance.pick(&TWO_HOURS))],
        5..7 => vec![span((8, 12))],
        7..9 => vec![span((12, 17))],
        _ => vec![span(TWO_HOURS[chance.below(2)]), span(TWO_HOURS[2 + chance.below(2)])],
    }
}

fn conversation(chance: &mut Chance) -> ConversationDoc {
    ConversationDoc { keywords: chance.between(1, 8) as f64, baseline: 4.0 }
}
