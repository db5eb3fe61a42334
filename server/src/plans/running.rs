//! The searches under way, to stop them all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{PlanJob, kept};

/// The searches under way.
#[derive(Debug, Default)]
pub(super) struct Running {
    jobs: Mutex<(Vec<Arc<PlanJob>>, bool)>,
}

impl Running {
    pub(super) fn add(&self, job: &Arc<PlanJob>) {
        let mut jobs = self.lock();
        if jobs.1 {
            job.stop_as(Some(kept::BROKEN_OFF));
        }
        jobs.0.push(Arc::clone(job));
    }

    pub(super) fn remove(&self, job: &Arc<PlanJob>) {
        self.lock().0.retain(|known| !Arc::ptr_eq(known, job));
    }

    /// Stops all, also those that are still to come.
    pub(super) fn stop(&self) {
        let mut jobs = self.lock();
        jobs.1 = true;
        jobs.0.iter().for_each(|job| job.stop());
    }

    /// Whether all are to stop.
    pub(super) fn is_stopping(&self) -> bool {
        self.lock().1
    }

    /// How many have not ended: one that has is still here for a moment.
    pub(super) fn len(&self) -> usize {
        self.lock().0.iter().filter(|job| job.finished().is_none()).count()
    }

    fn lock(&self) -> MutexGuard<'_, (Vec<Arc<PlanJob>>, bool)> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
