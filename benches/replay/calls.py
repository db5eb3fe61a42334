"""Which calls to customers must be planned."""
from collections import Counter
from typing import NamedTuple

from policy import Policy
from run import Doc
from ticket import Ticket, moment, text


class Call(NamedTuple):
    ticket: str
    customer: str | None
    reason: str
    begin: int
    """From when on they are to be called."""
    by: int | None
    """By when, if that was promised."""

    def __str__(self) -> str:
        until = "" if self.by is None else f" by {text(self.by)}"
        return f"a call ({self.reason}) to {self.customer} about {self.ticket} from {text(self.begin)}{until}"


def read_call(doc: Doc) -> Call:
    """A call as a fact tells it."""
    by = doc.get("by")
    return Call(doc["ticket"], doc.get("customer"), doc["reason"], moment(doc["from"]), moment(by) if by else None)


def calls_after(word: str, ticket: Ticket, visit: Doc | None, record: Doc, policy: Policy, now: int) -> list[Call]:
    """What follows on a ticket that is done, or rated. The visit is the one that was told with it; when a step was
    taken that was told later, its record says."""
    customer = visit["customer"] if visit else None
    then = moment(visit["end"]) if visit and word == "done" else _taken_at(record, word, now)
    calls = []
    if word == "done" and ticket.kind == "complaint" and (visit is None or visit["resolved"]):
        calls += [Call(ticket.id, customer, "complaint", then + after, None) for after in policy.complaint_after]
    rating = visit and visit.get("rating")
    # Nobody can be called in time for a rating that is told when that time is over.
    if rating and rating <= policy.unhappy_rating and then + policy.call_within >= now:
        calls.append(Call(ticket.id, customer, "low_rating", then, then + policy.call_within))
    return calls


def compare(expected: list[Call], planned: list[Call]) -> tuple[int, list[str]]:
    """How many are planned as they must be, and what is wrong with the others."""
    want, have = Counter(expected), Counter(planned)
    faults = [f"{call} is not planned" for call in (want - have).elements()]
    return (want & have).total(), faults + [f"{call} should not be planned" for call in (have - want).elements()]


def _taken_at(record: Doc, state: str, otherwise: int) -> int:
    steps = [moment(step["at"]) for step in record.get("life", []) if step["state"] == state]
    return steps[-1] if steps else otherwise
