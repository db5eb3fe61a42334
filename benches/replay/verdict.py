"""What a judge has found, and how it is told."""
from collections import Counter
from dataclasses import dataclass, field

SHOWN = 40
"""How many faults a report shows."""


@dataclass
class Verdict:
    faults: list[str] = field(default_factory=list)
    """Everything that is wrong, in words; none if all is as it must be."""
    told: Counter[str] = field(default_factory=Counter)
    """Right ones by event."""
    void: Counter[str] = field(default_factory=Counter)
    """Those that would have come, if nothing had happened to make them void."""
    late_us: list[int] = field(default_factory=list)
    """From when each was due, or the service was there again, until it was written."""
    heard_late_us: list[int] = field(default_factory=list)
    """The same until a listener heard it."""
    dated_off_s: list[int] = field(default_factory=list)
    """Of tickets without a `reported_at`: how far the one that the desk gave them is behind their first fact, in its
    seconds."""


def report(verdict: Verdict, pace: int) -> list[str]:
    """What there is to be said of a run, line by line."""
    def middle(late: list[int]) -> str:
        if not late:
            return "none"
        late = sorted(late)
        median, worst = late[len(late) // 2] / 1000, late[-1] / 1000
        return (f"median {median:.0f} ms, worst {worst:.0f} ms; by the desk's clock {median * pace / 1000:.0f} s "
                f"and {worst * pace / 1000:.0f} s")
    lines = [f"{event:20} {verdict.told[event]:5} right"
             + (f", {verdict.void[event]:4} void in time" if verdict.void[event] else "")
             for event in sorted(verdict.told.keys() | verdict.void.keys())]
    lines.append(f"written late by      {middle(verdict.late_us)}")
    if verdict.heard_late_us:
        lines.append(f"heard late by        {middle(verdict.heard_late_us)}")
    off = [off for off in verdict.dated_off_s if off]
    if off:
        lines.append(f"note: {len(off)} of {len(verdict.dated_off_s)} tickets without reported_at were dated otherwise "
                     f"than their first fact, by {min(off)} to {max(off)} s of the desk")
    if verdict.faults:
        lines.append(f"{len(verdict.faults)} faults:")
        lines += [f"  {fault}" for fault in verdict.faults[:SHOWN]]
        if len(verdict.faults) > SHOWN:
            lines.append("  ...")
    else:
        lines.append("no fault: every event is there once, as it must be, and no other")
    return lines
