//! Checks of single values, and of the parts of a draft that nothing refers to.
//!
//! A path is given as what displays it, and is written only into a flaw: a sound document does not pay for it.

use std::fmt::Display;

use super::draft::{Draft, Profile, Table, TravelSpec};
use super::limits;
use crate::flaw::{Code, Flaw};
use crate::policy::Policy;
use crate::units::{Moment, Seconds};

/// Checks how much there is of everything.
pub(super) fn sizes(draft: &Draft, flaws: &mut Vec<Flaw>) {
    let counts = [
        ("depots", draft.depots.len(), limits::DEPOTS),
        ("engineers", draft.engineers.len(), limits::ENGINEERS),
        ("tickets", draft.tickets.len(), limits::TICKETS),
        ("visits", draft.visits.len(), limits::VISITS),
        ("territories", draft.territories.len(), limits::TERRITORIES),
        ("routes", draft.routes.len(), limits::ENGINEERS * limits::SHIFTS_EACH),
    ];
    for (name, count, limit) in counts {
        size(name, (name, count), limit, flaws);
    }
}

/// Checks how many there are of something.
pub(super) fn size(path: &str, (name, count): (&str, usize), limit: usize, flaws: &mut Vec<Flaw>) {
    if count > limit {
        let found = format!("{count} {name} are more than the limit of {limit}");
        flaws.push(Flaw::new(Code::TooLarge, path, found, "split the problem, by region or by day"));
    }
}

/// Checks how many dimensions capacities have.
pub(super) fn rooms(count: usize, flaws: &mut Vec<Flaw>) {
    rooms_at("engineers", "", count, flaws);
}

/// Checks how many dimensions capacities have, with those that `carrier` adds at `path`.
pub(super) fn rooms_at(path: &str, carrier: &str, count: usize, flaws: &mut Vec<Flaw>) {
    if count > limits::ROOMS {
        let flaw = Flaw::new(
            Code::TooLarge,
            path,
            format!("capacities and demands name {count} dimensions, the limit is {}", limits::ROOMS),
            "use parts for what is only used up",
        );
        flaws.push(carried(flaw, carrier));
    }
}

pub(super) fn list(path: &dyn Display, id: &str, len: usize, limit: usize, flaws: &mut Vec<Flaw>) {
    if len > limit {
        flaws.push(
            Flaw::new(
                Code::TooLarge,
                path,
                format!("{len} entries are more than the limit of {limit}"),
                "leave some out",
            )
            .of(id),
        );
    }
}

/// Checks an id that stands at `path` in what `carrier` names; nothing carries an id that is empty.
pub(super) fn id(path: &dyn Display, carrier: &str, id: &str, flaws: &mut Vec<Flaw>) {
    if id.is_empty() {
        let flaw = Flaw::new(Code::BadId, path, "the id is empty", "give it an id of its own");
        flaws.push(carried(flaw, carrier));
    } else if id.len() > limits::ID_BYTES {
        let flaw = Flaw::new(
            Code::BadId,
            path,
            format!("the id has {} bytes, the limit is {}", id.len(), limits::ID_BYTES),
            "use a shorter id",
        );
        flaws.push(carried(flaw, carrier));
    }
}

/// Checks a moment of what `carrier` names; the document's own moments name nothing.
pub(super) fn moment(path: &dyn Display, carrier: &str, moment: Moment, flaws: &mut Vec<Flaw>) {
    if moment < Moment::FIRST || moment > Moment::LAST {
        let flaw = Flaw::new(
            Code::OutOfRange,
            path,
            "the moment lies outside the years 1970 to 2199",
            "use a date inside them",
        );
        flaws.push(carried(flaw, carrier));
    }
}

fn carried(flaw: Flaw, carrier: &str) -> Flaw {
    if carrier.is_empty() { flaw } else { flaw.of(carrier) }
}

/// So much later. Saturates, since a draft may say anything: what lies outside the calendar is told as
/// a flaw of the moment or of the length, and the sum is never used.
pub(super) fn later(moment: Moment, length: Seconds) -> Moment {
    Moment(moment.0.saturating_add(length.0))
}

pub(super) fn length(
    path: &dyn Display,
    id: &str,
    length: Seconds,
    longest: Seconds,
    flaws: &mut Vec<Flaw>,
) {
    if length < Seconds::ZERO || length > longest {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                path,
                format!("{} s is not between 0 and {} s", length.0, longest.0),
                "give the length in seconds",
            )
            .of(id),
        );
    }
}

fn number(path: &str, value: f64, low: f64, high: f64, flaws: &mut Vec<Flaw>) {
    if !(low..=high).contains(&value) {
        flaws.push(Flaw::new(
            Code::OutOfRange,
            path,
            format!("{value} is not between {low} and {high}"),
            "use a number inside that range",
        ));
    }
}

pub(super) fn travel(travel: &TravelSpec, flaws: &mut Vec<Flaw>) {
    match travel {
        TravelSpec::Crow { speed_kmh, detour } => {
            number("travel.speed_kmh", *speed_kmh, 0.1, 1000.0, flaws);
            number("travel.detour", *detour, 1.0, 10.0, flaws);
        }
        TravelSpec::Tables(profiles) => tables(profiles, flaws),
    }
}

fn tables(profiles: &[Profile], flaws: &mut Vec<Flaw>) {
    if profiles.is_empty() || profiles.len() > limits::TABLES {
        flaws.push(Flaw::new(
            if profiles.is_empty() { Code::BadTable } else { Code::TooLarge },
            "travel.profiles",
            format!("{} travel tables are not between 1 and {}", profiles.len(), limits::TABLES),
            "give one table for each way of driving that an engineer names",
        ));
    }
    let rows = profiles.first().map_or(0, |profile| profile.table.size);
    for (n, Profile { name, table }) in profiles.iter().enumerate() {
        let path = if profiles.len() == 1 && name.is_empty() {
            "travel.durations_s".to_owned()
        } else {
            format!("travel.profiles.{name}.durations_s")
        };
        if profiles[..n].iter().any(|other| other.name == *name) {
            let found = format!("there are two tables for profile {name:?}");
            flaws.push(Flaw::new(Code::DuplicateId, &path, found, "give each its own name"));
        }
        table_is_sound(table, rows, &path, flaws);
    }
}

fn table_is_sound(table: &Table, rows: usize, path: &str, flaws: &mut Vec<Flaw>) {
    // A size whose square overflows is over the limit too.
    let cells = table.size.saturating_mul(table.size);
    let is_square = |list: &Option<Vec<u32>>| list.as_ref().is_none_or(|list| list.len() == cells);
    if table.size > limits::TABLE_ROWS {
        flaws.push(Flaw::new(
            Code::TooLarge,
            path,
            format!("{} rows are more than the limit of {}", table.size, limits::TABLE_ROWS),
            "use crow-fly travel or fewer places",
        ));
    } else if table.size == 0
        || table.seconds.len() != cells
        || !is_square(&table.metres)
        || !is_square(&table.costs)
    {
        flaws.push(Flaw::new(
            Code::BadTable,
            path,
            "the table is not square, or metres_m has another shape",
            "give one row and one column for each place",
        ));
    } else if table.size != rows {
        flaws.push(Flaw::new(
            Code::BadTable,
            path,
            format!("the table has {} rows, the first one {rows}", table.size),
            "give all tables the same places",
        ));
    } else if let Some(&long) = table.seconds.iter().find(|&&cell| i64::from(cell) > Seconds::LONGEST.0)
    {
        flaws.push(Flaw::new(
            Code::OutOfRange,
            path,
            format!("a drive of {long} s is longer than {} s", Seconds::LONGEST.0),
            "check the unit: seconds are expected",
        ));
    }
}

pub(super) fn policy(policy: &Policy, flaws: &mut Vec<Flaw>) {
    let weights = &policy.weights;
    for (name, weight) in [
        ("skill", weights.skill),
        ("proximity", weights.proximity),
        ("history", weights.history),
        ("load", weights.load),
    ] {
        number(&format!("policy.weights.{name}"), weight, 0.0, 1.0, flaws);
    }
    let sum = weights.skill + weights.proximity + weights.history + weights.load;
    if (sum - 1.0).abs() > 1e-6 {
        flaws.push(Flaw::new(
            Code::BadPolicy,
            "policy.weights",
            format!("the weights sum to {sum}"),
            "make them sum to 1",
        ));
    }
    if weights.proximity < 0.01 {
        flaws.push(Flaw::new(
            Code::BadPolicy,
            "policy.weights.proximity",
            format!("{} leaves no currency: every preference is priced in driving", weights.proximity),
            "give proximity at least 0.01",
        ));
    }
    let day = Seconds(86_400);
    for (path, length, longest) in [
        ("policy.reach_s", policy.reach, day),
        ("policy.preference_s", policy.preference, day),
        ("policy.overtime.max_s", policy.overtime.max, day),
        ("policy.binding.step_s", policy.binding.step, Seconds::LONGEST),
    ] {
        length_in(path, length, longest, flaws);
    }
    if policy.reach < Seconds(60) {
        flaws.push(Flaw::new(
            Code::BadPolicy,
            "policy.reach_s",
            format!("{} s is no reach", policy.reach.0),
            "give the drive at which proximity is 0, at least 60 s",
        ));
    }
    for (path, value, low, high) in [
        ("policy.skill.above_loss", policy.skill.above_loss, 0.0, 1.0),
        ("policy.skill.below_loss", policy.skill.below_loss, 0.0, 1.0),
        ("policy.history.half_life_days", policy.history.half_life_days, 1.0, 36_500.0),
        ("policy.history.prior_visits", policy.history.prior_visits, 0.1, 10_000.0),
        ("policy.history.prior_chance", policy.history.prior_chance, 0.0, 1.0),
        ("policy.urgency.unhappy_above", policy.urgency.unhappy_above, 0.0, 100.0),
        ("policy.lateness.per_minute", policy.lateness.per_minute, 0.0, 10_000.0),
        ("policy.lateness.urgent_factor", policy.lateness.urgent_factor, 0.0, 1000.0),
        ("policy.overtime.per_minute", policy.overtime.per_minute, 0.0, 10_000.0),
    ] {
        number(path, value, low, high, flaws);
    }
    for (n, permille) in policy.skill.work_permille.iter().enumerate() {
        number(
            &format!("policy.skill.work_by_level.{}", n + 1),
            f64::from(*permille) / 1000.0,
            0.1,
            10.0,
            flaws,
        );
    }
    number("policy.binding.visits", f64::from(policy.binding.visits), 0.0, 100.0, flaws);
    number("policy.binding.window_days", f64::from(policy.binding.window_days), 1.0, 3650.0, flaws);
    number("policy.history.unhappy_rating", f64::from(policy.history.unhappy_rating), 0.0, 5.0, flaws);
    let urgency = &policy.urgency;
    for (path, points) in [
        ("policy.emergency.from_priority", policy.emergency.from_priority),
        ("policy.urgency.sla", urgency.sla),
        ("policy.urgency.repeat", urgency.repeat),
        ("policy.urgency.unhappy", urgency.unhappy),
    ]
    .into_iter()
    .chain(urgency.types.iter().map(|points| ("policy.urgency.types", *points)))
    .chain(urgency.tiers.iter().map(|(_, points)| ("policy.urgency.tiers", *points)))
    {
        number(path, f64::from(points), 0.0, 100.0, flaws);
    }
    for sla in &policy.sla {
        for promise in [sla.respond, sla.resolve].into_iter().flatten() {
            length_in("policy.sla", promise, Seconds::LONGEST, flaws);
        }
    }
    watched(policy, flaws);
    if let Some(work) = policy.max_work {
        length_in("policy.max_work_s", work, Seconds::LONGEST, flaws);
    }
}

/// What is told as time goes by.
fn watched(policy: &Policy, flaws: &mut Vec<Flaw>) {
    const MOST: usize = 10;
    number("policy.alerts.warn_share", policy.alerts.warn_share, 0.01, 1.0, flaws);
    length_in("policy.follow_up.call_within_s", policy.follow_up.call_within, Seconds::LONGEST, flaws);
    let (steps, calls) = (&policy.alerts.escalation, &policy.follow_up.complaint_after);
    for (path, count) in
        [("policy.alerts.escalation", steps.len()), ("policy.follow_up.complaint_after_s", calls.len())]
    {
        list(&path, "", count, MOST, flaws);
    }
    for (n, step) in steps.iter().enumerate() {
        length_in(
            &format!("policy.alerts.escalation[{n}].after_s"),
            step.after,
            Seconds::LONGEST,
            flaws,
        );
        id(&format_args!("policy.alerts.escalation[{n}].to"), &step.to, &step.to, flaws);
    }
    if !steps.is_sorted_by(|one, other| one.after < other.after) {
        let found = "two steps are at the same time, or not in their order";
        flaws.push(Flaw::new(
            Code::Contradiction,
            "policy.alerts.escalation",
            found,
            "sort them by \"after_s\"",
        ));
    }
    for (n, after) in calls.iter().enumerate() {
        length_in(&format!("policy.follow_up.complaint_after_s[{n}]"), *after, Seconds::LONGEST, flaws);
    }
}

fn length_in(path: &str, length: Seconds, longest: Seconds, flaws: &mut Vec<Flaw>) {
    number(path, length.0 as f64, 0.0, longest.0 as f64, flaws);
}
