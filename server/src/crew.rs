//! Threads that are expected to live as long as the service.

use std::thread::JoinHandle;

/// Threads with names. Dropping this lets them go on.
#[derive(Debug, Default)]
pub struct Crew(Vec<JoinHandle<()>>);

impl Crew {
    /// Starts one more thread.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn add(&mut self, name: String, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        self.0.push(std::thread::Builder::new().name(name).spawn(work)?);
        Ok(())
    }

    /// Whether all of them are still at work.
    pub fn is_alive(&self) -> bool {
        self.0.iter().all(|thread| !thread.is_finished())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_crew_is_alive_until_one_of_it_has_ended() {
        let (end, ended) = mpsc::channel::<()>();
        let mut crew = Crew::default();
        crew.add("first".to_owned(), move || assert!(ended.recv().is_err())).unwrap();
        assert!(crew.is_alive());
        drop(end);
        while crew.is_alive() {
            std::thread::yield_now();
        }
    }
}
