//! What a fleet has but once: clock, travel, territories, depots.

use paidan_engine::flaw::Flaw;
use paidan_engine::problem::Draft;
use paidan_engine::units::Moment;

use super::Fleet;
use super::engineers::unkept;
use crate::text::now_us;

impl Fleet {
    /// Its clock, travel, territories and depots alone.
    pub fn setup(&self) -> Draft {
        let Draft { now, offset_s, travel, territories, depots, .. } = self.standing();
        Draft { now, offset_s, travel, territories, depots, ..Draft::default() }
    }

    /// The same fleet with clock, travel, territories and depots of another document, all set up anew, as [`Fleet::new`].
    ///
    /// # Errors
    /// Their flaws, and those of whoever counts on what is gone; promises that cannot be kept.
    pub fn with_setup(&self, setup: Draft) -> Result<Fleet, Vec<Flaw>> {
        let Draft { now, offset_s, travel, territories, depots, .. } = setup;
        let draft = Draft { now, offset_s, travel, territories, depots, ..self.standing() };
        let fix = "let it allow that, or take the ticket back first";
        self.anew(draft).map_err(|flaws| unkept(flaws, "", fix))
    }
}

/// What a fleet begins with if nothing is said: the service's time, travel as the crow flies, the usual policy.
pub fn usual_setup(offset_s: i32) -> Draft {
    Draft { now: Moment(now_us() / 1_000_000), offset_s, ..Draft::default() }
}
