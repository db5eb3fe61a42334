//! Where a webhook stands among the events, and what is sent next. It knows neither clock nor network.
//!
//! Events of one subject, such as a ticket, are sent one after another in their order; those of different ones beside each
//! other. What fails is tried again later, and holds back what comes after it of the same subject alone. Once something
//! has failed, nothing new is begun for a while that grows with every failure in a row: so a receiver that is down is
//! asked now and then, and one that cannot take one event soon gets the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::Config;
use crate::store::Fact;

/// By which factor each pause is longer than the one before.
const LONGER: u32 = 5;
/// Failures in a row from which on a receiver counts as down.
const DOWN: u32 = 2;

/// One try to send a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeliveryAttempt, examples(json!({
    "at": "2026-03-02T12:00:01.5Z", "status": 503, "error": "it answered 503", "took_ms": 84
})))]
pub struct AttemptDoc {
    /// When it began; RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
    /// What was answered, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 100, maximum = 999)]
    pub status: Option<u16>,
    /// Why it counts as failed, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was taken.
    Taken,
    /// It was not; perhaps with how long to wait.
    Failed(Option<Duration>),
    /// Nobody is there any more who wants to be told.
    Gone,
}

/// What is kept of an event that was begun and not taken yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub seq: u64,
    pub event: String,
    pub subject: String,
    pub attempts: Vec<AttemptDoc>,
    /// When it is tried next, in microseconds since 1970.
    pub next_us: i64,
}

/// What is kept of where a webhook stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The term of the service that wrote it: one of an earlier term writes no more.
    pub term: u64,
    /// All events up to this one were taken, or not wanted, or are dead letters, or are waiting.
    pub upto: u64,
    /// Those that are waiting, by number.
    pub waiting: Vec<Kept>,
    /// How many were taken.
    pub taken: u64,
    /// When the last one was taken, in microseconds since 1970.
    pub taken_us: Option<i64>,
}

/// An event that is waiting.
#[derive(Debug)]
struct Due {
    fact: Arc<Fact>,
    attempts: Vec<AttemptDoc>,
    next_us: i64,
    is_under_way: bool,
}

/// An event that is given up.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub fact: Arc<Fact>,
    pub attempts: Vec<AttemptDoc>,
}

/// Where a webhook stands.
#[derive(Debug)]
pub(super) struct Course {
    upto: u64,
    waiting: BTreeMap<u64, Due>,
    taken: u64,
    taken_us: Option<i64>,
    /// Failures since anything was taken.
    failures: u32,
    /// When something new may be begun after a failure.
    resume_us: i64,
    most_waiting: usize,
    at_once: usize,
    tries: usize,
    pause: Duration,
    longest_pause: Duration,
}

impl Course {
    /// Goes on from what was kept; `facts` are those of the waiting ones that are there.
    pub fn new(kept: Progress, facts: Vec<Fact>, config: &Config) -> Course {
        let mut facts: BTreeMap<u64, Fact> = facts.into_iter().map(|fact| (fact.seq, fact)).collect();
        let due = |Kept { seq, attempts, next_us, .. }| {
            let fact = Arc::new(facts.remove(&seq)?);
            Some((seq, Due { fact, attempts, next_us, is_under_way: false }))
        };
        Course {
            upto: kept.upto,
            waiting: kept.waiting.into_iter().filter_map(due).collect(),
            taken: kept.taken,
            taken_us: kept.taken_us,
            failures: 0,
            resume_us: 0,
            most_waiting: config.webhook_waiting.max(1),
            at_once: config.webhook_window.max(1),
            tries: config.webhook_tries.max(1),
            pause: config.webhook_pause,
            longest_pause: config.webhook_longest_pause,
        }
    }

    /// What to keep.
    pub fn progress(&self, term: u64) -> Progress {
        let kept = |(&seq, due): (&u64, &Due)| Kept {
            seq,
            event: due.fact.event.clone(),
            subject: due.fact.subject.clone(),
            attempts: due.attempts.clone(),
            next_us: due.next_us,
        };
        Progress {
            term,
            upto: self.upto,
            waiting: self.waiting.iter().map(kept).collect(),
            taken: self.taken,
            taken_us: self.taken_us,
        }
    }

    /// Up to which event it has read.
    pub fn upto(&self) -> u64 {
        self.upto
    }

    /// How many more events it could do with.
    pub fn room(&self) -> usize {
        let untried = self.waiting.values().filter(|due| due.attempts.is_empty()).count();
        // Some of them may have to wait for others.
        let wanted = (2 * self.at_once).saturating_sub(untried);
        if wanted < self.at_once {
            // Read by handfuls, not one by one.
            return 0;
        }
        let free = self.most_waiting.saturating_sub(self.waiting.len());
        // A receiver that takes others may not be held up by those it does not take.
        let may_give_up = self.failures == 0 && untried < self.waiting.len();
        wanted.min(free.max(usize::from(may_give_up)))
    }

    /// Goes past the next event, which `is_wanted` or not. Returns what had to be given up for it before its time: if
    /// there is no room, that which was tried most often.
    pub fn read(&mut self, fact: Fact, is_wanted: bool) -> Option<Given> {
        self.upto = fact.seq;
        if !is_wanted {
            return None;
        }
        let worst = (self.waiting.len() >= self.most_waiting)
            .then(|| self.waiting.iter().filter(|(_, due)| !due.is_under_way))
            .and_then(|idle| idle.max_by_key(|(seq, due)| (due.attempts.len(), u64::MAX - **seq)))
            .map(|(seq, _)| *seq);
        let given = worst.and_then(|seq| self.give_up(seq));
        self.wait(fact);
        given
    }

    /// Sends an event once more, as if it never had been.
    pub fn wait(&mut self, fact: Fact) {
        let seq = fact.seq;
        let due = Due { fact: Arc::new(fact), attempts: Vec::new(), next_us: 0, is_under_way: false };
        self.waiting.entry(seq).or_insert(due);
    }

    /// The next event to send, which is under way from now on. `O(waiting)`.
    pub fn pick(&mut self, now_us: i64) -> Option<Arc<Fact>> {
        let under_way = self.under_way();
        if under_way >= self.at_once || self.failures > 0 && under_way > 0 {
            return None;
        }
        let may_begin = self.failures == 0 || now_us >= self.resume_us;
        let mut subjects = BTreeSet::new();
        for due in self.waiting.values_mut() {
            let is_first = subjects.insert(subject(&due.fact));
            let is_time = now_us >= due.next_us && (may_begin || !due.attempts.is_empty());
            if is_first && is_time && !due.is_under_way {
                due.is_under_way = true;
                return Some(Arc::clone(&due.fact));
            }
        }
        None
    }

    /// How many are under way.
    pub fn under_way(&self) -> usize {
        self.waiting.values().filter(|due| due.is_under_way).count()
    }

    /// When there may be something to send if nothing else happens; `None` if only what happens can bring it.
    pub fn next_us(&self) -> Option<i64> {
        let mut subjects = BTreeSet::new();
        let firsts = self.waiting.values().filter(|due| subjects.insert(subject(&due.fact)));
        let is_new = |due: &Due| due.attempts.is_empty() && self.failures > 0;
        let time = |due: &Due| if is_new(due) { self.resume_us } else { due.next_us };
        firsts.filter(|due| !due.is_under_way).map(time).min()
    }

    /// Takes note of how a try ended. `chance` is of 0 to 1. Returns the event if it is given up.
    pub fn end(
        &mut self,
        seq: u64,
        (verdict, attempt): (Verdict, AttemptDoc),
        now_us: i64,
        chance: f64,
    ) -> Option<Given> {
        let due = self.waiting.get_mut(&seq)?;
        due.is_under_way = false;
        let asked = match verdict {
            Verdict::Taken => {
                self.waiting.remove(&seq);
                self.taken += 1;
                self.taken_us = Some(now_us);
                if self.failures >= DOWN {
                    // It is back: what failed while it was down need not wait any longer.
                    self.waiting.values_mut().for_each(|due| due.next_us = 0);
                }
                self.failures = 0;
                return None;
            }
            Verdict::Gone => {
                due.attempts.push(attempt);
                return None;
            }
            Verdict::Failed(asked) => asked,
        };
        due.attempts.push(attempt);
        let tries = due.attempts.len();
        let pause = |after: usize| {
            let usual = LONGER.checked_pow(after as u32).and_then(|by| self.pause.checked_mul(by));
            let usual = usual.unwrap_or(self.longest_pause).min(self.longest_pause);
            // Half of it to one and a half, so that those who failed together do not come back together.
            let drawn = usual.mul_f64(0.5 + chance);
            let asked = asked.unwrap_or_default().min(self.longest_pause);
            now_us + drawn.max(asked).as_micros() as i64
        };
        due.next_us = pause(tries - 1);
        self.resume_us = pause(self.failures as usize);
        self.failures += 1;
        (tries >= self.tries).then(|| self.give_up(seq)).flatten()
    }

    fn give_up(&mut self, seq: u64) -> Option<Given> {
        let Due { fact, attempts, .. } = self.waiting.remove(&seq)?;
        Some(Given { fact, attempts })
    }
}

/// What an event is about: tickets and engineers may have the same ids.
fn subject(fact: &Fact) -> (String, String) {
    let kind = fact.event.split('.').next().unwrap_or_default();
    (kind.to_owned(), fact.subject.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn fact(seq: u64, subject: &str) -> Fact {
        Fact {
            seq,
            at_us: 0,
            actor: String::new(),
            event: "ticket.changed".to_owned(),
            subject: subject.to_owned(),
            body: "{}".to_owned(),
        }
    }

    fn course(config: &Config, subjects: &[&str]) -> Course {
        let mut course = Course::new(Progress::default(), Vec::new(), config);
        for (seq, subject) in (1..).zip(subjects) {
            assert!(course.read(fact(seq, subject), true).is_none());
        }
        course
    }

    fn config() -> Config {
        Config { webhook_pause: Duration::from_secs(5), webhook_tries: 3, ..Config::default() }
    }

    fn picked(course: &mut Course, now_us: i64) -> Vec<u64> {
        std::iter::from_fn(|| course.pick(now_us).map(|fact| fact.seq)).collect()
    }

    fn end(course: &mut Course, seq: u64, verdict: Verdict, now_us: i64) -> Option<Given> {
        let attempt = AttemptDoc { at: String::new(), status: None, error: None, took_ms: 0 };
        course.end(seq, (verdict, attempt), now_us, 0.5)
    }

    #[test]
    fn events_of_one_subject_wait_for_each_other_and_others_do_not() {
        let mut course = course(&config(), &["T1", "T2", "T1", "T3"]);
        assert_eq!(picked(&mut course, 0), [1, 2, 4]);
        assert_eq!(picked(&mut course, 0), [] as [u64; 0]);
        end(&mut course, 1, Verdict::Taken, 0);
        assert_eq!(picked(&mut course, 0), [3]);
        assert_eq!((course.progress(7).term, course.progress(7).waiting.len()), (7, 3));
    }

    #[test]
    fn what_fails_is_tried_later_and_later_and_then_given_up() {
        let mut course = course(&config(), &["T1", "T1", "T2"]);
        assert_eq!(picked(&mut course, 0), [1, 3]);
        assert!(end(&mut course, 1, Verdict::Failed(None), 0).is_none());
        end(&mut course, 3, Verdict::Taken, 0);
        assert_eq!(course.next_us(), Some(5 * SECOND));
        assert_eq!(picked(&mut course, 5 * SECOND - 1), [] as [u64; 0]);
        assert_eq!(picked(&mut course, 5 * SECOND), [1]);
        assert!(end(&mut course, 1, Verdict::Failed(None), 5 * SECOND).is_none());
        assert_eq!(picked(&mut course, 29 * SECOND), [] as [u64; 0]);
        assert_eq!(picked(&mut course, 30 * SECOND), [1]);
        let given = end(&mut course, 1, Verdict::Failed(None), 30 * SECOND).unwrap();
        assert_eq!((given.fact.seq, given.attempts.len()), (1, 3));
        assert_eq!(picked(&mut course, 3600 * SECOND), [2], "what waited behind it goes on");
    }

    #[test]
    fn a_receiver_that_is_down_is_asked_now_and_then() {
        let mut course = course(&config(), &["T1", "T2", "T3", "T4"]);
        assert_eq!(picked(&mut course, 0), [1, 2, 3, 4]);
        for seq in [1, 2, 3] {
            end(&mut course, seq, Verdict::Failed(None), 0);
        }
        assert_eq!(picked(&mut course, 4 * SECOND), [] as [u64; 0], "the fourth is still under way");
        end(&mut course, 4, Verdict::Failed(None), 5 * SECOND);
        assert_eq!(picked(&mut course, 5 * SECOND), [1], "one at a time");
        end(&mut course, 1, Verdict::Taken, 6 * SECOND);
        assert_eq!(picked(&mut course, 6 * SECOND), [2, 3, 4], "it is back");
    }

    #[test]
    fn who_asks_to_wait_is_waited_for_within_limits() {
        let longest_pause = Duration::from_secs(100);
        let mut course =
            course(&Config { webhook_longest_pause: longest_pause, ..config() }, &["T1", "T2"]);
        assert_eq!(picked(&mut course, 0), [1, 2]);
        end(&mut course, 1, Verdict::Failed(Some(Duration::from_secs(60))), 0);
        end(&mut course, 2, Verdict::Failed(Some(Duration::from_secs(999_999))), 0);
        assert_eq!(picked(&mut course, 59 * SECOND), [] as [u64; 0]);
        assert_eq!(picked(&mut course, 60 * SECOND), [1]);
        end(&mut course, 1, Verdict::Gone, 60 * SECOND);
        assert_eq!(course.next_us(), Some(60 * SECOND));
        assert_eq!(picked(&mut course, 100 * SECOND), [1]);
    }

    #[test]
    fn there_is_an_end_to_what_waits() {
        let mut course = course(&Config { webhook_waiting: 3, ..config() }, &["T1", "T2", "T3"]);
        assert_eq!(course.room(), 0);
        assert_eq!(picked(&mut course, 0), [1, 2, 3]);
        end(&mut course, 1, Verdict::Failed(None), 0);
        assert_eq!(course.room(), 0, "a receiver that may be down gets nothing new");
        end(&mut course, 2, Verdict::Taken, 0);
        assert!(course.read(fact(4, "T4"), true).is_none());
        assert_eq!(course.room(), 1, "one that takes others does");
        let given = course.read(fact(5, "T5"), true).unwrap();
        assert_eq!((given.fact.seq, course.upto(), course.progress(0).waiting.len()), (1, 5, 3));
        assert!(course.read(fact(6, "T6"), false).is_none() && course.upto() == 6);
    }

    #[test]
    fn what_was_kept_goes_on() {
        let mut before = course(&config(), &["T1", "T2"]);
        assert_eq!(picked(&mut before, 0), [1, 2]);
        end(&mut before, 1, Verdict::Failed(None), 0);
        let kept = before.progress(1);
        let mut after = Course::new(kept.clone(), vec![fact(1, "T1"), fact(2, "T2")], &config());
        assert_eq!(after.progress(1), kept);
        assert_eq!(picked(&mut after, SECOND), [2], "what was under way is sent again");
        assert_eq!(picked(&mut after, 5 * SECOND), [1]);
    }
}
