"""What became of last year's targets and projects, on exact ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from xushi_stats import records
from xushi_stats.dataset import Dataset
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Bound, Kind, Quantity
from xushi_stats.tables import Row

Verdict = Literal["met", "missed", "undecided", "unreported"]


@dataclass(frozen=True)
class Fulfilment:
    """A target of the year before and its result.

    Attributes:
        row: the row of ``targets.csv``.
        target, actual: the number asked for and the one reached; None where there is none.
        rate: completion, of a target that is a floor; None for ceilings and a target of 0.
    """

    row: Row
    target: Figure | None
    actual: Figure | None
    rate: Figure | None
    verdict: Verdict


def fulfilments(dataset: Dataset, ledger: Ledger) -> list[Fulfilment]:
    """The targets that the year before set as numbers, in the order of ``targets.csv``."""
    rows = records.of_release(dataset.records["targets"], ledger.release - 1)
    return [_fulfilment(row, ledger) for row in rows if row["figure"] and row["actual"]]


def _fulfilment(row: Row, ledger: Ledger) -> Fulfilment:
    target = ledger.figures.get(ledger.aims.get(row["actual"], ""))
    actual = ledger.find(row["actual"])
    if not actual or not actual.quantity or not _is_due(row, actual, ledger.release):
        return Fulfilment(row, target, None, None, "unreported")
    rate = ledger.find(f"{row['actual']}.completion")
    if target is None or target.quantity is None:
        return Fulfilment(row, target, actual, None, "undecided")
    verdict = judge(actual.quantity, target.quantity, row["direction"])
    return Fulfilment(row, target, actual, rate if rate and rate.quantity else None, verdict)


def _is_due(row: Row, actual: Figure, release: int) -> bool:
    """Whether a result is of the year that the target was set for."""
    return actual.period.startswith(row["due"] or str(release))


def judge(actual: Quantity, target: Quantity, direction: str) -> Verdict:
    """Whether a result reaches a target.

    What only a convention says of an approximate number (the upper end of 7000余) decides nothing.

    Args:
        actual: the result, as a range where its wording is one.
        target: the number that was asked for.
        direction: 不低于 a floor, 不高于 a ceiling, 等于 the number itself.

    Raises:
        UnitError: the two measure different things.

    >>> from xushi_stats import notation
    >>> judge(notation.parse("7000余亩"), notation.parse("7000亩"), "不低于")
    'met'
    """
    goal = target.to(actual.unit)
    low = actual.low if actual.low.stated else Bound(-math.inf, False)
    high = actual.high if actual.high.stated else Bound(math.inf, False)
    if direction == "不低于":
        return _floor(low, high, goal)
    if direction == "不高于":
        return _floor(_turned(high), _turned(low), _mirrored(goal))
    same = actual.is_exact and actual.value == goal.value
    inside = goal.kind == "range" and goal.low.value <= low.value <= high.value <= goal.high.value
    below, above = high.value < goal.low.value, low.value > goal.high.value
    return "met" if same or inside else "missed" if below or above else "undecided"


def _floor(low: Bound, high: Bound, goal: Quantity) -> Verdict:
    """Whether a result between two ends is at least what was asked; above it, if that was asked.

    Of a range its lower end is the floor. About a number, or nearly one, is reached by the number
    itself; what is a little short of it cannot be decided.
    """
    floor = goal.low.value if goal.kind == "range" else goal.value
    short = {"about": goal.low.value, "under": -math.inf}.get(goal.kind, floor)
    strict = goal.kind in ("above", "over")
    if low.value > floor or (low.value == floor and not (strict and low.closed)):
        return "met"
    missed = high.value < short or (high.value == short and (strict or not high.closed))
    return "missed" if missed else "undecided"


def _turned(bound: Bound) -> Bound:
    return replace(bound, value=-bound.value)


def _mirrored(goal: Quantity) -> Quantity:
    """A ceiling as a floor on the other side of zero."""
    kinds: dict[Kind, Kind] = {"under": "above", "above": "under", "over": "under"}
    return replace(
        goal,
        value=-goal.value,
        low=_turned(goal.high),
        high=_turned(goal.low),
        kind=kinds.get(goal.kind, goal.kind),
    )


@dataclass(frozen=True)
class Task:
    """A project that the year before asked to bring to a state, and the state it has now."""

    asked: Row
    now: Row | None

    @property
    def verdict(self) -> Verdict:
        """Whether the state asked for, or a later one, is reached."""
        if self.now is None:
            return "unreported"
        states = records.STATES
        reached = states.index(self.now["status"]) >= states.index(self.asked["status"])
        return "met" if reached else "missed"


def tasks(dataset: Dataset, release: int) -> Iterator[Task]:
    """Projects for which the report of the year before named a state to reach in this one."""
    rows = dataset.records["milestones"]
    due = str(release)
    now = {r["id"]: r for r in records.of_release(rows, release) if r["period"] == due}
    for row in records.of_release(rows, release - 1):
        if row["period"] == due:
            yield Task(row, now.get(row["id"]))
