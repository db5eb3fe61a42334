"""Paidan by its command line, as any user would ask it.

Technicians go in as VROOM's JSON with the table of travel, published instances as the files they are.
"""
import json
from pathlib import Path

from adapters import Order
from adapters.skills import Numbers, asked, held
from problem import Problem, Routes
from travel import Table

ANSWER = "answer"


def command(program: Path, problem: Problem, table: Table, order: Order, folder: Path) -> list[str]:
    if problem.is_instance:
        question, form = problem.source, "solomon"
    else:
        question, form = folder / "question.json", "vroom"
        _write(problem, table, question)
    return [str(program), "plan", str(question), "--format", form, "--seconds", f"{order.seconds:g}",
            "--threads", str(order.threads), "--seed", str(order.seed), "--out", str(folder / ANSWER)]


def routes(problem: Problem, folder: Path) -> Routes:
    text = (folder / ANSWER).read_text()
    if not problem.is_instance:
        return [(route["vehicle"], [step["id"] for step in route["steps"] if step["type"] == "job"])
                for route in json.loads(text)["routes"]]
    index = {ticket.id: i for i, ticket in enumerate(problem.tickets)}
    stops = [line.split(":")[1].split() for line in text.splitlines() if line.startswith("Route")]
    return [(van, [index[stop] for stop in route]) for van, route in enumerate(stops)]


def _write(problem: Problem, table: Table, path: Path) -> None:
    """Writes the question row by row: the table of a large problem is better not held as a text."""
    numbers = Numbers()
    vehicles = [{"id": i, "start_index": engineer.home, "end_index": engineer.home,
                 "time_window": engineer.shift, "skills": numbers(held(engineer))}
                for i, engineer in enumerate(problem.engineers)]
    jobs = [{"id": i, "location_index": ticket.place, "service": ticket.work, "priority": ticket.priority,
             "time_windows": [ticket.window], "skills": numbers(asked(ticket))}
            for i, ticket in enumerate(problem.tickets)]
    with path.open("w") as out:
        out.write(f'{{"vehicles": {json.dumps(vehicles)}, "jobs": {json.dumps(jobs)},\n')
        out.write('"matrices": {"car": {"durations": [\n')
        out.write(",\n".join(json.dumps(table.row(place).tolist()) for place in range(table.size)))
        out.write("]}}}\n")
