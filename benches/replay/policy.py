"""What a policy says of SLAs, alerts and calls, with the defaults that the API's description gives in words."""
import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

Doc = dict[str, Any]
SLA = {"complaint": {"respond_s": 7200}, "repair": {"resolve_s": 86_400}}
"""A complaint must be begun within two hours and a repair ended within a day."""
ESCALATION = [(0, "dispatcher"), (1800, "supervisor"), (7200, "manager")]
"""At once the dispatcher, after half an hour the supervisor and after two hours the manager."""


@dataclass(frozen=True)
class Policy:
    sla: dict[str, Doc]
    """By type of ticket: `respond_s` and `resolve_s`."""
    warn_share: Fraction
    """As its decimals say, not as a float that is near."""
    escalation: list[tuple[int, str]]
    unhappy_rating: int
    call_within: int
    complaint_after: list[int]


def read_policy(doc: Doc) -> Policy:
    """Reads a policy document; what it leaves out has its default."""
    alerts, calls = doc.get("alerts") or {}, doc.get("follow_up") or {}
    steps = alerts.get("escalation")
    after = calls.get("complaint_after_s")
    return Policy(
        # A type that is named has no default any more.
        sla=SLA | (doc.get("sla") or {}),
        warn_share=Fraction(Decimal(json.dumps(_or(alerts.get("warn_share"), 0.75)))),
        escalation=ESCALATION if steps is None else [(step["after_s"], step["to"]) for step in steps],
        unhappy_rating=_or((doc.get("history") or {}).get("unhappy_rating"), 3),
        call_within=_or(calls.get("call_within_s"), 86_400),
        complaint_after=[3600, 86_400, 259_200] if after is None else after)


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value
