"""Plays a day: tickets come in and are promised, engineers go about their work, and much goes wrong."""
import heapq
import itertools
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any

from day import Arrival, Day, changed
from service import Answer, Client
from ticket import moment, text

Doc = dict[str, Any]
Act = Callable[[int], None]
WORKERS = 4
"""How many clients there are at a time."""
MINUTE = 60
AHEAD = 5 * MINUTE
"""By how much clocks may be ahead of the desk's."""
FINE = {"nobody", "already-promised", "illegal-step"}
"""Refusals that belong to such a day: others were quicker, or there is nobody."""


class Player:
    """The day's acts in the order of the desk's time. Each is done by one of a few workers as soon as its time has
    come; if they cannot follow, it is late, and no act is lost."""

    def __init__(self, day: Day, client: Client, seed: int, pace: int, begun: float) -> None:
        self._day, self._client, self._seed, self._pace, self._begun = day, client, seed, pace, begun
        self._acts: list[tuple[int, int, Act]] = []
        self._count = itertools.count()
        self._wait = threading.Condition()
        self.trouble: list[str] = []
        """What went wrong with the player itself, and refusals that do not belong to such a day."""
        self.sent: dict[str, list[tuple[int, Doc]]] = {}
        self.undated: list[str] = []
        self.done: dict[str, int] = {}
        """How often each kind of thing was done."""

    def now(self) -> int:
        """The desk's time, as far as a client knows."""
        return self._day.start + int((time.time() - self._begun) * self._pace)

    def play(self) -> None:
        """Plays until the day ends."""
        self._cast()
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _at(self, at: float, act: Act) -> None:
        with self._wait:
            heapq.heappush(self._acts, (round(at), next(self._count), act))
            self._wait.notify()

    def _work(self) -> None:
        while self.now() < self._day.end:
            with self._wait:
                ahead = self._acts[0][0] - self.now() if self._acts else self._pace
                if ahead > 0:
                    self._wait.wait(min(ahead / self._pace, 0.1))
                    continue
                _, _, act = heapq.heappop(self._acts)
            try:
                act(self.now())
            except Exception as trouble:  # noqa: BLE001, a worker must not end without a word
                self.trouble.append(f"{type(trouble).__name__}: {trouble}")

    def _note(self, what: str, answer: Answer, of: str = "") -> bool:
        """Counts what was done to something. Whether it was."""
        if answer.is_fine:
            self.done[what] = self.done.get(what, 0) + 1
        elif answer.code not in FINE:
            self.trouble.append(f"{what} {of}: {answer.status} {answer.body}")
        return answer.is_fine

    def _cast(self) -> None:
        """All that is known before the day begins."""
        day, random = self._day, Random(f"cast {self._seed}")
        length = day.end - day.start
        for ticket in day.fleet["tickets"]:
            self._at(day.start + random.uniform(0, 0.3) * length, lambda now, t=ticket: self._dispatch(now, t, t["id"]))
        for arrival in day.arrivals:
            self._at(arrival.at, lambda now, a=arrival: self._arrive(now, a))
        people = random.sample(day.fleet["engineers"], min(12, len(day.fleet["engineers"])))
        kinds = ["off_sick", "on_break", "running_late"] * 4
        for n, (engineer, kind) in enumerate(zip(people, kinds)):
            # Whoever does not say until when is off for the rest of a shift, and must have one.
            at = day.start + random.uniform(0.15, 0.9 if n else 0.5) * length
            until = None if n == 0 else random.randint(20, 120) * MINUTE
            self._at(at, lambda now, e=engineer, k=kind, u=until: self._absent(now, e["id"], k, u))
        self._at(day.start + MINUTE, lambda now: self._move(now, Random(f"roads {self._seed}")))
        self._at(day.start + 20 * MINUTE, lambda now: self._call(now, Random(f"calls {self._seed}")))

    # Tickets.

    def _arrive(self, now: int, arrival: Arrival) -> None:
        ticket = arrival.ticket
        random = Random(f"{self._seed} arrives {ticket['id']}")
        if "reported_at" not in ticket and arrival.way != "ask, then commit":
            self.undated.append(ticket["id"])
        if arrival.way == "dispatch and commit":
            self._dispatch(now, ticket, ticket)
        elif arrival.way == "ask, then commit":
            if self._note("asked", self._client.post("/v1/dispatch", {"ticket": ticket})):
                self._at(now + random.randint(1, 10) * MINUTE, lambda now: self._dispatch(now, ticket, ticket["id"]))
        else:
            answer = self._client.post("/v1/tickets", ticket)
            if not self._note("taken in", answer, ticket["id"]):
                return
            self._at(now + random.randint(5, 120) * MINUTE, lambda now: self._dispatch(now, ticket, ticket["id"]))
            if arrival.way == "take in, change, then dispatch":
                self.sent[ticket["id"]] = [(answer.version or 0, ticket)]
                for _ in range(random.randint(1, 2)):
                    self._at(now + random.randint(2, 60) * MINUTE, lambda now: self._change(now, ticket, random))

    def _change(self, now: int, ticket: Doc, random: Random) -> None:
        new = changed(ticket, random, now)
        answer = self._client.put(f"/v1/tickets/{ticket['id']}", new)
        if self._note("changed", answer, ticket["id"]):
            self.sent[ticket["id"]].append((answer.version or 0, new))

    def _dispatch(self, now: int, ticket: Doc, asked: Doc | str, again: int = 0) -> None:
        """Dispatches a ticket, new or by its name, and commits it at once."""
        answer = self._client.post("/v1/dispatch", {"ticket": asked, "commit": True, "top": 1})
        if self._note("promised", answer, ticket["id"]):
            chosen = next(o for o in answer.body["offers"] if o["engineer"] == answer.body["chosen"])
            self._plan(ticket, chosen, Random(f"{self._seed} goes {ticket['id']} {again}"), again)
        elif answer.code == "nobody" and again < 3:
            if isinstance(asked, dict):
                # It is asked for, but not on the desk: nobody could be promised.
                self._note("taken in", self._client.post("/v1/tickets", asked), ticket["id"])
            self._at(now + 45 * MINUTE, lambda now: self._dispatch(now, ticket, ticket["id"], again + 1))

    def _plan(self, ticket: Doc, offer: Doc, random: Random, again: int) -> None:
        """How a promised ticket goes: mostly as promised, but not always."""
        start, finish = moment(offer["start"]), moment(offer["finish"])
        now = self.now()
        begin = max(now, start - 15 * MINUTE)
        fate = random.random()
        if fate < 0.06:
            # Nobody tells anything of it any more.
            return
        if fate < 0.14:
            self._step(now + random.uniform(0, 1.2) * max(finish - now, MINUTE), ticket, "cancelled", random, [])
        elif fate < 0.22 and again < 3:
            back = now + random.uniform(0, 1) * (begin - now)
            self._step(back, ticket, "open", random, [], lambda now: self._at(
                now + random.randint(5, 40) * MINUTE,
                lambda now: self._dispatch(now, ticket, ticket["id"], again + 1)))
        else:
            late = random.uniform(1, 4) * 3600 if fate < 0.42 else random.uniform(-15, 20) * MINUTE
            begin, start = begin + max(late, 0), max(start + late, now)
            finish = start + (finish - moment(offer["start"])) * random.uniform(0.6, 1.6)
            steps = [("accepted", (now + begin) / 2), ("en_route", begin), ("on_site", start), ("done", finish)]
            # Not everybody tells each step.
            told = [(to, at) for to, at in steps if to == "done" or random.random() < 0.8]
            (to, at), *rest = told
            self._step(at, ticket, to, random, rest)

    def _step(self, at: float, ticket: Doc, to: str, random: Random, rest: list[tuple[str, float]],
              then: Act | None = None) -> None:
        """Has a step told, and the rest behind it."""
        def act(now: int) -> None:
            body: Doc = {"to": to}
            if to == "done":
                body["resolved"] = random.random() < 0.85
                if random.random() < 0.4:
                    body["rating"] = random.randint(1, 5)
            if to == "rated":
                body["rating"] = random.randint(1, 5)
            told = random.random()
            if told < 0.2:
                # It happened before it is told.
                body["at"] = text(now - random.randint(1, 300))
            elif told < 0.25:
                # By a clock that is ahead.
                body["at"] = text(now + random.randint(30, AHEAD - 60))
            elif told < 0.3:
                # By one that is wrong.
                body["at"] = text(now + random.randint(4, 20) * 3600)
            path = f"/v1/tickets/{ticket['id']}/state"
            answer = self._client.post(path, body)
            if answer.is_fine and "at" in body and moment(body["at"]) > self.now() + AHEAD:
                self.trouble.append(f"{to} {ticket['id']} is taken at {body['at']}, when it is {text(self.now())}")
            if answer.code == "flawed-input" and "at" in body:
                # Neither before the step before nor in the future; and so it is told without.
                del body["at"]
                answer = self._client.post(path, body)
            if not self._note(to, answer, ticket["id"]):
                self._lost(now, ticket)
                return
            if rest:
                (next_to, next_at), *others = rest
                self._step(max(next_at, now), ticket, next_to, random, others)
            elif to == "done" and "rating" not in body and random.random() < 0.7:
                self._step(now + random.randint(1, 60) * MINUTE, ticket, "rated", random, [])
            if then:
                then(now)
        self._at(at, act)

    def _lost(self, now: int, ticket: Doc) -> None:
        """A step that did not follow: perhaps the ticket is open again, since somebody is sick."""
        record = self._client.get(f"/v1/tickets/{ticket['id']}")
        if record.is_fine and record.body["state"] == "open":
            self._at(now + 10 * MINUTE, lambda now: self._dispatch(now, ticket, ticket["id"], 1))

    # Engineers.

    def _absent(self, now: int, engineer: str, kind: str, length: int | None) -> None:
        body: Doc = {"kind": kind}
        if length or kind != "off_sick":
            body["until"] = text(now + (length or 1800))
        answer = self._client.post(f"/v1/engineers/{engineer}/availability", body)
        if not self._note(kind, answer, engineer):
            return
        for id in answer.body["released"]:
            self._at(now + 5 * MINUTE, lambda now, id=id: self._dispatch(now, {"id": id}, id, 1))
        if length and length % (2 * MINUTE) == 0:
            self._at(now + length / 2, lambda now: self._back(engineer))

    def _back(self, engineer: str) -> None:
        answer = self._client.post(f"/v1/engineers/{engineer}/availability", {"kind": "back"})
        self._note("back", answer, engineer)

    def _move(self, now: int, random: Random) -> None:
        """Where everybody is, each minute or so."""
        def seen(engineer: Doc) -> Doc:
            home = engineer["home"]
            return {"engineer": engineer["id"], "lat": home["lat"] + random.uniform(-0.05, 0.05),
                    "lon": home["lon"] + random.uniform(-0.05, 0.05), "at": text(now - random.randint(0, 90))}
        crew = random.sample(self._day.fleet["engineers"], len(self._day.fleet["engineers"]) * 2 // 3)
        self._note("positions", self._client.post("/v1/positions", {"positions": [seen(one) for one in crew]}))
        self._at(max(now + MINUTE, self.now() - 5 * MINUTE), lambda now: self._move(now, random))

    # Customers.

    def _call(self, now: int, random: Random) -> None:
        """Some of those who are to be called are."""
        for state in ("due", "missed", "waiting"):
            for call in self._client.get(f"/v1/follow-ups?state={state}&limit=50").body["items"]:
                if random.random() < (0.05 if state == "waiting" else 0.3):
                    self._note("called", self._client.post(f"/v1/follow-ups/{call['id']}/done", {}))
        self._client.get("/v1/sla?limit=20")
        self._at(now + 20 * MINUTE, lambda now: self._call(now, random))
