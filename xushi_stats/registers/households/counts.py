"""The register of poor households: counts, transitions, relapse and re-visits.

Each function asks the engine for integer aggregates by village and adds them up exactly. A household is
in the register at a date if it was entered on or before it, has not left by then, and its latest status
is not 销户. Its status is the latest on or before the date. The register is counted in households and
in persons, who are members at the date: from the day they join to the day before they leave.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import narwhals as nw

from xushi_stats.ledger import Missing
from xushi_stats.registers.frames import Frame, Query, Register
from xushi_stats.registers.schema import ABSENT, NO_STATUS, STATUSES

CLOSED = "销户"
LIFTED = ("已脱贫", "风险消除")
"""Out of poverty and not under watch."""
RELAPSED = "返贫"
MONITORED = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
"""Households under watch: relapse, or poverty, is near."""
BREAK = date(2021, 1, 1)
"""From this day the monitored classes and 风险消除 exist; what is compared across it is no series."""
NEW_CLASSES = frozenset({*MONITORED, "风险消除"})

_STATES = (ABSENT, *STATUSES, NO_STATUS)
_SHIFT = 16
"""A date × 16 + the code of a status is one number, whose maximum is the latest status."""


@dataclass(frozen=True)
class Pair:
    """A count in both units of the register.

    Attributes:
        households: 户.
        persons: 人.
    """

    households: int
    persons: int

    def __add__(self, other: Pair) -> Pair:
        return Pair(self.households + other.households, self.persons + other.persons)

    def __sub__(self, other: Pair) -> Pair:
        return Pair(self.households - other.households, self.persons - other.persons)


@dataclass(frozen=True)
class Counts:
    """Households and persons in the register at a date.

    Attributes:
        cells: (village, status) → count; a cell of none is left out.
    """

    query: Query
    on: date
    cells: Mapping[tuple[str, str], Pair]

    def of(self, statuses: Collection[str] | None = None, village: str | None = None) -> Pair:
        """The count of some statuses, or all, in a village, or all."""
        return sum(
            (
                pair
                for (place, status), pair in self.cells.items()
                if village in (None, place) and (statuses is None or status in statuses)
            ),
            Pair(0, 0),
        )

    @property
    def villages(self) -> tuple[str, ...]:
        """Villages with a household in the register."""
        return tuple(sorted({village for village, _ in self.cells}))


def counts(register: Register, on: date) -> Counts:
    """Count households and persons by village and status at a date.

    Raises:
        DataFaults: a table is missing or cannot be read.
    """
    found = (
        present(register, on)
        .join(members(register, on), on="household", how="left")
        .with_columns(nw.col("persons").fill_null(0).cast(nw.Int64))
        .group_by("village", "state_0")
        .agg(nw.len(), nw.col("persons").sum())
    )
    rows = sorted(register.rows(found))
    cells = {(v, _STATES[state]): Pair(n, persons) for v, state, n, persons in rows}
    query = Query("households.counts", f"on={on}", ("households", "persons", "statuses"))
    return Counts(query, on, cells)


def members(register: Register, on: date) -> Frame:
    """Persons of each household at a date; a household of none has no row."""
    day = on.toordinal()

    def make() -> Frame:
        return (
            register.table("persons", "household", "start", "end")
            .filter(nw.col("start") <= day, nw.col("end") > day)
            .group_by("household")
            .agg(nw.len().alias("persons"))
        )

    return register.kept(f"members {on}", make)


def present(register: Register, on: date, statuses: Collection[str] | None = None) -> Frame:
    """Households in the register at a date, with village and status as in ``standing``.

    Args:
        register: an open register.
        on: the date.
        statuses: only households with one of these; None for all.

    Raises:
        ValueError: a status is unknown.
    """
    found = register.kept(
        f"present {on}", lambda: standing(register, on).filter(nw.col("state_0") > 0)
    )
    if statuses is None:
        return found
    return found.filter(nw.col("state_0").is_in([_STATES.index(name) for name in statuses]))


def standing(register: Register, *dates: date) -> Frame:
    """Each household's village and its place in ``(ABSENT, *STATUSES, NO_STATUS)`` at some dates.

    Returns:
        A frame with ``household``, ``village``, ``state_0``, ``state_1`` ...
    """
    days = [on.toordinal() for on in dates]
    key = nw.col("date") * _SHIFT + nw.col("status")
    latest = (
        register.table("statuses", "household", "date", "status")
        .filter(nw.col("date") <= max(days))
        .select("household", **{f"state_{i}": _until(day, key) for i, day in enumerate(days)})
        .group_by("household")
        .agg(nw.col(f"state_{i}").max() for i in range(len(days)))
    )
    states = [_state(f"state_{i}", day) for i, day in enumerate(days)]
    return (
        register.table("households", "household", "village", "entered", "left")
        .join(latest, on="household", how="left")
        .select("household", "village", *states)
    )


def _until(day: int, key: nw.Expr) -> nw.Expr:
    return nw.when(nw.col("date") <= day).then(key).otherwise(0)


def _state(column: str, day: int) -> nw.Expr:
    status = nw.col(column).fill_null(0).cast(nw.Int64) % _SHIFT
    here = (nw.col("entered") <= day) & (nw.col("left") > day)
    here = here & (status != _STATES.index(CLOSED))
    known = nw.when(status > 0).then(status).otherwise(_STATES.index(NO_STATUS))
    return nw.when(here).then(known).otherwise(0).alias(column)


@dataclass(frozen=True)
class Transitions:
    """Where the households of one date stand at a later one.

    Attributes:
        cells: (village, status at the start, status at the end) → households; ``ABSENT`` at the start
            is a new entry, at the end a household gone.
        broken: whether the classes changed in between.
    """

    query: Query
    start: date
    end: date
    cells: Mapping[tuple[str, str, str], int]

    @property
    def broken(self) -> bool:
        """Whether the period lies across the break in the series."""
        return _across_break(self.start, self.end)

    def of(
        self, before: str | None = None, after: str | None = None, village: str | None = None
    ) -> int:
        """Households that went from one status to another; None is any, ``ABSENT`` too."""
        wanted = (village, before, after)
        return sum(
            n
            for cell, n in self.cells.items()
            if all(w in (None, own) for w, own in zip(wanted, cell, strict=True))
        )


def transitions(register: Register, start: date, end: date) -> Transitions:
    """Count households by status at two dates.

    Raises:
        ValueError: the end is before the start.
        DataFaults: a table is missing or cannot be read.
    """
    _need_order(start, end)
    found = (
        standing(register, start, end)
        .filter((nw.col("state_0") > 0) | (nw.col("state_1") > 0))
        .group_by("village", "state_0", "state_1")
        .agg(nw.len())
    )
    cells = {(v, _STATES[a], _STATES[b]): n for v, a, b, n in sorted(register.rows(found))}
    query = Query("households.transitions", f"start={start} end={end}", ("households", "statuses"))
    return Transitions(query, start, end, cells)


def change(
    earlier: Counts, later: Counts, status: str, village: str | None = None
) -> Pair | Missing:
    """How a class grew or shrank; missing over the break in the series.

    There the lifted households are told from those under watch, and households come into the register that
    no class had before: no class is what it was, and neither is the whole.
    """
    is_new = status in NEW_CLASSES and earlier.on < BREAK
    if is_new or _across_break(earlier.on, later.on):
        return Missing("series_break")
    return later.of([status], village) - earlier.of([status], village)


@dataclass(frozen=True)
class Relapse:
    """Households that fell back, or came near it, after the start and by the end.

    Attributes:
        cells: (village, whether lifted at the start, classes given in the period) → households.
    """

    query: Query
    start: date
    end: date
    cells: Mapping[tuple[str, bool, frozenset[str]], int]

    def base(self, village: str | None = None) -> int:
        """Households that were lifted (已脱贫, 风险消除) at the start."""
        return sum(n for _, n in self._chosen(lambda lifted, _: lifted, village))

    def cases(
        self, classes: Iterable[str] = (RELAPSED,), village: str | None = None, *, new: bool = False
    ) -> int | Missing:
        """Households given one of some classes in the period, each counted once.

        Args:
            classes: ``(RELAPSED,)`` for relapse, ``MONITORED`` for near-relapse.
            village: one village, or None for all.
            new: count, instead of those lifted at the start, the others.

        Returns:
            Their number; missing where a class did not exist in all of the period.
        """
        wanted = frozenset(classes)
        if wanted & NEW_CLASSES and self.start.toordinal() < BREAK.toordinal() - 1:
            return Missing("series_break")
        return sum(
            n
            for _, n in self._chosen(
                lambda lifted, given: lifted is not new and bool(given & wanted), village
            )
        )

    def rate(
        self, classes: Iterable[str] = (RELAPSED,), village: str | None = None
    ) -> Fraction | Missing:
        """Relapse rate (返贫率): cases of the households lifted at the start, over these."""
        cases, base = self.cases(classes, village), self.base(village)
        if isinstance(cases, Missing):
            return cases
        return Fraction(cases, base) if base else Missing("not_applicable")

    def _chosen(
        self, wanted: Callable[[bool, frozenset[str]], bool], village: str | None
    ) -> Iterable[tuple[str, int]]:
        for (place, lifted, given), n in self.cells.items():
            if village in (None, place) and wanted(lifted, given):
                yield place, n


def relapse(register: Register, start: date, end: date) -> Relapse:
    """Count households by the classes they were given after the start and by the end.

    A household that fell back and was lifted again within the period counts, which a comparison of
    two dates (``transitions``) does not see.

    Raises:
        ValueError: the end is before the start.
        DataFaults: a table is missing or cannot be read.
    """
    _need_order(start, end)
    watched = (RELAPSED, *MONITORED)
    given = (
        register.table("statuses", "household", "date", "status")
        .filter(nw.col("date") > start.toordinal(), nw.col("date") <= end.toordinal())
        .filter(nw.col("status").is_in([_STATES.index(name) for name in watched]))
        .select("household", **{f"given_{i}": _is(name) for i, name in enumerate(watched)})
        .group_by("household")
        .agg(nw.col(f"given_{i}").max() for i in range(len(watched)))
    )
    flags = [nw.col(f"given_{i}").fill_null(0).cast(nw.Int64) for i in range(len(watched))]
    mask = flags[0] + flags[1] * 2 + flags[2] * 4 + flags[3] * 8
    lifted = nw.col("state_0").is_in([_STATES.index(name) for name in LIFTED])
    found = (
        standing(register, start)
        .join(given, on="household", how="left")
        .select("village", nw.when(lifted).then(1).otherwise(0).alias("lifted"), mask=mask)
        .filter((nw.col("lifted") > 0) | (nw.col("mask") > 0))
        .group_by("village", "lifted", "mask")
        .agg(nw.len())
    )
    cells = {
        (village, lifted == 1, frozenset(unmasked(mask, watched))): n
        for village, lifted, mask, n in sorted(register.rows(found))
    }
    query = Query("households.relapse", f"start={start} end={end}", ("households", "statuses"))
    return Relapse(query, start, end, cells)


def _is(status: str) -> nw.Expr:
    return nw.when(nw.col("status") == _STATES.index(status)).then(1).otherwise(0)


def unmasked(mask: int, names: Iterable[str]) -> tuple[str, ...]:
    """The names whose bits are set.

    >>> unmasked(5, ["a", "b", "c"])
    ('a', 'c')
    """
    return tuple(name for i, name in enumerate(names) if mask >> i & 1)


def _need_order(start: date, end: date) -> None:
    if end < start:
        raise ValueError("the period ends before it begins")


def _across_break(start: date, end: date) -> bool:
    return start < BREAK <= end
