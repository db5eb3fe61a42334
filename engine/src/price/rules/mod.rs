//! One rule that charges, one file: why it charges, and how much per unit. Driving charges its fare,
//! which is the second that it takes unless a shift has rates of its own; a callout is one amount.

pub mod binding;
pub mod guarantee;
pub mod history;
pub mod lateness;
pub mod load;
pub mod overtime;
pub mod preference;
pub mod skill;
pub mod waiting;
pub mod work;

use crate::policy::Policy;
use crate::units::Seconds;

/// What every rule charges per unit, computed once from a policy.
#[derive(Clone, Debug)]
pub struct Tariff {
    /// For one whole lost point of skill.
    pub skill: Seconds,
    /// For one whole lost point of history.
    pub history: Seconds,
    /// For a shift booked from end to end.
    pub load: Seconds,
    /// For going without a preferred engineer.
    pub preference: Seconds,
    /// For one step down the ladder of a binding.
    pub binding_step: Seconds,
    /// For 1000 s of lateness, by priority 0-100.
    pub lateness: Box<[i64]>,
    /// For 1000 s of overtime.
    pub overtime: i64,
}

impl Tariff {
    /// The tariff of a policy. One lost point of factor f costs `reach * w_f / w_proximity` seconds of
    /// driving, since proximity loses one point over `reach`.
    pub fn new(policy: &Policy) -> Tariff {
        let point = |weight: f64| {
            Seconds((policy.reach.0 as f64 * weight / policy.weights.proximity).round() as i64)
        };
        let lateness = (0..=100).map(|priority| lateness::rate(&policy.lateness, priority)).collect();
        Tariff {
            skill: point(policy.weights.skill),
            history: point(policy.weights.history),
            load: point(policy.weights.load),
            preference: policy.preference,
            binding_step: policy.binding.step,
            lateness,
            overtime: overtime::rate(&policy.overtime),
        }
    }
}

/// What `length` costs at a rate for 1000 s, rounded half up.
fn by_the_thousand(length: Seconds, rate: i64) -> Seconds {
    let length = length.0.max(0);
    // A day's figures fit 64 bits with room; what does not is taken the long way.
    if length < 1_000_000_000 && rate < 1_000_000_000 {
        return Seconds((length * rate + 500) / 1000);
    }
    // Places that are out of reach are asked what they would cost, too.
    let thousandths = i128::from(length) * i128::from(rate) + 500;
    Seconds((thousandths / 1000).min(i128::from(i64::MAX / 8)) as i64)
}

/// What a share of a whole point costs.
fn part_of(point: Seconds, lost: f64) -> Seconds {
    Seconds((point.0 as f64 * lost).round() as i64)
}
