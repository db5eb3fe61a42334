"""Paidan and its peers side by side: the same problems, seconds and threads, one at a time, judged by one
judge.

`python3 benches/peers/peers.py --seconds 10 --threads 2 --seeds 1-3 technicians:200:1 technicians:1000:1`

`... peers.py --seconds 5 --csv runs.csv --best solomon/bks.csv --best-column distance solomon`
"""
import argparse
import csv
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from itertools import product
from pathlib import Path

import environment
from adapters import LIBRARIES, PEERS, Order
from generate import technicians
from machine import commit, machine, now
from problem import Problem, read_instance
from run import Row, Tools, run
from table import line, markdown
from travel import table

ROOT = Path(__file__).resolve().parents[2]
USUAL = "paidan,vroom,vroom-tuned,pyvrp,ortools"


def main() -> int:
    """The exit code: 1 if a problem could not be read, else 0, whatever the peers did."""
    args = _arguments()
    problems, all_read = _problems(args.problems)
    best = _best_known(args.best, args.best_column) if args.best else {}
    python = environment.python(args.venv) if set(args.peers) & set(LIBRARIES) else Path(sys.executable)
    tools = Tools(python, {"paidan": args.paidan, "vrp-cli": args.vrp_cli}, args.grace)
    facts = {"commit": commit(ROOT), "date": now(), "machine": machine(), "threads": str(args.threads),
             "command": f"`{shlex.join(['peers.py', *sys.argv[1:]])}`"}
    rows: list[Row] = []
    try:
        for row in _runs(problems, best, args, tools):
            print(line(row), file=sys.stderr)
            rows.append(row)
            if args.csv:
                _write_csv(args.csv, rows, facts)
    except KeyboardInterrupt:
        print("stopped; the table has what was run", file=sys.stderr)
    text = markdown(facts, rows)
    if args.out:
        args.out.write_text(text)
    else:
        print(text, end="")
    return 0 if all_read else 1


def _runs(problems: list[Problem], best: dict[str, float], args: argparse.Namespace,
          tools: Tools) -> Iterator[Row]:
    """One peer at a time, and closely one after another: a busy machine is then busy for all of them."""
    for problem in problems:
        travel = table(problem)
        for seconds, seed, peer in product(args.seconds, args.seeds, args.peers):
            order = Order(peer, seconds, args.threads, seed)
            yield run(problem, travel, order, tools, best.get(problem.name))


def _problems(names: list[str]) -> tuple[list[Problem], bool]:
    """The problems that could be read, and whether that is all of them."""
    problems, all_read = [], True
    for name in names:
        if name.startswith("technicians:"):
            _, count, seed = name.split(":")
            problems.append(technicians(int(count), int(seed)))
            continue
        given = Path(name)
        for path in sorted(given.rglob("*.txt")) if given.is_dir() else [given]:
            try:
                problems.append(read_instance(path))
            except (OSError, ValueError) as error:
                print(f"passed over: {error}", file=sys.stderr)
                all_read = False
    return problems, all_read


def _best_known(path: Path, column: str) -> dict[str, float]:
    """Best-known costs by the first column; cells that are no number are passed over."""
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        name, *_ = reader.fieldnames
        if column not in reader.fieldnames:
            raise SystemExit(f"{path} has no column {column!r}; it has {', '.join(reader.fieldnames)}")
        return {row[name]: float(row[column]) for row in reader if row[column].replace(".", "", 1).isdigit()}


def _write_csv(path: Path, rows: list[Row], facts: dict[str, str]) -> None:
    where = {name: facts[name] for name in ("commit", "date", "machine")}
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*(field.name for field in fields(Row)), *where])
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _rounded(cell) for name, cell in asdict(row).items()} | where)


def _rounded(cell: object) -> object:
    return round(cell, 3) if isinstance(cell, float) else cell


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compares Paidan with its peers; see README.md beside it.")
    add = parser.add_argument
    add("problems", nargs="+", metavar="PROBLEM", type=_problem_name,
        help="technicians:TICKETS:SEED, a file in Solomon's format, or a directory of such")
    add("--seconds", type=_list_of(float), default=[10.0], metavar="S,S", help="time limits [default: 10]")
    add("--threads", type=int, default=1, metavar="T", help="threads that each peer may use [default: 1]")
    add("--seeds", type=_seeds, default=[1], metavar="A-B", help="a run for each of these seeds [default: 1]")
    add("--peers", type=_peers, default=_peers(USUAL), metavar="P,P",
        help=f"of {', '.join(PEERS)} [default: {USUAL}]")
    add("--best", type=Path, metavar="CSV", help="best-known costs, the instances' names in the first column")
    add("--best-column", metavar="NAME", help="the column with the costs")
    add("--csv", type=Path, metavar="FILE", help="every run, written after each")
    add("--out", type=Path, metavar="FILE", help="the tables, in Markdown [default: stdout]")
    add("--paidan", type=Path, default=ROOT / "target/release/paidan", metavar="EXE",
        help="[default: target/release/paidan of this repository]")
    add("--vrp-cli", type=Path, metavar="EXE", help="the program for the peer vrp-cli")
    add("--venv", type=Path, default=environment.cache(), metavar="DIR",
        help="where the libraries are installed [default: %(default)s]")
    add("--grace", type=float, default=240, metavar="S",
        help="a peer is killed so long after its limit [default: %(default)s]")
    args = parser.parse_args()
    if (args.best is None) != (args.best_column is None):
        parser.error("--best and --best-column go together")
    return args


def _list_of(kind: type):
    return lambda text: [kind(cell) for cell in text.split(",")]


def _seeds(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def _peers(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in PEERS:
            raise argparse.ArgumentTypeError(f"there is no peer {name!r}; there are {', '.join(PEERS)}")
    return names


def _problem_name(text: str) -> str:
    """Looked at here, so that a mistake is told before anything is run."""
    if text.startswith("technicians:") and not re.fullmatch(r"technicians:[1-9]\d*:\d+", text):
        raise argparse.ArgumentTypeError(f"expected technicians:TICKETS:SEED, found {text!r}")
    return text


if __name__ == "__main__":
    raise SystemExit(main())
