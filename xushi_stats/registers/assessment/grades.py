"""Raw grades: what a year's totals come to by cut-offs, by quotas, or by both."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from xushi_stats.registers.assessment.scores import Score
from xushi_stats.registers.rules.assessment import Grade
from xushi_stats.registers.rules.parameter import Open, Rules, settle

ORDER = tuple(Grade)
"""The grades, the best first."""


@dataclass(frozen=True)
class RawGrade:
    """A person's grade from the year's total alone.

    Attributes:
        grade: the grade; None without an assessment.
        limits: the cut-offs used, or ().
        places: persons in the first grade, the first two, ... as the quotas have it, or ().
        best, worst: the first and last rank of those with this total; 0 where ranks are not used.
        of: persons ranked together.
    """

    grade: Grade | Open | None
    limits: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    best: int = 0
    worst: int = 0
    of: int = 0


def raw_grades(scores: Iterable[Score], rules: Rules) -> dict[str, RawGrade]:
    """Person → raw grade of one year.

    Under quotas a person's grade depends on everybody's total: one total that is open leaves every
    grade of that ranking open.
    """
    found: dict[str, RawGrade] = {}
    assessed: list[Score] = []
    for score in scores:
        if score.total is None:
            found[score.person] = RawGrade(None)
        else:
            assessed.append(score)
    method = rules["assessment.grades.method"]
    if isinstance(method, Open):
        return found | {s.person: RawGrade(method) for s in assessed}
    if method == "cutoffs":
        return found | {s.person: _by_cutoffs(s, rules) for s in assessed}
    return found | _by_quotas(assessed, rules, both=method == "cutoffs_and_quota")


# -- cut-offs --------------------------------------------------------------------------------------


def by_cutoffs(total: Fraction, cutoffs: Sequence[int]) -> Grade:
    """The grade whose lowest total is reached.

    >>> by_cutoffs(Fraction(950), [950, 800, 600])
    <Grade.EXCELLENT: 'excellent'>
    """
    reached = zip(ORDER, cutoffs, strict=False)
    return next((grade for grade, least in reached if total >= least), ORDER[-1])


def _by_cutoffs(score: Score, rules: Rules) -> RawGrade:
    cutoffs = rules["assessment.grades.cutoffs"]
    for needed in (score.total, score.instrument, cutoffs):
        if isinstance(needed, Open):
            return RawGrade(needed)
    limits = cutoffs.of(score.instrument)
    assert isinstance(score.total, Fraction)
    return RawGrade(by_cutoffs(score.total, limits), limits)


# -- quotas ----------------------------------------------------------------------------------------


def places(shares: Sequence[Fraction], persons: int, rounding: str) -> tuple[int, ...]:
    """Persons in the first grade, in the first two, and so on.

    The shares are added from the top and then rounded, so that the grades always sum to the persons.

    >>> places([Fraction(15, 100), Fraction(70, 100), Fraction(10, 100)], 10, "down")
    (1, 8, 9)
    """
    rounded = {
        "down": math.floor,
        "up": math.ceil,
        "half_up": lambda number: math.floor(number + Fraction(1, 2)),
    }[rounding]
    sums = [sum(shares[: n + 1], Fraction(0)) for n in range(len(shares))]
    return tuple(rounded(share * persons) for share in sums)


def by_rank(best: int, worst: int, bounds: Sequence[int], ties: str) -> int:
    """Number of the grade (0 the best) for those who share the ranks from best to worst.

    Args:
        best: the first of their ranks, from 1.
        worst: the last of their ranks.
        bounds: places, as ``places`` gives them.
        ties: "up" or "down"; of no effect where they stand on one side of each boundary.
    """
    rank = best if ties == "up" else worst
    return next((n for n, last in enumerate(bounds) if rank <= last), len(bounds))


def _by_quotas(assessed: Sequence[Score], rules: Rules, *, both: bool) -> dict[str, RawGrade]:
    shares = rules["assessment.quotas.shares"]
    if isinstance(shares, Open):
        return _all_open(assessed, shares)
    pools: dict[str, list[Score]] = {}
    for score in assessed:
        if isinstance(score.instrument, Open) and (both or not shares.shared):
            return _all_open(assessed, score.instrument)
        pools.setdefault("" if shares.shared else str(score.instrument), []).append(score)
    found: dict[str, RawGrade] = {}
    for pool in pools.values():
        found |= _pool(pool, rules, both=both)
    return found


def _all_open(scores: Iterable[Score], needed: Open) -> dict[str, RawGrade]:
    return {score.person: RawGrade(needed) for score in scores}


def _pool(pool: Sequence[Score], rules: Rules, *, both: bool) -> dict[str, RawGrade]:
    """The grades of those who are ranked together.

    With ``both``, cut-offs set the grade, and the quota is for those who reach the highest: ranks are
    theirs alone, the places are a share of all.
    """
    totals = {s.person: s.total for s in pool if isinstance(s.total, Fraction)}
    cutoffs = rules["assessment.grades.cutoffs"] if both else None
    rounding = rules["assessment.quotas.rounding"]
    open_ones = (s.total for s in pool if isinstance(s.total, Open))
    needed = next((v for v in (cutoffs, rounding, *open_ones) if isinstance(v, Open)), None)
    if needed:
        return _all_open(pool, needed)
    instruments = {s.person: str(s.instrument) for s in pool}
    shares = rules["assessment.quotas.shares"].of(next(iter(instruments.values())))
    bounds = places(shares, len(pool), rounding)
    if cutoffs is None:
        return _ranked(totals, bounds, len(pool), rules)
    limits = {person: cutoffs.of(instruments[person]) for person in totals}
    by_score = {p: RawGrade(by_cutoffs(t, limits[p]), limits[p]) for p, t in totals.items()}
    top = {p: t for p, t in totals.items() if by_score[p].grade is Grade.EXCELLENT}
    ranked = _ranked(top, bounds, len(pool), rules)
    return by_score | {p: replace(raw, limits=limits[p]) for p, raw in ranked.items()}


def _ranked(
    totals: Mapping[str, Fraction], bounds: tuple[int, ...], of: int, rules: Rules
) -> dict[str, RawGrade]:
    ordered = sorted(totals.values())
    found = {}
    for person, total in totals.items():
        best = len(ordered) - bisect_right(ordered, total) + 1
        worst = len(ordered) - bisect_left(ordered, total)
        grade = settle(partial(_grade_of_ranks, best, worst, bounds, rules))
        found[person] = RawGrade(grade, (), bounds, best, worst, of)
    return found


def _grade_of_ranks(best: int, worst: int, bounds: Sequence[int], rules: Rules) -> Grade:
    """The grade; the tie rule is asked for only where equal totals stand across a boundary."""
    up, down = by_rank(best, worst, bounds, "up"), by_rank(best, worst, bounds, "down")
    if up == down:
        return ORDER[up]
    return ORDER[up if rules.value("assessment.quotas.ties") == "up" else down]
