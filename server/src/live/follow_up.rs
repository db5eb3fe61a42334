//! Calls to customers afterwards: after a poor rating, and after a complaint was resolved.

use paidan_engine::units::Moment;
use paidan_engine::wire::document::{TicketTypeDoc, VisitDoc};
use paidan_engine::wire::{moment, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::records::TicketRecordDoc;
use super::watch::Subject;
use super::{Entry, Fleet};
use crate::refusal::Refusal;
use crate::store::{Kind, Record};

/// Why a customer is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FollowUpReason, examples("low_rating"))]
pub enum FollowUpReasonDoc {
    /// A visit was rated `policy.history.unhappy_rating` or less.
    LowRating,
    /// A complaint was resolved: does it hold?
    Complaint,
}

/// Where a call is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FollowUpState, examples("due"))]
pub enum FollowUpStateDoc {
    /// It is not time yet.
    Waiting,
    /// It is time.
    Due,
    /// It was not made in time, and still is to be.
    Missed,
    /// It was made.
    Done,
}

impl FollowUpStateDoc {
    /// All of them.
    pub const ALL: [FollowUpStateDoc; 4] = {
        use FollowUpStateDoc::{Done, Due, Missed, Waiting};
        [Waiting, Due, Missed, Done]
    };

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            FollowUpStateDoc::Waiting => "waiting",
            FollowUpStateDoc::Due => "due",
            FollowUpStateDoc::Missed => "missed",
            FollowUpStateDoc::Done => "done",
        }
    }
}

/// A call to a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FollowUp, examples(json!({
    "id": "000000000031-r0", "ticket": "T1", "customer": "C9", "reason": "low_rating", "state": "due",
    "from": "2026-03-02T10:00:00-05:00", "by": "2026-03-03T10:00:00-05:00"
})))]
pub struct FollowUpDoc {
    /// Its id.
    pub id: String,
    /// The ticket that it is about.
    pub ticket: String,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Why they are called.
    pub reason: FollowUpReasonDoc,
    /// Where it is in its life.
    pub state: FollowUpStateDoc,
    /// From when on they are to be called; RFC 3339.
    #[schema(format = DateTime)]
    pub from: String,
    /// By when, if that was promised; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub by: Option<String>,
    /// The call that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallDoc>,
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Call, examples(json!({"at": "2026-03-02T16:20:00-05:00", "by": "crm", "note": "all is well"})))]
pub struct CallDoc {
    /// When, by the desk's clock; RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who told so.
    pub by: String,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl FollowUpDoc {
    /// What it becomes by itself, and when.
    pub fn next(&self) -> Option<(Moment, FollowUpStateDoc)> {
        let (text, state) = match self.state {
            FollowUpStateDoc::Waiting => (Some(&self.from), FollowUpStateDoc::Due),
            FollowUpStateDoc::Due => (self.by.as_ref(), FollowUpStateDoc::Missed),
            FollowUpStateDoc::Missed | FollowUpStateDoc::Done => (None, self.state),
        };
        Some((moment(text?)?, state))
    }
}

impl Entry<'_> {
    /// A call's record by now.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn follow_up(&self, id: &str) -> Result<Option<FollowUpDoc>, Refusal> {
        Ok(self.record(Kind::FollowUp, id)?.as_ref().map(Record::document).transpose()?)
    }

    /// Puts a call, and watches for what becomes of it by itself.
    ///
    /// # Errors
    /// There is no fleet.
    pub fn put_follow_up(&mut self, call: &FollowUpDoc) -> Result<(), Refusal> {
        self.put(Kind::FollowUp, (&call.id, call.state.as_str()), call)?;
        self.fleet()?.watch(Subject::FollowUp(call.id.clone()), call.next().map(|(at, _)| at));
        Ok(())
    }

    /// Has the customer called whose visit was rated too low.
    ///
    /// # Errors
    /// There is no fleet.
    pub fn follow_up_rating(&mut self, visit: &VisitDoc, rated_at: Moment) -> Result<(), Refusal> {
        let fleet = self.fleet()?;
        let policy = fleet.desk().problem().policy();
        let within = policy.follow_up.call_within;
        if visit.rating.is_none_or(|rating| rating > policy.history.unhappy_rating)
            || rated_at + within < fleet.now()
        {
            return Ok(());
        }
        let calls = [(rated_at, Some(rated_at + within))];
        let about = (visit.ticket.as_str(), Some(&visit.customer));
        self.put_calls(about, FollowUpReasonDoc::LowRating, &calls)
    }

    /// Has the customer called whose complaint was resolved.
    ///
    /// # Errors
    /// There is no fleet.
    pub fn follow_up_complaint(
        &mut self,
        record: &TicketRecordDoc,
        done_at: Moment,
    ) -> Result<(), Refusal> {
        if !matches!(record.ticket.kind, Some(TicketTypeDoc::Complaint)) {
            return Ok(());
        }
        let after = self.fleet()?.desk().problem().policy().follow_up.complaint_after.clone();
        let calls: Vec<_> = after.into_iter().map(|after| (done_at + after, None)).collect();
        let about = (record.id.as_str(), record.ticket.customer.as_ref());
        self.put_calls(about, FollowUpReasonDoc::Complaint, &calls)
    }

    fn put_calls(
        &mut self,
        (ticket, customer): (&str, Option<&String>),
        reason: FollowUpReasonDoc,
        calls: &[(Moment, Option<Moment>)],
    ) -> Result<(), Refusal> {
        let offset_s = self.fleet()?.offset_s();
        for (n, &(from, by)) in calls.iter().enumerate() {
            let call = FollowUpDoc {
                id: format!("{:012}-{}{n}", self.version(), if by.is_some() { "r" } else { "c" }),
                ticket: ticket.to_owned(),
                customer: customer.cloned(),
                reason,
                state: FollowUpStateDoc::Waiting,
                from: rfc3339(from, offset_s),
                by: by.map(|by| rfc3339(by, offset_s)),
                call: None,
            };
            self.put_follow_up(&call)?;
            self.tell("follow_up.planned", &call.id, &call)?;
        }
        Ok(())
    }

    /// Tells what has become of a call by itself.
    ///
    /// # Errors
    /// There is no fleet; the store's trouble.
    pub(super) fn tell_of_follow_up(&mut self, id: &str) -> Result<(), Refusal> {
        let now = self.fleet()?.now();
        let Some(mut call) = self.follow_up(id)? else {
            self.fleet()?.watch(Subject::FollowUp(id.to_owned()), None);
            return Ok(());
        };
        if call.next().is_none_or(|(at, _)| at > now) {
            let next = call.next().map(|(at, _)| at);
            self.fleet()?.watch(Subject::FollowUp(id.to_owned()), next);
            return Ok(());
        }
        while let Some((_, state)) = call.next().filter(|(at, _)| *at <= now) {
            call.state = state;
            self.tell(&format!("follow_up.{}", state.as_str()), id, &call)?;
        }
        self.put_follow_up(&call)
    }
}

impl Fleet {
    /// Watches for what becomes of calls by themselves.
    pub(super) fn watch_follow_ups(&mut self, calls: &[FollowUpDoc]) {
        for call in calls {
            self.watch(Subject::FollowUp(call.id.clone()), call.next().map(|(at, _)| at));
        }
    }
}
