"""The peers. An adapter says a problem in its peer's words and takes the visiting order back, nothing else.

A library is asked by `worker.py` in a process of its own: `solve(problem, table, order)` returns the routes
and a note, `VERSION` says what was asked. A program is asked by its command line: `command(program, problem,
table, order, folder)` writes the question into the folder and returns the command, `routes(problem, folder)`
reads the answer from the file `ANSWER` there.
"""
from dataclasses import dataclass

LIBRARIES = {
    "vroom": "adapters.vroom",
    "vroom-tuned": "adapters.vroom",
    "pyvrp": "adapters.pyvrp",
    "ortools": "adapters.ortools",
}
PROGRAMS = {
    "paidan": "adapters.paidan",
    "vrp-cli": "adapters.vrp_cli",
}
PEERS = [*PROGRAMS, *LIBRARIES]


@dataclass(frozen=True)
class Order:
    """One run: who is asked, and what is allowed."""
    peer: str
    seconds: float
    threads: int
    seed: int
