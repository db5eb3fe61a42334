"""The table of travel that every peer is handed.

The judge does not use it: it has formulas of its own, written another way.
"""
from array import array
from dataclasses import dataclass
from math import asin, cos, dist, floor, isqrt, radians, sin

from problem import Problem

EARTH_M = 6_371_008.8
DETOUR = 1.3
METRES_PER_SECOND = 35 / 3.6


@dataclass(frozen=True)
class Table:
    """Travel between all places, in the units of the problem; as long as it is far."""
    size: int
    cells: array
    """Row by row: from a place to every other, as 32-bit numbers."""

    def row(self, place: int) -> array:
        return self.cells[place * self.size:(place + 1) * self.size]

    @property
    def longest(self) -> int:
        return max(self.cells)


def table(problem: Problem) -> Table:
    """Travel between all places of a problem. `O(places^2)`, some ten seconds for 5,000."""
    if problem.is_instance:
        spots, between = problem.places, _tenths
    else:
        spots, between = [_on_unit_sphere(*place) for place in problem.places], _seconds
    size = len(spots)
    cells = array("i", bytes(4 * size * size))
    for i, here in enumerate(spots):
        for j in range(i):
            cells[i * size + j] = cells[j * size + i] = between(here, spots[j])
    return Table(size, cells)


def _tenths(a: tuple[float, float], b: tuple[float, float]) -> int:
    return isqrt(100 * int((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2))


def _seconds(a: tuple[float, ...], b: tuple[float, ...]) -> int:
    """Seconds as the crow flies at 35 km/h with a detour of 1.3, from the chord between two points."""
    metres = 2 * EARTH_M * asin(dist(a, b) / 2)
    return floor(metres * DETOUR / METRES_PER_SECOND + 0.5)


def _on_unit_sphere(lat: float, lon: float) -> tuple[float, float, float]:
    lat, lon = radians(lat), radians(lon)
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)
