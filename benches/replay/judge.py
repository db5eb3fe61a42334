"""The one judge of what a desk's clock tells: SLA events and follow-ups.

It shares nothing with the service but the documents that went in and the facts of `/v1/events`. From the fleet,
the policy and the stream it computes which events must exist, with which moments and to whom, and between which
facts they must stand; then each must be there once, and no other.

The desk's time of a fact follows from when it was written: the fleet's `now`, and `pace` seconds for each second
since `fleet.replaced`. What is due at a moment must be told before anything else is written at or after it, and
not at all if what makes it void was written before. The clock's own events may stand in any order among
themselves but for those of one ticket or one call.

`python3 benches/replay/judge.py run.json` judges a run that `replay.py --out run.json` has kept.
"""
import json
import sys
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from calls import Call, calls_after, compare, read_call
from policy import Policy, read_policy
from run import Doc, Fact, Run, read_run
from ticket import Due, Ticket, moment, text
from verdict import Verdict, report

CLOCK = ("sla.warning", "sla.missed", "sla.escalated", "follow_up.due", "follow_up.missed")
"""What nobody does but the clock."""
LIVE = ("open", "assigned", "accepted", "en_route", "on_site")


def judge(run: Run) -> Verdict:
    """Judges a run. `O(n log n)` in its facts."""
    return _Bench(run).verdict()


class _Bench:
    """What the judge knows while going through the facts."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.out = Verdict()
        self.policy: Policy = read_policy(run.fleet.get("policy") or {})
        self.tickets: dict[str, Ticket] = {}
        self.steps: dict[str, int] = {}
        self.calls: dict[str, Doc] = {}
        self.pending: dict[Due, int] = {}
        """What is to be told, with the fact that it follows from."""
        self.told: dict[Due, int] = {}
        self.void: dict[Due, int] = {}
        self.passed: dict[Due, int] = {}
        """What should have been told before a fact."""
        self.alerts: dict[str, list[Due]] = {}
        """What was told of each ticket's SLA, right or wrong."""
        self.last_of: dict[str, Due] = {}
        self.start: Fact | None = None
        self.written = {fact.seq: fact.at_us for fact in run.facts}

    def fault(self, words: str) -> None:
        self.out.faults.append(words)

    def desk_us(self, at_us: int) -> int:
        """The desk's time, in microseconds since 1970, of a moment of everybody else."""
        assert self.start is not None
        return moment(self.run.fleet["now"]) * 1_000_000 + (at_us - self.start.at_us) * self.run.pace

    def desk_s(self, at_us: int) -> int:
        return self.desk_us(at_us) // 1_000_000

    def verdict(self) -> Verdict:
        self._count()
        # What one write tells has one moment, and nothing can stand between.
        for _, write in groupby(self.run.facts, key=lambda fact: (fact.at_us, fact.by)):
            facts = list(write)
            if self.start is None:
                self._begin(facts)
            elif facts[0].event in CLOCK:
                for fact in facts:
                    self._hear(fact)
            else:
                self._overdue(facts[0])
                self._take(facts)
        if self.start and self.run.facts:
            self._end(self.run.facts[-1])
        return self.out

    def _count(self) -> None:
        for before, fact in zip(self.run.facts, self.run.facts[1:]):
            if fact.seq != before.seq + 1:
                self.fault(f"fact {fact.seq} follows on {before.seq}")

    def _begin(self, facts: list[Fact]) -> None:
        self.start = next((fact for fact in facts if fact.event == "fleet.replaced"), None)
        if self.start is None:
            if facts[0].event in CLOCK:
                self.fault(f"fact {facts[0].seq}: {facts[0].event} before there is a fleet")
            return
        for doc in self.run.fleet.get("tickets", []):
            self._set(doc["id"], self._document(doc["id"], self.start.seq, doc), self.start)

    def _document(self, id: str, seq: int, otherwise: Doc | None = None) -> Doc:
        """What a ticket asked for from a fact on. An answer may be lost with the service that gave it; then the same
        was sent once more, and the next answer names it."""
        later = [(version, doc) for version, doc in self.run.sent.get(id, []) if version >= seq]
        if later:
            return min(later, key=lambda one: one[0])[1]
        if otherwise is not None:
            return otherwise
        return self.run.records.get(id, {}).get("ticket", {"id": id})

    def _set(self, id: str, doc: Doc, fact: Fact) -> None:
        known = self.tickets.get(id)
        stored = self.run.records.get(id, {}).get("ticket", {}).get("reported_at")
        if id in self.run.undated and not known and stored:
            self.out.dated_off_s.append(moment(stored) - self.desk_s(fact.at_us))
        dated = doc.get("reported_at") or stored
        reported = moment(dated) if dated else self.desk_s(fact.at_us)
        state, begun = (known.state, known.begun) if known else ("open", False)
        self.tickets[id] = Ticket.read(doc, reported, self.policy, state, begun)
        self._expect(id, fact)

    def _expect(self, id: str, fact: Fact) -> None:
        """Draws up anew what is to be told of a ticket."""
        ticket = self.tickets[id]
        dues = set(ticket.dues(self.policy)) if ticket.state in LIVE else set()
        for due in [due for due in self.pending if due.subject == id and due.event.startswith("sla.")]:
            if due not in dues:
                del self.pending[due]
                self._make_void(due, fact)
        for due in dues:
            if due not in self.told and due not in self.pending:
                self.pending[due] = fact.seq

    def _make_void(self, due: Due, fact: Fact) -> None:
        if due in self.passed:
            self.fault(f"{due} is missing: it had to stand before fact {self.passed[due]}, and fact {fact.seq} has "
                       f"made it void since; the desk was {self._behind(due)} s past it")
            del self.passed[due]
        else:
            self.out.void[due.event] += 1
        self.void[due] = fact.seq

    def _behind(self, due: Due) -> float:
        """How far past a due event the desk was at the fact before which it had to stand; in its seconds."""
        at_us = self.written[self.passed[due]]
        return (self.desk_us(at_us) - due.at * 1_000_000) / 1e6

    def _overdue(self, fact: Fact) -> None:
        """Whatever was due by a fact must stand before it."""
        now = self.desk_us(fact.at_us)
        for due in self.pending:
            if due.at * 1_000_000 <= now and due not in self.passed:
                self.passed[due] = fact.seq

    def _hear(self, fact: Fact) -> None:
        """An event of the clock."""
        due = self._due(fact)
        if due.sla:
            self.alerts.setdefault(due.subject, []).append(due)
        if due not in self.pending and (meant := self._meant(due)):
            self.fault(f"fact {fact.seq}: {due} should be {meant}")
            due = meant
        since = self.pending.pop(due, None)
        if since is None:
            self.fault(f"fact {fact.seq}: {due} {self._why_not(due)}")
            return
        if self.desk_us(fact.at_us) < due.at * 1_000_000:
            early = due.at - self.desk_us(fact.at_us) / 1e6
            self.fault(f"fact {fact.seq}: {due} is {early:.3f} s early by the desk's clock")
        if due in self.passed:
            self.fault(f"fact {fact.seq}: {due} had to stand before fact {self.passed[due]}, when the desk was "
                       f"{self._behind(due)} s past it")
            del self.passed[due]
        last = self.last_of.get(due.subject)
        if last and last.at > due.at and self.told[last] > since:
            self.fault(f"fact {fact.seq}: {due} stands behind {last}, which is due later")
        self.last_of[due.subject] = due
        self.told[due] = fact.seq
        self.out.told[due.event] += 1
        self._measure(due, since, fact)
        if due.event == "follow_up.due":
            self._expect_call(due.subject, fact)

    def _due(self, fact: Fact) -> Due:
        """An event as it tells of itself."""
        data = fact.data
        if fact.event.startswith("sla."):
            if f"sla.{data.get('word')}" != fact.event:
                self.fault(f"fact {fact.seq}: {fact.event} tells of the word {data.get('word')!r}")
            return Due(fact.subject, fact.event, data.get("sla"), moment(data["by"]), data.get("to"),
                       moment(data["at"]))
        state, call = fact.event.removeprefix("follow_up."), self.calls.get(fact.subject)
        if data.get("state") != state or call is None or read_call(data) != read_call(call):
            self.fault(f"fact {fact.seq}: {fact.event} of {fact.subject} does not tell of that call: {data}")
        at = data["from"] if state == "due" else data.get("by") or data["from"]
        return Due(fact.subject, fact.event, None, None, None, moment(at))

    def _why_not(self, due: Due) -> str:
        if due in self.told:
            return f"was told in fact {self.told[due]} already"
        if due in self.void:
            return f"is void since fact {self.void[due]}"
        return "is not to be told"

    def _meant(self, due: Due) -> Due | None:
        """The one that is to be told, if an event differs from it in one thing only."""
        if due in self.told or due in self.void:
            return None
        for key in ("at", "to", "by"):
            alike = [other for other in self.pending if replace(due, **{key: getattr(other, key)}) == other]
            if alike:
                return min(alike, key=lambda other: other.at)
        return None

    def _measure(self, due: Due, since: int, fact: Fact) -> None:
        assert self.start is not None
        ahead = due.at * 1_000_000 - self.desk_us(self.start.at_us)
        due_us = self.start.at_us + -(-ahead // self.run.pace)
        due_us = max(due_us, self.written.get(since, due_us))
        for down, up in self.run.down_us:
            if due_us < up and fact.at_us >= down:
                # It may have been told before whoever started it knew that it was there.
                due_us = min(up, fact.at_us)
        self.out.late_us.append(max(0, fact.at_us - due_us))
        if fact.seq in self.run.heard_us:
            self.out.heard_late_us.append(max(0, self.run.heard_us[fact.seq] - due_us))

    def _take(self, facts: list[Fact]) -> None:
        """A write of somebody: what has become of tickets and calls."""
        expected: list[Call] = []
        visit = next((fact.data for fact in facts if fact.event in ("visit.recorded", "visit.rated")), None)
        for fact in facts:
            kind, _, word = fact.event.partition(".")
            if fact.event in ("fleet.replaced", "policy.changed"):
                self.fault(f"fact {fact.seq}: {fact.event}; a day that is judged has one fleet and one policy")
            elif kind == "ticket":
                self._step(fact, word)
                ticket, record = self.tickets.get(fact.subject), self.run.records.get(fact.subject, {})
                if ticket and word in ("done", "rated"):
                    expected += calls_after(word, ticket, visit, record, self.policy, self.desk_s(fact.at_us))
            elif fact.event == "follow_up.done":
                self._call_made(fact)
        planned = [fact for fact in facts if fact.event == "follow_up.planned"]
        right, faults = compare(expected, [read_call(fact.data) for fact in planned])
        self.out.told["follow_up.planned"] += right
        for words in faults:
            self.fault(f"fact {facts[0].seq}: {words}")
        for fact in planned:
            if fact.data.get("id") != fact.subject or fact.data.get("state") != "waiting":
                self.fault(f"fact {fact.seq}: a planned call must wait under its own id: {fact.data}")
            self.calls[fact.subject] = fact.data
            self._expect_call(fact.subject, fact)

    def _step(self, fact: Fact, word: str) -> None:
        id = fact.subject
        if word in ("created", "changed"):
            if word == "created":
                self.tickets.pop(id, None)
            self._set(id, self._document(id, fact.seq), fact)
            self._hear_promises(fact)
            return
        ticket = self.tickets.get(id)
        if ticket is None:
            self.fault(f"fact {fact.seq}: {fact.event} of {id}, which was never created")
            return
        ticket.state = "open" if word == "released" else word
        ticket.begun |= word == "on_site"
        self._expect(id, fact)

    def _hear_promises(self, fact: Fact) -> None:
        """What a fact tells of a ticket's SLA must follow from its document and the policy."""
        told = {name: moment(fact.data[f"{name}_by"]) for name in ("respond", "resolve") if f"{name}_by" in fact.data}
        if told != dict(self.tickets[fact.subject].promises):
            promised = {name: text(by) for name, by in self.tickets[fact.subject].promises}
            self.fault(f"fact {fact.seq}: {fact.event} of {fact.subject} does not tell of {promised}: {fact.data}")

    def _expect_call(self, id: str, fact: Fact) -> None:
        call = self.calls[id]
        for event, at in (("follow_up.due", call["from"]), ("follow_up.missed", call.get("by"))):
            due = at and Due(id, event, None, None, None, moment(at))
            if due and due not in self.told and due not in self.pending:
                self.pending[due] = fact.seq

    def _call_made(self, fact: Fact) -> None:
        if fact.subject not in self.calls:
            self.fault(f"fact {fact.seq}: a call was made that was never planned: {fact.subject}")
        for due in [due for due in self.pending if due.subject == fact.subject]:
            del self.pending[due]
            self._make_void(due, fact)

    def _end(self, last: Fact) -> None:
        for due in self.pending:
            if due in self.passed:
                self.fault(f"{due} is missing: it had to stand before fact {self.passed[due]}, when the desk was "
                           f"{self._behind(due)} s past it")
        for id, record in self.run.records.items():
            own = [Due(id, f"sla.{alert['word']}", alert["sla"], moment(alert["by"]), alert.get("to"),
                       moment(alert["at"])) for alert in record.get("alerts", [])]
            # The facts were read later than the tickets.
            told = self.alerts.get(id, [])[:len(own)]
            if own != told:
                self.fault(f"{id} says of itself that {[*map(str, own)]} were told, and the facts say "
                           f"{[*map(str, told)]}")


def main() -> int:
    """The exit code: 1 if there are faults."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    run = read_run(json.loads(Path(sys.argv[1]).read_text()))
    verdict = judge(run)
    print("\n".join(report(verdict, run.pace)))
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
