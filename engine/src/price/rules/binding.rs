//! Binding charges for every step down the ladder of engineers to whom a repeat is bound, dearer than any
//! day of driving. Coming too late is as bad as not coming: then all steps are charged. With a strict policy
//! it forbids as well, see [`able`](crate::fit::able).

use super::Tariff;
use crate::fit::Binding;
use crate::ids::EngineerIx;
use crate::units::Seconds;

/// The price of `engineer` going in time.
pub fn in_time(tariff: &Tariff, binding: Option<&Binding>, engineer: EngineerIx) -> Seconds {
    binding.map_or(Seconds::ZERO, |binding| steps(tariff, i64::from(binding.steps(engineer))))
}

/// The price of anybody going too late for the SLA.
pub fn too_late(tariff: &Tariff, binding: Option<&Binding>) -> Seconds {
    binding.map_or(Seconds::ZERO, |binding| steps(tariff, binding.ladder.len() as i64))
}

fn steps(tariff: &Tariff, steps: i64) -> Seconds {
    Seconds(tariff.binding_step.0 * steps)
}
