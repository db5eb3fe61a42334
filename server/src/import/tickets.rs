//! Tickets, many at once.

use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::ticket::TicketDraft;

use super::{After, All, Import, Verdict};
use crate::live::{Entry, Exchange, Fleet, Seen, Tenant, TicketRecordDoc, TicketStateDoc};
use crate::refusal::Refusal;
use crate::store::{Kind, Record};

impl Import for TicketDraft {
    fn known<'f>(fleet: &'f Fleet, id: &str) -> Option<&'f TicketDraft> {
        fleet.ticket(id)
    }

    fn is_same(&self, known: &TicketDraft) -> bool {
        // The desk has dated it.
        let reported = self.reported.or(known.reported);
        TicketDraft { reported, ..self.clone() } == *known
    }

    fn look(all: &All<TicketDraft>, tenant: &Tenant) -> Result<Seen, Refusal> {
        Seen::read(tenant, Kind::Ticket, all.items.iter().filter_map(|item| item.id.as_deref()))
    }

    fn apply(
        all: &All<TicketDraft>,
        seen: &Seen,
        base: Option<Fleet>,
        verdicts: &mut [Verdict<TicketDraft>],
    ) -> Result<After, Refusal> {
        let mut fleet = base.ok_or(Refusal::NoFleet)?;
        let (before, promised) = (fleet.stamp(), fleet.promised());
        for (item, verdict) in all.items.iter().zip(&mut *verdicts) {
            let Some(draft) = verdict.wanted() else { continue };
            let added = match state(seen, &draft.id)? {
                None | Some(TicketStateDoc::Open) => fleet.add(draft),
                Some(state) => {
                    let found = format!("it is {} and asks for nothing else any more", state.as_str());
                    let fix = "leave it out, or give the new one another id";
                    Err(vec![Flaw::new(Code::AlreadyPromised, "ticket", found, fix).of(&draft.id)])
                }
            };
            for flaw in added.err().unwrap_or_default() {
                verdict.refuse(item.placed(flaw));
            }
        }
        if fleet.stamp() == before {
            return Ok(After::Nothing);
        }
        Ok(After::Changed(Box::new(Exchange::new(&promised, fleet, Vec::new()))))
    }

    fn put(&self, entry: &mut Entry<'_>, _: bool) -> Result<(), Refusal> {
        let known = entry.ticket(&self.id)?;
        entry.put_facts(self, known).map(|_| ())
    }
}

/// Where a ticket is in its life, if there is one of that id.
fn state(seen: &Seen, id: &str) -> Result<Option<TicketStateDoc>, Refusal> {
    let record = seen.record(Kind::Ticket, id);
    let ticket = record.map(Record::document::<TicketRecordDoc>).transpose()?;
    Ok(ticket.map(|ticket| ticket.state))
}
