//! Writes that take long to compute.

use std::sync::Arc;

use super::{By, Entry, Fleet, Tenant};
use crate::body::JsonText;
use crate::refusal::Refusal;

/// How often something is computed while others may change the fleet. Whoever changes it meanwhile makes it begin anew;
/// after so many times they wait.
const TRIES: usize = 2;

impl Tenant {
    /// Changes the fleet by something that takes long: it is computed on a copy, so that nobody waits for it, and put in
    /// place if nothing has changed meanwhile. Blocks.
    ///
    /// # Errors
    /// There is no fleet; those of `compute` and `put`; as [`Tenant::write`].
    pub fn write_computed<C, T: Send + 'static>(
        self: &Arc<Self>,
        by: By,
        copy: impl Fn(&Fleet) -> C + Send + 'static,
        compute: impl Fn(C) -> Result<T, Refusal> + Send + 'static,
        put: impl Fn(&mut Entry<'_>, T) -> Result<JsonText, Refusal> + Send + Sync + 'static,
    ) -> Result<JsonText, Refusal> {
        let put = Arc::new(put);
        for _ in 0..TRIES {
            let (copied, stamp) = self.look(|fleet| Ok((copy(fleet), fleet.stamp())))?;
            let computed = compute(copied)?;
            let put = Arc::clone(&put);
            let told = self.write_here(by.clone(), move |entry| {
                if entry.fleet()?.stamp() != stamp {
                    return Err(Refusal::Changed(None));
                }
                put(entry, computed)
            });
            match told {
                Err(Refusal::Changed(_)) => {}
                told => return told,
            }
        }
        self.write_here(by, move |entry| {
            let computed = compute(copy(entry.fleet()?))?;
            put(entry, computed)
        })
    }
}
