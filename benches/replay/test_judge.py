"""The judge must see every kind of mistake. `python3 benches/replay/test_judge.py`"""
import unittest
from typing import Any

from judge import CLOCK, judge
from run import Fact, Run
from ticket import moment, text
from verdict import Verdict

PACE = 600
SEVEN = "2026-03-02T07:00:00+01:00"
WRITTEN_US = 1_770_000_000_000_000
"""When the fleet was put; the clock of everybody else has nothing to do with that of the desk."""
CALL = {"id": "9-r0", "ticket": "T1", "customer": "C1", "reason": "low_rating", "state": "waiting"}

Doc = dict[str, Any]


def at(clock: str) -> str:
    """A moment of the day."""
    hour, minute, *second = clock.split(":")
    return f"2026-03-02T{hour:0>2}:{minute}:{second[0] if second else '00'}+01:00"


def fact(clock: str, event: str, subject: str = "T1", **data: Any) -> tuple[str, str, str, Doc]:
    """A fact that is written when the desk shows that time; seconds may have fractions."""
    return clock, event, subject, data


def alert(clock: str, word: str, due: str, sla: str = "respond", by: str = "9:00", to: str | None = None,
          subject: str = "T1") -> tuple[str, str, str, Doc]:
    """An SLA event, when it is written and when it is due."""
    data = {"word": word, "sla": sla, "by": at(by), "at": at(due)} | ({"to": to} if to else {})
    return fact(clock, f"sla.{word}", subject, **data)


def step(clock: str, word: str, subject: str = "T1") -> tuple[str, str, str, Doc]:
    return fact(clock, f"ticket.{word}", subject, state=word)


def moved(clock: str) -> tuple[str, str, str, Doc]:
    """A write that has nothing to do with SLAs."""
    return fact(clock, "engineers.moved", "", positions=[])


def run(*facts: tuple[str, str, str, Doc], policy: Doc | None = None, sla: Doc | None = None, kind: str = "repair",
        **more: Any) -> Run:
    """A fleet with a ticket T1, reported at seven and to be begun by nine; and what is told behind it."""
    ticket = {"id": "T1", "customer": "C1", "type": kind, "reported_at": at("7:00"),
              "sla": sla if sla is not None else {"respond_by": at("9:00")}}
    fleet = {"now": SEVEN, "tickets": [ticket], "policy": {"sla": {"repair": {}, "complaint": {}}} | (policy or {})}
    all_facts = [fact("7:00", "fleet.replaced", "")] + list(facts)
    read = [Fact(n + 1, _written_us(clock), "clock" if event in CLOCK else "crm", event, subject, data)
            for n, (clock, event, subject, data) in enumerate(all_facts)]
    return Run(fleet, PACE, read, **more)


def _written_us(clock: str) -> int:
    whole, _, rest = clock.partition(".")
    desk_us = (moment(at(whole)) - moment(SEVEN)) * 1_000_000 + int(rest.ljust(6, "0") or 0)
    # Rounded up: written when the desk shows that.
    return WRITTEN_US + -(-desk_us // PACE)


WARNED = alert("8:30:20", "warning", "8:30")
MISSED = alert("9:00:10", "missed", "9:00", to="dispatcher")
ESCALATED = alert("9:30:30", "escalated", "9:30", to="supervisor")
LAST = alert("11:00:05", "escalated", "11:00", to="manager")
RIGHT = [WARNED, MISSED, ESCALATED, LAST]


class Judged(unittest.TestCase):
    def finds(self, of: Run, *words: str) -> Verdict:
        """The verdict, which must have exactly these faults, each told by some of its words."""
        verdict = judge(of)
        self.assertEqual(len(verdict.faults), len(words), verdict.faults)
        for fault, part in zip(verdict.faults, words, strict=True):
            self.assertIn(part, fault)
        return verdict


class OfSlas(Judged):
    def test_what_is_right_has_no_faults(self):
        verdict = self.finds(run(*RIGHT, moved("12:00")))
        self.assertEqual(verdict.told, {"sla.warning": 1, "sla.missed": 1, "sla.escalated": 2,
                                        "follow_up.planned": 0})
        # 20, 10, 30 and 5 seconds of the desk.
        self.assertEqual([late // 1000 for late in verdict.late_us], [33, 16, 50, 8])

    def test_what_is_not_due_yet_need_not_be_there(self):
        self.finds(run(moved("8:29:59.5")))
        self.finds(run(WARNED, moved("8:59:59.9")))

    def test_one_that_is_missing(self):
        self.finds(run(WARNED, ESCALATED, LAST, moved("12:00")), "sla.missed(T1 of respond by 2026-03-02T08:00")
        self.finds(run(moved("8:30")), "sla.warning")

    def test_one_told_twice(self):
        self.finds(run(WARNED, WARNED, MISSED, ESCALATED, LAST), "was told in fact 2 already")

    def test_one_too_early(self):
        self.finds(run(alert("8:29:59.4", "warning", "8:30"), moved("8:31")), "is 0.6")

    def test_one_behind_a_fact_that_it_had_to_stand_before(self):
        self.finds(run(moved("8:30:00.1"), WARNED), "had to stand before fact 2")

    def test_the_wrong_addressee_and_none(self):
        wrong = alert("9:00:10", "missed", "9:00", to="manager")
        self.finds(run(WARNED, wrong, moved("9:10")), "to manager at 2026-03-02T08:00:00+00:00) should be sla.missed")
        self.finds(run(WARNED, alert("9:00:10", "missed", "9:00"), moved("9:10")), "should be sla.missed")

    def test_the_wrong_moments(self):
        self.finds(run(alert("8:30:20", "warning", "8:30:01"), moved("8:40")), "should be sla.warning")
        self.finds(run(WARNED, alert("9:00:10", "missed", "9:00", by="8:59", to="dispatcher"), moved("9:10")),
                   "of respond by 2026-03-02T07:59:00+00:00 to dispatcher")

    def test_a_word_that_is_not_the_event(self):
        clock, event, subject, data = WARNED
        self.finds(run((clock, event, subject, data | {"word": "missed"}), moved("8:40")), "tells of the word 'missed'")

    def test_of_a_ticket_or_a_promise_that_has_none(self):
        self.finds(run(alert("8:30:20", "warning", "8:30", subject="T2"), WARNED), "is not to be told")
        self.finds(run(WARNED, alert("8:31", "warning", "8:30", sla="resolve")), "is not to be told")

    def test_whoever_is_on_site_has_responded(self):
        self.finds(run(step("8:20", "on_site"), moved("12:00")))
        self.finds(run(step("8:20", "on_site"), WARNED, moved("12:00")), "is void since fact 2")
        self.finds(run(WARNED, step("8:40", "on_site"), step("8:50", "released"), moved("12:00")))

    def test_whoever_is_on_the_way_has_not(self):
        self.finds(run(step("8:20", "en_route"), *RIGHT, moved("12:00")))
        self.finds(run(step("8:20", "en_route"), moved("8:40")), "sla.warning")

    def test_what_is_over_is_not_told_of(self):
        both = {"respond_by": at("9:00"), "resolve_by": at("10:00")}
        for word in ("done", "cancelled"):
            verdict = self.finds(run(WARNED, MISSED, step("9:10", word), moved("12:00"), sla=both))
            self.assertEqual(verdict.void, {"sla.warning": 1, "sla.missed": 1, "sla.escalated": 4})
            self.finds(run(WARNED, MISSED, step("9:10", word), ESCALATED, moved("12:00")), "is void since fact 4")

    def test_what_was_due_before_it_was_void_is_missing_for_good(self):
        self.finds(run(WARNED, step("9:00:00.1", "on_site"), moved("12:00")), "had to stand before fact 3, and fact 3")

    def test_resolving_is_a_promise_of_its_own(self):
        told = [alert("7:45", "warning", "7:45", "resolve", "8:00"), step("7:50", "on_site"),
                alert("8:00", "missed", "8:00", "resolve", "8:00", "dispatcher")]
        sla = {"respond_by": at("9:00"), "resolve_by": at("8:00")}
        self.finds(run(*told, moved("8:10"), sla=sla))
        self.finds(run(*told[:-1], moved("8:10"), sla=sla), "sla.missed(T1 of resolve")

    def test_what_was_due_before_the_fleet_came_is_told_at_once(self):
        sla = {"respond_by": "2026-03-02T06:00:00+01:00"}
        missed, supervised = (alert("7:00:01", word, due, by="6:00", to=to) for word, due, to in
                              [("missed", "6:00", "dispatcher"), ("escalated", "6:30", "supervisor")])
        # It was reported later than it is due, so there is no time of which a share could be used.
        self.finds(run(missed, supervised, moved("7:10"), sla=sla))
        self.finds(run(moved("7:00:00.5"), missed, supervised, sla=sla), "before fact 2", "before fact 2")

    def test_steps_of_one_ticket_stand_in_their_order(self):
        together = [alert("9:30:30", "missed", "9:00", to="dispatcher"), ESCALATED]
        self.finds(run(WARNED, *together))
        self.finds(run(WARNED, *reversed(together)), "which is due later")

    def test_two_steps_to_the_same_person_are_two(self):
        policy = {"alerts": {"escalation": [{"after_s": 600, "to": "lead"}, {"after_s": 1200, "to": "lead"}]}}
        told = [WARNED, alert("9:00", "missed", "9:00"), alert("9:10", "escalated", "9:10", to="lead"),
                alert("9:20", "escalated", "9:20", to="lead")]
        self.finds(run(*told, moved("12:00"), policy=policy))
        self.finds(run(*told[:-1], moved("12:00"), policy=policy), "to lead at 2026-03-02T08:20:00")

    def test_a_share_is_what_its_decimals_say(self):
        policy = {"alerts": {"warn_share": 0.55}}
        # 0.55 of two hours are 3,960 s; as a float it is a little more.
        self.finds(run(alert("8:06", "warning", "8:06"), moved("8:10"), policy=policy))
        self.finds(run(alert("8:06:01", "warning", "8:06:01"), moved("8:10"), policy=policy), "should be sla.warning")
        self.finds(run(moved("8:59"), policy={"alerts": {"warn_share": 1}}))

    def test_a_ticket_s_own_sla_is_filled_up_from_the_policy(self):
        policy = {"sla": {"repair": {"respond_s": 3600, "resolve_s": 7200}}}
        told = [alert("7:45", "warning", "7:45", by="8:00"),
                alert("8:00", "missed", "8:00", by="8:00", to="dispatcher")]
        self.finds(run(*told, moved("8:10"), policy=policy, sla={"resolve_by": at("20:00")}))
        self.finds(run(moved("8:50"), kind="complaint", policy={"sla": {}}, sla={}),
                   "sla.warning(T1 of respond by 2026-03-02T08:00")
        self.finds(run(moved("12:00"), kind="complaint", sla={}))

    def test_a_ticket_that_comes_later_is_told_of_from_then_on(self):
        record = {"ticket": {"id": "T2", "reported_at": at("6:00"), "sla": {"respond_by": at("8:00")}}}
        created = fact("8:00:00.5", "ticket.created", "T2", state="open", respond_by=at("8:00"))
        told = [alert("8:00:01", "warning", "7:30", by="8:00", subject="T2"),
                alert("8:00:01", "missed", "8:00", by="8:00", to="dispatcher", subject="T2")]
        self.finds(run(created, *told, moved("8:10"), records={"T2": record | {"alerts": [
            told[0][3], told[1][3]]}}))
        self.finds(run(told[0], created, *told, moved("8:10")), "is not to be told", "does not tell of",
                   "is not to be told", "is not to be told")

    def test_a_changed_sla_is_another_promise(self):
        def document(by: str) -> Doc:
            return {"id": "T1", "reported_at": at("7:00"), "sla": {"respond_by": at(by)}}
        changed = fact("8:40", "ticket.changed", "T1", state="open", respond_by=at("11:00"))
        # Answers come in any order.
        sent = {"T1": [(3, document("11:00")), (1, document("9:00"))]}
        later = alert("10:00", "warning", "10:00", by="11:00")
        self.finds(run(WARNED, changed, later, moved("10:10"), sent=sent))
        self.finds(run(WARNED, changed, MISSED, later, moved("10:10"), sent=sent), "is void since fact 3")
        # The answer to the first change was lost, and the same was sent once more.
        lost = {"T1": [(1, document("9:00")), (4, document("11:00"))]}
        again = fact("8:41", "ticket.changed", "T1", respond_by=at("11:00"))
        self.finds(run(WARNED, changed, again, later, moved("10:10"), sent=lost))
        # It must be told as well.
        for wrong in ({}, {"respond_by": at("9:00")}, {"respond_by": at("11:00"), "resolve_by": at("12:00")}):
            self.finds(run(WARNED, fact("8:40", "ticket.changed", **wrong), later, moved("10:10"), sent=sent),
                       "does not tell of")

    def test_a_ticket_that_says_otherwise_of_itself(self):
        alerts = [WARNED[3], MISSED[3]]
        self.finds(run(WARNED, MISSED, ESCALATED, moved("9:40"), records={"T1": {"alerts": alerts}}))
        self.finds(run(WARNED, MISSED, moved("9:10"), records={"T1": {"alerts": alerts[1:]}}), "T1 says of itself")

    def test_another_fleet_or_policy_cannot_be_judged(self):
        self.finds(run(fact("8:00", "policy.changed", "")), "one fleet and one policy")
        self.finds(run(fact("8:00", "fleet.replaced", "")), "one fleet and one policy")

    def test_a_gap_in_the_numbers(self):
        spoilt = run(moved("8:00"), WARNED)
        del spoilt.facts[1]
        self.finds(spoilt, "fact 3 follows on 1")

    def test_lateness_does_not_count_while_nobody_is_there(self):
        down = [(_written_us("8:20"), _written_us("8:50"))]
        verdict = self.finds(run(alert("8:50:06", "warning", "8:30"), moved("8:55"), down_us=down,
                                 heard_us={2: _written_us("8:50:12")}))
        self.assertEqual((verdict.late_us, verdict.heard_late_us), ([10_000], [20_000]))


class OfCalls(Judged):
    """A ticket done at ten, of a complaint, with two stars."""

    VISIT = {"ticket": "T1", "customer": "C1", "start": at("9:00"), "end": at("10:00"), "resolved": True, "rating": 2}
    POLICY = {"follow_up": {"call_within_s": 3600, "complaint_after_s": [1800]}}
    RATED = CALL | {"from": at("10:00"), "by": at("11:00")}
    ASKED = CALL | {"id": "9-c0", "reason": "complaint", "from": at("10:30")}

    def day(self, *facts: tuple[str, str, str, Doc], planned: list[Doc], visit: Doc | None = None) -> Run:
        done = [fact("10:00", "visit.recorded", "T1", **(visit or self.VISIT)),
                *(fact("10:00", "follow_up.planned", call["id"], **call) for call in planned),
                step("10:00", "done")]
        return run(*done, *facts, kind="complaint", policy=self.POLICY, sla={})

    @staticmethod
    def tell(clock: str, call: Doc, state: str) -> tuple[str, str, str, Doc]:
        return fact(clock, f"follow_up.{state}", call["id"], **call | {"state": state})

    def test_calls_are_planned_due_and_missed(self):
        told = [self.tell("10:00:20", self.RATED, "due"), self.tell("10:30:20", self.ASKED, "due"),
                self.tell("11:00:20", self.RATED, "missed")]
        both = [self.RATED, self.ASKED]
        self.finds(self.day(*told, moved("20:00"), planned=both))
        self.finds(self.day(*told[:-1], moved("20:00"), planned=both), "follow_up.missed(9-r0")
        self.finds(self.day(*told[1:], moved("20:00"), planned=both), "follow_up.due(9-r0")
        self.finds(self.day(*told, told[-1], planned=both), "was told in fact 8 already")
        self.finds(self.day(told[0], self.tell("10:29:30", self.ASKED, "due"), planned=both), "early")

    def test_a_call_that_is_not_planned_or_should_not_be(self):
        self.finds(self.day(planned=[self.RATED]), "a call (complaint) to C1 about T1 from 2026-03-02T09:30")
        self.finds(self.day(planned=[self.ASKED]), "a call (low_rating) to C1")
        self.finds(self.day(planned=[self.ASKED, self.RATED], visit=self.VISIT | {"rating": 4}),
                   "should not be planned")
        self.finds(self.day(planned=[self.ASKED, self.RATED], visit=self.VISIT | {"resolved": False}),
                   "should not be planned")
        wrong = self.RATED | {"by": at("11:30")}
        self.finds(self.day(planned=[self.ASKED, wrong]), "is not planned", "should not be planned")

    def test_a_visit_that_ends_by_a_clock_that_is_ahead_has_its_calls_from_then_on(self):
        visit = self.VISIT | {"end": at("10:03")}
        rated = CALL | {"from": at("10:03"), "by": at("11:03")}
        asked = self.ASKED | {"from": at("10:33")}
        self.finds(self.day(moved("10:02:59"), self.tell("10:03:20", rated, "due"), planned=[rated, asked], visit=visit))
        self.finds(self.day(self.tell("10:02:30", rated, "due"), planned=[rated, asked], visit=visit), "early")

    def test_a_call_that_was_made_is_not_missed(self):
        due, made = self.tell("10:00:20", self.RATED, "due"), self.tell("10:20", self.RATED, "done")
        self.finds(self.day(due, made, self.tell("10:30:20", self.ASKED, "due"), moved("20:00"),
                            planned=[self.RATED, self.ASKED]))
        self.finds(self.day(due, made, self.tell("11:00:20", self.RATED, "missed"), planned=[self.RATED, self.ASKED]),
                   "is void since fact 7")

    def test_a_rating_that_comes_later(self):
        unrated = {key: value for key, value in self.VISIT.items() if key != "rating"}
        call = CALL | {"from": at("10:15"), "by": at("11:15")}
        rated = [fact("10:20", "visit.rated", "T1", **self.VISIT), fact("10:20", "follow_up.planned", "9-r0", **call),
                 step("10:20", "rated")]
        day = self.day(*rated, planned=[self.ASKED], visit=unrated)
        # When it was given stands in the ticket's life.
        day.records["T1"] = {"life": [{"state": "rated", "at": at("10:15")}]}
        self.finds(day)
        day.records["T1"]["life"][0]["at"] = at("10:16")
        self.finds(day, "is not planned", "should not be planned")

    def test_a_call_that_nobody_planned(self):
        self.finds(self.day(self.tell("10:10", CALL | {"id": "8-r0", "from": at("10:10")}, "done"),
                            planned=[self.RATED, self.ASKED]), "was never planned",
                   "follow_up.due(9-r0")


class Moments(unittest.TestCase):
    def test_they_are_read_in_any_offset(self):
        self.assertEqual(moment("2026-03-02T07:00:00+01:00"), moment("2026-03-02T06:00:00Z"))
        self.assertEqual(text(moment(SEVEN)), "2026-03-02T06:00:00+00:00")


if __name__ == "__main__":
    unittest.main()
