"""The assessment of cadres, worked out person by person and year by year."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, partial
from statistics import median
from typing import Any

from .files import Counted, Files, Rules, amount, lettered

KEYS = {"机关": "office", "村级": "village"}
GRADES = ("excellent", "fourth", "basic", "incompetent")
BASIC, INCOMPETENT = 2, 3
Service = tuple[date, date, str]
"""First and last day in post, and the measures that the person came under."""
Points = tuple[date, str, int]


def _days(service: Service, first: date, last: date) -> int:
    return max(0, (min(service[1], last) - max(service[0], first)).days + 1)


def _holds(services: Iterable[Service], day: date) -> bool:
    return any(start <= day <= end for start, end, _ in services)


@dataclass(frozen=True)
class PersonYear:
    """A person's year; asking for what an open rule decides raises ``Open``."""

    services: tuple[Service, ...]
    entries: tuple[Points, ...]
    year: int
    rules: Rules

    @property
    def last(self) -> date:
        """The last day of the year."""
        return date(self.year, 12, 31)

    def days(self, services: Iterable[Service]) -> int:
        """Days of the year in some services."""
        return sum(_days(service, date(self.year, 1, 1), self.last) for service in services)

    @cached_property
    def instrument(self) -> str:
        """The measures that grade: of one who moved between the two as the rules say."""
        names = [service[2] for service in self.services]
        if len({*names}) == 1:
            return names[0]
        way = self.rules("assessment.transfer.instrument")
        if way == "longer":
            days = {n: self.days(s for s in self.services if s[2] == n) for n in names}
            longest = [name for name in days if days[name] == max(days.values())]
            return longest[0] if len(longest) == 1 else names[-1]
        return names[0] if way == "first" else names[-1]

    @cached_property
    def counted(self) -> list[Service]:
        """The services whose days and points count."""
        several = len({service[2] for service in self.services}) > 1
        if several and self.rules("assessment.transfer.entries") == "own":
            return [service for service in self.services if service[2] == self.instrument]
        return [*self.services]

    @cached_property
    def unassessed(self) -> str:
        """Why there is no assessment; "" where there is one."""
        if self.services[-1][1] < self.last and not self.rules("assessment.service.leavers"):
            return "left"
        days = self.days(self.counted)
        short = days < self.length and days < self.rules("assessment.service.minimum")
        return "service" if short else ""

    @property
    def length(self) -> int:
        """Days of the year."""
        return self.last.timetuple().tm_yday

    @cached_property
    def total(self) -> Fraction:
        """1000 points and what was added and deducted, a part of a year brought to a year."""
        net = sum(points for day, _, points in self.entries if _holds(self.counted, day))
        days, made = self.days(self.counted), Fraction(1000 + net)
        if net and days < self.length and self.rules("assessment.service.part_year") == "by_days":
            made = 1000 + net * Fraction(self.length, days)
        if made > 1000:
            most = self.rules("assessment.total.maximum")
            return made if most == "none" else min(made, Fraction(most))
        return made if made >= 0 or self.rules("assessment.total.negative") else Fraction(0)


def _own(rule: Any, instrument: str) -> Any:
    return rule[KEYS[instrument]] if isinstance(rule, dict) else rule


def raw_grades(persons: dict[str, PersonYear], rules: Rules) -> dict[str, int]:
    """The grade (0 the best) that the year's totals give those assessed."""
    assessed = {name: person for name, person in persons.items() if not person.unassessed}
    method, grades = rules("assessment.grades.method"), {}
    if method != "quotas":
        for name, person in assessed.items():
            limits = _own(rules("assessment.grades.cutoffs"), person.instrument)
            grades[name] = sum(person.total < limit for limit in limits)
    if method == "cutoffs":
        return grades
    shares = rules("assessment.quotas.shares")
    for key in KEYS if isinstance(shares, dict) else [""]:
        pool = [n for n, person in assessed.items() if key in ("", person.instrument)]
        ranked = [n for n in pool if method == "quotas" or grades[n] == 0]
        bounds = _bounds(_own(shares, key or "机关"), len(pool), rules)
        totals = [assessed[name].total for name in ranked]
        for name in ranked:
            grades[name] = _by_rank(assessed[name].total, totals, bounds, rules)
    return grades


def _bounds(shares: list[str], persons: int, rules: Rules) -> list[int]:
    """Persons in the best grade, in the best two, and so on."""
    if not persons:
        return []
    way = {"down": math.floor, "up": math.ceil, "half_up": lambda n: math.floor(n + Fraction(1, 2))}
    rounded: Callable[[Fraction], int] = way[rules("assessment.quotas.rounding")]
    parts = [amount(share) for share in shares]
    return [rounded(sum(parts[: n + 1], Fraction(0)) * persons) for n in range(len(parts))]


def _by_rank(own: Fraction, totals: list[Fraction], bounds: list[int], rules: Rules) -> int:
    """The grade of a place; equal totals on both sides of a bound go as the rules say."""
    above, tied = sum(total > own for total in totals), totals.count(own)
    best, worst = (sum(place > bound for bound in bounds) for place in (above + 1, above + tied))
    if best == worst or rules("assessment.quotas.ties") == "up":
        return best
    return worst


@dataclass(frozen=True)
class Standing:
    """A year in a person's history: the grade that counts, and whether the post ends."""

    year: int
    raw: int
    instrument: str
    reclassified: bool = False
    ended: bool = False

    @property
    def effective(self) -> int:
        """The grade after the rules on consecutive years."""
        return INCOMPETENT if self.reclassified else self.raw


def _after(before: Standing | None, now: Standing, rules: Rules) -> Standing:
    """Two years basically competent make not competent; two years not competent end the post."""
    if before is None or min(before.raw, now.raw) < BASIC or not _adjoin(before, now, rules):
        return now
    again = now.raw == before.raw == BASIC and not (
        before.reclassified and rules("assessment.history.after_reclassified") == "restart"
    )
    twice = (
        (again or now.raw == INCOMPETENT)
        and before.effective == INCOMPETENT
        and not (before.reclassified and not rules("assessment.history.reclassified_counts"))
    )
    return Standing(now.year, now.raw, now.instrument, again, twice)


def _adjoin(before: Standing, now: Standing, rules: Rules) -> bool:
    """Whether two assessed years count as consecutive."""
    return (
        before.year >= rules("assessment.history.first")
        and not (now.year - before.year > 1 and rules("assessment.history.gap") == "breaks")
        and not (
            before.instrument != now.instrument and rules("assessment.history.transfer") == "breaks"
        )
        and not (before.ended and rules("assessment.history.after_end") == "restart")
    )


class Register:
    """Services and entries by person; what follows from them by year."""

    def __init__(self, files: Files, rules: Rules, year: int) -> None:
        self.rules, self.year = rules, year
        self.services: dict[str, list[Service]] = {}
        for row in files.rows("staff"):
            service = row.day("start"), row.end("end"), row["instrument"]
            self.services.setdefault(row["person"], []).append(service)
        self.entries: dict[str, list[Points]] = {}
        for row in files.rows("assessment"):
            entry = row.day("date"), row["domain"], int(row.number("points"))
            self.entries.setdefault(row["person"], []).append(entry)
        self.all = [entry for entries in self.entries.values() for entry in entries]

    def persons(self, year: int) -> dict[str, PersonYear]:
        """Who was in post on a day of a year."""
        found = {}
        for person, services in self.services.items():
            within = [s for s in sorted(services) if _days(s, date(year, 1, 1), date(year, 12, 31))]
            if within:
                own = [entry for entry in self.entries.get(person, []) if entry[0].year == year]
                found[person] = PersonYear(tuple(within), tuple(own), year, self.rules)
        return found

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """The standings of the year, from the first year with an entry on."""
        last: dict[str, Standing] = {}
        for year in range(min([self.year, *(day.year for day, _, _ in self.all)]), self.year + 1):
            persons = self.persons(year)
            for name, raw in raw_grades(persons, self.rules).items():
                now = Standing(year, raw, persons[name].instrument)
                last[name] = _after(last.get(name), now, self.rules)
        return {name: standing for name, standing in last.items() if standing.year == self.year}


def count(files: Files, rules: Rules, year: int) -> Counted:
    """All figures of a year: persons, totals, grades and what follows, points by field."""
    found, register = Counted("assessment"), Register(files, rules, year)
    persons = register.persons(year)
    whole = [(register.services[name], person) for name, person in persons.items()]
    eve, last = date(year, 1, 1) - timedelta(days=1), date(year, 12, 31)
    found.put("joined", year, sum(not _holds(services, eve) for services, _ in whole))
    found.put("left", year, sum(not _holds(services, last) for services, _ in whole))
    found.put("moved", year, sum(len({s[2] for s in person.services}) > 1 for _, person in whole))
    for why in ("left", "service"):
        unassessed = partial(lambda w: sum(p.unassessed == w for p in persons.values()), why)
        found.put(f"unassessed.{why}", year, unassessed)
    for instrument, key in (("", ""), *KEYS.items()):
        _group(found, register, persons, instrument, key)
    _consequences(found, register, persons)
    own = [(domain, points) for day, domain, points in register.all if day.year == year]
    _points(found, "register", year, [points for _, points in own])
    domains = rules.get("assessment.points.domains") or sorted({domain for domain, _ in own})
    for letters, name in lettered(domains):
        points = [points for domain, points in own if domain == name]
        _points(found, f"domain.{letters}", year, points, name)
    return found


def _group(
    found: Counted, register: Register, persons: dict[str, PersonYear], instrument: str, key: str
) -> None:
    """Persons, totals and effective grades of all, or of those under one of the measures."""
    year, end, before = register.year, f".{key}".rstrip("."), f"{key}.".lstrip(".")

    def own() -> list[PersonYear]:
        return [p for p in persons.values() if not instrument or p.instrument == instrument]

    def totals() -> list[Fraction]:
        return [person.total for person in own() if not person.unassessed]

    def graded(grade: int) -> int:
        standings = register.standings.values()
        return sum(s.effective == grade and instrument in ("", s.instrument) for s in standings)

    found.put(f"persons{end}", year, lambda: len(own()))
    found.put(f"assessed{end}", year, lambda: sum(not person.unassessed for person in own()))
    found.put(f"total.mean{end}", year, lambda: sum(totals()) / Fraction(len(totals())))
    middle = lambda: Fraction(median(totals())) if totals() else "not_applicable"  # noqa: E731
    found.put(f"total.median{end}", year, middle)
    for grade, slug in enumerate(GRADES):
        found.put(f"effective.{before}{slug}", year, partial(graded, grade))


def _consequences(found: Counted, register: Register, persons: dict[str, PersonYear]) -> None:
    """Grades of the year alone, and what follows from the rules on consecutive years."""
    rules, year = register.rules, register.year

    def raw(grade: int) -> int:
        return [*raw_grades(persons, rules).values()].count(grade)

    def put(name: str, holds: Callable[[Standing], object]) -> None:
        found.put(name, year, lambda: sum(bool(holds(s)) for s in register.standings.values()))

    for grade, slug in enumerate(GRADES):
        found.put(f"raw.{slug}", year, partial(raw, grade))
        found.share(f"effective.{slug}.share", year, f"effective.{slug}", "assessed")
    put("reclassified", lambda s: s.reclassified)
    put("ended", lambda s: s.ended)
    put("talks", lambda s: s.effective == BASIC or _is(s, rules, "talk.reclassified", True))
    put("pay.none", lambda s: _pay(s, rules) == 0)


def _is(standing: Standing, rules: Rules, name: str, value: object) -> bool:
    """Whether a year is reclassified and a rule on such years is so."""
    return standing.reclassified and bool(rules(f"assessment.{name}") == value)


def _pay(standing: Standing, rules: Rules) -> Fraction:
    """The share of assessment pay."""
    grade = standing.effective
    if grade == INCOMPETENT:
        basic = _is(standing, rules, "pay.reclassified", "basic")
        return amount(rules("assessment.pay.basic")) if basic else Fraction(0)
    return amount(rules(f"assessment.pay.{GRADES[grade]}"))


def _points(found: Counted, name: str, year: int, points: list[int], place: str = "") -> None:
    """Entries and points as they stand in the register, whether or not they count for a person."""
    found.put(f"{name}.entries", year, len(points), place)
    found.put(f"{name}.added", year, sum(p for p in points if p > 0), place)
    found.put(f"{name}.deducted", year, -sum(p for p in points if p < 0), place)
