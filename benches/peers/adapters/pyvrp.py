"""PyVRP: iterated local search on one thread.

A technician's ticket is an optional client whose prize is its priority times twice the longest drive, so a
point of priority is worth more than any detour: a weighted sum where others compare priorities first. PyVRP
has no skills; they are said in one of two exact ways:

* a table of its own for each set of skills, in which the way to a forbidden client is endless; the better
  way, as long as the tables fit into memory;
* a load for each level that is asked for, which who lacks it cannot carry.
"""
from importlib.metadata import version

import numpy
from pyvrp import Client, Depot, Location, PenaltyParams, ProblemData, SolveParams, VehicleType
from pyvrp import solve as search
from pyvrp.search import NeighbourhoodParams
from pyvrp.stop import MaxRuntime

from adapters import Order
from problem import Engineer, Problem, Routes, able
from travel import Table

VERSION = f"pyvrp {version('pyvrp')}"

ENDLESS = 1_000_000
"""Seconds to a client that one may not visit."""
LACKING = 2_000
"""Load of one lacking skill: even under the lowest penalty more than a prize is worth."""
TABLE_BYTES = 8e9
"""What all tables may take."""


def solve(problem: Problem, table: Table, order: Order) -> tuple[Routes, str]:
    cells = numpy.frombuffer(table.cells, dtype=numpy.intc).astype(numpy.int64)
    cells = cells.reshape(table.size, table.size)
    if problem.is_instance:
        data, note, params = _instance(problem, cells), "", SolveParams()
    else:
        data, note = _technicians(problem, cells)
        # The defaults begin with penalties so high that in short times an overfull day is hardly searched.
        params = SolveParams(penalty=PenaltyParams(max_penalty=100),
                             neighbourhood=NeighbourhoodParams(num_neighbours=80))
    result = search(data, stop=MaxRuntime(order.seconds), seed=order.seed, collect_stats=False, params=params)
    routes: Routes = []
    for number, route in enumerate(result.best.routes()):
        engineer = number if problem.is_instance else route.vehicle_type()
        routes.append((engineer, [visit.idx for visit in route if visit.is_client()]))
    return routes, f"{note}{result.num_iterations} iterations"


def _instance(problem: Problem, cells: numpy.ndarray) -> ProblemData:
    van = problem.engineers[0]
    clients = [Client(ticket.place, delivery=[ticket.demand], service_duration=ticket.work,
                      tw_early=ticket.window[0], tw_late=ticket.window[1]) for ticket in problem.tickets]
    vans = VehicleType(len(problem.engineers), [van.capacity], tw_early=van.shift[0], tw_late=van.shift[1])
    return ProblemData(_places(problem), clients, [Depot(van.home)], [vans], [cells], [cells])


def _technicians(problem: Problem, cells: numpy.ndarray) -> tuple[ProblemData, str]:
    point = 2 * int(cells.max())
    sets = sorted({_key(engineer) for engineer in problem.engineers})
    by_tables = len(sets) * 2 * cells.nbytes <= TABLE_BYTES
    asked = {item for ticket in problem.tickets for item in ticket.skills.items()}
    levels = [] if by_tables else sorted(asked)

    clients = [Client(ticket.place, delivery=[LACKING * (item in ticket.skills.items()) for item in levels],
                      service_duration=ticket.work, tw_early=ticket.window[0], tw_late=ticket.window[1],
                      prize=point * ticket.priority, required=False) for ticket in problem.tickets]
    room = LACKING * len(problem.tickets)
    engineers = [VehicleType(1, [room * (engineer.skills.get(skill, 0) >= level) for skill, level in levels],
                             start_depot=i, end_depot=i,
                             tw_early=engineer.shift[0], tw_late=engineer.shift[1],
                             profile=sets.index(_key(engineer)) if by_tables else 0)
                 for i, engineer in enumerate(problem.engineers)]
    tables = [_open_to(dict(key), problem, cells) for key in sets] if by_tables else [cells]
    depots = [Depot(engineer.home) for engineer in problem.engineers]
    data = ProblemData(_places(problem), clients, depots, engineers, tables, tables)
    return data, "skills by tables, " if by_tables else "skills by loads, "


def _open_to(skills: dict[str, int], problem: Problem, cells: numpy.ndarray) -> numpy.ndarray:
    """The table for who has these skills."""
    somebody = Engineer("", 0, (0, 0), skills)
    shut = [ticket.place for ticket in problem.tickets if not able(somebody, ticket)]
    own = cells.copy()
    own[:, shut] += ENDLESS
    numpy.fill_diagonal(own, 0)
    return own


def _key(engineer: Engineer) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(engineer.skills.items()))


def _places(problem: Problem) -> list[Location]:
    """Where places lie is of no use to the search, which has the table."""
    return [Location(0, 0) for _ in problem.places]
