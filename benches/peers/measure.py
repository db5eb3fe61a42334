"""Runs one command, waits for it, and tells what it took. `python3 measure.py LIMIT_S LOG COMMAND...`

What the command says goes to LOG. One line of JSON comes out: `wall_s`, `cpu_s` of the command and the
processes it waited for, `rss_mb` of the largest of them, `exit` (negative: the signal that ended it), and
`late` if it was killed after LIMIT_S seconds.

This is a process of its own because the kernel lets a new process start with its parent's peak of memory:
started from one that holds a large problem, every peer would seem to need as much.
"""
import json
import os
import subprocess
import sys
import threading
import time
from signal import SIGKILL


def main(limit_s: float, log: str, command: list[str]) -> None:
    began = time.perf_counter()
    with open(log, "wb") as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                 start_new_session=True)
    late = threading.Event()

    def kill() -> None:
        late.set()
        os.killpg(child.pid, SIGKILL)

    timer = threading.Timer(limit_s, kill)
    timer.start()
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except KeyboardInterrupt:
        os.killpg(child.pid, SIGKILL)
        raise SystemExit(130) from None
    finally:
        timer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    print(json.dumps({
        "wall_s": time.perf_counter() - began,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "rss_mb": usage.ru_maxrss / 1024,
        "exit": child.returncode,
        "late": late.is_set(),
    }))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
