"""Days of technicians, made up: more work than fits, so that what is left out matters.

A city of some 25 km with a few dense districts. Engineers live in it and have skills with levels, tickets ask
for one skill or two, have a window and a priority. The crew is smaller than work and driving would need;
windows, skills and distances keep more tickets out. The same count and seed give the same day.
"""
from math import cos, pi, radians, sin, sqrt
from random import Random

from problem import Engineer, Problem, Span, Ticket

HOUR = 3600
CENTRE = 48.21, 16.37
KM_PER_DEGREE = 111.2
MEAN_SHIFT_H = 9.2
LOAD = 1.1
"""Work and expected driving by the time of all shifts: above 1 there is more than fits."""

SKILLS = {"electrical": 22, "plumbing": 18, "heating": 15, "network": 13, "appliance": 12, "fibre": 9,
          "gas": 7, "lift": 4}
"""Skills by how often they are asked for."""
LEVELS_HELD = [8, 22, 32, 24, 14]
LEVELS_ASKED = [28, 32, 24, 11, 5]
PRIORITIES = [10, 14, 16, 15, 13, 11, 8, 6, 4, 3]
"""How often priorities 1 to 10 are given."""
SHIFTS_H = {(8, 17.5): 70, (7, 16.5): 12, (9.5, 19): 12, (8, 14): 6}

District = tuple[float, float, float, float]
"""Kilometres east and north of the centre, the spread in kilometres, and how populous it is."""


def technicians(count: int, seed: int) -> Problem:
    """A day of `count` tickets, in seconds since midnight."""
    chance = Random(f"technicians {count} {seed}")
    districts = [_district(chance) for _ in range(chance.randint(5, 7))]
    known = list(SKILLS)[:chance.randint(6, 8)]
    works = [_work(chance) for _ in range(count)]
    filled = sum(works) + count * _expected_drive(count)
    crew = max(1, round(filled / (LOAD * MEAN_SHIFT_H * HOUR)))

    engineers = [Engineer(f"E{i + 1}", i, _shift(chance), _skills_held(chance, known)) for i in range(crew)]
    places = [_place(chance, districts, dense=0.5) for _ in engineers]
    tickets = []
    for i, work in enumerate(works):
        asked = _skills_asked(chance, engineers, known)
        priority = chance.choices(range(1, 11), PRIORITIES)[0]
        tickets.append(Ticket(f"T{i + 1}", crew + i, work, _window(chance), asked, priority=priority))
        places.append(_place(chance, districts, dense=0.8))
    return Problem(f"technicians:{count}:{seed}", engineers, tickets, places)


def _expected_drive(count: int) -> float:
    """Seconds of driving for each ticket in a good plan: the more tickets, the closer they lie."""
    return 490 * (200 / count) ** 0.4


def _work(chance: Random) -> int:
    """20 to 120 minutes in steps of five, mostly around 40."""
    minutes = 5 * round(chance.lognormvariate(3.74, 0.5) / 5)
    return 60 * min(120, max(20, minutes))


def _shift(chance: Random) -> Span:
    start, end = chance.choices(list(SHIFTS_H), list(SHIFTS_H.values()))[0]
    return int(start * HOUR), int(end * HOUR)


def _window(chance: Random) -> Span:
    """A half day, two hours, or the whole day."""
    kind = chance.random()
    if kind < 0.25:
        return 8 * HOUR, 12 * HOUR + HOUR // 2
    if kind < 0.5:
        return 12 * HOUR + HOUR // 2, 17 * HOUR + HOUR // 2
    if kind < 0.7:
        start = chance.randint(8, 15) * HOUR
        return start, start + 2 * HOUR
    return 8 * HOUR, 17 * HOUR + HOUR // 2


def _skills_held(chance: Random, known: list[str]) -> dict[str, int]:
    held: dict[str, int] = {}
    for _ in range(chance.choices([2, 3, 4], [35, 45, 20])[0]):
        left = [skill for skill in known if skill not in held]
        skill = chance.choices(left, [SKILLS[skill] ** 0.8 for skill in left])[0]
        held[skill] = chance.choices(range(1, 6), LEVELS_HELD)[0]
    return held


def _skills_asked(chance: Random, engineers: list[Engineer], known: list[str]) -> dict[str, int]:
    """One skill, or two of one engineer's; never more than somebody has."""
    if chance.random() < 0.15:
        held = chance.choice(engineers).skills
        return {skill: chance.randint(1, min(3, held[skill])) for skill in chance.sample(sorted(held), 2)}
    best = {skill: max(e.skills.get(skill, 0) for e in engineers) for skill in known}
    there = [skill for skill in known if best[skill] > 0]
    skill = chance.choices(there, [SKILLS[skill] for skill in there])[0]
    return {skill: min(best[skill], chance.choices(range(1, 6), LEVELS_ASKED)[0])}


def _district(chance: Random) -> District:
    return *_in_disc(chance, 9), chance.uniform(0.5, 1.4), chance.uniform(0.5, 2)


def _place(chance: Random, districts: list[District], dense: float) -> tuple[float, float]:
    """Latitude and longitude: in a district with the probability `dense`, else anywhere."""
    if chance.random() < dense:
        x, y, spread, _ = chance.choices(districts, [district[3] for district in districts])[0]
        x, y = chance.gauss(x, spread), chance.gauss(y, spread)
    else:
        x, y = _in_disc(chance, 13)
    lat = CENTRE[0] + y / KM_PER_DEGREE
    return round(lat, 6), round(CENTRE[1] + x / (KM_PER_DEGREE * cos(radians(lat))), 6)


def _in_disc(chance: Random, radius: float) -> tuple[float, float]:
    far, angle = radius * sqrt(chance.random()), chance.uniform(0, 2 * pi)
    return far * cos(angle), far * sin(angle)
