"""VROOM through pyvroom.

Its own order of objectives is ours: priorities served, then jobs served, then cost. It takes no seed.

`vroom` asks for the deepest exploration, level 5. VROOM splits its limit over the searches of a level, 32 at
level 5, and on large problems starves each of them. `vroom-tuned` asks for the highest level whose searches
all get the time they need.
"""
from datetime import timedelta
from importlib.metadata import version

import numpy
import vroom

from adapters import Order
from adapters.skills import Numbers, asked, held
from problem import Problem, Routes
from travel import Table

VERSION = f"pyvroom {version('pyvroom')}"

DEEPEST = 5
SEARCHES = [4, 8, 12, 16, 24, 32]
"""How many searches each level makes."""
SEARCH_S = 3.0
"""Seconds that one search of 1,000 technicians' tickets needs; it grows with their number by n^1.5."""


def solve(problem: Problem, table: Table, order: Order) -> tuple[Routes, str]:
    numbers = Numbers()
    question = vroom.Input()
    cells = numpy.frombuffer(table.cells, dtype=numpy.intc).astype(numpy.uint32)
    question.set_durations_matrix("car", cells.reshape(table.size, table.size))
    question.add_vehicle([
        vroom.Vehicle(i, start=engineer.home, end=engineer.home, time_window=list(engineer.shift),
                      skills=set(numbers(held(engineer))),
                      capacity=[] if engineer.capacity is None else [engineer.capacity])
        for i, engineer in enumerate(problem.engineers)])
    question.add_job([
        vroom.Job(i, location=ticket.place, default_service=ticket.work, time_windows=[list(ticket.window)],
                  skills=set(numbers(asked(ticket))),
                  delivery=[ticket.demand] if problem.is_instance else [],
                  priority=0 if problem.is_instance else ticket.priority)
        for i, ticket in enumerate(problem.tickets)])

    level = DEEPEST if order.peer == "vroom" else _tuned(len(problem.tickets), order)
    answer = question.solve(exploration_level=level, nb_threads=order.threads,
                            timeout=timedelta(seconds=order.seconds))
    steps = answer.routes[answer.routes["type"] == "job"]
    routes: dict[int, list[int]] = {}
    for vehicle, job in zip(steps["vehicle_id"].tolist(), steps["id"].tolist(), strict=True):
        routes.setdefault(int(vehicle), []).append(int(job))
    return list(routes.items()), f"level {level}"


def _tuned(tickets: int, order: Order) -> int:
    needed_s = SEARCH_S * (tickets / 1000) ** 1.5
    allowed_s = order.seconds * order.threads
    fitting = [level for level, searches in enumerate(SEARCHES) if searches * needed_s <= allowed_s]
    return max(fitting, default=0)
