"""A real city's day against the running service, much faster than it goes by, and a judge of what the desk's clock
told meanwhile.

`python3 benches/replay/replay.py --pace 600 --hours 12 --kills 2 --seed 1`

A service is started on a port and a store of its own. Tickets come in, engineers go about their work, come late or
not at all, are sick, customers cancel and rate; and the service is killed and started anew. In the end every SLA
event and follow-up is computed from the facts by `judge.py`, and must be there exactly so.
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

from day import Day, draw_up
from judge import judge
from listener import Listener
from player import Player
from run import microseconds, read_run
from service import Client, Service
from verdict import report

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def main() -> int:
    """The exit code: 1 if anything is not as it must be."""
    args = _arguments()
    faults = 0
    for seed in range(args.seed, args.seed + args.runs):
        print(f"== seed {seed}: {args.hours:g} h at {args.pace}x, {args.kills} kills", flush=True)
        faults += _replay(args, seed)
    return 1 if faults else 0


def _replay(args: argparse.Namespace, seed: int) -> int:
    """Plays one day, and tells of it. How much was wrong."""
    day = draw_up(_city(args.paidan), seed, args.hours, args.tickets)
    with tempfile.TemporaryDirectory(prefix="replay-") as directory:
        service = Service(args.paidan, Path(directory), args.pace)
        try:
            service.start()
            run, trouble = _play(args, seed, day, service)
        finally:
            service.end(signal.SIGKILL)
        trouble += _words(service.log)
    if args.out:
        args.out.write_text(json.dumps(run))
    verdict = judge(read_run(run))
    print("\n".join(report(verdict, args.pace)))
    for words in trouble:
        print(f"  trouble: {words}")
    return len(verdict.faults) + len(trouble)


def _city(paidan: Path) -> Any:
    command = [paidan, "generate", "city", "--requests", ROOT / "fixtures/city/requests.csv"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _play(args: argparse.Namespace, seed: int, day: Day, service: Service) -> tuple[dict[str, Any], list[str]]:
    """What the judge is to know, and what went wrong apart from that."""
    client = Client(service, seed)
    listener = Listener(service)
    put = client.put("/v1/fleet", day.fleet)
    if not put.is_fine:
        raise RuntimeError(f"the fleet is refused: {put.body}")
    first = next(event for event in _facts(client) if event["event"] == "fleet.replaced")
    begun = microseconds(first["at"]) / 1e6
    player = Player(day, client, seed, args.pace, begun)
    down_us: list[tuple[int, int]] = []
    killer = threading.Thread(target=_kill, args=(args, seed, begun, service, down_us), daemon=True)
    killer.start()
    player.play()
    killer.join()
    # Behind a last write, all that was due is told.
    anybody = day.fleet["engineers"][0]
    client.post("/v1/positions", {"positions": [anybody["home"] | {"engineer": anybody["id"]}]})
    records = {record["id"]: record for record in client.pages("/v1/tickets")}
    facts = _facts(client)
    trouble = client.broken + player.trouble
    listener.wait_for(facts[-1]["seq"], 30)
    trouble += _heard_otherwise(listener, facts)
    print(f"{len(facts)} facts; " + ", ".join(f"{count} {what}" for what, count in sorted(player.done.items())))
    print("answers: " + ", ".join(f"{count}x {what}" for what, count in sorted(client.answers.items()))
          + f"; asked again {client.asked_again} times")
    run = {"fleet": day.fleet, "pace": args.pace, "facts": facts, "records": records, "sent": player.sent,
           "undated": player.undated, "heard_us": listener.at_us, "down_us": down_us}
    # As whoever reads it later has it.
    return json.loads(json.dumps(run)), trouble


def _kill(args: argparse.Namespace, seed: int, begun: float, service: Service, down_us: list[tuple[int, int]]) -> None:
    """Kills the service at random moments of the day, and starts it anew after a while."""
    random = Random(f"kills {seed}")
    length = args.hours * 3600 / args.pace
    for n in range(args.kills):
        at = begun + length * (n + random.uniform(0.3, 0.9)) / args.kills
        time.sleep(max(0.0, at - time.time()))
        down = time.time_ns() // 1000
        service.end(signal.SIGKILL)
        time.sleep(random.choice([0, 0.3, 1.5]))
        service.start()
        down_us.append((down, time.time_ns() // 1000))


def _facts(client: Client) -> list[Any]:
    """All facts so far."""
    facts: list[Any] = []
    last = None
    while last is None or len(facts) < last:
        page = client.get(f"/v1/events?after={len(facts)}&limit=500").body
        last = last or page["last"]
        facts += page["items"]
    return facts[:last]


def _heard_otherwise(listener: Listener, facts: list[Any]) -> list[str]:
    """Where the events that were heard as they happened differ from those that are read afterwards."""
    heard = [event for event in listener.heard if event["seq"] <= facts[-1]["seq"]]
    if heard == facts:
        return []
    pairs = zip(heard, facts)
    first = next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(heard), len(facts)))
    return [f"{len(heard)} events were heard and {len(facts)} are listed; they differ from event {first + 1} on"]


def _words(log: Path) -> list[str]:
    """Errors and panics in the service's log."""
    lines = log.read_text(errors="replace").splitlines()
    return [f"log: {line}" for line in lines if "ERROR" in line or "panicked" in line][:20]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paidan", type=Path, default=TARGET / "release/paidan", help="the program")
    parser.add_argument("--pace", type=int, default=600, help="seconds of the desk's clock in a second")
    parser.add_argument("--hours", type=float, default=12, help="how much of the day, from half past six on")
    parser.add_argument("--tickets", type=int, default=233, help="how many of the city's tickets at most")
    parser.add_argument("--kills", type=int, default=2, help="how often the service is killed")
    parser.add_argument("--seed", type=int, default=1, help="of all that happens")
    parser.add_argument("--runs", type=int, default=1, help="how many days, each with the next seed")
    parser.add_argument("--out", type=Path, help="where to keep the last run, for judge.py to judge it again")
    parser.add_argument("--quick", action="store_true", help="five hours with 120 tickets and one kill: half a minute")
    args = parser.parse_args()
    if args.quick:
        args.hours, args.tickets, args.kills = 5, 120, 1
    return args


if __name__ == "__main__":
    sys.exit(main())
