"""The runs as Markdown: a table of technicians, one of published instances, and what the peers took.

Runs of one problem that differ in the seed alone are one cell, told by the middle one: by priority lost,
tickets unserved and travel, in this order; of an even number the worse of the two in the middle. Only sound
answers count.
"""
from collections.abc import Callable, Iterable
from statistics import mean, median

from run import Row

Cells = list[str]


def markdown(facts: dict[str, str], rows: list[Row]) -> str:
    """All of it, under facts such as the commit and the machine."""
    head = "\n".join(f"* {name}: {value}" for name, value in facts.items())
    days = [row for row in rows if not _of_instance(row)]
    instances = [row for row in rows if _of_instance(row)]
    parts = ["# Paidan and its peers", head]
    if days:
        parts += ["## Technicians", _technicians(days)]
    if instances:
        parts += ["## Published instances", _instances(instances)]
    return "\n\n".join([*parts, "## What it took", _effort(rows)]) + "\n"


def line(row: Row) -> str:
    """A run in a line, for whoever watches."""
    return (f"{row.problem}  {row.seconds:g} s  {row.peer}  seed {row.seed}:  {row.outcome}"
            + (f", {_result(row)}" if row.outcome == "sound" else "")
            + (f", {row.wall_s:.1f} s" if row.wall_s is not None else "")
            + (f"  ({row.note})" if row.note else ""))


def _technicians(rows: list[Row]) -> str:
    lines = []
    for (problem, seconds, peer), runs in _groups(rows, lambda row: (row.problem, row.seconds, row.peer)):
        middle = _middle(runs)
        start = [problem, f"{seconds:g}", peer, _sound(runs)]
        if middle is None:
            lines.append([*start, "", "", "", "", "", _notes(runs)])
            continue
        lost = [row.priority_lost for row in runs if row.outcome == "sound"]
        lines.append([*start, str(middle.priority_lost), f"{min(lost)} to {max(lost)}", str(middle.unserved),
                      f"{middle.travel / 3600:.1f}", f"{middle.engineers_used} of {middle.engineers}",
                      _notes(runs)])
    return _table(["problem", "seconds", "peer", "sound", "priority lost", "best to worst", "unserved",
                   "travel h", "engineers", "note"], lines)


def _instances(rows: list[Row]) -> str:
    """A column for each peer; below it the mean gap of what it solved, and how much that was."""
    peers = list(dict.fromkeys(row.peer for row in rows))
    lines, gaps = [], {}
    for (problem, seconds), runs in _groups(rows, lambda row: (row.problem, row.seconds)):
        cells = []
        for peer in peers:
            own = [row for row in runs if row.peer == peer]
            middle = _middle(own)
            missing = own[0].outcome if own else ""
            cells.append(f"{_result(middle)} ({middle.engineers_used})" if middle else missing)
            gaps.setdefault((seconds, peer), []).append(middle.gap_percent if middle else None)
        lines.append([problem, f"{seconds:g}", *cells])
    if any(gap is not None for found in gaps.values() for gap in found):
        for seconds in dict.fromkeys(seconds for seconds, _ in gaps):
            lines.append(["**mean gap**", f"{seconds:g}", *[_mean(gaps[seconds, peer]) for peer in peers]])
    failures = {row.peer: row.note for row in rows if row.outcome != "sound"}
    notes = "".join(f"\n\n{peer}, last failure: {_plain(note)}" for peer, note in failures.items())
    return _table(["instance", "seconds", *peers], lines) + notes


def _effort(rows: list[Row]) -> str:
    lines = []
    for (seconds, peer), runs in _groups(rows, lambda row: (row.seconds, row.peer)):
        took = [row for row in runs if row.asked_s is not None]
        cells = [""] * 5
        if took:
            cells = [f"{median(row.asked_s for row in took):.1f}", f"{max(row.asked_s for row in took):.1f}",
                     f"{median(row.wall_s for row in took):.1f}", f"{median(row.cpu_s for row in took):.1f}",
                     f"{max(row.rss_mb for row in took):.0f}"]
        versions = ", ".join(dict.fromkeys(row.version for row in runs if row.version))
        lines.append([peer, versions, f"{seconds:g}", str(len(runs)), _sound(runs), *cells])
    return _table(["peer", "version", "seconds", "runs", "sound", "asked s, median", "longest",
                   "wall s, median", "CPU s, median", "memory MB, largest"], lines)


def _of_instance(row: Row) -> bool:
    return not row.problem.startswith("technicians:")


def _groups(rows: Iterable[Row], key: Callable[[Row], tuple]) -> Iterable[tuple[tuple, list[Row]]]:
    """Rows of the same key together, in the order in which the keys first come."""
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups.items()


def _middle(rows: list[Row]) -> Row | None:
    sound = [row for row in rows if row.outcome == "sound"]
    ranked = sorted(sound, key=lambda row: (row.priority_lost or 0, row.unserved, row.travel))
    return ranked[len(ranked) // 2] if ranked else None


def _result(row: Row) -> str:
    if not _of_instance(row):
        return f"{row.priority_lost} lost, {row.unserved} unserved, {row.travel / 3600:.1f} h"
    return f"{row.travel:.1f}" if row.gap_percent is None else f"{row.gap_percent:.2f} %"


def _sound(rows: list[Row]) -> str:
    return f"{sum(row.outcome == 'sound' for row in rows)} of {len(rows)}"


def _mean(gaps: list[float | None]) -> str:
    known = [gap for gap in gaps if gap is not None]
    return f"{mean(known):.2f} % of {len(known)}" if known else ""


def _notes(rows: list[Row]) -> str:
    """What went wrong, or else what was said."""
    bad = [row.note for row in rows if row.outcome != "sound"]
    return _plain((bad or [rows[-1].note])[0])


def _plain(note: str) -> str:
    return note.replace("|", "/").replace("\n", " ")[:160]


def _table(head: Cells, lines: list[Cells]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *lines])
