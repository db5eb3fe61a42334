"""Skills with levels for peers whose skills have none: each level is a skill of its own, and who has a level
has all below it too. Nothing is lost by that."""
from problem import Engineer, Ticket


def held(engineer: Engineer) -> list[tuple[str, int]]:
    return [(skill, level) for skill, best in engineer.skills.items() for level in range(1, best + 1)]


def asked(ticket: Ticket) -> list[tuple[str, int]]:
    return list(ticket.skills.items())


class Numbers:
    """A number for each level of each skill, from 1 on, in the order in which they are first asked about."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int], int] = {}

    def __call__(self, levels: list[tuple[str, int]]) -> list[int]:
        return sorted(self._numbers.setdefault(level, len(self._numbers) + 1) for level in levels)
