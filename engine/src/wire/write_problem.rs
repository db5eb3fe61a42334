//! Drafts back to documents: for whoever makes up problems and wants to keep them.

use std::collections::BTreeMap;

use super::document::{
    AlertRatesDoc, AreaDoc, BegunDoc, BindingRatesDoc, BreakDoc, CertificateDoc, ConversationDoc,
    DepotDoc, EmergencyRatesDoc, EngineerDoc, EscalationDoc, FollowUpRatesDoc, HistoryRatesDoc,
    LatenessRatesDoc, LevelsDoc, NeedDoc, OtherwiseDoc, OvertimeRatesDoc, PeopleDoc, PinDoc, PlaceDoc,
    PolicyDoc, ProblemDoc, RatesDoc, RouteDoc, ShiftDoc, SkillDoc, SkillRatesDoc, SlaDoc, SlaLengthsDoc,
    SpanDoc, TableDoc, TandemDoc, TerritoryDoc, TicketDoc, TicketTypeDoc, TravelDoc, UrgencyRatesDoc,
    VisitDoc, WeightsDoc,
};
use super::time::{date_text, rfc3339, time_of_day_text};
use crate::depot::DepotDraft;
use crate::engineer::{
    BreakDraft, BreakTimes, EngineerDraft, PlaceDraft, Rates, ShiftDraft, SkillDraft, Stamp,
};
use crate::geo::Area;
use crate::policy::{Otherwise, Policy};
use crate::problem::{Draft, Table, TerritoryDraft, TravelSpec};
use crate::ticket::{NeedDraft, TicketDraft, TicketType};
use crate::units::{Moment, Seconds};
use crate::visit::VisitDraft;

/// The document of a draft. Moments other than those of shifts are written in the draft's offset. The
/// whole policy is written out, so that the document means the same if a default ever changes.
pub fn problem_doc(draft: &Draft) -> ProblemDoc {
    let offset_s = draft.offset_s;
    ProblemDoc {
        now: rfc3339(draft.now, offset_s),
        travel: Some(travel(&draft.travel)),
        territories: draft.territories.iter().map(territory).collect(),
        depots: draft.depots.iter().map(depot).collect(),
        engineers: draft.engineers.iter().map(|engineer| engineer_doc(engineer, offset_s)).collect(),
        tickets: draft.tickets.iter().map(|ticket| ticket_doc(ticket, offset_s)).collect(),
        visits: draft.visits.iter().map(|visit| visit_doc(visit, offset_s)).collect(),
        routes: draft
            .routes
            .iter()
            .map(|route| RouteDoc {
                engineer: route.engineer.clone(),
                shift: route.shift,
                tickets: route.tickets.clone(),
            })
            .collect(),
        policy: Some(policy_doc(&draft.policy)),
    }
}

/// The text of a draft, indented, with a line break at the end.
pub fn write_problem(draft: &Draft) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(&problem_doc(draft))
        .expect("a problem holds only texts, numbers and maps by text");
    text.push(b'\n');
    text
}

fn travel(travel: &TravelSpec) -> TravelDoc {
    match travel {
        TravelSpec::Crow { speed_kmh, detour } => {
            TravelDoc::Crow { speed_kmh: *speed_kmh, detour: *detour }
        }
        TravelSpec::Tables(profiles) => {
            let mut tables =
                profiles.iter().map(|profile| (profile.name.clone(), table(&profile.table)));
            let own = tables.next().map(|(_, doc)| doc);
            let (durations_s, metres_m, costs) =
                own.map_or_else(Default::default, |own| (own.durations_s, own.metres_m, own.costs));
            TravelDoc::Table { durations_s, metres_m, costs, profiles: tables.collect() }
        }
    }
}

fn table(table: &Table) -> TableDoc {
    TableDoc {
        durations_s: rows(table, &table.seconds),
        metres_m: table.metres.as_ref().map(|metres| rows(table, metres)),
        costs: table.costs.as_ref().map(|costs| rows(table, costs)),
    }
}

fn rows(table: &Table, cells: &[u32]) -> Vec<Vec<u32>> {
    cells.chunks(table.size.max(1)).map(<[u32]>::to_vec).collect()
}

fn territory(territory: &TerritoryDraft) -> TerritoryDoc {
    TerritoryDoc { id: territory.id.clone(), area: area_doc(&territory.area) }
}

fn depot(depot: &DepotDraft) -> DepotDoc {
    DepotDoc {
        id: depot.id.clone(),
        place: place(&depot.place),
        fetch_s: (depot.fetch.0 != 0).then_some(depot.fetch.0),
    }
}

/// The document of an area; a `MultiPolygon` even for a single polygon.
pub fn area_doc(area: &Area) -> AreaDoc {
    let ring = |line: &geo::LineString<f64>| line.coords().map(|at| [at.x, at.y]).collect();
    let polygons = area.shape().iter().map(|polygon| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
    });
    AreaDoc::MultiPolygon { coordinates: polygons.collect() }
}

fn place(draft: &PlaceDraft) -> PlaceDoc {
    PlaceDoc {
        lat: draft.point.map(|point| point.lat),
        lon: draft.point.map(|point| point.lon),
        row: draft.row,
    }
}

fn span(start: Moment, end: Moment, offset_s: i32) -> SpanDoc {
    SpanDoc { start: rfc3339(start, offset_s), end: rfc3339(end, offset_s) }
}

/// The document of an engineer.
pub fn engineer_doc(draft: &EngineerDraft, offset_s: i32) -> EngineerDoc {
    EngineerDoc {
        id: draft.id.clone(),
        home: draft.home.as_ref().map(place),
        start: draft.start.as_ref().map(place),
        end: draft.end.as_ref().map(place),
        open_start: draft.open_start,
        open_end: draft.open_end,
        position: draft.position.as_ref().map(place),
        position_at: draft.position_at.map(|at| rfc3339(at, offset_s)),
        skills: draft.skills.iter().map(skill).collect(),
        shifts: draft.shifts.iter().map(|draft| shift(draft, offset_s)).collect(),
        absences: draft.absences.iter().map(|&(start, end)| span(start, end, offset_s)).collect(),
        territories: draft.territories.clone(),
        stock: draft.stock.iter().cloned().collect(),
        capacity: draft.capacity.iter().cloned().collect(),
        speed_factor: (draft.speed_permille != 1000).then(|| f64::from(draft.speed_permille) / 1000.0),
        profile: draft.profile.clone(),
        class: draft.class.clone(),
        rates: (draft.rates != Rates::default()).then(|| rates(&draft.rates)),
    }
}

fn rates(rates: &Rates) -> RatesDoc {
    RatesDoc {
        callout_s: Some(rates.callout.0),
        drive: Some(rates.drive as f64 / 1000.0),
        per_km_s: Some(rates.metre as f64),
        per_work_hour_s: Some(rates.work as f64 * 3.6),
        per_wait_hour_s: Some(rates.wait as f64 * 3.6),
        guaranteed_s: Some(rates.guaranteed.0),
        per_guaranteed_hour_s: Some(rates.guarantee as f64 * 3.6),
    }
}

fn skill(draft: &SkillDraft) -> (String, SkillDoc) {
    let doc = match draft.valid_until {
        None => SkillDoc::Level(draft.level),
        Some(day) => SkillDoc::Certificate(CertificateDoc {
            level: draft.level,
            valid_until: Some(date_text(day)),
        }),
    };
    (draft.name.clone(), doc)
}

fn shift(draft: &ShiftDraft, offset_s: i32) -> ShiftDoc {
    let stamp = |stamp: Stamp| rfc3339(stamp.moment, stamp.offset_s);
    ShiftDoc {
        start: stamp(draft.start),
        end: stamp(draft.end),
        breaks: draft.breaks.iter().map(|draft| pause(draft, offset_s)).collect(),
        max_tickets: draft.max_tickets,
        max_work_s: draft.max_work.map(|work| work.0),
        max_drive_s: draft.max_drive.map(|drive| drive.0),
        max_distance_m: draft.max_metres,
        max_span_s: draft.max_span.map(|span| span.0),
    }
}

fn pause(draft: &BreakDraft, offset_s: i32) -> BreakDoc {
    let (start, end, windows) = match &draft.times {
        BreakTimes::Daily(start, end) => {
            (Some(time_of_day_text(*start)), Some(time_of_day_text(*end)), Vec::new())
        }
        BreakTimes::Starts(windows) => {
            let spans = windows.iter().map(|window| span(window.start, window.end, offset_s));
            (None, None, spans.collect())
        }
    };
    let max_load = draft.max_load.iter().cloned().collect();
    BreakDoc { start, end, windows, length_s: draft.length.0, max_load }
}

fn by_class(lengths: &[(String, Seconds)]) -> BTreeMap<String, i64> {
    lengths.iter().map(|(class, length)| (class.clone(), length.0)).collect()
}

/// The document of a ticket, its moments written in the given offset.
pub fn ticket_doc(draft: &TicketDraft, offset_s: i32) -> TicketDoc {
    let moment = |moment: Option<Moment>| moment.map(|moment| rfc3339(moment, offset_s));
    let has_sla = draft.respond_by.is_some() || draft.resolve_by.is_some();
    let names_people =
        !(draft.required.is_empty() && draft.preferred.is_empty() && draft.forbidden.is_empty());
    TicketDoc {
        id: draft.id.clone(),
        customer: draft.customer.clone(),
        asset: draft.asset.clone(),
        issue: draft.issue.clone(),
        kind: Some(match draft.kind {
            TicketType::Complaint => TicketTypeDoc::Complaint,
            TicketType::Repair => TicketTypeDoc::Repair,
            TicketType::Installation => TicketTypeDoc::Installation,
            TicketType::Question => TicketTypeDoc::Question,
        }),
        place: place(&draft.place),
        work_s: draft.work.0,
        work_by_class_s: by_class(&draft.work_by_class),
        setup_s: (draft.setup.0 != 0).then_some(draft.setup.0),
        setup_by_class_s: by_class(&draft.setup_by_class),
        requires: draft.requires.iter().map(need).collect(),
        windows: draft.windows.iter().map(|window| span(window.start, window.end, offset_s)).collect(),
        reported_at: moment(draft.reported),
        sla: has_sla.then(|| SlaDoc {
            respond_by: moment(draft.respond_by),
            resolve_by: moment(draft.resolve_by),
        }),
        priority: draft.priority,
        tier: draft.tier.clone(),
        conversation: draft
            .conversation
            .map(|talk| ConversationDoc { keywords: talk.keywords, baseline: talk.baseline }),
        parts: draft.parts.iter().cloned().collect(),
        delivers: draft.delivers.iter().cloned().collect(),
        demand: draft.demand.iter().cloned().collect(),
        follows: draft.follows.clone(),
        prize_s: draft.prize.map(|prize| prize.0),
        engineers: names_people.then(|| PeopleDoc {
            required: draft.required.clone(),
            preferred: draft.preferred.clone(),
            forbidden: draft.forbidden.clone(),
        }),
        crew: (draft.crew != 1).then_some(draft.crew),
        after: draft.after.clone(),
        tandem: draft.tandem.as_ref().map(|tandem| TandemDoc {
            with: tandem.with.clone(),
            from_s: tandem.from.map(|from| from.0),
            until_s: tandem.until.map(|until| until.0),
        }),
        pin: draft
            .pin
            .as_ref()
            .map(|pin| PinDoc { engineer: pin.engineer.clone(), start: moment(pin.start) }),
        begun: draft.begun.as_ref().map(|begun| BegunDoc {
            engineers: begun.engineers.clone(),
            start: rfc3339(begun.start, offset_s),
            until: moment(begun.until),
        }),
    }
}

fn need(draft: &NeedDraft) -> (String, NeedDoc) {
    let doc = match draft.preferred {
        None => NeedDoc::Level(draft.level),
        preferred => NeedDoc::Levels(LevelsDoc { level: draft.level, preferred }),
    };
    (draft.skill.clone(), doc)
}

/// The document of a visit, its moments written in the given offset.
pub fn visit_doc(draft: &VisitDraft, offset_s: i32) -> VisitDoc {
    VisitDoc {
        ticket: draft.ticket.clone(),
        customer: draft.customer.clone(),
        asset: draft.asset.clone(),
        issue: draft.issue.clone(),
        engineer: draft.engineer.clone(),
        start: rfc3339(draft.start, offset_s),
        end: rfc3339(draft.end, offset_s),
        resolved: draft.resolved,
        rating: draft.rating,
    }
}

/// The document of a policy, the whole of it, so that it means the same if a default ever changes.
pub fn policy_doc(policy: &Policy) -> PolicyDoc {
    let seconds = |length: Option<Seconds>| length.map(|length| length.0);
    PolicyDoc {
        weights: Some(WeightsDoc {
            skill: policy.weights.skill,
            proximity: policy.weights.proximity,
            history: policy.weights.history,
            load: policy.weights.load,
        }),
        reach_s: Some(policy.reach.0),
        skill: Some(SkillRatesDoc {
            above_loss: Some(policy.skill.above_loss),
            below_loss: Some(policy.skill.below_loss),
            work_by_level: policy
                .skill
                .work_permille
                .iter()
                .enumerate()
                .map(|(n, permille)| ((n + 1).to_string(), f64::from(*permille) / 1000.0))
                .collect(),
        }),
        history: Some(HistoryRatesDoc {
            half_life_days: Some(policy.history.half_life_days),
            prior_visits: Some(policy.history.prior_visits),
            prior_chance: Some(policy.history.prior_chance),
            unhappy_rating: Some(policy.history.unhappy_rating),
        }),
        binding: Some(BindingRatesDoc {
            window_days: Some(policy.binding.window_days),
            visits: Some(policy.binding.visits),
            otherwise: Some(match policy.binding.otherwise {
                Otherwise::Relax => OtherwiseDoc::Relax,
                Otherwise::Strict => OtherwiseDoc::Strict,
            }),
            step_s: Some(policy.binding.step.0),
        }),
        urgency: Some(urgency(policy)),
        sla: by_type(|kind| {
            let sla = policy.sla[kind as usize];
            SlaLengthsDoc { respond_s: seconds(sla.respond), resolve_s: seconds(sla.resolve) }
        }),
        lateness: Some(LatenessRatesDoc {
            per_minute: Some(policy.lateness.per_minute),
            urgent_factor: Some(policy.lateness.urgent_factor),
        }),
        overtime: Some(OvertimeRatesDoc {
            max_s: Some(policy.overtime.max.0),
            per_minute: Some(policy.overtime.per_minute),
        }),
        emergency: Some(EmergencyRatesDoc {
            from_priority: Some(policy.emergency.from_priority),
            displaces: Some(policy.emergency.displaces),
        }),
        alerts: Some(AlertRatesDoc {
            warn_share: Some(policy.alerts.warn_share),
            escalation: Some(
                (policy.alerts.escalation.iter())
                    .map(|step| EscalationDoc { after_s: step.after.0, to: step.to.clone() })
                    .collect(),
            ),
        }),
        follow_up: Some(FollowUpRatesDoc {
            call_within_s: Some(policy.follow_up.call_within.0),
            complaint_after_s: Some(
                policy.follow_up.complaint_after.iter().map(|after| after.0).collect(),
            ),
        }),
        preference_s: Some(policy.preference.0),
        max_tickets: policy.max_tickets,
        max_work_s: seconds(policy.max_work),
    }
}

fn urgency(policy: &Policy) -> UrgencyRatesDoc {
    let rates = &policy.urgency;
    UrgencyRatesDoc {
        types: by_type(|kind| rates.types[kind as usize]),
        tiers: Some(rates.tiers.iter().cloned().collect()),
        sla: Some(rates.sla),
        repeat: Some(rates.repeat),
        unhappy: Some(rates.unhappy),
        unhappy_above: Some(rates.unhappy_above),
    }
}

fn by_type<T>(of: impl Fn(TicketType) -> T) -> BTreeMap<String, T> {
    TicketType::ALL.into_iter().map(|kind| (kind.as_str().to_owned(), of(kind))).collect()
}
