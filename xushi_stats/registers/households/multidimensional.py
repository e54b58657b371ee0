"""Multidimensional poverty by the method of Alkire and Foster.

A register comes down to a table of patterns: which items fail together → how many units. Of d items
there are at most 2^d patterns (64 of six), however many units; every measure is exact and O(2^d·d).

Sources: Alkire & Foster (2011), *Journal of Public Economics* 95(7–8), 476–487; Alkire, Foster, Seth,
Santos, Roche & Ballon (2015), *Multidimensional Poverty Measurement and Analysis*, Oxford, chapter 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import index

from xushi_stats.registers.undefined import MeasureError, Undefined

Pattern = frozenset[str]


@dataclass(frozen=True)
class Deprivations:
    """How many units fail which items together.

    Attributes:
        items: the items, in the order of tables.
        counts: the set of failing items → number of units (households, or persons); the empty set
            for those that fail none.

    Raises:
        MeasureError: a pattern names an item that is not among the items; a count is below 0.
    """

    items: tuple[str, ...]
    counts: Mapping[Pattern, int]

    def __post_init__(self) -> None:
        known = frozenset(self.items)
        if len(known) < len(self.items) or any(pattern - known for pattern in self.counts):
            raise MeasureError("row", "items are different, and a pattern holds no others")
        counts = {pattern: index(count) for pattern, count in self.counts.items()}
        if any(count < 0 for count in counts.values()):
            raise MeasureError("weight", "a count of units is not negative")
        object.__setattr__(self, "counts", {p: count for p, count in counts.items() if count})

    @property
    def population(self) -> int:
        """Number of units."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Rule:
    """Who is multidimensionally poor: weights of the items and the share that makes poor.

    Attributes:
        weights: item → weight, each above 0, 1 in all.
        cutoff: k, above 0, at most 1: poor is whose failing items weigh k or more. The least weight
            is the union approach, 1 the intersection approach.

    Raises:
        MeasureError: weights or cut-off are not so.
    """

    weights: Mapping[str, Fraction]
    cutoff: Fraction

    def __post_init__(self) -> None:
        weights = self.weights.values()
        if any(not isinstance(w, Fraction) or w <= 0 for w in weights) or sum(weights) != 1:
            raise MeasureError("weights", "weights are fractions above 0 and add up to 1")
        if not isinstance(self.cutoff, Fraction) or not 0 < self.cutoff <= 1:
            raise MeasureError("cutoff", "the cut-off is a fraction above 0 and at most 1")

    @classmethod
    def equal(cls, items: Sequence[str], failing: int) -> Rule:
        """Equal weights; poor is who fails at least so many items.

        >>> print(Rule.equal(["吃", "穿", "住房安全"], 2).cutoff)
        2/3
        """
        weight = Fraction(1, max(1, len(items)))
        return cls(dict.fromkeys(items, weight), failing * weight)

    def score(self, pattern: Iterable[str]) -> Fraction:
        """Weight of the failing items, the deprivation score."""
        return sum((self.weights[item] for item in pattern), Fraction(0))

    def is_poor(self, pattern: Iterable[str]) -> bool:
        """Whether who fails these items is poor; a score equal to the cut-off is."""
        return self.score(pattern) >= self.cutoff


def headcount_ratio(deprivations: Deprivations, rule: Rule) -> Fraction | Undefined:
    """Incidence H: the share of units that are multidimensionally poor.

    >>> two = Deprivations(("a", "b"), {frozenset("ab"): 1, frozenset("a"): 1, frozenset(): 2})
    >>> headcount_ratio(two, Rule.equal("ab", 2))
    Fraction(1, 4)
    """
    units = deprivations.population
    poor = sum(_poor(deprivations, rule).values())
    return Fraction(poor, units) if units else Undefined("empty")


def intensity(deprivations: Deprivations, rule: Rule) -> Fraction | Undefined:
    """Intensity A: the mean score of the poor; undefined where nobody is poor."""
    if not deprivations.population:
        return Undefined("empty")
    poor = _poor(deprivations, rule)
    units = sum(poor.values())
    return _scores(poor, rule) / units if units else Undefined("no_poor")


def adjusted_headcount_ratio(deprivations: Deprivations, rule: Rule) -> Fraction | Undefined:
    """Adjusted headcount ratio M₀ = H·A: the mean score, that of those not poor taken as 0."""
    units = deprivations.population
    return _scores(_poor(deprivations, rule), rule) / units if units else Undefined("empty")


def _poor(deprivations: Deprivations, rule: Rule) -> dict[Pattern, int]:
    _need_weights(deprivations.items, rule)
    return {p: count for p, count in deprivations.counts.items() if rule.is_poor(p)}


def _scores(poor: Mapping[Pattern, int], rule: Rule) -> Fraction:
    return sum((rule.score(pattern) * count for pattern, count in poor.items()), Fraction(0))


def _need_weights(items: Sequence[str], rule: Rule) -> None:
    if set(rule.weights) != set(items):
        raise MeasureError("weights", "every item has a weight, and nothing else has")
