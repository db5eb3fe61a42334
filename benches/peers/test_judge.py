"""The judge must see every kind of fault. `python3 benches/peers/test_judge.py`"""
import unittest
from pathlib import Path

from generate import technicians
from judge import Verdict, judge, travel_between
from problem import Engineer, Problem, Routes, Ticket
from travel import table

ANN, BEN = 0, 1
A, B, C = 0, 1, 2
NOON = 43_200


def instance(**changes) -> Problem:
    """Two vans of 10 at (0, 0); customers A, B and C lie 3, 5 and 4 away and are open all day."""
    day = changes.get("shift", (0, 1000))
    vans = [Engineer("ann", 0, day, capacity=10), Engineer("ben", 0, day, capacity=10)]
    customers = [Ticket("A", 1, 100, changes.get("window_a", (0, 1000)), demand=6),
                 Ticket("B", 2, 100, (0, 1000), demand=4),
                 Ticket("C", 3, 100, (0, 1000), demand=3)]
    return Problem("hand-made", vans, customers, [(0, 0), (3, 0), (3, 4), (0, 4)], Path("hand-made.txt"))


def day(window_b: tuple[int, int] = (0, 2 * NOON)) -> Problem:
    """Ann and Ben in one street; two tickets at their door need heating at level 3, which only Ann has."""
    ann = Engineer("ann", 0, (NOON, NOON + 7200), {"heating": 3})
    ben = Engineer("ben", 0, (NOON, NOON + 7200), {"heating": 2})
    tickets = [Ticket("A", 1, 3600, (0, 2 * NOON), {"heating": 3}, priority=7),
               Ticket("B", 1, 3600, window_b, {"heating": 1}, priority=2)]
    return Problem("hand-made", [ann, ben], tickets, [(48.0, 16.0), (48.0, 16.0)])


class TheJudge(unittest.TestCase):
    def finds(self, problem: Problem, routes: Routes, *words: str) -> Verdict:
        """The verdict, which must have exactly these faults, each told by some of its words."""
        verdict = judge(problem, routes)
        self.assertEqual(len(verdict.faults), len(words), verdict.faults)
        for fault, part in zip(verdict.faults, words, strict=True):
            self.assertIn(part, fault)
        return verdict

    def test_a_sound_answer_has_no_faults_and_its_travel_is_the_sum_of_its_legs(self):
        verdict = self.finds(instance(), [(ANN, [A, B]), (BEN, [C])])
        self.assertEqual((verdict.travel, verdict.unserved, verdict.engineers), (30 + 40 + 50 + 80, 0, 2))

    def test_a_route_without_stops_is_not_driven(self):
        verdict = self.finds(day(), [(ANN, [A, B]), (BEN, [])])
        self.assertEqual((verdict.engineers, verdict.priority_lost), (1, 0))

    def test_what_nobody_serves_is_priority_lost(self):
        verdict = self.finds(day(), [(ANN, [B])])
        self.assertEqual((verdict.priority_lost, verdict.unserved), (7, 1))
        verdict = self.finds(day(), [])
        self.assertEqual((verdict.priority_lost, verdict.unserved, verdict.travel), (9, 2, 0))

    def test_a_window_includes_both_its_ends(self):
        self.finds(instance(window_a=(0, 30)), [(ANN, [A, B]), (BEN, [C])])
        self.finds(instance(window_a=(30, 30)), [(ANN, [A, B]), (BEN, [C])])

    def test_waiting_costs_time_but_no_travel(self):
        verdict = self.finds(day(window_b=(NOON + 3600, 2 * NOON)), [(ANN, [B])])
        self.assertEqual(verdict.travel, 0)
        self.finds(day(window_b=(NOON + 3601, 2 * NOON)), [(ANN, [B])], "back at 50401")

    def test_late_by_the_smallest_unit_is_late(self):
        late = instance(window_a=(0, 29))
        self.finds(late, [(ANN, [A, B]), (BEN, [C])], "starts A at 30, its window ends at 29")

    def test_late_through_the_work_before(self):
        self.finds(day(window_b=(0, NOON + 3599)), [(ANN, [A, B])], "starts B at 46800")

    def test_out_of_the_shift(self):
        self.finds(instance(shift=(0, 320)), [(ANN, [A, B]), (BEN, [C])])
        self.finds(instance(shift=(0, 319)), [(ANN, [A, B]), (BEN, [C])], "ann is back at 320")

    def test_a_shift_is_not_begun_early(self):
        early = instance(shift=(80, 1000), window_a=(0, 100))
        self.finds(early, [(ANN, [A, B]), (BEN, [C])], "starts A at 110")

    def test_a_skill_that_is_lacking(self):
        self.finds(day(), [(BEN, [A])], "ben has heating at level 2, A asks for 3")

    def test_more_than_the_van_holds(self):
        self.finds(instance(), [(ANN, [A, B, C])], "carries 13, the van holds 10")

    def test_a_ticket_served_twice(self):
        self.finds(day(), [(ANN, [B]), (BEN, [B])], "B is served twice")
        self.finds(day(), [(ANN, [B, B])], "B is served twice")

    def test_a_customer_of_an_instance_left_out(self):
        self.finds(instance(), [(ANN, [A, B])], "1 customers are not served")

    def test_an_engineer_who_does_not_exist(self):
        verdict = self.finds(day(), [(2, [A])], "no engineer 2")
        self.assertEqual(verdict.unserved, 2)
        self.finds(day(), [(-1, [A])], "no engineer -1")

    def test_an_engineer_with_two_routes(self):
        self.finds(day(), [(ANN, [A]), (ANN, [B])], "ann has two routes")

    def test_a_ticket_that_does_not_exist(self):
        self.finds(day(), [(ANN, [A, 2])], "no ticket 2")

    def test_several_faults_are_all_told(self):
        self.finds(day(window_b=(0, 1)), [(BEN, [A, B])], "heating", "starts B")

    def test_distances_are_cut_off_after_one_decimal(self):
        square = Problem("s", [], [], [(0, 0), (1, 1), (3, 4), (2, 5)], Path("s.txt"))
        self.assertEqual([travel_between(square, 0, i) for i in range(4)], [0, 14, 50, 53])

    def test_the_table_for_the_peers_says_the_same_as_the_judge(self):
        for problem in (technicians(60, 1), instance()):
            handed = table(problem)
            for a in range(handed.size):
                own = [travel_between(problem, a, b) for b in range(handed.size)]
                self.assertEqual(list(handed.row(a)), own)

    def test_the_same_seed_is_the_same_day(self):
        self.assertEqual(technicians(30, 2), technicians(30, 2))
        self.assertNotEqual(technicians(30, 2).places, technicians(30, 3).places)


if __name__ == "__main__":
    unittest.main()
