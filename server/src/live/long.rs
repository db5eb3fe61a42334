//! Writes that take long to compute: on a copy, while others go on.

use std::sync::Arc;

use super::{By, Entry, Fleet, Tenant};
use crate::body::JsonText;
use crate::refusal::Refusal;

/// How often such a write is computed while others may change the fleet. Whoever changes it meanwhile makes it begin
/// anew; after so many times they wait.
const TRIES: usize = 2;

impl Tenant {
    /// Changes what the tenant has, as [`Tenant::write`]: `copy` takes what is needed of the fleet, if there is one, `work`
    /// makes of it what is to be, and `put` puts that in its place if the fleet is still the one that was copied. Blocks.
    ///
    /// # Errors
    /// As [`Tenant::write`]; the refusals of all three.
    pub fn write_long<Copy: 'static, Done: Send + 'static>(
        self: &Arc<Self>,
        by: &By,
        copy: impl Fn(Option<&Fleet>) -> Result<Copy, Refusal> + Send + Sync + 'static,
        work: impl Fn(Copy) -> Result<Done, Refusal> + Send + Sync + 'static,
        put: impl Fn(&mut Entry<'_>, Done) -> Result<JsonText, Refusal> + Send + Sync + 'static,
    ) -> Result<JsonText, Refusal> {
        let put = Arc::new(put);
        for _ in 0..TRIES {
            let (copied, stamp) = self.glance(|fleet| Ok((copy(fleet)?, fleet.map(Fleet::stamp))))?;
            let done = work(copied)?;
            let put = Arc::clone(&put);
            let told = self.write_here(by.clone(), move |entry| {
                if entry.glance()?.map(Fleet::stamp) != stamp {
                    return Err(Refusal::Changed(None));
                }
                put(entry, done)
            });
            match told {
                Err(Refusal::Changed(None)) => {}
                told => return told,
            }
        }
        self.write_here(by.clone(), move |entry| {
            let copied = copy(entry.glance()?)?;
            put(entry, work(copied)?)
        })
    }
}
