"""The registers of an epidemic's checkpoints and of arrivals: totals, rates, missing days, follow-up.

A day without a row is missing, not a day with nobody. Ids of persons are read to count persons and to
find repeated rows, and never leave this module.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from xushi_stats.faults import Fault
from xushi_stats.registers import written
from xushi_stats.registers.checkpoints.proportion_interval import Interval, wilson
from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules.checkpoints import CheckpointRules
from xushi_stats.registers.schema import FOLLOW_UPS
from xushi_stats.tables import Row

RELEASED = "已解除"


# -- the registers -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """What a checkpoint reported for a day."""

    date: dt.date
    checkpoint: str
    vehicles_checked: int
    vehicles_returned: int
    persons_checked: int
    persons_returned: int


@dataclass(frozen=True)
class Arrival:
    """A person's arrival to be followed up; ``closed`` is the day of release."""

    person: str
    village: str
    date: dt.date
    state: str
    closed: dt.date | None

    def __repr__(self) -> str:
        return f"Arrival({self.village!r}, {self.date}, {self.state!r})"  # no person in a log


def read_days(folder: Path, faults: list[Fault]) -> list[Day]:
    """Read ``checkpoints.csv``; what is wrong with it is added to ``faults``."""
    cells = written.Cells(faults)
    days, keys = [], []
    for row in written.rows(folder, "checkpoints", faults):
        found = cells.read(row, "date", written.day, "date")
        vehicles = _pair(row, "vehicles", cells)
        persons = _pair(row, "persons", cells)
        if found is None or not row["checkpoint"]:
            continue
        keys.append((row, (found, row["checkpoint"])))
        if vehicles and persons:
            days.append(Day(found, row["checkpoint"], *vehicles, *persons))
    written.twice(keys, "date,checkpoint", cells)
    return days


def _pair(row: Row, unit: str, cells: written.Cells) -> tuple[int, int] | None:
    """How many were checked and how many of them turned back."""
    checked = cells.read(row, f"{unit}_checked", written.count, "count")
    returned = cells.read(row, f"{unit}_returned", written.count, "count")
    if checked is None or returned is None:
        return None
    if returned > checked:
        cells.add(row, "returned_above", f"{unit}_returned")
        return None
    return checked, returned


def read_arrivals(folder: Path, faults: list[Fault]) -> list[Arrival]:
    """Read ``arrivals.csv``; faults name the place and never what was read."""
    cells = written.Cells(faults)
    arrivals, keys = [], []
    for row in written.rows(folder, "arrivals", faults):
        found = cells.read(row, "date", written.day, "date")
        closed = cells.read(row, "closed", written.day, "date")
        released = row["state"] == RELEASED
        if released and not row["closed"]:
            cells.add(row, "closed_missing", "closed")
        if row["closed"] and row["state"] in FOLLOW_UPS and not released:
            cells.add(row, "closed_open", "state")
        if found and closed and closed < found:
            cells.add(row, "closed_before", "closed")
        if found is not None and row["person"]:
            keys.append((row, (row["person"], found)))
            arrivals.append(Arrival(row["person"], row["village"], found, row["state"], closed))
    written.twice(keys, "person,date", cells)
    return arrivals


# -- totals and rates --------------------------------------------------------------------------


@dataclass(frozen=True)
class Rate:
    """How many of those checked were turned back.

    Attributes:
        value: the exact share.
        interval: Wilson's at 95%.
    """

    returned: int
    checked: int
    value: Fraction | NotGiven
    interval: Interval | NotGiven


@dataclass(frozen=True)
class Totals:
    """Sums over the days reported."""

    days: int
    vehicles: Rate
    persons: Rate


def rate(returned: int, checked: int) -> Rate:
    """A share turned back; none if nobody was checked.

    >>> rate(15, 148).value, rate(0, 0).value.code
    (Fraction(15, 148), 'none_checked')
    """
    if checked == 0:
        return Rate(returned, checked, NotGiven("none_checked"), NotGiven("none_checked"))
    return Rate(returned, checked, Fraction(returned, checked), wilson(returned, checked))


def totals(days: Iterable[Day]) -> Totals:
    """Sums and turned-back rates of vehicles and persons over some days and checkpoints."""
    days = list(days)
    return Totals(
        len(days),
        rate(sum(d.vehicles_returned for d in days), sum(d.vehicles_checked for d in days)),
        rate(sum(d.persons_returned for d in days), sum(d.persons_checked for d in days)),
    )


def by_checkpoint(days: Iterable[Day]) -> dict[str, Totals]:
    """The totals of each checkpoint."""
    grouped: dict[str, list[Day]] = {}
    for found in days:
        grouped.setdefault(found.checkpoint, []).append(found)
    return {name: totals(group) for name, group in grouped.items()}


# -- missing days ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """Which days of a period a checkpoint has no row for.

    Attributes:
        before, after: days before its first and after its last row: perhaps it was not open.
        within: days in between: missing in any case.
    """

    reported: int
    before: tuple[dt.date, ...]
    within: tuple[dt.date, ...]
    after: tuple[dt.date, ...]


def coverage(
    days: Iterable[Day], since: dt.date, through: dt.date, checkpoints: Iterable[str] = ()
) -> dict[str, Coverage]:
    """The missing days of each checkpoint from ``since`` to ``through`` inclusive.

    Args:
        days: the rows.
        since: first day of the period.
        through: last day of the period.
        checkpoints: the town's list; one without any row lacks the whole period.
    """
    held: dict[str, set[dt.date]] = {name: set() for name in checkpoints}
    for found in days:
        names = held.setdefault(found.checkpoint, set())
        if since <= found.date <= through:
            names.add(found.date)
    period = [since + dt.timedelta(n) for n in range((through - since).days + 1)]
    return {name: _coverage(dates, period) for name, dates in held.items()}


def _coverage(held: set[dt.date], period: list[dt.date]) -> Coverage:
    absent = [found for found in period if found not in held]
    if not held:
        return Coverage(0, tuple(absent), (), ())
    first, last = min(held), max(held)
    return Coverage(
        len(held),
        tuple(d for d in absent if d < first),
        tuple(d for d in absent if first < d < last),
        tuple(d for d in absent if d > last),
    )


# -- follow-up ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class FollowUp:
    """The follow-up list at the end of a day.

    Attributes:
        arrivals, persons: arrivals up to the day, and the different persons among them.
        released, open: arrivals released by then, and those not.
        states: how many are in each state; only at a date that the register does not run beyond.
        overdue: of those open, arrived more than the settled number of days before.
        mean_days: mean days from arrival to release, of those released.
    """

    arrivals: int
    persons: int
    released: int
    open: int
    states: Mapping[str, int] | NotGiven
    overdue: int | NotGiven
    mean_days: Fraction | NotGiven


def follow_up(arrivals: Iterable[Arrival], at: dt.date, rules: CheckpointRules) -> FollowUp:
    """The state of the follow-up list at a date.

    Args:
        arrivals: the register as it now is.
        at: the date; may lie before the register's last entry, and the states are then not given,
            since a row holds its present state alone.
        rules: the town's settings.
    """
    every = list(arrivals)
    come = [found for found in every if found.date <= at]
    released = [found for found in come if found.closed is not None and found.closed <= at]
    waiting = [found for found in come if found.closed is None or found.closed > at]
    return FollowUp(
        len(come),
        len({found.person for found in come}),
        len(released),
        len(waiting),
        _states(every, come, at),
        _overdue(waiting, at, rules),
        _mean_days(released),
    )


def _states(every: list[Arrival], come: list[Arrival], at: dt.date) -> Mapping[str, int] | NotGiven:
    last = max((d for found in every for d in (found.date, found.closed) if d), default=at)
    if last > at:
        return NotGiven("register_later", (last.isoformat(),))
    counts = Counter(found.state for found in come)
    return {state: counts[state] for state in FOLLOW_UPS}


def _overdue(waiting: list[Arrival], at: dt.date, rules: CheckpointRules) -> int | NotGiven:
    days = rules.overdue_days
    if days is None:
        return NotGiven("open", ("checkpoints.overdue_days",))
    return sum((at - found.date).days > days for found in waiting)


def _mean_days(released: list[Arrival]) -> Fraction | NotGiven:
    days = [(found.closed - found.date).days for found in released if found.closed]
    return Fraction(sum(days), len(days)) if days else NotGiven("none_released")
