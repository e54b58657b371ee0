"""What became of last year's targets and projects, on exact ranges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xushi_stats import records
from xushi_stats.dataset import Dataset
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Quantity
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
    low, high, aim = actual.low, actual.high, goal.value
    all_above = low.value > aim or (low.value == aim and not low.closed)
    all_below = high.value < aim or (high.value == aim and not high.closed)
    not_below, not_above = low.value >= aim, high.value <= aim
    if direction == "等于":
        same = actual.is_exact and low.value == aim
        return "met" if same else "missed" if all_above or all_below else "undecided"
    strict = goal.kind in ("above", "over", "under")
    met, missed = {
        ("不低于", False): (not_below, all_below),
        ("不低于", True): (all_above, not_above),
        ("不高于", False): (not_above, all_above),
        ("不高于", True): (all_below, not_below),
    }[direction, strict]
    return "met" if met else "missed" if missed else "undecided"


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
