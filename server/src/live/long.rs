//! Writes that take long to compute: outside of the store, and put down only if the fleet is still the one they are of.
//!
//! First on a copy, while everybody goes on. Whoever changes the fleet meanwhile makes it begin anew; after some tries the
//! other writes of the tenant wait here until it is computed, while everybody may look. The store is not held for that
//! either, so another service on it may still come between; when that has happened again, too, the write is refused.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::write::{Job, Told, Work, replayed};
use super::{By, Entry, Fleet, Stamp, Tenant};
use crate::body::JsonText;
use crate::refusal::Refusal;

/// How often such a write is computed while others may change the fleet.
const BESIDE_OTHERS: usize = 2;
/// How often after that, while other writes wait.
const ALONE: usize = 2;

/// What a write is answered, once it is.
pub type Answer = oneshot::Receiver<Result<JsonText, Refusal>>;

/// A long write in its parts.
struct Long<C, W, P> {
    copy: C,
    work: W,
    put: P,
}

impl Tenant {
    /// The answer to the same question under the same key, if it was given before. For whoever would compute long. Blocks.
    ///
    /// # Errors
    /// The key was used for another question; the store's trouble.
    pub fn answered(&self, by: &By) -> Result<Option<JsonText>, Refusal> {
        let Some(once) = &by.once else { return Ok(None) };
        let kept = self.read(|read, tenant| read.kept(tenant, &once.key))?;
        kept.map(|kept| replayed(once, kept)).transpose()
    }

    /// Queues a write as [`Tenant::write`] does, for threads that do not wait for its answer.
    ///
    /// # Errors
    /// Too many writes wait.
    pub fn begin_write(
        self: &Arc<Self>,
        by: By,
        work: impl FnOnce(&mut Entry<'_>) -> Result<JsonText, Refusal> + Send + 'static,
    ) -> Result<Answer, Refusal> {
        self.queue(by, Box::new(work))
    }

    /// Changes what the tenant has, as [`Tenant::write`]: `copy` takes what is needed of the fleet, if there is one, `work`
    /// makes of it what is to be, and may read the store, and `put` puts that in its place if the fleet is still the one
    /// that was copied. Blocks.
    ///
    /// # Errors
    /// As [`Tenant::write`]; the refusals of all three; others have changed the fleet each time.
    pub fn write_long<Copied: 'static, Done: Send + 'static>(
        self: &Arc<Self>,
        by: &By,
        copy: impl Fn(Option<&Fleet>) -> Result<Copied, Refusal> + Send + Sync + 'static,
        work: impl Fn(Copied) -> Result<Done, Refusal> + Send + Sync + 'static,
        put: impl Fn(&mut Entry<'_>, Done) -> Result<JsonText, Refusal> + Send + Sync + 'static,
    ) -> Told {
        let long = Arc::new(Long { copy, work, put });
        for tried in 0..BESIDE_OTHERS + ALONE {
            let (long, tenant) = (Arc::clone(&long), Arc::clone(self));
            let job = if tried < BESIDE_OTHERS {
                match long.computed(&tenant) {
                    Ok(work) => Job::Ready(work),
                    // The same may have been done under this key since, and cannot be done once more.
                    Err(refusal) => return self.answered(by)?.ok_or(refusal),
                }
            } else {
                Job::Long(Box::new(move || {
                    long.computed(&tenant).unwrap_or_else(|refusal| Box::new(|_| Err(refusal)))
                }))
            };
            match self.job_here(by.clone(), job) {
                Err(Refusal::Overtaken) => {}
                told => return told,
            }
        }
        Err(Refusal::Overtaken)
    }

    /// The same where `make` makes it all of the fleet, which shows the time by now. What it refuses `put` is given, as there
    /// may be more to say against it by then.
    ///
    /// # Errors
    /// As [`Tenant::write_long`]; whatever `put` makes of what `make` refuses.
    pub fn write_made<Made: Send + 'static>(
        self: &Arc<Self>,
        by: &By,
        make: impl Fn(&Fleet) -> Result<Made, Refusal> + Send + Sync + 'static,
        put: impl Fn(&mut Entry<'_>, Result<Made, Refusal>) -> Result<JsonText, Refusal>
        + Send
        + Sync
        + 'static,
    ) -> Told {
        let copy = |fleet: Option<&Fleet>| Ok(fleet.map(Fleet::by_now));
        let work =
            move |fleet: Option<Fleet>| Ok(fleet.ok_or(Refusal::NoFleet).and_then(|fleet| make(&fleet)));
        self.write_long(by, copy, work, put)
    }
}

impl<C, W, P> Long<C, W, P> {
    /// Computes it for the fleet as it is by now; what is left is to put it in its place.
    fn computed<Copied: 'static, Done: Send + 'static>(
        self: Arc<Self>,
        tenant: &Tenant,
    ) -> Result<Work, Refusal>
    where
        C: Fn(Option<&Fleet>) -> Result<Copied, Refusal> + Send + Sync + 'static,
        W: Fn(Copied) -> Result<Done, Refusal> + Send + Sync + 'static,
        P: Fn(&mut Entry<'_>, Done) -> Result<JsonText, Refusal> + Send + Sync + 'static,
    {
        let (copied, of) = tenant.glance(|fleet| Ok(((self.copy)(fleet)?, fleet.map(Fleet::stamp))))?;
        let done = (self.work)(copied)?;
        Ok(Box::new(move |entry| {
            let is_of: Option<Stamp> = entry.glance()?.map(Fleet::stamp);
            if is_of == of { (self.put)(entry, done) } else { Err(Refusal::Overtaken) }
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::http::StatusCode;
    use paidan_engine::wire::read_draft;

    use super::*;
    use crate::config::Config;
    use crate::live::{Live, NewFleet, Once};
    use crate::store::{Store, open};

    fn by() -> By {
        By { actor: "test".into(), once: None }
    }

    /// A service on a store, with its one tenant.
    fn service(store: &Arc<dyn Store>) -> (Live, Arc<Tenant>) {
        let live = Live::start(Arc::clone(store), &Config::default()).unwrap();
        let tenant = live.tenant("main").unwrap();
        (live, tenant)
    }

    fn set_up(tenant: &Arc<Tenant>) {
        let text = include_bytes!("../../../fixtures/tiny/third-repeat.json");
        let fleet = NewFleet::new(read_draft(text).unwrap()).unwrap();
        tenant.write_here(by(), |entry| JsonText::ok(&entry.replace_fleet(fleet)?)).unwrap();
    }

    /// Has the fleet be another one than it was.
    fn change(tenant: &Arc<Tenant>) {
        let told = tenant.write_here(by(), |entry| {
            let fleet = entry.fleet()?;
            let (first, at) = (fleet.engineers()[0].clone(), fleet.now());
            let id = first.id;
            entry.put_position(&id, first.home.unwrap(), at)?;
            entry.tell("position.told", &id, &())?;
            JsonText::ok(&())
        });
        told.unwrap();
    }

    /// A long write that is overtaken by what `overtake` writes, so many times; what it is told, and how often it was
    /// computed.
    fn write(
        tenant: &Arc<Tenant>,
        times: usize,
        overtake: impl Fn() + Send + Sync + 'static,
    ) -> (Told, usize) {
        let tried = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tried);
        let work = move |()| {
            if count.fetch_add(1, Ordering::Relaxed) < times {
                overtake();
            }
            Ok(())
        };
        let told = tenant.write_long(
            &by(),
            |_| Ok(()),
            work,
            |entry, ()| {
                entry.tell("long.done", "", &())?;
                JsonText::ok(&())
            },
        );
        (told, tried.load(Ordering::Relaxed))
    }

    #[test]
    fn a_long_write_is_computed_anew_when_others_were_faster_and_at_last_while_they_wait() {
        let store = open("memory").unwrap();
        let (_live, tenant) = service(&store);
        set_up(&tenant);
        let other = Arc::clone(&tenant);
        let (told, tried) = write(&tenant, 1, move || change(&other));
        assert_eq!((told.unwrap().status, tried), (StatusCode::OK, 2));
        // Who writes the third time is written behind it.
        let (other, written) = (Arc::clone(&tenant), Arc::new(AtomicUsize::new(0)));
        let done = Arc::clone(&written);
        let (told, tried) = write(&tenant, 3, move || {
            if done.fetch_add(1, Ordering::Relaxed) < BESIDE_OTHERS {
                return change(&other);
            }
            let other = Arc::clone(&other);
            std::thread::spawn(move || change(&other));
        });
        assert_eq!((told.unwrap().status, tried), (StatusCode::OK, 3));
    }

    #[test]
    fn what_was_done_meanwhile_under_the_same_key_is_answered_and_not_refused() {
        let store = open("memory").unwrap();
        let (_live, tenant) = service(&store);
        set_up(&tenant);
        let once = Once { key: "once".to_owned(), asked: "the same".to_owned() };
        let by = By { once: Some(once), ..by() };
        let (other, own) = (Arc::clone(&tenant), by.clone());
        let work = move |()| -> Result<(), Refusal> {
            let done = other.write_here(own.clone(), |_| JsonText::ok(&"done"));
            done.and(Err(Refusal::Undone))
        };
        let told = tenant.write_long(&by, |_| Ok(()), work, |_, ()| JsonText::ok(&()));
        assert_eq!(told.map(|told| told.text).ok(), Some(b"\"done\"".to_vec()));
    }

    #[test]
    fn a_long_write_that_another_service_overtakes_each_time_is_refused_and_has_done_nothing() {
        let path = std::env::temp_dir().join(format!("paidan-long-{}.db", std::process::id()));
        let store = open(path.to_str().unwrap()).unwrap();
        let ((_one, tenant), (_two, other)) = (service(&store), service(&store));
        set_up(&tenant);
        let before = tenant.read(|read, name| read.seq(name)).unwrap();
        let (told, tried) = write(&tenant, usize::MAX, move || change(&other));
        assert!(matches!(told, Err(Refusal::Overtaken)), "{told:?}");
        assert_eq!(tried, BESIDE_OTHERS + ALONE);
        let facts = tenant.read(|read, name| read.facts(name, before, 100)).unwrap();
        assert_eq!(facts.len(), tried, "only what the other service has written");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }
}
