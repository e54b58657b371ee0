"""Incomes as whole numbers: the frequency table and the sums that an engine returns.

All is in 分, so that any engine (pandas, DuckDB) gives the same integers and the library's last step
is exact. A sum of squares of 分 outgrows 64 bits at a few million households: an engine counts it in
128 bits (DuckDB's HUGEINT), or returns the frequency table, from which everything else follows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import index

from xushi_stats.registers.undefined import MeasureError


@dataclass(frozen=True)
class PoorSums:
    """What is to be known of those below a line for every measure but Watts.

    Attributes:
        line: the poverty line in 分, above 0; income equal to it is not poor.
        population: units in all, poor or not (households, or persons).
        powers: of the poor, the number of units, Σy, Σy², … as far as a measure needs.
        ranked: of the poor, Σ i·y, where i = 1, 2, … counts units from the lowest income up
            (within equal incomes the order does not matter).
    """

    line: Fraction
    population: int
    powers: tuple[int, ...]
    ranked: int = 0

    def __post_init__(self) -> None:
        need_line(self.line)
        if not self.powers or min(*self.powers, self.ranked, self.population, 0) < 0:
            raise MeasureError("sums", "sums of incomes are never negative")
        if self.poor > self.population:
            raise MeasureError("sums", "there cannot be more poor units than units")

    @property
    def poor(self) -> int:
        """Number of poor units."""
        return self.powers[0]


@dataclass(frozen=True)
class AllSums:
    """What is to be known of all incomes for the Gini coefficient.

    Attributes:
        population: units in all.
        total: Σy in 分.
        ranked: Σ i·y, where i = 1, 2, … counts units from the lowest income up.
    """

    population: int
    total: int
    ranked: int

    def __post_init__(self) -> None:
        if min(self.population, self.total, self.ranked) < 0:
            raise MeasureError("sums", "sums of incomes are never negative")


@dataclass(frozen=True)
class Incomes:
    """A frequency table of incomes, from which every measure follows.

    A unit is a household, or a person to whom the household's income per head is ascribed; a figure
    says which. Of d different incomes, each sum is O(d).

    Attributes:
        counts: income in 分 → number of units with it, from the lowest income up.

    Raises:
        MeasureError: an income is negative or no whole number of 分; a count is not above 0.
    """

    counts: Mapping[int, int]

    def __post_init__(self) -> None:
        try:
            counts = sorted((index(income), index(count)) for income, count in self.counts.items())
        except TypeError:
            raise MeasureError("income", "incomes are whole 分, counts whole units") from None
        if counts and counts[0][0] < 0:
            raise MeasureError("income", "an income is not negative")
        if any(count < 1 for _, count in counts):
            raise MeasureError("weight", "a count of units is above 0")
        object.__setattr__(self, "counts", dict(counts))

    @cached_property
    def population(self) -> int:
        """Number of units."""
        return sum(self.counts.values())

    @cached_property
    def total(self) -> int:
        """Sum of incomes in 分."""
        return sum(income * count for income, count in self.counts.items())

    @cached_property
    def sums(self) -> AllSums:
        """The sums for the Gini coefficient."""
        return AllSums(self.population, self.total, _ranked(self.counts))

    def below(self, line: Fraction | int, powers: int = 2) -> PoorSums:
        """The sums of those below a line in 分, up to a power of the incomes.

        >>> Incomes({10000: 1, 11000: 1, 15000: 1, 16000: 1}).below(12500).powers
        (2, 21000, 221000000)
        """
        need_line(line)
        poor = {income: count for income, count in self.counts.items() if income < line}
        sums = tuple(
            sum(count * income**power for income, count in poor.items())
            for power in range(powers + 1)
        )
        return PoorSums(Fraction(line), self.population, sums, _ranked(poor))


def need_line(line: Fraction | int) -> None:
    """Refuse a poverty line of 0 or less, and one that is not exact.

    Raises:
        MeasureError: it is one.
    """
    if not isinstance(line, int | Fraction) or line <= 0:
        raise MeasureError("line", "a poverty line is exact and above 0")


def _ranked(counts: Mapping[int, int]) -> int:
    """Σ i·y over units in order of income; the units of one income are numbered as a block."""
    before = ranked = 0
    for income, count in counts.items():
        ranked += income * (count * before + count * (count + 1) // 2)
        before += count
    return ranked
