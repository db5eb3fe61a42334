"""vrp-cli, the `vrp` project's program, by its pragmatic format with the table of travel.

Its order of objectives is priorities served, then jobs served, then travel. It takes whole seconds and no
seed, and two runs of it can differ much.
"""
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters import Order
from adapters.skills import asked, held
from problem import Problem, Routes, Span
from travel import Table

ANSWER = "answer.json"
MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)


def command(program: Path, problem: Problem, table: Table, order: Order, folder: Path) -> list[str]:
    (folder / "question.json").write_text(json.dumps(_question(problem)))
    cells = ",".join(map(str, table.cells))
    with (folder / "table.json").open("w") as out:
        out.write(f'{{"profile": "car", "travelTimes": [{cells}], "distances": [{cells}]}}')
    seconds = max(1, round(order.seconds))
    return [str(program), "solve", "pragmatic", str(folder / "question.json"),
            "-m", str(folder / "table.json"), "-o", str(folder / ANSWER),
            "-t", str(seconds), "-p", f"1,{order.threads}"]


def routes(problem: Problem, folder: Path) -> Routes:
    answer = json.loads((folder / ANSWER).read_text())
    return [(int(tour["vehicleId"]), _visited(tour)) for tour in answer.get("tours", [])]


def _visited(tour: dict) -> list[int]:
    activities = [activity for stop in tour["stops"] for activity in stop["activities"]]
    return [int(activity["jobId"]) for activity in activities if activity["type"] in ("service", "delivery")]


def _question(problem: Problem) -> dict:
    alike = range(len(problem.engineers))
    kinds = [(0, alike)] if problem.is_instance else [(i, [i]) for i in alike]
    objectives = [{"type": "minimize-unassigned"}, {"type": "minimize-cost"}]
    if not problem.is_instance:
        objectives.insert(0, {"type": "maximize-value"})
    jobs = [_job(problem, i) for i in range(len(problem.tickets))]
    vehicles = [_vehicle(problem, kind, ids) for kind, ids in kinds]
    return {"plan": {"jobs": jobs}, "fleet": {"vehicles": vehicles, "profiles": [{"name": "car"}]},
            "objectives": objectives}


def _vehicle(problem: Problem, kind: int, ids: range | list[int]) -> dict:
    engineer = problem.engineers[kind]
    home = {"index": engineer.home}
    leaves, returns = _moments(engineer.shift)
    shift = {"start": {"earliest": leaves, "location": home}, "end": {"latest": returns, "location": home}}
    return {"typeId": f"kind{kind}", "vehicleIds": [str(i) for i in ids], "profile": {"matrix": "car"},
            "costs": {"fixed": 0, "distance": 1, "time": 0},
            "shifts": [shift], "capacity": [engineer.capacity or 1],
            "skills": [f"{skill}:{level}" for skill, level in held(engineer)]}


def _job(problem: Problem, index: int) -> dict:
    ticket = problem.tickets[index]
    place = {"location": {"index": ticket.place}, "duration": ticket.work, "times": [_moments(ticket.window)]}
    if problem.is_instance:
        return {"id": str(index), "deliveries": [{"places": [place], "demand": [ticket.demand]}]}
    return {"id": str(index), "services": [{"places": [place]}], "value": ticket.priority,
            "skills": {"allOf": [f"{skill}:{level}" for skill, level in asked(ticket)]}}


def _moments(span: Span) -> list[str]:
    return [(MIDNIGHT + timedelta(seconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in span]
