//! What is to be told when, as time goes by.

use std::collections::{BTreeMap, BTreeSet};

use paidan_engine::units::Moment;

/// What time is watched for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The SLA of a ticket.
    Ticket(String),
    /// A call to a customer.
    FollowUp(String),
}

/// When something is to be told of each subject next. What it is follows from their records.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    next: BTreeMap<Subject, Moment>,
    due: BTreeSet<(Moment, Subject)>,
}

impl Watch {
    /// Watches a subject until then, or no more. `O(log n)`.
    pub fn set(&mut self, subject: Subject, next: Option<Moment>) {
        let before = match next {
            Some(next) => self.next.insert(subject.clone(), next),
            None => self.next.remove(&subject),
        };
        if let Some(before) = before {
            self.due.remove(&(before, subject.clone()));
        }
        self.due.extend(next.map(|next| (next, subject)));
    }

    /// When something is to be told next.
    pub fn next(&self) -> Option<Moment> {
        self.due.first().map(|(next, _)| *next)
    }

    /// The first of those of whom something is to be told by then.
    pub fn due(&self, by: Moment) -> Option<Subject> {
        self.due.first().filter(|(next, _)| *next <= by).map(|(_, subject)| subject.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_is_due_once_at_its_latest_word() {
        let mut watch = Watch::default();
        let [one, two] = ["T1", "T2"].map(|id| Subject::Ticket(id.to_owned()));
        watch.set(one.clone(), Some(Moment(5)));
        watch.set(two.clone(), Some(Moment(3)));
        watch.set(two.clone(), Some(Moment(9)));
        assert_eq!(watch.next(), Some(Moment(5)));
        assert_eq!(watch.due(Moment(4)), None);
        assert_eq!(watch.due(Moment(9)), Some(one.clone()));
        watch.set(one, None);
        assert_eq!(watch.due(Moment(9)), Some(two.clone()));
        watch.set(two, None);
        assert_eq!((watch.next(), watch.due(Moment(99))), (None, None));
    }
}
