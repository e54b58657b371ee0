"""Who lives where: households that enter and leave the register, persons who come, go and move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from xushi_stats.synth.dice import Dice
from xushi_stats.synth.plan import REGISTER_BEGAN, Plan, Town, day_of, iso

LARGEST = 7
_SIZES = list(accumulate((15, 30, 27, 18, 7, 2, 1)))
"""Persons of a household as it enters: 1 to 7, in percent, as running totals; the mean is 2.82."""
_GROUP = 10
_SLOTS = 32
"""Numbers kept for the persons of one household; the last two are for those who move."""


@dataclass(frozen=True)
class Life:
    """A household's time on the register, in days; ``left`` is the day of 销户, or None."""

    entered: int
    left: int | None

    def holds(self, day: int) -> bool:
        """Whether it is on the register at the end of a day."""
        return self.entered <= day and (self.left is None or day < self.left)


@dataclass(frozen=True)
class Move:
    """A person who leaves one household for another, of this town or the next one."""

    person: str
    name: str
    home: int
    goal: int
    day: int


@dataclass
class Member:
    """A person's stay in a household; counted on both days."""

    person: str
    name: str
    start: int
    end: int | None = None


@dataclass
class Household:
    """A household with everybody who ever belonged to it."""

    id: str
    village: str
    life: Life
    members: list[Member] = field(default_factory=list)


def households(town: Town) -> Iterator[tuple[int, Household]]:
    """The town's households, with their numbers."""
    for start in range(0, town.plan.households, _GROUP):
        leaving, coming = _moves(town, start)
        for index in range(start, min(start + _GROUP, town.plan.households)):
            outs = [move for move in leaving if move.home == index]
            ins = [move for move in coming if move.goal == index]
            yield index, _household(town, index, outs, ins)


def life(town: Town, index: int) -> Life:
    """When a household enters the register: most from 2014 to 2016, some later, a few once it monitors."""
    dice = town.dice("life", index)
    last = town.plan.last_day
    eras = ((84, REGISTER_BEGAN, 2016), (10, 2017, 2020), (6, 2021, 2100))
    open_eras = [era for era in eras if day_of(era[1]) <= last]
    _, first_year, last_year = open_eras[
        dice.weighted(list(accumulate(weight for weight, *_ in open_eras)))
    ]
    latest = min(day_of(last_year, 6, 30), last - 30)  # before the exits at the end of the year
    entered = dice.between(day_of(first_year), latest)
    left = dice.between(entered + 200, last) if dice.chance(4) else None
    return Life(entered, None if left is None or left > last else left)


def _moves(town: Town, start: int) -> tuple[list[Move], list[Move]]:
    """Who leaves and who comes in one group of households; people come from the town before this one."""
    here = _within(town, start)
    leaving = here + _onward(town, start)
    before = _onward(Town(town.plan, town.index - 1), start) if town.index else []
    return leaving, here + before


def _within(town: Town, start: int) -> list[Move]:
    return _move(town, start, "moves", 40, _SLOTS - 2)


def _onward(town: Town, start: int) -> list[Move]:
    return _move(town, start, "leaves", 25, _SLOTS - 1)


def _move(town: Town, start: int, kind: str, percent: int, slot: int) -> list[Move]:
    """One person in ten households moves in this share of cases; the home must be on the register."""
    dice = town.dice(kind, start)
    if not dice.chance(percent):
        return []
    home = dice.below(_GROUP)
    goal = (home + 1 + dice.below(_GROUP - 1)) % _GROUP
    day = dice.between(town.plan.first_day, town.plan.last_day - 1)
    lived = life(town, start + home)
    if start + home >= town.plan.households or not (lived.entered < day and lived.holds(day)):
        return []
    serial = (start + home) * _SLOTS + slot
    return [Move(_person(town, serial), town.name(serial), start + home, start + goal, day)]


def _person(town: Town, serial: int) -> str:
    return town.number("P", serial, 8)


def _household(town: Town, index: int, outs: list[Move], ins: list[Move]) -> Household:
    dice = town.dice("family", index)
    lived = life(town, index)
    village = town.villages[dice.weighted(town.weights)]
    found = Household(town.number("H", index + 1, 7), village, lived)
    size = max(1 + dice.weighted(_SIZES), 1 + len(outs))
    serials = iter(range(index * _SLOTS + 1, (index + 1) * _SLOTS - 2))
    for move in outs:
        found.members.append(Member(move.person, move.name, lived.entered, move.day))
    for serial, _ in zip(serials, range(size - len(outs)), strict=False):
        found.members.append(Member(_person(town, serial), town.name(serial), lived.entered))
    for day, arrives, comer in _events(town.plan, dice, lived, ins):
        if arrives:
            _arrive(town, found, day, comer, serials)
        else:
            _depart(found, day, dice)
    if lived.left is not None:
        for member in found.members:
            member.end = lived.left if member.end is None else member.end
    found.members.sort(key=lambda member: (member.start, member.person))
    return found


def _events(
    plan: Plan, dice: Dice, lived: Life, ins: list[Move]
) -> list[tuple[int, bool, Move | None]]:
    """Births and marriages into it, deaths and marriages out of it, and movers, by date."""
    end = (plan.last_day if lived.left is None else lived.left) - 1
    years = max(0, end - lived.entered) // 365
    events: list[tuple[int, bool, Move | None]] = []
    for _ in range(years):
        if dice.chance(8):
            events.append((dice.between(lived.entered + 1, end), dice.chance(50), None))
    for move in ins:
        if lived.entered < move.day + 1 <= end:
            events.append((move.day + 1, True, move))
    return sorted(events, key=lambda event: event[:2])


def _arrive(
    town: Town, found: Household, day: int, move: Move | None, serials: Iterator[int]
) -> None:
    if _present(found, day) >= LARGEST:
        return
    if move:
        found.members.append(Member(move.person, move.name, day))
    elif (serial := next(serials, None)) is not None:
        found.members.append(Member(_person(town, serial), town.name(serial), day))


def _depart(found: Household, day: int, dice: Dice) -> None:
    """One goes for good, if another stays who has not yet settled to move."""
    free = [m for m in found.members if m.end is None and m.start < day]
    if len(free) > 1:
        dice.pick(free).end = day


def _present(found: Household, day: int) -> int:
    """Persons who belong to it on a day, those who leave on it included."""
    return sum(m.start <= day and (m.end is None or m.end >= day) for m in found.members)


def household_rows(household: Household) -> Iterator[Sequence[str]]:
    """Its row on the register."""
    life = household.life
    yield [household.id, household.village, iso(life.entered), _or_blank(life.left)]


def person_rows(household: Household) -> Iterator[Sequence[str]]:
    """A row for each stay of a person in it."""
    for one in household.members:
        yield [one.person, household.id, one.name, iso(one.start), _or_blank(one.end)]


def _or_blank(day: int | None) -> str:
    return "" if day is None else iso(day)
