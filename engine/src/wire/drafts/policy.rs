//! The policy: what is named replaces its default.

use std::collections::BTreeMap;

use super::permille;
use crate::flaw::{Code, Flaw};
use crate::policy::{Escalation, Otherwise, Policy, Sla, Weights};
use crate::ticket::TicketType;
use crate::units::Seconds;
use crate::wire::document::{
    AlertRatesDoc, BindingRatesDoc, EscalationDoc, FollowUpRatesDoc, HistoryRatesDoc, OtherwiseDoc,
    PolicyDoc, SkillRatesDoc, SlaLengthsDoc, UrgencyRatesDoc,
};
use crate::wire::notes::Notes;
use crate::wire::tree::push_key;
use crate::wire::words::{listed, nearest, quoted};

/// Puts `given`, if it was given, in the place of a default.
fn put<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

/// Reads a policy.
pub(in crate::wire) fn policy(doc: PolicyDoc, notes: &mut Notes) -> Policy {
    let mut policy = Policy::default();
    put(
        &mut policy.weights,
        doc.weights.map(|doc| Weights {
            skill: doc.skill,
            proximity: doc.proximity,
            history: doc.history,
            load: doc.load,
        }),
    );
    put(&mut policy.reach, length(doc.reach_s, "reach_s", notes));
    skill(&mut policy, doc.skill.unwrap_or_default(), notes);
    history(&mut policy, &doc.history.unwrap_or_default());
    binding(&mut policy, &doc.binding.unwrap_or_default(), notes);
    urgency(&mut policy, doc.urgency.unwrap_or_default(), notes);
    sla(&mut policy, &doc.sla, notes);
    let lateness = doc.lateness.unwrap_or_default();
    put(&mut policy.lateness.per_minute, lateness.per_minute);
    put(&mut policy.lateness.urgent_factor, lateness.urgent_factor);
    let overtime = doc.overtime.unwrap_or_default();
    put(&mut policy.overtime.max, length(overtime.max_s, "overtime.max_s", notes));
    put(&mut policy.overtime.per_minute, overtime.per_minute);
    let emergency = doc.emergency.unwrap_or_default();
    put(&mut policy.emergency.from_priority, emergency.from_priority);
    put(&mut policy.emergency.displaces, emergency.displaces);
    watched(&mut policy, doc.alerts.unwrap_or_default(), doc.follow_up.unwrap_or_default(), notes);
    put(&mut policy.preference, length(doc.preference_s, "preference_s", notes));
    policy.max_tickets = doc.max_tickets;
    policy.max_work = length(doc.max_work_s, "max_work_s", notes);
    policy
}

fn length(given: Option<i64>, name: &str, notes: &mut Notes) -> Option<Seconds> {
    given.map(|given| notes.length(given, "", || format!("policy.{name}")))
}

/// What is told as time goes by.
fn watched(policy: &mut Policy, alerts: AlertRatesDoc, calls: FollowUpRatesDoc, notes: &mut Notes) {
    put(&mut policy.alerts.warn_share, alerts.warn_share);
    let step = |(n, step): (usize, EscalationDoc), notes: &mut Notes| Escalation {
        after: notes.length(step.after_s, "", || format!("policy.alerts.escalation[{n}].after_s")),
        to: step.to,
    };
    let steps = alerts.escalation.map(|steps| {
        steps.into_iter().enumerate().map(|each| step(each, notes)).collect::<Vec<Escalation>>()
    });
    put(&mut policy.alerts.escalation, steps);
    let within = length(calls.call_within_s, "follow_up.call_within_s", notes);
    put(&mut policy.follow_up.call_within, within);
    let after = calls.complaint_after_s.map(|all| {
        let path = |n: usize| format!("policy.follow_up.complaint_after_s[{n}]");
        all.into_iter().enumerate().map(|(n, after)| notes.length(after, "", || path(n))).collect()
    });
    put(&mut policy.follow_up.complaint_after, after);
}

fn skill(policy: &mut Policy, doc: SkillRatesDoc, notes: &mut Notes) {
    put(&mut policy.skill.above_loss, doc.above_loss);
    put(&mut policy.skill.below_loss, doc.below_loss);
    let levels = ["1", "2", "3", "4", "5"];
    for (level, factor) in doc.work_by_level {
        match levels.iter().position(|known| *known == level) {
            Some(n) => policy.skill.work_permille[n] = permille(factor),
            None => unknown("policy.skill.work_by_level", &level, &levels, notes),
        }
    }
}

fn history(policy: &mut Policy, doc: &HistoryRatesDoc) {
    put(&mut policy.history.half_life_days, doc.half_life_days);
    put(&mut policy.history.prior_visits, doc.prior_visits);
    put(&mut policy.history.prior_chance, doc.prior_chance);
    put(&mut policy.history.unhappy_rating, doc.unhappy_rating);
}

fn binding(policy: &mut Policy, doc: &BindingRatesDoc, notes: &mut Notes) {
    put(&mut policy.binding.window_days, doc.window_days);
    put(&mut policy.binding.visits, doc.visits);
    put(
        &mut policy.binding.otherwise,
        doc.otherwise.map(|otherwise| match otherwise {
            OtherwiseDoc::Relax => Otherwise::Relax,
            OtherwiseDoc::Strict => Otherwise::Strict,
        }),
    );
    put(&mut policy.binding.step, length(doc.step_s, "binding.step_s", notes));
}

fn urgency(policy: &mut Policy, doc: UrgencyRatesDoc, notes: &mut Notes) {
    let rates = &mut policy.urgency;
    for (name, points) in doc.types {
        if let Some(kind) = ticket_type("policy.urgency.types", &name, notes) {
            rates.types[kind as usize] = points;
        }
    }
    put(&mut rates.tiers, doc.tiers.map(|tiers| tiers.into_iter().collect()));
    put(&mut rates.sla, doc.sla);
    put(&mut rates.repeat, doc.repeat);
    put(&mut rates.unhappy, doc.unhappy);
    put(&mut rates.unhappy_above, doc.unhappy_above);
}

fn sla(policy: &mut Policy, doc: &BTreeMap<String, SlaLengthsDoc>, notes: &mut Notes) {
    for (name, lengths) in doc {
        if let Some(kind) = ticket_type("policy.sla", name, notes) {
            policy.sla[kind as usize] = Sla {
                respond: length(lengths.respond_s, &format!("sla.{name}.respond_s"), notes),
                resolve: length(lengths.resolve_s, &format!("sla.{name}.resolve_s"), notes),
            };
        }
    }
}

fn ticket_type(path: &str, name: &str, notes: &mut Notes) -> Option<TicketType> {
    let kind = TicketType::ALL.into_iter().find(|kind| kind.as_str() == name);
    if kind.is_none() {
        unknown(path, name, &TicketType::ALL.map(TicketType::as_str), notes);
    }
    kind
}

fn unknown(path: &str, name: &str, known: &[&str], notes: &mut Notes) {
    let fix = match nearest(name, known) {
        Some(near) => format!("did you mean {near:?}? The keys here are {}", listed(known)),
        None => format!("leave it out; the keys here are {}", listed(known)),
    };
    let found = format!("the format has no key {} here", quoted(name));
    let mut path = path.to_owned();
    push_key(&mut path, name);
    notes.aside(Flaw::new(Code::UnknownKey, path, found, fix), None);
}
