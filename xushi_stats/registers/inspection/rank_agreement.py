"""Ranks with ties, and how far rankings agree: Kendall's tau-b and W.

Both from exact scores. W is a fraction; tau-b is a fraction over a square root, and is kept so until
it is printed: its square and sign are exact, its decimal form has 50 digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations
from math import isqrt
from typing import TypeVar

from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules.inspection import Tie

DIGITS = 50

K = TypeVar("K", bound=Hashable)


def rank(scores: Mapping[K, Fraction], tie: Tie) -> dict[K, Fraction]:
    """The place of each, the highest score first.

    Args:
        scores: who has which score.
        tie: which rank equal scores share: ``min`` the best of their places (1-2-2-4), ``dense`` the
            next whole number (1-2-2-3), ``average`` the mean of their places (1-2.5-2.5-4).

    >>> from fractions import Fraction as F
    >>> scores = {"a": F(9), "b": F(8), "c": F(8), "d": F(7)}
    >>> [str(place) for place in rank(scores, "average").values()]
    ['1', '5/2', '5/2', '4']
    """
    sizes = Counter(scores.values())
    places: dict[Fraction, Fraction] = {}
    above = 0
    for step, value in enumerate(sorted(sizes, reverse=True), start=1):
        size = sizes[value]
        places[value] = {
            "min": Fraction(above + 1),
            "dense": Fraction(step),
            "average": Fraction(2 * above + size + 1, 2),
        }[tie]
        above += size
    return {who: places[score] for who, score in scores.items()}


@dataclass(frozen=True)
class Correlation:
    """A coefficient ``over / √under``, exact.

    Attributes:
        over, under: the numerator, and the square of the denominator.
        count: how many were compared.
    """

    over: Fraction
    under: Fraction
    count: int

    @property
    def square(self) -> Fraction:
        """The coefficient's square, exact; the sign is that of ``over``."""
        return self.over**2 / self.under

    @property
    def exact(self) -> Fraction | None:
        """The coefficient as a fraction, where the root is one."""
        square = self.square
        top, bottom = isqrt(square.numerator), isqrt(square.denominator)
        if top**2 != square.numerator or bottom**2 != square.denominator:
            return None
        return Fraction(top if self.over >= 0 else -top, bottom)

    @property
    def decimal(self) -> Decimal:
        """The coefficient to 50 digits."""
        with localcontext() as context:
            context.prec = DIGITS + 10
            square = self.square
            root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
            context.prec = DIGITS
            return +root if self.over >= 0 else -root


def tau_b(one: Sequence[Fraction], other: Sequence[Fraction]) -> Correlation | NotGiven:
    """Kendall's tau-b, the form for ties on both sides.

    Formula: (C - D) / √((n0 - n1)(n0 - n2)), where C and D are the concordant and discordant pairs,
    n0 = n(n - 1)/2, and n1, n2 the pairs tied on each side. Source: M. G. Kendall, The Treatment of
    Ties in Ranking Problems, Biometrika 33 (1945) 239-251.

    Args:
        one: scores of some things.
        other: other scores of the same things, in the same order.

    >>> from fractions import Fraction as F
    >>> tau_b([F(1), F(2), F(3)], [F(1), F(3), F(2)]).exact
    Fraction(1, 3)
    """
    refused = _refused(one, other)
    if refused:
        return refused
    pairs = [
        (_sign(a[0] - b[0]), _sign(a[1] - b[1]))
        for a, b in combinations(list(zip(one, other, strict=True)), 2)
    ]
    agreeing = sum(x * y for x, y in pairs)
    under = sum(x != 0 for x, _ in pairs) * sum(y != 0 for _, y in pairs)
    return Correlation(Fraction(agreeing), Fraction(under), len(one))


def concordance(rankings: Sequence[Sequence[Fraction]]) -> Fraction | NotGiven:
    """Kendall's coefficient of concordance W of m rankings of n things, corrected for ties.

    Formula: W = 12 S / (m²(n³ - n) - m Σ T), where S is the sum of squared deviations of the rank sums
    from their mean and T = Σ(t³ - t) over the ties of each ranking. From 0 to 1. Source: M. G. Kendall
    and B. Babington Smith, The Problem of m Rankings, Annals of Mathematical Statistics 10 (1939)
    275-287; with ties: Kendall, Rank Correlation Methods, chapter 6.

    Args:
        rankings: for each judge (month) the scores of the same things in the same order.

    >>> from fractions import Fraction as F
    >>> concordance([[F(3), F(2), F(1)], [F(9), F(5), F(1)]])
    Fraction(1, 1)
    """
    m, n = len(rankings), len(rankings[0]) if rankings else 0
    if m < 2 or n < 2:
        return NotGiven("too_few", (f"{m}×{n}",))
    ranks = [_mid_ranks(scores) for scores in rankings]
    sums = [sum(column, Fraction(0)) for column in zip(*ranks, strict=True)]
    mean = Fraction(m * (n + 1), 2)
    spread = sum(((total - mean) ** 2 for total in sums), Fraction(0))
    ties = sum(size**3 - size for scores in rankings for size in Counter(scores).values())
    under = m * m * (n**3 - n) - m * ties
    return 12 * spread / under if under else NotGiven("all_tied", (f"{m}×{n}",))


def _mid_ranks(scores: Sequence[Fraction]) -> list[Fraction]:
    return list(rank(dict(enumerate(scores)), "average").values())


def _refused(one: Sequence[Fraction], other: Sequence[Fraction]) -> NotGiven | None:
    if len(one) < 2:
        return NotGiven("too_few", (str(len(one)),))
    if len(set(one)) == 1 or len(set(other)) == 1:
        return NotGiven("all_tied", (str(len(one)),))
    return None


def _sign(number: Fraction) -> int:
    return (number > 0) - (number < 0)
