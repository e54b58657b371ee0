"""What a town decides about its monthly inspection; None is open, and nothing has a silent default."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules.parameter import Parameter
from xushi_stats.registers.rules.settings import amount, first_month, one_of

By = Literal["count", "threshold"]
Tie = Literal["min", "dense", "average"]
TIES: tuple[Tie, ...] = ("min", "dense", "average")
"""1-2-2-4 (competition), 1-2-2-3 (dense), 1-2.5-2.5-4 (average, the mid-rank)."""
Ties = Literal["with", "without"]


@dataclass(frozen=True)
class InspectionRules:
    """A town's settings; None is open.

    Attributes:
        score: a village's score of a month: ``sum`` or ``mean`` of its items.
        missing_items: a village lacking an item that others were scored on: ``none``, it has no score
            of that month; ``scored``, the mean of the items it was scored on (only with ``mean``).
        tie: which rank equal scores share: ``min``, ``dense``, ``average``.
        cumulative: score of a period: ``scored``, the mean of the months scored; ``all``, the mean,
            given only if no month is missing.
        start: first month that had to be inspected, as 2020-03.
        best_by, worst_by: the best are so many (``count``) or from a score on (``threshold``).
        best_value, worst_value: that number, or that score.
        best_ties, worst_ties: those that tie at the boundary are in (``with``) or out (``without``).
    """

    score: Literal["sum", "mean"] | None = None
    missing_items: Literal["none", "scored"] | None = None
    tie: Tie | None = None
    cumulative: Literal["scored", "all"] | None = None
    start: str | None = None
    best_by: By | None = None
    best_value: Fraction | None = None
    best_ties: Ties | None = None
    worst_by: By | None = None
    worst_value: Fraction | None = None
    worst_ties: Ties | None = None

    def __post_init__(self) -> None:
        if self.score == "sum" and self.missing_items == "scored":
            raise ValueError("inspection.missing_items: a sum without an item counts it as 0")
        for by, value in ((self.best_by, self.best_value), (self.worst_by, self.worst_value)):
            if by == "count" and value is not None and (value < 1 or value.denominator != 1):
                raise ValueError("a count is a whole number from 1")

    def open(self, *names: str) -> NotGiven | None:
        """The reason why nothing that needs these settings can be given, if one of them is open."""
        lacking = tuple(f"inspection.{name}" for name in names if getattr(self, name) is None)
        return NotGiven("open", lacking) if lacking else None


def _ends(end: str, zh: str, en: str) -> tuple[Parameter[Any], ...]:
    return (
        Parameter(
            f"inspection.{end}_by",
            one_of("count", "threshold"),
            f"{zh}按名次个数（count）还是按分数线（threshold）确定",
            f"whether the {en} are so many (count) or beyond a score (threshold)",
        ),
        Parameter(
            f"inspection.{end}_value",
            amount,
            f"{zh}的个数或分数线",
            f"how many are {en}, or which score they must pass",
        ),
        Parameter(
            f"inspection.{end}_ties",
            one_of("with", "without"),
            f"{zh}末位并列（或恰在分数线上）的列入（with）还是不列入（without）",
            f"whether those that tie at the boundary of the {en} are in (with) or out (without)",
        ),
    )


PARAMETERS: tuple[Parameter[Any], ...] = (
    Parameter(
        "inspection.score",
        one_of("sum", "mean"),
        "村（社区）当月得分：各检查项目得分之和（sum）或平均（mean）",
        "a village's score of a month: the sum or the mean of its items",
    ),
    Parameter(
        "inspection.missing_items",
        one_of("none", "scored"),
        "缺检查项目的当月不计分（none），或按已检查项目平均（scored，仅用于mean）",
        "a month lacking an item has no score (none), or the mean of the items scored (scored)",
    ),
    Parameter(
        "inspection.tie",
        one_of(*TIES),
        "同分名次：取最前（min，1-2-2-4）、连续（dense，1-2-2-3）、取平均（average，1-2.5-2.5-4）",
        "rank of equal scores: 1-2-2-4 (min), 1-2-2-3 (dense), 1-2.5-2.5-4 (average)",
    ),
    Parameter(
        "inspection.cumulative",
        one_of("scored", "all"),
        "累计得分：已检查月份的平均（scored），或各月齐全才给出（all）",
        "score of a period: mean of the months scored (scored), or only if none is missing (all)",
    ),
    Parameter(
        "inspection.start", first_month, "每月检查的起始月份", "first month of the inspections"
    ),
    *_ends("best", "表扬名单", "best"),
    *_ends("worst", "通报批评名单", "worst"),
)
"""What rules.toml may set: dotted name, reader, what it decides in Chinese and in English."""
