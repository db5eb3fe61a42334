"""What a judge may know of a run: the documents that went in, and the facts."""
from dataclasses import dataclass, field
from typing import Any

from ticket import moment

Doc = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    seq: int
    at_us: int
    """When it was written, in microseconds since 1970."""
    by: str
    event: str
    subject: str
    data: Doc


@dataclass
class Run:
    """All that a judge may know."""
    fleet: Doc
    """The fleet as it was sent."""
    pace: int
    facts: list[Fact]
    records: dict[str, Doc] = field(default_factory=dict)
    """Tickets with their lives, as `/v1/tickets` tells them at the end."""
    sent: dict[str, list[tuple[int, Doc]]] = field(default_factory=dict)
    """Of tickets that were changed: every document that was sent, with the version that the answer named."""
    undated: list[str] = field(default_factory=list)
    """Tickets that were sent without a `reported_at`, which the desk gives them."""
    heard_us: dict[int, int] = field(default_factory=dict)
    """When a listener heard a fact, by its number."""
    down_us: list[tuple[int, int]] = field(default_factory=list)
    """The spans in which no service was there."""


def read_run(doc: Doc) -> Run:
    """A run as `replay.py` keeps it."""
    return Run(
        fleet=doc["fleet"], pace=doc["pace"], facts=[read_fact(fact) for fact in doc["facts"]],
        records=doc["records"], sent={id: [tuple(one) for one in all] for id, all in doc["sent"].items()},
        undated=doc["undated"], heard_us={int(seq): at for seq, at in doc["heard_us"].items()},
        down_us=[tuple(span) for span in doc["down_us"]])


def read_fact(doc: Doc) -> Fact:
    """A fact as `/v1/events` tells it."""
    return Fact(doc["seq"], microseconds(doc["at"]), doc["by"], doc["event"], doc["subject"], doc["data"])


def microseconds(at: str) -> int:
    """A moment with fractions of a second, in whole microseconds since 1970."""
    whole, _, rest = at.removesuffix("Z").partition(".")
    return moment(whole + "Z") * 1_000_000 + int(rest.ljust(6, "0")[:6] or 0)
