"""OR-Tools' routing library: guided local search on one thread. The seed is of no use to it.

A technician's ticket may be left out for its priority times twice the longest drive: a weighted sum where
others compare priorities first. Skills are the list of vehicles that each ticket may be on.
"""
from importlib.metadata import version

import numpy
from ortools.constraint_solver import pywrapcp
from ortools.constraint_solver.routing_enums_pb2 import FirstSolutionStrategy, LocalSearchMetaheuristic

from adapters import Order
from problem import Problem, Routes, able
from travel import Table

VERSION = f"ortools {version('ortools')}"


def solve(problem: Problem, table: Table, order: Order) -> tuple[Routes, str]:
    manager, model = _model(problem, table)
    params = pywrapcp.DefaultRoutingSearchParameters()
    # The best of the first solutions; the automatic choice does badly with skills.
    params.first_solution_strategy = FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    params.local_search_metaheuristic = LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    params.time_limit.FromMilliseconds(round(1000 * order.seconds))
    found = model.SolveWithParameters(params)
    if found is None:
        raise RuntimeError("no first solution within the limit")
    routes: Routes = []
    for engineer in range(len(problem.engineers)):
        stops = []
        at = found.Value(model.NextVar(model.Start(engineer)))
        while not model.IsEnd(at):
            stops.append(manager.IndexToNode(at))
            at = found.Value(model.NextVar(at))
        routes.append((engineer, stops))
    return routes, ""


def _model(problem: Problem, table: Table) -> tuple[pywrapcp.RoutingIndexManager, pywrapcp.RoutingModel]:
    """The nodes are the tickets, then the homes."""
    tickets, engineers = problem.tickets, problem.engineers
    homes = sorted({engineer.home for engineer in engineers})
    ends = [len(tickets) + homes.index(engineer.home) for engineer in engineers]
    manager = pywrapcp.RoutingIndexManager(len(tickets) + len(homes), len(engineers), ends, ends)
    model = pywrapcp.RoutingModel(manager)

    place_of = [ticket.place for ticket in tickets] + homes
    works = numpy.array([ticket.work for ticket in tickets] + [0] * len(homes))
    cells = numpy.frombuffer(table.cells, dtype=numpy.intc).reshape(table.size, table.size)
    travel = cells[numpy.ix_(place_of, place_of)]
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(travel.tolist()))
    horizon = max(engineer.shift[1] for engineer in engineers)
    clock = model.RegisterTransitMatrix((travel + works[:, None]).tolist())
    model.AddDimension(clock, horizon, horizon, False, "clock")
    time = model.GetDimensionOrDie("clock")
    for i, engineer in enumerate(engineers):
        time.CumulVar(model.Start(i)).SetRange(*engineer.shift)
        time.CumulVar(model.End(i)).SetRange(*engineer.shift)
    if problem.is_instance:
        demands = model.RegisterUnaryTransitVector([ticket.demand for ticket in tickets] + [0] * len(homes))
        capacities = [engineer.capacity for engineer in engineers]
        model.AddDimensionWithVehicleCapacity(demands, 0, capacities, True, "load")

    point = 2 * table.longest
    for i, ticket in enumerate(tickets):
        at = manager.NodeToIndex(i)
        time.CumulVar(at).SetRange(ticket.window[0], min(ticket.window[1], horizon))
        if not problem.is_instance:
            model.AddDisjunction([at], point * ticket.priority)
            # SetAllowedVehiclesForIndex would say it, but takes no list of Python in this version.
            vehicles = [j for j, engineer in enumerate(engineers) if able(engineer, ticket)]
            model.VehicleVar(at).SetValues([-1, *vehicles])
    return manager, model
