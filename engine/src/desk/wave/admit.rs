//! Who may be in a wave: tickets that are sound, open, and asked for once.

use super::{Desk, Wanted};
use crate::flaw::{Code, Flaw};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::problem::limits;
use crate::ticket::TicketDraft;

impl Desk {
    /// Adds the new tickets of a wave and returns all of its tickets, in the order of the question.
    ///
    /// # Errors
    /// All flaws of all tickets together, at most [`limits::FLAWS`]; the desk is of no use then.
    pub(super) fn admit(&mut self, wanted: &[Wanted<'_>]) -> Result<Vec<TicketIx>, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let mut tickets = Vec::with_capacity(wanted.len());
        let mut first_at = vec![None; self.problem.tickets().len()];
        for (n, one) in wanted.iter().enumerate() {
            let path = format!("tickets[{n}]");
            match self.admit_one(one, &path) {
                Ok(ticket) => {
                    first_at.resize(first_at.len().max(ticket.at() + 1), None);
                    match first_at[ticket.at()] {
                        None => first_at[ticket.at()] = Some(n),
                        Some(first) => {
                            let found = format!("this ticket is asked for at tickets[{first}] already");
                            let flaw =
                                Flaw::new(Code::DuplicateId, path, found, "leave one of them out");
                            flaws.push(flaw.of(&self.problem.ticket(ticket).id));
                        }
                    }
                    tickets.push(ticket);
                }
                Err(more) => flaws.extend(more),
            }
            if flaws.len() >= limits::FLAWS {
                flaws.truncate(limits::FLAWS);
                break;
            }
        }
        if flaws.is_empty() { Ok(tickets) } else { Err(flaws) }
    }

    fn admit_one(&mut self, wanted: &Wanted<'_>, path: &str) -> Result<TicketIx, Vec<Flaw>> {
        let draft: &TicketDraft = match *wanted {
            Wanted::Known(ticket) if self.is_withdrawn(ticket) => {
                let id = &self.problem.ticket(ticket).id;
                let found = format!("ticket {id:?} is done or not wanted any more");
                let flaw = Flaw::new(Code::UnknownReference, path, found, "leave it out");
                return Err(vec![flaw.of(id)]);
            }
            Wanted::Known(ticket) => {
                let taken = self
                    .serving(ticket)
                    .map(|shift| self.promised_to(shift, path, &self.problem.ticket(ticket).id));
                return taken.map_or(Ok(ticket), |flaw| Err(vec![flaw]));
            }
            Wanted::New(draft) => draft,
        };
        let known = self.problem.register().tickets.get(&draft.id);
        if let Some(shift) = known.and_then(|known| self.serving(known)) {
            return Err(vec![self.promised_to(shift, path, &draft.id)]);
        }
        self.add(draft).map_err(|flaws| {
            let place = |flaw: Flaw| {
                let inside = flaw.path.strip_prefix("ticket").unwrap_or(&flaw.path);
                Flaw { path: format!("{path}{inside}"), ..flaw }
            };
            flaws.into_iter().map(place).collect()
        })
    }

    fn promised_to(&self, shift: ShiftIx, path: &str, id: &str) -> Flaw {
        let found = format!("this ticket is promised to {:?} already", self.problem.engineer_id(shift));
        Flaw::new(Code::AlreadyPromised, path, found, "leave it out").of(id)
    }
}
