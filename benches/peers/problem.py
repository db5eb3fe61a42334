"""What every peer is asked: engineers, tickets, places, and the reader of published instances.

All times and distances are whole numbers. A problem of technicians counts in seconds; a published instance
counts in tenths of its file's unit (`Problem.scale` is 10), because its distances are cut off after one
decimal.
"""
from dataclasses import dataclass, field
from pathlib import Path

Span = tuple[int, int]
"""An earliest and a latest moment, both included."""

Routes = list[tuple[int, list[int]]]
"""All that is taken from a peer: by engineer, the indices of the tickets in visiting order."""


@dataclass(frozen=True)
class Engineer:
    id: str
    home: int
    """Index of the place that a route starts from and comes back to."""
    shift: Span
    """Covers leaving home and being back."""
    skills: dict[str, int] = field(default_factory=dict)
    """Level of each skill, 1 to 5."""
    capacity: int | None = None
    """What the van holds; None is without limit."""


@dataclass(frozen=True)
class Ticket:
    id: str
    place: int
    work: int
    """How long the work takes."""
    window: Span
    """When work may start."""
    skills: dict[str, int] = field(default_factory=dict)
    """Lowest level that is asked for, of each skill."""
    demand: int = 0
    priority: int = 1
    """What is lost if nobody goes."""


@dataclass(frozen=True)
class Problem:
    name: str
    engineers: list[Engineer]
    tickets: list[Ticket]
    places: list[tuple[float, float]]
    """Latitude and longitude of technicians; x and y of an instance."""
    source: Path | None = None
    """The file of an instance; None is a generated problem of technicians."""

    @property
    def is_instance(self) -> bool:
        """Whether this is a published instance: every ticket must be served, by vans that are all alike."""
        return self.source is not None

    @property
    def scale(self) -> int:
        """How many units of the numbers here are one unit of the figures in a table."""
        return 10 if self.is_instance else 1


def able(engineer: Engineer, ticket: Ticket) -> bool:
    """Whether an engineer has every skill of a ticket at the level asked for."""
    return all(engineer.skills.get(skill, 0) >= level for skill, level in ticket.skills.items())


def read_instance(path: Path) -> Problem:
    """Reads a text in the format of Solomon, which Gehring and Homberger use too.

    Raises ValueError if the text has another shape, or coordinates that are not whole.
    """
    fleet: list[int] = []
    rows: list[list[int]] = []
    for line in path.read_text().splitlines():
        cells = line.split()
        if not cells or not cells[0][0].isdigit():
            continue
        numbers = [_whole(cell, path) for cell in cells]
        if len(numbers) == 2 and not fleet:
            fleet = numbers
        elif len(numbers) == 7:
            rows.append(numbers)
        else:
            raise ValueError(f"{path}: expected 2 numbers of the fleet or 7 of a customer, found {line!r}")
    if not fleet or len(rows) < 2:
        raise ValueError(f"{path}: expected a fleet, a depot and at least one customer")

    count, capacity = fleet
    _, _, _, _, opens, closes, _ = rows[0]
    engineers = [Engineer(f"V{i + 1}", 0, (10 * opens, 10 * closes), capacity=capacity) for i in range(count)]
    tickets = [Ticket(str(number), place, 10 * work, (10 * ready, 10 * due), demand=demand)
               for place, (number, _, _, demand, ready, due, work) in enumerate(rows) if place > 0]
    return Problem(path.stem, engineers, tickets, [(row[1], row[2]) for row in rows], path)


def _whole(cell: str, path: Path) -> int:
    number = float(cell)
    if not number.is_integer():
        raise ValueError(f"{path}: {cell} is not whole; distances are cut off exactly, from whole numbers")
    return int(number)
