"""What the engine counts for a year's report on the register of households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from hashlib import sha256

from xushi_stats.quantity import Unit
from xushi_stats.registers.entries import numbered
from xushi_stats.registers.frames import Query, Register
from xushi_stats.registers.households import counts as household_counts
from xushi_stats.registers.households import services
from xushi_stats.registers.households.counts import BREAK, MONITORED, RELAPSED, Pair
from xushi_stats.registers.households.words import STATUS
from xushi_stats.registers.schema import ABSENT

HOUSEHOLDS, PERSONS = Unit("户"), Unit("人")
VISITS = Unit("次", "回访")
OLD = ("未脱贫", "已脱贫", RELAPSED)
NEW = ("已脱贫", *MONITORED, "风险消除")
SENSITIVE = frozenset({RELAPSED, *MONITORED, "风险消除"})
"""Statuses with the higher threshold: relapse, and being or having been under watch."""
HARMLESS = frozenset({"已脱贫"})
"""That all of a village are of this status says nothing to anyone's harm."""


@dataclass(frozen=True)
class Aggregates:
    """What the engine counted for one year.

    Attributes:
        line: the year's income line in 元 a person; None where the town has set none.
        digests: table → name and SHA-256 of its file.
    """

    year: int
    now: household_counts.Counts
    before: household_counts.Counts
    moves: household_counts.Transitions
    relapse: household_counts.Relapse
    visits: services.Coverage | None
    needs: services.Needs | None
    measures: services.Measures | None
    incomes: services.Incomes | None
    line: Fraction | None
    digests: dict[str, tuple[str, str]] = field(repr=False)

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of the time, and any other that occurs."""
        found = {status for counts in (self.now, self.before) for _, status in counts.cells}
        usual = NEW if self.now.on >= BREAK else OLD
        return tuple(s for s in STATUS if s != ABSENT and (s in usual or s in found))

    @property
    def villages(self) -> dict[str, str]:
        """Village → part of an id; those with a household at either date."""
        names = sorted({*self.now.villages, *self.before.villages})
        return numbered("households.village", names)

    def origin(self, query: Query, selected: str = "") -> str:
        """A query, what of its result is meant, the files, and a digest over theirs."""
        files = [self.digests[table] for table in query.tables]
        digest = sha256("".join(f"{name} {sha}\n" for name, sha in files).encode()).hexdigest()
        names = " ".join(name for name, _ in files)
        chosen = f" [{selected}]" if selected else ""
        return f"{query.function}({query.condition}){chosen} {names} sha256:{digest}"


def gather(
    register: Register, year: int, revisited: Sequence[str], line: Fraction | None = None
) -> Aggregates:
    """Count everything that a year's report needs.

    Args:
        register: an open register.
        year: the year of the report.
        revisited: statuses at the start of the year that are to be visited again.
        line: income line of the year in 元 a person.

    Raises:
        DataFaults: a table cannot be read.
    """
    first, last, before = date(year, 1, 1), date(year, 12, 31), date(year - 1, 12, 31)
    has = register.has
    return Aggregates(
        year,
        household_counts.counts(register, last),
        household_counts.counts(register, before),
        household_counts.transitions(register, before, last),
        household_counts.relapse(register, before, last),
        services.coverage(register, first, last, revisited) if has("visits") else None,
        services.needs(register, last) if has("items") else None,
        services.measures(register, first, last) if has("measures") else None,
        services.incomes(register, year, last) if has("incomes") else None,
        line,
        {t: (register.file(t), register.sha256(t)) for t in _TABLES if has(t)},
    )


def nobody(year: int) -> Aggregates:
    """The aggregates of a register with nobody in it, to know which figures there would be."""
    last, before = date(year, 12, 31), date(year - 1, 12, 31)
    none = Query("", "", ())
    return Aggregates(
        year,
        household_counts.Counts(none, last, {}),
        household_counts.Counts(none, before, {}),
        household_counts.Transitions(none, before, last, {}),
        household_counts.Relapse(none, before, last, {}),
        services.Coverage(none, {}, {}, {}, 0, 0),
        services.Needs(none, {}),
        services.Measures(none, {}, {}, {}),
        services.Incomes(none, {}, {}, Pair(0, 0)),
        Fraction(1),
        {},
    )


_TABLES = ("households", "persons", "statuses", "incomes", "items", "measures", "visits")
