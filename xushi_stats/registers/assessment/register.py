"""The register of the assessment: who served when under which measures, and the points entered."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from xushi_stats.faults import Fault
from xushi_stats.registers import private
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.tables import Row

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Service:
    """A time in post under one instrument; a person who transfers has two.

    Attributes:
        start, end: first and last day in post; ``end`` is None while in post.
    """

    person: str
    instrument: str
    unit: str
    start: datetime.date
    end: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        """Whether the person was in post on a day."""
        return self.start <= day and (self.end is None or day <= self.end)

    def days(self, first: datetime.date, last: datetime.date) -> int:
        """How many days of a span the person was in post, both ends counted."""
        return max(0, (min(self.end or last, last) - max(self.start, first)).days + 1)


@dataclass(frozen=True)
class Entry:
    """Points added to or deducted from a person's base on a day, in whole points (分)."""

    entry: str
    person: str
    date: datetime.date
    domain: str
    points: int


@dataclass(frozen=True)
class Register:
    """All services and entries; names and free texts of the files are not kept."""

    services: tuple[Service, ...]
    entries: tuple[Entry, ...]

    @cached_property
    def services_of(self) -> Mapping[str, tuple[Service, ...]]:
        """Person → services, the earliest first."""
        ordered = sorted(self.services, key=lambda s: (s.person, s.start))
        return _grouped((s.person, s) for s in ordered)

    @cached_property
    def entries_of(self) -> Mapping[str, tuple[Entry, ...]]:
        """Person → entries by date, those of a day by id."""
        ordered = sorted(self.entries, key=lambda e: (e.person, e.date, e.entry))
        return _grouped((e.person, e) for e in ordered)


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    found: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def read(
    folder: Path,
    years: Collection[int],
    faults: list[Fault],
    *,
    town: str = "",
    domains: Collection[str] | None = None,
) -> Register:
    """Read ``staff.csv`` and ``assessment.csv``; all that is wrong with them is added to ``faults``.

    Args:
        folder: the town's folder of registers.
        years: the years that entries may be of.
        faults: receives the faults; none holds a name, an id or the words of a cell.
        town: the town's folder for messages; that of the path if left out.
        domains: the fields assessed that an entry may name; None for any.

    Returns:
        What could be read; of no use where there are faults.
    """
    place = f"{town or folder.parent.name}/registers"
    staff = private.read_register(
        folder / "staff.csv", f"{place}/staff.csv", SCHEMAS["staff"], faults
    )
    rows = private.read_register(
        folder / "assessment.csv", f"{place}/assessment.csv", SCHEMAS["assessment"], faults
    )
    services = list(_services(staff, faults))
    private.say_twice(rows, "entry", faults)
    known = {row["person"] for row in staff}
    entries = list(_entries(rows, known, faults))
    register = Register(tuple(s for _, s in services), tuple(e for _, e in entries))
    _overlaps(services, faults)
    broken = known - {s.person for _, s in services}  # whose dates are a fault already
    for row, entry in entries:
        if entry.date.year not in years:
            said = f"{min(years)}—{max(years)}"
            faults.append(private.wrong(row, "register_year", "date", years=said))
        elif entry.person not in broken and not any(
            s.holds(entry.date) for s in register.services_of.get(entry.person, ())
        ):
            faults.append(private.wrong(row, "register_outside", "date"))
        if domains is not None and entry.domain not in domains:
            allowed = "、".join(domains)
            faults.append(private.wrong(row, "register_domain", "domain", allowed=allowed))
    return register


def _services(rows: Sequence[Row], faults: list[Fault]) -> Iterator[tuple[Row, Service]]:
    for row in rows:
        start, end = private.day(row, "start", faults), private.day(row, "end", faults)
        if start and end and end < start:
            faults.append(private.wrong(row, "register_order", "end"))
        elif start and (end or not row["end"]) and row["person"]:
            yield row, Service(row["person"], row["instrument"], row["unit"], start, end)


def _overlaps(services: Sequence[tuple[Row, Service]], faults: list[Fault]) -> None:
    """A fault where two services of one person have a day in common."""
    last: dict[str, tuple[Row, Service]] = {}
    for row, service in sorted(services, key=lambda pair: pair[1].start):
        before = last.get(service.person)
        if before and (before[1].end is None or service.start <= before[1].end):
            first = str(before[0].number)
            faults.append(private.wrong(row, "register_overlap", "start", first=first))
        last[service.person] = row, service


def _entries(
    rows: Sequence[Row], known: Collection[str], faults: list[Fault]
) -> Iterator[tuple[Row, Entry]]:
    for row in rows:
        date = private.day(row, "date", faults)
        points = private.whole_number(row, "points", faults)
        person = row["person"]
        if person and person not in known:
            faults.append(private.wrong(row, "register_person", "person"))
        elif person and date and points is not None:
            yield row, Entry(row["entry"], person, date, row["domain"], points)
