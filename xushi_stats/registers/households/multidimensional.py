"""Multidimensional poverty by the method of Alkire and Foster, and how failing items overlap.

A register comes down to a table of patterns: which items fail together → how many units. Of d items
there are at most 2^d patterns (64 of six), however many units; every measure is exact and O(2^d·d).

Sources: Alkire & Foster (2011), *Journal of Public Economics* 95(7–8), 476–487; Alkire, Foster, Seth,
Santos, Roche & Ballon (2015), *Multidimensional Poverty Measurement and Analysis*, Oxford, chapter 5.
"""

from __future__ import annotations

from collections import Counter
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

    @classmethod
    def of_matrix(
        cls,
        items: Sequence[str],
        rows: Iterable[Sequence[bool | int]],
        members: Iterable[int] | None = None,
    ) -> Deprivations:
        """From a deprivation matrix: a row a unit, an entry an item, true where it fails.

        Args:
            items: names of the columns.
            rows: the matrix.
            members: persons in each household, if persons are counted; else each row counts once.

        Raises:
            MeasureError: a row has not one entry an item, or a household has no member.
        """
        counts: Counter[Pattern] = Counter()
        weighted = (
            ((row, 1) for row in rows) if members is None else zip(rows, members, strict=True)
        )
        for row, units in weighted:
            if len(row) != len(items) or any(entry not in (0, 1) for entry in row):
                raise MeasureError("row", "a row has one entry of yes or no for each item")
            if units < 1:
                raise MeasureError("weight", "a household has at least one member")
            failing = (item for item, fails in zip(items, row, strict=True) if fails)
            counts[frozenset(failing)] += units
        return cls(tuple(items), counts)

    @property
    def population(self) -> int:
        """Number of units."""
        return sum(self.counts.values())

    def failing(self) -> dict[str, int]:
        """Units that fail each item, poor or not (the uncensored counts)."""
        return {
            item: sum(count for pattern, count in self.counts.items() if item in pattern)
            for item in self.items
        }

    def overlaps(self) -> list[tuple[tuple[str, ...], int]]:
        """Units that fail exactly these items and no others, the most frequent first.

        The bars of an UpSet plot (Lex et al. 2014); those that fail none are left out.
        """
        found = [(self._ordered(p), count) for p, count in self.counts.items() if p]
        place = {item: n for n, item in enumerate(self.items)}
        return sorted(found, key=lambda o: (-o[1], len(o[0]), [place[item] for item in o[0]]))

    def _ordered(self, pattern: Pattern) -> tuple[str, ...]:
        return tuple(item for item in self.items if item in pattern)


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

    >>> two = Deprivations.of_matrix("ab", [(1, 1), (1, 0), (0, 0), (0, 0)])
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


def censored_headcount_ratios(
    deprivations: Deprivations, rule: Rule
) -> dict[str, Fraction] | Undefined:
    """For each item, the share of units that are poor and fail it; weighted they add up to M₀."""
    units = deprivations.population
    if not units:
        return Undefined("empty")
    poor = _poor(deprivations, rule)
    return {
        item: Fraction(sum(count for pattern, count in poor.items() if item in pattern), units)
        for item in deprivations.items
    }


def contributions(deprivations: Deprivations, rule: Rule) -> dict[str, Fraction] | Undefined:
    """Each item's part in M₀; they add up to 1. Undefined where nobody is poor.

    Formula: weight · censored headcount ratio/M₀.
    """
    total = adjusted_headcount_ratio(deprivations, rule)
    ratios = censored_headcount_ratios(deprivations, rule)
    if isinstance(total, Undefined) or isinstance(ratios, Undefined):
        return Undefined("empty")
    if total == 0:
        return Undefined("no_poor")
    return {item: rule.weights[item] * ratio / total for item, ratio in ratios.items()}


def group_contributions(
    groups: Mapping[str, Deprivations], rule: Rule
) -> dict[str, Fraction] | Undefined:
    """Each group's part in the M₀ of all; they add up to 1. Undefined where nobody is poor.

    Formula: share of units · M₀ of the group/M₀ of all.
    """
    if not any(group.population for group in groups.values()):
        return Undefined("empty")
    scores = {name: _scores(_poor(group, rule), rule) for name, group in groups.items()}
    total = sum(scores.values(), Fraction(0))
    if total == 0:
        return Undefined("no_poor")
    return {name: score / total for name, score in scores.items()}


def merged(groups: Iterable[Deprivations]) -> Deprivations:
    """Several groups of the same items as one.

    Raises:
        MeasureError: there is no group, or the groups have other items.
    """
    several = list(groups)
    if len({group.items for group in several}) != 1:
        raise MeasureError("row", "groups that are put together have the same items")
    counts: Counter[Pattern] = Counter()
    for group in several:
        counts.update(group.counts)
    return Deprivations(several[0].items, counts)


# -- items that are amounts --------------------------------------------------------------------


def normalized_gaps(
    achievements: Iterable[Sequence[Fraction | int]], cutoffs: Sequence[Fraction | int]
) -> list[tuple[Fraction, ...]]:
    """How far each achievement is below its item's cut-off, as a share of it; 0 where it is not.

    Raises:
        MeasureError: a cut-off is not above 0, an achievement is negative, a row has another length.

    >>> normalized_gaps([(3, 5)], (4, 5))
    [(Fraction(1, 4), Fraction(0, 1))]
    """
    if any(cutoff <= 0 for cutoff in cutoffs):
        raise MeasureError("cutoff", "an item's cut-off is above 0")
    gaps = []
    for row in achievements:
        if len(row) != len(cutoffs) or any(value < 0 for value in row):
            raise MeasureError("row", "a row has one achievement for each item, none negative")
        pairs = zip(row, cutoffs, strict=True)
        gaps.append(tuple(max(Fraction(0), 1 - Fraction(value) / limit) for value, limit in pairs))
    return gaps


def adjusted_fgt(
    items: Sequence[str], gaps: Sequence[Sequence[Fraction]], rule: Rule, alpha: int
) -> Fraction | Undefined:
    """The measures M_α of items that are amounts: 0 is M₀, 1 the adjusted gap, 2 the severity.

    Formula: mean over units of Σ weight · gap^α over the items that a poor unit fails. O(n·d).

    Args:
        items: names of the columns.
        gaps: from ``normalized_gaps``, a row a unit; an item fails where its gap is above 0.
        rule: who is poor.
        alpha: a whole number from 0.

    Raises:
        MeasureError: α is negative, or an item has no weight.
    """
    if alpha < 0:
        raise MeasureError("power", "the power is not negative")
    _need_weights(items, rule)
    if not gaps:
        return Undefined("empty")
    total = Fraction(0)
    for row in gaps:
        failing = {item: gap for item, gap in zip(items, row, strict=True) if gap > 0}
        if rule.is_poor(failing):
            total += sum(rule.weights[item] * gap**alpha for item, gap in failing.items())
    return total / len(gaps)


def _poor(deprivations: Deprivations, rule: Rule) -> dict[Pattern, int]:
    _need_weights(deprivations.items, rule)
    return {p: count for p, count in deprivations.counts.items() if rule.is_poor(p)}


def _scores(poor: Mapping[Pattern, int], rule: Rule) -> Fraction:
    return sum((rule.score(pattern) * count for pattern, count in poor.items()), Fraction(0))


def _need_weights(items: Sequence[str], rule: Rule) -> None:
    if set(rule.weights) != set(items):
        raise MeasureError("weights", "every item has a weight, and nothing else has")
