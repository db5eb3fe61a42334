//! What other services write to the same store: whoever listens to events is woken for it, and keys are let in and out.
//!
//! Nothing that is promised or answered waits for this: whoever writes has the tenant to themselves, and whoever looks at a
//! fleet asks the store first. Looked for now and then, by one question for all tenants, instead of told by the database: a
//! `notify` of `PostgreSQL` has all commits of the database wait for each other, and an embedded store has none.

use std::sync::{Arc, Weak};

use crate::access::REGISTER;
use crate::crew::Crew;
use crate::state::State;
use crate::store::{Store, Trouble};

/// Looks out from now on, until the state is gone; not where nobody else can write.
///
/// # Errors
/// The system grants no more threads.
pub fn look_out(state: &Arc<State>, store: Arc<dyn Store>) -> std::io::Result<Crew> {
    let mut crew = Crew::default();
    if !store.is_private() {
        let (pause, state) = (state.config.store_look, Arc::downgrade(state));
        crew.add("lookout".to_owned(), move || {
            while state.strong_count() > 0 {
                // Trouble is told to whoever asks for something.
                if let Err(trouble) = look(&state, &*store) {
                    tracing::debug!(%trouble, "cannot look for what others have written");
                }
                std::thread::sleep(pause);
            }
        })?;
    }
    Ok(crew)
}

fn look(state: &Weak<State>, store: &dyn Store) -> Result<(), Trouble> {
    let seqs = store.read(|read| read.seqs())?;
    let Some(state) = state.upgrade() else { return Ok(()) };
    for (name, seq) in seqs {
        match name.as_str() {
            REGISTER => state.keys.follow(seq)?,
            tenant => state.live.hear(tenant, seq),
        }
    }
    Ok(())
}
