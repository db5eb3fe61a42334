"""The one judge of every answer.

It takes nothing from a peer but who visits which tickets in which order. Travel, the clock, skills, loads and
the objective are computed again from the problem, with formulas that no adapter shares.

The clock is the earliest one: leave when the shift starts, wait where a window is not open yet. Where that is
late, every other clock is late as well, because travel does not depend on the time of day.
"""
from dataclasses import dataclass
from math import asin, cos, floor, isqrt, radians, sin, sqrt

from problem import Engineer, Problem, Routes, Ticket


@dataclass(frozen=True)
class Verdict:
    faults: list[str]
    """Every rule that is broken, in words; none of a sound answer."""
    priority_lost: int
    """Sum of the priorities of tickets that nobody serves."""
    unserved: int
    """Tickets that nobody serves."""
    travel: int
    """Of all routes, the way home included; in the problem's units."""
    engineers: int
    """Engineers who leave home."""


def judge(problem: Problem, routes: Routes) -> Verdict:
    """Judges an answer. Routes without tickets count as not driven."""
    faults: list[str] = []
    used: set[int] = set()
    served: set[int] = set()
    travel = 0
    for engineer, stops in routes:
        if not stops:
            continue
        if not 0 <= engineer < len(problem.engineers):
            faults.append(f"there is no engineer {engineer}")
            continue
        if engineer in used:
            faults.append(f"{problem.engineers[engineer].id} has two routes")
        used.add(engineer)
        known = [stop for stop in stops if 0 <= stop < len(problem.tickets)]
        faults += [f"there is no ticket {stop}" for stop in stops if stop not in known]
        for stop in known:
            if stop in served:
                faults.append(f"{problem.tickets[stop].id} is served twice")
            served.add(stop)
        tickets = [problem.tickets[stop] for stop in known]
        travel += _drive(problem, problem.engineers[engineer], tickets, faults)

    left = [ticket for index, ticket in enumerate(problem.tickets) if index not in served]
    if problem.is_instance and left:
        faults.append(f"{len(left)} customers are not served, but all must be")
    return Verdict(faults, sum(ticket.priority for ticket in left), len(left), travel, len(used))


def _drive(problem: Problem, engineer: Engineer, tickets: list[Ticket], faults: list[str]) -> int:
    """Drives one route by the clock, tells what is wrong with it, and returns its travel."""
    clock, end = engineer.shift
    here, travel, load = engineer.home, 0, 0
    for ticket in tickets:
        for skill, level in ticket.skills.items():
            held = engineer.skills.get(skill, 0)
            if held < level:
                faults.append(f"{engineer.id} has {skill} at level {held}, {ticket.id} asks for {level}")
        leg = travel_between(problem, here, ticket.place)
        opens, closes = ticket.window
        start = max(clock + leg, opens)
        if start > closes:
            faults.append(f"{engineer.id} starts {ticket.id} at {start}, its window ends at {closes}")
        clock, here = start + ticket.work, ticket.place
        travel, load = travel + leg, load + ticket.demand
    leg = travel_between(problem, here, engineer.home)
    if clock + leg > end:
        faults.append(f"{engineer.id} is back at {clock + leg}, the shift ends at {end}")
    if engineer.capacity is not None and load > engineer.capacity:
        faults.append(f"{engineer.id} carries {load}, the van holds {engineer.capacity}")
    return travel + leg


def travel_between(problem: Problem, a: int, b: int) -> int:
    """Travel from one place to another: of an instance the Euclidean distance in tenths, cut off; else
    seconds by haversine, at 35 km/h with a detour factor of 1.3, rounded to the nearest."""
    (p, q), (r, s) = problem.places[a], problem.places[b]
    if problem.is_instance:
        east, north = int(r - p), int(s - q)
        return isqrt((10 * east) ** 2 + (10 * north) ** 2)
    lat_a, lon_a, lat_b, lon_b = map(radians, (p, q, r, s))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    metres = 2 * 6_371_008.8 * asin(sqrt(half))
    return floor(metres * 1.3 * 3.6 / 35 + 0.5)
