//! The weights of an objective: what a plan is asked for, and what of it a plan will not honour.

use super::Reader;
use super::care::Part;
use super::document::{InstanceDoc, MetadataDoc, WeightDoc, WeightsDoc};
use crate::flaw::Code;
use crate::units::Seconds;
use crate::wire::pragmatic::Difference;

/// Units of price in a point.
pub(super) const POINT: f64 = 60.0;

/// What a part of the objective asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Weight {
    Points(f64),
    Hard,
    Missing,
}

impl Weight {
    pub(super) fn of(doc: Option<WeightDoc>) -> Weight {
        match doc {
            Some(WeightDoc::Points(points)) => Weight::Points(points),
            Some(WeightDoc::Rule(_)) => Weight::Hard,
            None => Weight::Missing,
        }
    }

    /// A weight that is a rule, too, if another is one.
    pub(super) fn or_rule(doc: Option<WeightDoc>, other: Option<WeightDoc>) -> Weight {
        if Weight::of(other) == Weight::Hard { Weight::Hard } else { Weight::of(doc) }
    }

    /// What one of its units costs.
    pub(super) fn points(self) -> f64 {
        match self {
            Weight::Points(points) => points,
            Weight::Hard | Weight::Missing => 0.0,
        }
    }

    /// A thousandth of a unit of price for a second, where it is points for a minute.
    pub(super) fn rate(self) -> i64 {
        (self.points() * POINT / 60.0 * 1000.0).round() as i64
    }

    pub(super) fn price(self) -> Seconds {
        Seconds((self.points() * POINT).round() as i64)
    }
}

/// The weights that are planned for, but for that of the most idle shift.
pub(super) struct Weights {
    pub(super) travel: Weight,
    pub(super) tardiness: Weight,
    pub(super) waiting: Weight,
    pub(super) extra: Weight,
    pub(super) preferences: Weight,
    pub(super) optional: Weight,
}

/// Tells weights that are no such.
pub(super) fn are_sound(weights: &WeightsDoc, reader: &mut Reader) {
    for (key, weight) in named(weights) {
        // More our policy does not take for a minute.
        let most = match key {
            "total_tardiness" | "total_extra_time" => 100.0,
            _ => 1e6,
        };
        if let Some(WeightDoc::Points(points)) = weight
            && !(0.0..=most).contains(&points)
        {
            let path = format!("metadata.cost_components.{key}");
            let found = format!("{points} is not between 0 and {most}");
            reader.flaw(Code::OutOfRange, path, "", found, "scale the weights down");
        }
    }
}

/// Every weight with its key; those of [`Part::ALL`](super::Part::ALL) come first, in their order.
pub(super) fn named(weights: &WeightsDoc) -> [(&'static str, Option<WeightDoc>); 16] {
    [
        ("travel_time", weights.travel_time),
        ("total_tardiness", weights.total_tardiness),
        ("highest_tardiness", weights.highest_tardiness),
        ("total_waiting_time", weights.total_waiting_time),
        ("total_extra_time", weights.total_extra_time),
        ("max_idle_time", weights.max_idle_time),
        ("caregiver_preferences", weights.caregiver_preferences),
        ("optional_patients", weights.optional_patients),
        ("missed_lunch_break", weights.missed_lunch_break),
        ("qualification", weights.qualification),
        ("working_time", weights.working_time),
        ("incompabilities", weights.incompabilities),
        ("tw_max_dev_in_time", weights.tw_max_dev_in_time),
        ("tw_max_dev_in_desired_time", weights.tw_max_dev_in_desired_time),
        ("workload_balance", weights.workload_balance),
        ("max_waiting_time", weights.max_waiting_time),
    ]
}

/// Tells what a plan will not honour. Every key has a note of its own, whatever the others say.
pub(super) fn differences(doc: &InstanceDoc, reader: &mut Reader) {
    for (key, weight) in named(&doc.metadata.cost_components) {
        let says = match weight {
            Some(WeightDoc::Points(points)) if points > 0.0 => weight_not_honoured(key),
            Some(WeightDoc::Rule(_)) => rule_not_honoured(key),
            _ => None,
        };
        if let Some(says) = says {
            let path = format!("metadata.cost_components.{key}");
            reader.differences.push(Difference { path, says });
        }
    }
}

fn weight_not_honoured(key: &str) -> Option<&'static str> {
    Some(match key {
        "highest_tardiness" => "the latest service is not planned for, the answer tells it",
        "max_idle_time" => {
            "the most idle shift is planned for by guarantees, with an allowance that is tried"
        }
        "missed_lunch_break" => {
            "every lunch that fits into the shift is planned; the answer misses one that no gap holds or that costs more"
        }
        "qualification" | "incompabilities" => "this is a rule here",
        key if is_told(key) => return None,
        _ => "this is neither planned for nor told",
    })
}

fn rule_not_honoured(key: &str) -> Option<&'static str> {
    match key {
        "total_tardiness"
        | "highest_tardiness"
        | "total_extra_time"
        | "working_time"
        | "caregiver_preferences"
        | "optional_patients"
        | "qualification"
        | "incompabilities" => None,
        "missed_lunch_break" => Some("a lunch is missed where it fits nowhere into the shift"),
        _ => Some("this rule is neither planned for nor checked"),
    }
}

/// Whether an answer tells what a part comes to.
fn is_told(key: &str) -> bool {
    Part::ALL.iter().any(|part| part.as_str() == key)
}

/// Parts with a weight that costs lack, or do not count as the format does.
pub(super) fn uncounted(metadata: &MetadataDoc) -> Vec<&'static str> {
    // In those converted from the literature everybody leaves when the shift starts, and waits from then on.
    let leaves_at_start = metadata.origin.as_deref().is_some_and(|origin| origin.starts_with("bazirha"));
    let is_counted = |key: &str| match key {
        "total_waiting_time" => !leaves_at_start,
        // As rules they are never broken.
        "qualification" | "incompabilities" => true,
        _ => is_told(key),
    };
    let has_weight = |weight| matches!(weight, Some(WeightDoc::Points(points)) if points > 0.0);
    let parts = named(&metadata.cost_components).into_iter();
    parts.filter(|(key, weight)| has_weight(*weight) && !is_counted(key)).map(|(key, _)| key).collect()
}
