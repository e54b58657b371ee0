"""What is done for the households of the register: re-visits, items that fail, measures, incomes.

Which household is in the register at a date, and with which status, is said in ``households``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import narwhals as nw

from xushi_stats.ledger import Missing
from xushi_stats.registers.frames import Query, Register
from xushi_stats.registers.households.counts import Pair, members, present, unmasked
from xushi_stats.registers.schema import ITEMS

_FAILS = 2
"""Code of 否 in the column ``met``."""


@dataclass(frozen=True)
class Coverage:
    """Re-visits of a period.

    Attributes:
        due: village → households that were due at the start.
        visited: village → of these, visited at least once.
        visits: village → visits of households that were due.
        other_households: households visited that were not due, all villages.
        other_visits: visits of these.
    """

    query: Query
    due: Mapping[str, int]
    visited: Mapping[str, int]
    visits: Mapping[str, int]
    other_households: int
    other_visits: int

    def rate(self, village: str | None = None) -> Fraction | Missing:
        """Coverage of re-visits (回访覆盖率): households visited over households due."""
        due, visited = _total(self.due, village), _total(self.visited, village)
        return Fraction(visited, due) if due else Missing("not_applicable")


def coverage(register: Register, start: date, end: date, statuses: Collection[str]) -> Coverage:
    """Count the households that were due for a re-visit and those visited, both days included.

    Args:
        register: an open register.
        start: first day; who is due is decided on it.
        end: last day.
        statuses: a household with one of these statuses on the first day is due.

    Raises:
        ValueError: a status is unknown, or the end is before the start.
        DataFaults: a table is missing or cannot be read.
    """
    if end < start:
        raise ValueError("the period ends before it begins")
    visited = (
        register.table("visits", "household", "date")
        .filter(nw.col("date") >= start.toordinal(), nw.col("date") <= end.toordinal())
        .group_by("household")
        .agg(nw.len().alias("visits"))
    )
    joined = (
        present(register, start, statuses)
        .join(visited, on="household", how="left")
        .select("village", visits=nw.col("visits").fill_null(0).cast(nw.Int64))
        .with_columns(seen=nw.when(nw.col("visits") > 0).then(1).otherwise(0))
        .group_by("village")
        .agg(nw.len(), nw.col("seen").sum(), nw.col("visits").sum())
    )
    rows = sorted(register.rows(joined))
    all_visited = visited.select(nw.len(), nw.col("visits").sum())
    ((households, visits),) = register.rows(all_visited)
    condition = f"start={start} end={end} due={'、'.join(sorted(statuses))}"
    return Coverage(
        Query("support.coverage", condition, ("households", "statuses", "visits")),
        {village: due for village, due, _, _ in rows},
        {village: seen for village, _, seen, _ in rows},
        {village: made for village, _, _, made in rows},
        households - sum(seen for _, _, seen, _ in rows),
        int(visits or 0) - sum(made for _, _, _, made in rows),
    )


@dataclass(frozen=True)
class Needs:
    """Which of 两不愁三保障 and drinking water fail at a date.

    Attributes:
        cells: (village, items failing, items never checked) → households.
    """

    query: Query
    cells: Mapping[tuple[str, frozenset[str], frozenset[str]], int]

    def households(self, village: str | None = None) -> int:
        """Households in the register."""
        return sum(n for _, _, n in self._of(village))

    def failing(self, item: str, village: str | None = None) -> int:
        """Households of which the item fails."""
        return sum(n for fails, _, n in self._of(village) if item in fails)

    def unchecked(self, item: str, village: str | None = None) -> int:
        """Households of which the item was never checked by the date."""
        return sum(n for _, unknown, n in self._of(village) if item in unknown)

    def any_failing(self, village: str | None = None) -> int:
        """Households of which at least one item fails."""
        return sum(n for fails, _, n in self._of(village) if fails)

    def overlaps(self, village: str | None = None) -> dict[tuple[str, ...], int]:
        """Items that fail together → households of which these and no other fail; () is none."""
        found: dict[tuple[str, ...], int] = {}
        for fails, _, n in self._of(village):
            items = tuple(item for item in ITEMS if item in fails)
            found[items] = found.get(items, 0) + n
        return dict(sorted(found.items(), key=lambda kv: (len(kv[0]), [*map(ITEMS.index, kv[0])])))

    def _of(self, village: str | None) -> Iterable[tuple[frozenset[str], frozenset[str], int]]:
        for (place, fails, unknown), n in self.cells.items():
            if village in (None, place):
                yield fails, unknown, n


def needs(register: Register, on: date) -> Needs:
    """Count households by the items that fail at a date, each by its latest check.

    Raises:
        DataFaults: a table is missing or cannot be read.
    """
    checks = register.table("items", "household", "date", "item", "met")
    key = nw.col("date") * 4 + nw.col("met")
    columns = range(len(ITEMS))
    latest = (
        checks.filter(nw.col("date") <= on.toordinal())
        .select(
            "household",
            *(
                nw.when(nw.col("item") == i + 1).then(key).otherwise(0).alias(f"item_{i}")
                for i in columns
            ),
        )
        .group_by("household")
        .agg(nw.col(f"item_{i}").max() for i in columns)
    )
    met = [nw.col(f"item_{i}").fill_null(0).cast(nw.Int64) % 4 for i in columns]
    found = (
        present(register, on)
        .join(latest, on="household", how="left")
        .select("village", fails=_mask(met, _FAILS), unknown=_mask(met, 0))
        .group_by("village", "fails", "unknown")
        .agg(nw.len())
    )
    cells = {
        (village, frozenset(unmasked(fails, ITEMS)), frozenset(unmasked(unknown, ITEMS))): n
        for village, fails, unknown, n in sorted(register.rows(found))
    }
    return Needs(Query("support.needs", f"on={on}", ("households", "statuses", "items")), cells)


def _mask(columns: list[nw.Expr], code: int) -> nw.Expr:
    bits = [nw.when(c == code).then(1 << i).otherwise(0) for i, c in enumerate(columns)]
    return nw.sum_horizontal(*bits)


@dataclass(frozen=True)
class Measures:
    """Who received what in a period.

    Attributes:
        cells: (village, measure) → households that received it.
        households: village → households in the register at the end.
        without: village → of these, with no measure in the period.
    """

    query: Query
    cells: Mapping[tuple[str, str], int]
    households: Mapping[str, int]
    without: Mapping[str, int]

    def of(self, measure: str, village: str | None = None) -> int:
        """Households that received a measure."""
        return sum(
            n
            for (place, own), n in self.cells.items()
            if own == measure and village in (None, place)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The measures given."""
        return tuple(sorted({measure for _, measure in self.cells}))


def measures(register: Register, start: date, end: date) -> Measures:
    """Count households in the register at the end by measures received, both days included.

    Raises:
        ValueError: the end is before the start.
        DataFaults: a table is missing or cannot be read.
    """
    if end < start:
        raise ValueError("the period ends before it begins")
    here = present(register, end).select("household", "village")
    given = (
        register.table("measures", "household", "date", "measure")
        .filter(nw.col("date") >= start.toordinal(), nw.col("date") <= end.toordinal())
        .group_by("household", "measure")
        .agg(nw.len().alias("times"))
    )
    by_measure = here.join(given, on="household", how="inner").group_by("village", "measure")
    cells = {(v, m): n for v, m, n in sorted(register.rows(by_measure.agg(nw.len())))}
    receivers = given.group_by("household").agg(nw.col("times").sum())
    with_any = here.join(receivers, on="household", how="left").select(
        "village",
        none=nw.when(nw.col("times").is_null()).then(1).otherwise(0),
    )
    rows = sorted(register.rows(with_any.group_by("village").agg(nw.len(), nw.col("none").sum())))
    tables = ("households", "statuses", "measures")
    return Measures(
        Query("support.measures", f"start={start} end={end}", tables),
        cells,
        {village: n for village, n, _ in rows},
        {village: none for village, _, none in rows},
    )


@dataclass(frozen=True)
class Incomes:
    """How often each net income a head occurs.

    Attributes:
        households: income in 分 → households.
        persons: income in 分 → persons of these households.
        missing: households, and their persons, of which the year's income is not entered.
    """

    query: Query
    households: Mapping[int, int]
    persons: Mapping[int, int]
    missing: Pair


def incomes(
    register: Register,
    year: int,
    on: date,
    *,
    statuses: Collection[str] | None = None,
    villages: Collection[str] | None = None,
) -> Incomes:
    """The frequency table of a year's incomes, for households in the register at a date.

    Args:
        register: an open register.
        year: whose incomes.
        on: the date at which households and persons are counted.
        statuses: only households with one of these at the date.
        villages: only these villages.

    Raises:
        ValueError: a status is unknown.
        DataFaults: a table is missing or cannot be read.
    """
    here = present(register, on, statuses)
    if villages is not None:
        here = here.filter(nw.col("village").is_in(list(villages)))
    stated = register.table("incomes", "household", "year", "income")
    here = (
        here.select("household")
        .join(members(register, on), on="household", how="left")
        .select("household", persons=nw.col("persons").fill_null(0).cast(nw.Int64))
    )
    found = (
        here.join(stated.filter(nw.col("year") == year), on="household", how="inner")
        .group_by("income")
        .agg(nw.len(), nw.col("persons").sum())
        .sort("income")
    )
    rows = register.rows(found)
    ((households, persons),) = register.rows(here.select(nw.len(), nw.col("persons").sum()))
    condition = f"year={year} on={on}{_listed('statuses', statuses)}{_listed('villages', villages)}"
    return Incomes(
        Query("support.incomes", condition, ("households", "persons", "statuses", "incomes")),
        {cents: n for cents, n, _ in rows},
        {cents: n for cents, _, n in rows if n},
        Pair(
            households - sum(n for _, n, _ in rows), int(persons or 0) - sum(n for _, _, n in rows)
        ),
    )


def _listed(name: str, words: Collection[str] | None) -> str:
    return "" if words is None else f" {name}={'、'.join(sorted(words))}"


def _total(cells: Mapping[str, int], village: str | None) -> int:
    return sum(n for place, n in cells.items() if village in (None, place))
