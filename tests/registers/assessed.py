"""Registers and rules of the assessment for a test."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from xushi_stats.faults import Fault
from xushi_stats.registers.assessment.register import Entry, Register, Service
from xushi_stats.registers.assessment.scores import PARAMETERS, Score
from xushi_stats.registers.rules import parameter as reading
from xushi_stats.registers.rules.parameter import Open, Rules

EXAMPLES = Path(__file__).resolve().parent / "rules"
QUERY = "grades.unnamed"
PART = {p.name.removeprefix("assessment."): p for p in PARAMETERS}


def example(name: str) -> Rules:
    """The rules of ``rules/<name>.toml``."""
    faults: list[Fault] = []
    found = reading.load(EXAMPLES / f"{name}.toml", PARAMETERS, (), faults)
    assert not faults, [fault.text("en") for fault in faults]
    return found


def rules(example_name: str = "cutoffs", **settings: Any) -> Rules:
    """Rules of an example with some set otherwise: ``history__gap="skipped"``; ``...`` is open."""
    values: dict[str, Any] = dict(example(example_name))
    for name, value in settings.items():
        parameter = PART[name.replace("__", ".")]
        read = Open(QUERY, parameter.name) if value is ... else parameter.read(value)
        values[parameter.name] = read
    return Rules(values)


def all_open() -> Rules:
    return Rules({p.name: Open(QUERY, p.name) for p in PARAMETERS})


def is_open(value: object, name: str) -> bool:
    """Whether a result waits for this parameter."""
    return value == Open(QUERY, f"assessment.{name}")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def service(
    person: str = "p1", start: str = "2019-01-01", end: str = "", instrument: str = "机关"
) -> Service:
    return Service(person, instrument, "某站", day(start), day(end) if end else None)


def entry(
    points: int,
    date: str = "2020-03-16",
    person: str = "p1",
    domain: str = "服务群众",
    id: str = "",
) -> Entry:
    return Entry(id or f"{person}-{date}-{points}", person, day(date), domain, points)


def register(*rows: Service | Entry) -> Register:
    """A register of some services and entries; persons without a service have one."""
    services = [row for row in rows if isinstance(row, Service)]
    entries = [row for row in rows if isinstance(row, Entry)]
    known = {s.person for s in services}
    services += [service(p) for p in sorted({e.person for e in entries} - known)]
    return Register(tuple(services), tuple(entries))


def with_totals(*totals: int, instruments: str = "") -> list[Score]:
    """Whole years of persons p0, p1, ... with these totals; ``instruments`` as "机村机"."""
    groups = {"机": "机关", "村": "村级"}
    return [
        Score(
            person=f"p{n}",
            year=2020,
            instrument=groups[instruments[n]] if instruments else "机关",
            days=366,
            of=366,
            entries=(),
            left_out=(),
            unassessed="",
            uncut=Fraction(total),
            total=Fraction(total),
        )
        for n, total in enumerate(totals)
    ]
