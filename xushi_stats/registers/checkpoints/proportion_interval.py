"""95% intervals of a proportion: Wilson's score interval (printed) and Clopper and Pearson's (beside it).

Wilson's is the printed form: closed, never outside 0 to 1, and of nearly its nominal coverage on average
(R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872), where Clopper and Pearson's is wider than it
needs to be. Both take each vehicle or person as one independent trial; counts at a checkpoint are whole
counts and persons in one vehicle travel together, so that an interval describes the rate of such days
and is no error of the count.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

DIGITS = 50
_WORKING = 75
Z = Decimal("1.9599639845400542355245944305205515279555500778695483984769526464")
"""The standard normal quantile at 0.975. Source: OEIS A220510; checked in the tests by its integral."""
TAIL = Fraction(1, 40)
"""Half of what a 95% interval leaves out."""


@dataclass(frozen=True)
class Interval:
    """Limits of a proportion, to 50 digits, and the form they have: ``wilson`` or ``clopper_pearson``."""

    low: Decimal
    high: Decimal
    form: str


def wilson(part: int, whole: int) -> Interval:
    """Wilson's score interval at 95%.

    Formula: (p + z²/2n ± z√(p(1-p)/n + z²/4n²)) / (1 + z²/n). Source: E. B. Wilson, Journal of the
    American Statistical Association 22 (1927) 209-212.

    Raises:
        ValueError: not 0 <= part <= whole, or whole is 0.

    >>> limits = wilson(81, 263)  # Newcombe 1998, table I, method 3
    >>> f"{limits.low:.4f} {limits.high:.4f}"
    '0.2553 0.3662'
    """
    _need_part(part, whole)
    with localcontext() as context:
        context.prec = _WORKING
        square = Z * Z
        root = Z * (4 * Decimal(part) * (whole - part) / whole + square).sqrt()
        low, high = ((2 * part + square + sign * root) / (2 * (whole + square)) for sign in (-1, 1))
        context.prec = DIGITS
        return Interval(
            +low if part else Decimal(0), +high if part < whole else Decimal(1), "wilson"
        )


def clopper_pearson(part: int, whole: int) -> Interval:
    """Clopper and Pearson's exact interval at 95%: at each limit the count seen has a tail of 2.5%.

    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413.

    Raises:
        ValueError: not 0 <= part <= whole, or whole is 0.

    >>> limits = clopper_pearson(81, 263)  # Newcombe 1998, table I, method 5
    >>> f"{limits.low:.4f} {limits.high:.4f}"
    '0.2527 0.3676'
    """
    _need_part(part, whole)
    with localcontext() as context:
        context.prec = _WORKING
        low = _lower(part, whole) if part else Decimal(0)
        high = 1 - _lower(whole - part, whole) if part < whole else Decimal(1)
        context.prec = DIGITS
        return Interval(+low, +high, "clopper_pearson")


def _lower(part: int, whole: int) -> Decimal:
    """The p at which ``part`` or more of ``whole`` has the probability ``TAIL``: Newton's method.

    Every step stays between two bounds that enclose the root, so that it ends.
    """
    tail = Decimal(TAIL.numerator) / TAIL.denominator
    below, above = Decimal(0), Decimal(part) / whole
    p = wilson(part, whole).low
    for _ in range(200):
        chance, slope = _upper_tail(part, whole, p)
        below, above = (p, above) if chance < tail else (below, p)
        step = p - (chance - tail) / slope
        if not below < step < above:
            step = (below + above) / 2
        if abs(step - p) <= p.scaleb(-DIGITS - 5):
            return step
        p = step
    raise ArithmeticError("no convergence")  # 200 halvings alone are far more than 55 digits


def _upper_tail(part: int, whole: int, p: Decimal) -> tuple[Decimal, Decimal]:
    """P(X >= part) for X binomial, and its derivative by p.

    Terms are taken relative to that of ``part``, so that no binomial coefficient is needed.
    """
    odds = p / (1 - p)
    upper = lower = Decimal(0)
    term, k = Decimal(1), part
    while k <= whole and (term > upper.scaleb(-_WORKING) or k <= whole * p):
        upper += term
        term *= odds * (whole - k) / (k + 1)
        k += 1
    term, k = Decimal(part) / (whole - part + 1) / odds, part - 1
    while k >= 0 and (term > lower.scaleb(-_WORKING) or k >= whole * p):
        lower += term
        term *= Decimal(k) / (whole - k + 1) / odds
        k -= 1
    total = upper + lower
    return upper / total, part / (p * total)


def _need_part(part: int, whole: int) -> None:
    if not 0 <= part <= whole or whole == 0:
        raise ValueError("not a part of a whole")
