"""The assessment's figures for the ledger: counts and totals over persons, never a person.

All of them are internal. What an open parameter decides is entered without a value, with the parameter
and its query, so that the report can say what it cannot give, and why.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats.faults import Fault, errors
from xushi_stats.ledger import Entry
from xushi_stats.registers.aggregates import (
    Both,
    Room,
    Value,
    at_hand,
    digests,
    is_kept,
    without_register,
)
from xushi_stats.registers.assessment.explanation import FOURTH, GROUPS
from xushi_stats.registers.assessment.outcomes import Distribution, Outcome, distribution, outcomes
from xushi_stats.registers.assessment.register import Register, Service, read
from xushi_stats.registers.assessment.scores import DomainPoints, by_domain
from xushi_stats.registers.entries import numbered
from xushi_stats.registers.rules import town
from xushi_stats.registers.rules.assessment import KEYS, Grade, grade_name
from xushi_stats.registers.rules.parameter import Open, Rules, settle

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

SECTION = "assessment"
TABLES = ("staff", "assessment")


def entries(dataset: Dataset, release: int, folder: Path, faults: list[Fault]) -> list[Entry]:
    """The figures of a year's assessment.

    Args:
        dataset: the town; its rules are read.
        release: the year.
        folder: the town's registers.
        faults: receives what is wrong with registers and rules; then there are no figures.
    """
    found: list[Fault] = []
    rules = town.load(dataset, found)
    there = at_hand(folder, TABLES)
    register = read_register(dataset, folder, rules, found) if there else Register((), ())
    faults.extend(fault for fault in found if fault not in faults)
    if errors(found) or not (there or is_kept(dataset, SECTION)):
        return []
    room = Room(SECTION, SECTION, digests(folder, TABLES, dataset.folder / town.FILE), rules)
    made = list(figures(room, register, release))
    return made if there else without_register(made)


def read_register(dataset: Dataset, folder: Path, rules: Rules, faults: list[Fault]) -> Register:
    """The register; its entries may be of the years from the first that counts to the running one."""
    first = rules.get("assessment.history.first")
    starts = [*dataset.releases[:1], *([first] if isinstance(first, int) else [])]
    years = range(min(starts), dataset.releases[-1] + 2)
    return read(folder, years, faults, town=dataset.ref_area, domains=listed(rules))


def listed(rules: Rules) -> Sequence[str] | None:
    """The fields assessed, where the rules list them."""
    domains = rules.get("assessment.points.domains")
    return None if domains is None or isinstance(domains, Open) else domains


def all_outcomes(register: Register, release: int, rules: Rules) -> list[Outcome]:
    """The outcomes of all years that the register covers, up to a release."""
    first = min([entry.date.year for entry in register.entries] + [release])
    return outcomes(register, range(first, release + 1), rules)


def figures(room: Room, register: Register, year: int) -> Iterator[Entry]:
    """All figures of a year.

    Args:
        room: files and rules.
        register: services and entries of all years up to this one.
        year: the year.
    """
    of_year = [o for o in all_outcomes(register, year, room.rules) if o.score.year == year]
    whole, period = distribution(of_year), str(year)
    yield from _persons(room, of_year, whole, period)
    for kind, number in _movers(register, year).items():
        yield room.entry(kind, period, number, f"count {kind}")
    yield from _grades(room, whole, period)
    yield from _consequences(room, of_year, whole, period)
    yield from _totals(room, whole, period)
    for key, part, group in _by_instrument(of_year):
        yield from _of_group(room, key, part, group, period)
    yield from _points(room, register, year)


# -- who was in post ---------------------------------------------------------------------------


def _persons(
    room: Room, of_year: Sequence[Outcome], whole: Distribution, period: str
) -> Iterator[Entry]:
    yield room.entry("persons", period, whole.persons)
    yield room.entry("assessed", period, whole.assessed, "count assessed")
    reasons = [outcome.score.unassessed for outcome in of_year]
    unsettled = next((reason for reason in reasons if isinstance(reason, Open)), None)
    for why in ("left", "service"):
        value = unsettled or reasons.count(why)
        yield room.entry(f"unassessed.{why}", period, value, f"count unassessed={why}")


def _movers(register: Register, year: int) -> dict[str, int]:
    """Who joined, who left, and who moved between the two instruments."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    eve = first - datetime.timedelta(days=1)
    here = [s for s in register.services_of.values() if any(one.days(first, last) for one in s)]
    under = [{s.instrument for s in services if s.days(first, last)} for services in here]
    return {
        "joined": sum(not _in_post(services, eve) for services in here),
        "left": sum(not _in_post(services, last) for services in here),
        "moved": sum(len(instruments) > 1 for instruments in under),
    }


def _in_post(services: Sequence[Service], day: datetime.date) -> bool:
    return any(service.holds(day) for service in services)


def _by_instrument(
    of_year: Sequence[Outcome],
) -> Iterator[tuple[str, Distribution | Open, Both]]:
    """Key of each instrument, the distribution of those under it, and who they are."""
    unsettled = [o.score.instrument for o in of_year if isinstance(o.score.instrument, Open)]
    for key, instrument in KEYS.items():
        part = distribution([o for o in of_year if o.score.instrument == instrument])
        group = GROUPS[instrument]["zh"], GROUPS[instrument]["en"]
        yield key, unsettled[0] if unsettled else part, group


def _of_group(
    room: Room, key: str, part: Distribution | Open, group: Both, period: str
) -> Iterator[Entry]:
    def value(name: str) -> Value:
        return part if isinstance(part, Open) else getattr(part, name)

    def made(kind: str, found: Value, function: str) -> Entry:
        return room.entry(
            f"{kind}.group", period, found, function, end=f"{kind}.{key}", group=group
        )

    yield made("persons", value("persons"), "count")
    yield made("assessed", value("assessed"), "count assessed")
    yield made("total.mean", value("mean"), "mean of totals")
    yield made("total.median", value("median"), "median of totals")
    counts = part if isinstance(part, Open) else part.effective
    for grade in Grade:
        yield room.entry(
            "effective.group",
            period,
            _of_grade(counts, grade),
            "count effective",
            end=f"effective.{key}.{grade.value}",
            group=group,
            grade=grade_words(grade, room.rules),
        )


# -- grades and what follows -------------------------------------------------------------------


def _grades(room: Room, whole: Distribution, period: str) -> Iterator[Entry]:
    for kind, counts in (("raw", whole.raw), ("effective", whole.effective)):
        for grade in Grade:
            named, end = grade_words(grade, room.rules), f"{kind}.{grade.value}"
            value = _of_grade(counts, grade)
            yield room.entry(kind, period, value, f"count {kind}", end=end, grade=named)
    for grade in Grade:
        named, end = grade_words(grade, room.rules), f"effective.{grade.value}"
        formula = f"share(assessment.{end}, assessment.assessed)"
        yield room.entry(
            "effective.share", period, None, end=f"{end}.share", formula=formula, grade=named
        )


def grade_words(grade: Grade, rules: Rules) -> Both:
    """A grade's name in both languages; of the fourth, where its name is open, that it is."""
    found = settle(lambda: (grade_name(grade, rules, "zh"), grade_name(grade, rules, "en")))
    return (FOURTH["zh"], FOURTH["en"]) if isinstance(found, Open) else found


def _of_grade(counts: Mapping[Grade, int] | Open, grade: Grade) -> Value:
    return counts if isinstance(counts, Open) else counts[grade]


def _consequences(
    room: Room, of_year: Sequence[Outcome], whole: Distribution, period: str
) -> Iterator[Entry]:
    assessed = [o.consequences for o in of_year if o.score.total is not None]
    pay = [found.pay if isinstance(found.pay, Open) else found.pay == 0 for found in assessed]
    yield room.entry("reclassified", period, whole.reclassified, "count reclassified")
    yield room.entry("ended", period, whole.ended, "count ended")
    yield room.entry("talks", period, _count([f.talk for f in assessed]), "count talks")
    yield room.entry("pay.none", period, _count(pay), "count pay=0")


def _count(flags: Sequence[bool | Open]) -> int | Open:
    """How many are true; where an open parameter decides one of them, that parameter."""
    unsettled = next((flag for flag in flags if isinstance(flag, Open)), None)
    return unsettled or sum(flag is True for flag in flags)


# -- totals and points -------------------------------------------------------------------------


def _totals(room: Room, whole: Distribution, period: str) -> Iterator[Entry]:
    yield room.entry("total.mean", period, whole.mean, "mean of totals")
    yield room.entry("total.median", period, whole.median, "median of totals")


def _points(room: Room, register: Register, year: int) -> Iterator[Entry]:
    """Entries and points as they stand in the register, whether or not they count for a person."""
    of_year = [entry for entry in register.entries if entry.date.year == year]
    found = by_domain(of_year)
    nothing, period = DomainPoints(0, 0, 0), str(year)
    for name in ("entries", "added", "deducted"):
        total = sum(getattr(points, name) for points in found.values())
        yield room.entry(f"register.{name}", period, total, f"{name} of all fields")
    for domain, letter in numbered("domain", list(listed(room.rules) or found)).items():
        points = found.get(domain, nothing)
        for name in ("entries", "added", "deducted"):
            value: int = getattr(points, name)
            end = f"{letter}.{name}"
            yield room.entry(
                f"domain.{name}", period, value, name, end=end, domain=(domain, domain)
            )
