"""What a town decides about its monthly inspection; None is open, and nothing has a silent default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules.parameter import declared
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


_ENDS: Mapping[str, Callable[[object], Any]] = {
    "by": one_of("count", "threshold"),
    "value": amount,
    "ties": one_of("with", "without"),
}
PARAMETERS = declared(
    {
        "inspection.score": one_of("sum", "mean"),
        "inspection.missing_items": one_of("none", "scored"),
        "inspection.tie": one_of(*TIES),
        "inspection.cumulative": one_of("scored", "all"),
        "inspection.start": first_month,
        **{
            f"inspection.{end}_{what}": read
            for end in ("best", "worst")
            for what, read in _ENDS.items()
        },
    }
)
"""What rules.toml may set: dotted name, reader, what it decides in Chinese and in English."""
