"""The assessment's totals: a base of 1000 points a person a year, and what was added and deducted.

The speech states the base and that points are added and deducted; what it leaves open is in
``PARAMETERS``. Where an open parameter decides a person's total, the total is ``Open``; where it does
not (a whole year in post needs no rule on part-years), the total is given.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xushi_stats.registers.assessment.register import Entry, Register, Service
from xushi_stats.registers.rules.assessment import BASE, PARAMETERS
from xushi_stats.registers.rules.parameter import Open, OpenParameter, Rules, settle

__all__ = ["BASE", "PARAMETERS", "Score", "by_domain", "scores"]


@dataclass(frozen=True)
class Score:
    """A person's year: what counts and what it comes to.

    Attributes:
        instrument: the measures under which the person is graded.
        days, of: days in post that count, and days of the year.
        entries, left_out: the year's entries that count, and that do not.
        unassessed: "left" or "service", why there is no assessment; "" where there is one.
        uncut: points of the year before the limits; None without an assessment.
        total: the same after the limits.
    """

    person: str
    year: int
    instrument: str | Open
    days: int
    of: int
    entries: tuple[Entry, ...]
    left_out: tuple[Entry, ...]
    unassessed: str | Open
    uncut: Fraction | Open | None
    total: Fraction | Open | None

    @property
    def net(self) -> int:
        """Points added less points deducted, as entered."""
        return sum(entry.points for entry in self.entries)


def scores(register: Register, year: int, rules: Rules) -> list[Score]:
    """The year of each person who was in post on a day of it, by person."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    found = []
    for person, services in sorted(register.services_of.items()):
        within = [s for s in services if s.days(first, last)]
        if within:
            entries = [e for e in register.entries_of.get(person, ()) if e.date.year == year]
            found.append(_score(person, year, within, entries, rules))
    return found


def _score(
    person: str, year: int, services: Sequence[Service], entries: Sequence[Entry], rules: Rules
) -> Score:
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    of = (last - first).days + 1
    instrument = settle(lambda: _instrument(services, first, last, rules))
    counted = settle(lambda: _counted(services, instrument, rules))
    if isinstance(counted, Open):
        left_out = tuple(entries)
        return Score(person, year, instrument, 0, of, (), left_out, counted, counted, counted)
    days = sum(s.days(first, last) for s in counted)
    own = tuple(e for e in entries if any(s.holds(e.date) for s in counted))
    out = tuple(e for e in entries if e not in own)
    left = not services[-1].holds(last)
    unassessed = settle(lambda: _unassessed(days, of, left, rules))
    uncut: Fraction | Open | None = None
    total: Fraction | Open | None = None
    if isinstance(unassessed, Open):
        uncut = total = unassessed
    elif not unassessed:
        uncut = settle(lambda: of_year(sum(e.points for e in own), days, of, rules))
        total = uncut if isinstance(uncut, Open) else limited(uncut, rules)
    return Score(person, year, instrument, days, of, own, out, unassessed, uncut, total)


def _instrument(
    services: Sequence[Service], first: datetime.date, last: datetime.date, rules: Rules
) -> str:
    under: dict[str, int] = {}
    for service in services:
        under[service.instrument] = under.get(service.instrument, 0) + service.days(first, last)
    if len(under) == 1:
        return services[0].instrument
    way = rules.value("assessment.transfer.instrument")
    if way == "longer" and len(set(under.values())) > 1:
        return max(under, key=lambda instrument: under[instrument])
    return services[0 if way == "first" else -1].instrument


def _counted(
    services: Sequence[Service], instrument: str | Open, rules: Rules
) -> Sequence[Service]:
    """The services whose days and entries count."""
    if len({s.instrument for s in services}) == 1:
        return services
    if rules.value("assessment.transfer.entries") == "all":
        return services
    if isinstance(instrument, Open):
        raise OpenParameter(instrument.name, instrument.query)
    return [s for s in services if s.instrument == instrument]


def _unassessed(days: int, of: int, left: bool, rules: Rules) -> str:
    if left and not rules.value("assessment.service.leavers"):
        return "left"
    if days < of and days < rules.value("assessment.service.minimum"):
        return "service"
    return ""


def of_year(net: int, days: int, of: int, rules: Rules) -> Fraction:
    """The points of a year before the limits.

    Formula: base + net; or base + net × (days of the year ÷ days in post) where the rules bring
    part-years to a year, which is the base in proportion to the days, brought to 1000.

    Args:
        net: points added less points deducted.
        days: days in post.
        of: days of the year.
        rules: the town's rules.

    Raises:
        OpenParameter: the rule on part-years is needed and open.
    """
    if days < of and net and rules.value("assessment.service.part_year") == "by_days":
        return BASE + net * Fraction(of, days)
    return Fraction(BASE + net)


def limited(points: Fraction, rules: Rules) -> Fraction | Open:
    """The total within the limits, which apply once, so that the order of entries does not matter."""
    if points > BASE:
        most = rules["assessment.total.maximum"]
        return most if isinstance(most, Open) else min(points, Fraction(most or points))
    if points < 0:
        negative = rules["assessment.total.negative"]
        return negative if isinstance(negative, Open) else points if negative else Fraction(0)
    return points


# -- by domain ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class DomainPoints:
    """Entries of one domain: how many, and points added and deducted (both 0 or more)."""

    entries: int
    added: int
    deducted: int


def by_domain(entries: Iterable[Entry]) -> dict[str, DomainPoints]:
    """Domain → its entries, by name of the domain; added less deducted over all is the net.

    >>> day = datetime.date(2020, 3, 16)
    >>> by_domain([Entry("1", "p", day, "服务群众", 5), Entry("2", "p", day, "服务群众", -2)])
    {'服务群众': DomainPoints(entries=2, added=5, deducted=2)}
    """
    points: dict[str, list[int]] = {}
    for entry in entries:
        points.setdefault(entry.domain, []).append(entry.points)
    return {
        domain: DomainPoints(
            len(found), sum(p for p in found if p > 0), -sum(p for p in found if p < 0)
        )
        for domain, found in sorted(points.items())
    }
