//! What a fleet has but once: clock, travel, territories, depots.

use paidan_engine::flaw::Flaw;
use paidan_engine::problem::Draft;
use paidan_engine::units::Moment;

use super::Fleet;
use super::clock::Clock;
use super::engineers::unkept;
use crate::text::now_us;

impl Fleet {
    /// Its clock, travel, territories and depots alone.
    pub fn setup(&self) -> Draft {
        let Draft { now, offset_s, travel, territories, depots, .. } = self.standing();
        Draft { now, offset_s, travel, territories, depots, ..Draft::default() }
    }

    /// The same fleet with travel, territories and depots of another document, all set up anew, as [`Fleet::new`]; and with
    /// another clock, if there is one.
    ///
    /// # Errors
    /// Their flaws, and those of whoever counts on what is gone; promises that cannot be kept.
    pub fn with_setup(&self, setup: Draft, clock: Option<Clock>) -> Result<Fleet, Vec<Flaw>> {
        let Draft { now, offset_s, travel, territories, depots, .. } = setup;
        let draft = Draft { offset_s, travel, territories, depots, ..self.standing() };
        let fix = "let it allow that, or take the ticket back first";
        let told = |flaws| unkept(flaws, "", fix);
        match clock {
            None => self.anew_in_time(draft).map_err(told),
            // At another time other things are late.
            Some(clock) => self.clone().set_to(now, clock).anew(draft).map_err(told),
        }
    }
}

/// What a fleet begins with if nothing is said: the service's time, travel as the crow flies, the usual policy.
pub fn usual_setup(offset_s: i32) -> Draft {
    Draft { now: Moment(now_us() / 1_000_000), offset_s, ..Draft::default() }
}
