"""A ticket's SLA, and what is to be told of it when."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from policy import Policy

Doc = dict[str, Any]


def moment(at: str) -> int:
    """A moment of RFC 3339 in whole seconds since 1970."""
    return int(datetime.fromisoformat(at).timestamp())


def text(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


@dataclass(frozen=True)
class Due:
    """An event that the clock is to tell."""
    subject: str
    event: str
    sla: str | None
    """Which promise: `respond` or `resolve`; None of calls."""
    by: int | None
    """By when that is to be kept."""
    to: str | None
    at: int
    """When it is to be told."""

    def __str__(self) -> str:
        promise = f" of {self.sla} by {text(self.by)}" if self.by is not None else ""
        whom = f" to {self.to}" if self.to is not None else ""
        return f"{self.event}({self.subject}{promise}{whom} at {text(self.at)})"


@dataclass
class Ticket:
    id: str
    kind: str
    reported: int
    promises: list[tuple[str, int]]
    """`respond` and `resolve`, as far as it has them."""
    state: str
    begun: bool
    """Whether somebody has ever been on site."""

    @staticmethod
    def read(doc: Doc, reported: int, policy: Policy, state: str, begun: bool) -> "Ticket":
        kind, own = doc.get("type") or "repair", doc.get("sla") or {}
        lengths, promises = policy.sla.get(kind) or {}, []
        for name in ("respond", "resolve"):
            # What its own SLA leaves out follows from the policy.
            if own.get(f"{name}_by"):
                promises.append((name, moment(own[f"{name}_by"])))
            elif lengths.get(f"{name}_s") is not None:
                promises.append((name, reported + lengths[f"{name}_s"]))
        return Ticket(doc["id"], kind, reported, promises, state, begun)

    def dues(self, policy: Policy) -> Iterator[Due]:
        """All that is to be told of a live ticket, if nothing happens to it."""
        for name, by in self.promises:
            if name == "respond" and self.begun:
                continue

            def due(word: str, at: int, to: str | None = None) -> Due:
                return Due(self.id, f"sla.{word}", name, by, to, at)
            # The first whole second at which that share of the time has passed.
            warned = self.reported + ceil(max(by - self.reported, 0) * policy.warn_share)
            if warned < by:
                yield due("warning", warned)
            at_once = [to for after, to in policy.escalation if after == 0]
            yield due("missed", by, at_once[0] if at_once else None)
            for after, to in policy.escalation:
                if after > 0:
                    yield due("escalated", by + after, to)
