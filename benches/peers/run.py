"""One run: a peer is asked, measured, and its answer judged. What goes wrong becomes a row that says so."""
import json
import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters import LIBRARIES, PROGRAMS, Order
from judge import judge
from problem import Problem, Routes
from travel import Table

HERE = Path(__file__).parent
THREADS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"]
"""The environment's words for how many threads a library may use."""


@dataclass
class Row:
    """A run as the CSV has it. Cells that make no sense for it are None."""
    problem: str
    tickets: int
    engineers: int
    peer: str
    seconds: float
    """What was given; the rest of the `_s` is what it took."""
    threads: int
    seed: int
    outcome: str = "no answer"
    """"sound", "unsound" or "no answer"."""
    priority_lost: int | None = None
    unserved: int | None = None
    travel: float | None = None
    """Seconds of technicians, units of an instance."""
    gap_percent: float | None = None
    engineers_used: int | None = None
    wall_s: float | None = None
    """Of the whole process: starting, reading and writing included."""
    asked_s: float | None = None
    """Of a library without the start of Python and of its imports; of a program the whole process."""
    cpu_s: float | None = None
    rss_mb: float | None = None
    load_average: float | None = None
    """Of the machine, before the run."""
    version: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tools:
    """Where the peers are."""
    python: Path
    programs: dict[str, Path | None]
    grace_s: float
    """A peer that is not back this long after its limit is killed."""


class NoAnswer(Exception):
    """Why a peer has none, in words for people."""


def run(problem: Problem, table: Table, order: Order, tools: Tools, best: float | None) -> Row:
    row = Row(problem.name, len(problem.tickets), len(problem.engineers), order.peer, order.seconds,
              order.threads, order.seed, load_average=os.getloadavg()[0])
    with TemporaryDirectory(prefix="peers-") as name:
        try:
            routes = _ask(problem, table, order, tools, Path(name), row)
        except NoAnswer as reason:
            row.note = str(reason)
            return row
        except Exception as error:  # An adapter that fails must not end the comparison.
            row.note = f"{type(error).__name__}: {error}"
            return row
    verdict = judge(problem, routes)
    row.outcome = "unsound" if verdict.faults else "sound"
    row.priority_lost = None if problem.is_instance else verdict.priority_lost
    row.unserved, row.engineers_used = verdict.unserved, verdict.engineers
    row.travel = verdict.travel / problem.scale
    if verdict.faults:
        row.note = f"{len(verdict.faults)} faults: {'; '.join(verdict.faults[:3])}"
    elif best is not None:
        row.gap_percent = 100 * (row.travel / best - 1)
    return row


def _ask(problem: Problem, table: Table, order: Order, tools: Tools, folder: Path, row: Row) -> Routes:
    """The peer's routes; fills in what the run took."""
    if order.peer in LIBRARIES:
        (folder / "question.pickle").write_bytes(pickle.dumps((problem, table, order)))
        _measure([str(tools.python), str(HERE / "worker.py"), str(folder)], order, tools, folder, row)
        answer = json.loads(_answer(folder / "answer.json", folder))
        row.version, row.note, row.asked_s = answer["version"], answer["note"], answer["asked_s"]
        return answer["routes"]

    program = tools.programs[order.peer]
    if program is None or not program.exists():
        raise NoAnswer(f"not there: {program}" if program else f"not there: name it with --{order.peer}")
    adapter = import_module(PROGRAMS[order.peer])
    row.version = _version(program)
    _measure(adapter.command(program, problem, table, order, folder), order, tools, folder, row)
    row.asked_s = row.wall_s
    _answer(folder / adapter.ANSWER, folder)
    return adapter.routes(problem, folder)


def _measure(command: list[str], order: Order, tools: Tools, folder: Path, row: Row) -> None:
    """Runs a command to its end or its limit."""
    limit_s = order.seconds + tools.grace_s
    measure = [sys.executable, str(HERE / "measure.py"), str(limit_s), str(folder / "log")]
    threads = {name: str(order.threads) for name in THREADS}
    measured = subprocess.run([*measure, *command], capture_output=True, text=True, env=os.environ | threads)
    if measured.returncode != 0:
        raise NoAnswer(f"could not be started: {_last_line(measured.stderr)}")
    took = json.loads(measured.stdout)
    row.wall_s, row.cpu_s, row.rss_mb = took["wall_s"], took["cpu_s"], took["rss_mb"]
    if took["late"]:
        raise NoAnswer(f"killed {tools.grace_s:g} s after its limit")
    if took["exit"] < 0:
        raise NoAnswer(f"ended by signal {-took['exit']}")


def _answer(path: Path, folder: Path) -> str:
    """The text of an answer. An exit code beside it is the peer's opinion; ours is the judge's."""
    if path.exists():
        return path.read_text()
    said = _last_line((folder / "log").read_text(errors="replace"))
    if said.startswith("ModuleNotFoundError"):
        raise NoAnswer(f"not installed: {said.split(': ', 1)[1]}")
    raise NoAnswer(said)


def _version(program: Path) -> str:
    asked = subprocess.run([str(program), "--version"], capture_output=True, text=True)
    return asked.stdout.strip()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["nothing was said"])[-1][:300]
