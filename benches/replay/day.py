"""What a day is made of: the city's engineers and tickets, some on the desk in the morning, the others reported in
the course of the day, under SLAs that are tight enough to be missed."""
import copy
from dataclasses import dataclass
from random import Random
from typing import Any

from ticket import moment, text

Doc = dict[str, Any]
SLA = {"complaint": {"respond_s": 5400, "resolve_s": 14_400}, "repair": {"resolve_s": 21_600},
       "installation": {"respond_s": 10_800}, "question": {}}
POLICIES: list[Doc] = [
    # Everything by default.
    {},
    # A share that no float is, and a lead who is told twice.
    {"sla": SLA, "alerts": {"warn_share": 0.55, "escalation": [
        {"after_s": 0, "to": "desk"}, {"after_s": 900, "to": "lead"}, {"after_s": 2400, "to": "lead"},
        {"after_s": 5400, "to": "manager"}]},
     "follow_up": {"call_within_s": 3600, "complaint_after_s": [1200, 5400]}},
    # Nobody in particular is told, there is no warning, and no complaint is followed up.
    {"sla": SLA, "alerts": {"warn_share": 1, "escalation": []},
     "follow_up": {"call_within_s": 1800, "complaint_after_s": []}, "history": {"unhappy_rating": 2}},
    # Nobody is told at once.
    {"sla": SLA, "alerts": {"warn_share": 0.8, "escalation": [
        {"after_s": 600, "to": "lead"}, {"after_s": 3000, "to": "manager"}]},
     "follow_up": {"call_within_s": 900, "complaint_after_s": [0, 3600]}},
]
"""One for each seed, by turns."""
WAYS = ("dispatch and commit", "ask, then commit", "take in, then dispatch", "take in, change, then dispatch")
"""How a ticket comes to the desk."""


@dataclass(frozen=True)
class Arrival:
    at: int
    """When it is told to the desk, in seconds since 1970."""
    ticket: Doc
    way: str


@dataclass(frozen=True)
class Day:
    start: int
    end: int
    fleet: Doc
    arrivals: list[Arrival]


def draw_up(city: Doc, seed: int, hours: float, tickets: int) -> Day:
    """A day of at most so many tickets, made from a city's problem. The same seed is the same day."""
    random = Random(f"day {seed}")
    start = moment(city["now"])
    end = start + round(hours * 3600)
    chosen = random.sample(city["tickets"], min(tickets, len(city["tickets"])))
    on_desk, later = [], []
    for n, ticket in enumerate(copy.deepcopy(chosen)):
        if n % 2:
            at = start + round(random.uniform(0.02, 0.85) * (end - start))
            later.append(Arrival(at, _reported(ticket, random, at, end), random.choice(WAYS)))
        else:
            on_desk.append(_waiting(ticket, random, start, end))
    fleet = copy.deepcopy(city) | {"tickets": on_desk, "policy": POLICIES[seed % len(POLICIES)]}
    return Day(start, end, fleet, sorted(later, key=lambda arrival: arrival.at))


def _waiting(ticket: Doc, random: Random, start: int, end: int) -> Doc:
    """One that is there in the morning: some with what the city promises, some with a promise for today."""
    how = random.random()
    if how < 0.4:
        ticket["sla"] = {"respond_by": text(random.randint(start, end))}
    elif how < 0.6:
        ticket["sla"] = {"resolve_by": text(random.randint(start, end))}
    return ticket


def _reported(ticket: Doc, random: Random, at: int, end: int) -> Doc:
    """One that is reported in the course of the day."""
    ticket.pop("windows", None)
    if random.random() < 0.25:
        # The desk dates it.
        del ticket["reported_at"]
    else:
        ticket["reported_at"] = text(at - random.randint(0, 1200))
    respond = at + random.randint(600, 5400)
    resolve = respond + random.randint(1200, 10_800)
    promises = {"respond_by": text(respond), "resolve_by": text(resolve)}
    kept = random.choice([[], ["respond_by"], ["resolve_by"], ["respond_by", "resolve_by"]])
    ticket["sla"] = {key: promises[key] for key in kept}
    return ticket


def changed(ticket: Doc, random: Random, now: int) -> Doc:
    """The same ticket under a new SLA."""
    respond = now + random.randint(-600, 3600)
    return ticket | {"sla": {"respond_by": text(respond), "resolve_by": text(respond + random.randint(600, 7200))}}
