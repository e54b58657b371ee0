"""Measures that have no value: why, in words; and arguments that no measure takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xushi_stats.words import Lang, by_key, read_words

Reason = Literal["empty", "all_zero", "zero_income", "no_poor"]
Refusal = Literal["income", "weight", "line", "powers", "sums", "weights", "cutoff", "row"]

REASONS = by_key(read_words("xushi_stats.registers")["undefined"])
"""Why a measure has no value, as a report says it."""


@dataclass(frozen=True)
class Undefined:
    """A measure without a value; it takes the place of 0 ÷ 0.

    >>> Undefined("all_zero").text("en")
    'all incomes are 0'
    """

    reason: Reason

    def text(self, lang: Lang) -> str:
        """The reason in words."""
        return REASONS[self.reason][lang]


class MeasureError(ValueError):
    """An argument that no measure takes: a fault of the caller, who knows file and row.

    Attributes:
        code: what was refused.
    """

    def __init__(self, code: Refusal, rule: str) -> None:
        self.code: Refusal = code
        super().__init__(rule)  # the rule, never the value: it may be a person's
