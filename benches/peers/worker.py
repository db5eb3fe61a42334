"""One run of a peer that is a Python library, in a process of its own. `python worker.py FOLDER`

FOLDER holds the question, `question.pickle`; the answer is put beside it, `answer.json`.
"""
import json
import pickle
import sys
import time
from importlib import import_module
from pathlib import Path

from adapters import LIBRARIES


def main(folder: Path) -> None:
    problem, table, order = pickle.loads((folder / "question.pickle").read_bytes())
    adapter = import_module(LIBRARIES[order.peer])
    began = time.perf_counter()
    routes, note = adapter.solve(problem, table, order)
    asked_s = time.perf_counter() - began
    answer = {"version": adapter.VERSION, "routes": routes, "note": note, "asked_s": asked_s}
    (folder / "answer.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
